"""An item of a source as the text of a message file: pure, but for the template of a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.alerts import Entry, Info, doubts_of
from broadcast.all_clear import all_clear_text, short_of_end, title_of_end
from broadcast.model import Level, MessageKind, Newsroom
from broadcast.render.labels import LEVEL_LABELS
from broadcast.rules import Rule, expires_at, level_of, shown_info
from broadcast.sources import Item
from broadcast.words import clean, fits_title, line, local, plain, quoted, shortened

#: Levels from which an item is an alert.
_ALERTING = (Level.EXTREME, Level.SEVERE, Level.MODERATE)
#: Longest sentence for signs and short networks, characters: what two pages of 4 lines of 16 hold.
MAX_SHORT = 110
#: Life of an alert whose source gives no end.
DEFAULT_LIFE = timedelta(hours=24)
#: What a template may use beside the newsroom's own filters.
FILTERS = {"quoted": quoted, "as_markdown": plain, "line": line}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an item comes from, as it is told to the public."""

    name: str
    #: Page of the item at the source.
    url: str
    published_at: datetime | None
    rights: str = ""


def values_of(
    item: Item, origin: Origin, newsroom: Newsroom, *, areas: Sequence[str], now: datetime, link: str
) -> dict[str, Any]:
    """Return what a prepared message is given.

    Args:
        item: the item.
        origin: its source.
        newsroom: who relays.
        areas: INSEE codes of the newsroom that it concerns.
        now: the time.
        link: address that may be published, "" for none.
    """
    entry = item.entry
    info = shown_info(entry.alert, newsroom.language) if entry.alert else None
    level = level_of(entry)
    zone = ZoneInfo(newsroom.timezone)
    published = origin.published_at.astimezone(zone) if origin.published_at else None
    ends = expires_at(entry) or now + DEFAULT_LIFE
    return {
        "newsroom": newsroom,
        "entry": entry,
        "info": info,
        "title": title_of(entry, info),
        "short": short_of(entry, info),
        "level": level if level in [lv.value for lv in Level] else "",
        "event": line(info.event) if info else "",
        "cap": _cap_words(info),
        "areas": list(areas),
        "channels": None,
        "onset": local(info.onset, newsroom.timezone) if info and info.onset else "",
        "expires": local(ends, newsroom.timezone),
        "instruction": line(info.instruction) if info else "",
        "description": body_of(entry, info),
        "link": link,
        "incident": line(entry.alert.incidents) if entry.alert else "",
        "language": _language(info, newsroom),
        "source": {
            "name": line(origin.name),
            "url": origin.url,
            "published": local(published, newsroom.timezone) if published else "",
            "published_at": published,
            "rights": origin.rights,
        },
    }


def title_of(entry: Entry, info: Info | None) -> str:
    """Return the first that is short enough for a title: headline, the entry's own, event and area, event.

    Where none is, the beginning of what there is: the whole stands in the body.
    """
    area = info.areas[0].area_desc if info and info.areas else ""
    offered = (info.headline if info else "", entry.title, f"{info.event} : {area}" if info and area else "")
    fitting = [line(text) for text in (*offered, info.event if info else "") if fits_title(text)]
    told = (entry.title, *offered, info.description if info else "", entry.summary)
    return fitting[0] if fitting else shortened(next((text for text in told if line(text)), "Sans titre"))


def shown_title(entry: Entry) -> str:
    """Return the title by which an item is known to people."""
    return title_of(entry, shown_info(entry.alert) if entry.alert else None)


def short_of(entry: Entry, info: Info | None) -> str:
    """Return a sentence for signs and short networks: event, danger and what to do, as far as it is short."""
    if info is None:
        return ""
    label = LEVEL_LABELS.get(level_of(entry), "")
    words = " : ".join(piece for piece in (line(info.event), label.lower()) if piece)
    words = words[:1].upper() + words[1:]
    whole = f"{words}. {line(info.instruction)}" if words and line(info.instruction) else words
    return whole if len(whole) <= MAX_SHORT else words


def body_of(entry: Entry, info: Info | None) -> str:
    """Return what the source says in full: headline where the title could not hold it, description, else the summary."""
    title = title_of(entry, info)
    pieces = [info.headline, info.description] if info else [entry.title, entry.summary]
    if info and not clean(info.description):
        pieces.append(entry.summary)
    said = [clean(piece) for piece in pieces if clean(piece) and line(piece) != title]
    return "\n\n".join(dict.fromkeys(said)) or title


def _language(info: Info | None, newsroom: Newsroom) -> str:
    """Return the language of what is relayed, as a message file has it."""
    code = (info.language if info else "").partition("-")[0].lower()
    return code if re.fullmatch(r"[a-z]{2,3}", code) else newsroom.language


def _cap_words(info: Info | None) -> dict[str, str]:
    if info is None:
        return {}
    words = {"urgency": info.urgency.lower(), "certainty": info.certainty.lower()}
    if info.categories:
        words["category"] = info.categories[0].lower()
    return {key: word for key, word in words.items() if word and word != "unknown"}


def text_by_hand(values: Mapping[str, Any], *, owner: str, rights: str) -> str:
    """Return a draft for a person to go on with: everything that the source said, and where it comes from."""
    source = values["source"]
    urgent = values["level"] in [level.value for level in _ALERTING]
    kind = MessageKind.ALERT if urgent else MessageKind.INFORMATION
    head = [
        f"title: {quoted(values['title'])}",
        f"short: {quoted(values['short'])}" if values["short"] else "",
        f"kind: {kind.value}",
        f"level: {values['level']}" if values["level"] else "",
        f"event: {quoted(values['event'])}" if values["event"] else "",
        *(f"{key}: {word}" for key, word in values["cap"].items()),
        f"areas: [{', '.join(map(quoted, values['areas']))}]" if values["areas"] else "",
        f"onset: {values['onset']}" if values["onset"] else "",
        f"expires: {values['expires']}" if urgent else "",
        f"instruction: {quoted(values['instruction'])}" if values["instruction"] else "",
        f"link: {quoted(values['link'])}" if values["link"] else "",
        f"incident: {quoted(values['incident'])}" if values["incident"] else "",
        f"owner: {quoted(owner)}",
        f"source: {source_fact(source)}",
        f"language: {values['language']}",
        # The person who goes on with it sees what was only assumed; a comment is never published.
        *(f"# À vérifier à la source : {line(str(doubt))[:300]}" for doubt in doubts_of(values["entry"])),
    ]
    body = plain(values["description"])
    if rights:
        body += f"\n\nConditions de réutilisation : {plain(line(rights))}"
    return "\n".join(["---", *filter(None, head), "---", body, ""])


def text_of_end(values: Mapping[str, Any], *, slug: str, title: str, channels: Sequence[str], owner: str, until: str) -> str:
    """Return a draft that ends an alert because its source does."""
    source = values["source"]
    return all_clear_text(
        slug=slug,
        title=title,
        event=values["event"],
        channels=channels,
        areas=values["areas"],
        expires=until,
        owner=owner,
        incident=values["incident"],
        source=source_fact(source),
        told_by=source["name"],
        description=values["description"],
    )


def source_fact(source: Mapping[str, Any]) -> str:
    """Return the source as the front matter has it."""
    facts = [f"{key}: {quoted(source[key])}" for key in ("name", "url") if source[key]]
    facts += [f"published: {source['published']}"] if source["published"] else []
    return f"{{{', '.join(facts)}}}"


def values_of_end(values: Mapping[str, Any], *, slug: str, title: str, channels: Sequence[str], until: str) -> dict[str, Any]:
    """Return what the prepared message of an end is given."""
    return {
        **values,
        "title": title_of_end(line(title), values["event"]),
        "short": short_of_end(values["event"], line(title)),
        "ended_title": line(title),
        "ends": slug,
        "channels": list(channels),
        "expires": until,
    }


def together(values: Mapping[str, Any], items: Sequence[Item], newsroom: Newsroom, now: datetime) -> dict[str, Any]:
    """Return the values of the first of several items about one event, with what the others add: their end, their words."""
    ends = [expires_at(item.entry) or now + DEFAULT_LIFE for item in items]
    infos = [shown_info(i.entry.alert, newsroom.language) if i.entry.alert else None for i in items]
    said = [body_of(item.entry, info) for item, info in zip(items, infos, strict=True)]
    longest = {"expires": local(max(ends), newsroom.timezone)} if ends else {}
    onsets = [info.onset for info in infos if info is not None and info.onset is not None]
    onset = local(min(onsets), newsroom.timezone) if len(onsets) == len(items) and onsets else ""
    return {**values, **longest, "onset": onset, "description": "\n\n".join(dict.fromkeys(said))}


def values_for_rule(values: Mapping[str, Any], rule: Rule) -> dict[str, Any]:
    """Return the values with what a rule decides."""
    channels = list(rule.channels) if rule.channels is not None else None
    return {**values, "kind": rule.kind.value, "channels": channels, "rule": rule.name}
