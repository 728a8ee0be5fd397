"""Which items of one document are which: an identity that several of them share is none. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from broadcast.alerts import Entry
from broadcast.feeds.links import normal_link

#: What stands where an identity should, and says nothing.
_NO_IDENTITY = frozenset({"n/a", "na", "none", "null", "nil", "undefined", "unknown", "id", "guid", "-", "#", "?"})
#: What no database keeps and no text means: halves of a sign outside the basic plane, and the end of a string.
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def stable_id(*parts: str) -> str:
    """Return an identity made of the content, for items that have none."""
    return "sha256:" + hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def identity_of_item(said: str, link: str, page: str, *, title: str, summary: str, date: str) -> str:
    """Return the identity of an item.

    Args:
        said: what the source calls it, "" if it does not.
        link: its address; the page of the whole feed is none of its own.
        page: address of that page.
        title: of the item; with text and date that of which an identity is made where there is no other.
        summary: its text.
        date: when it was published, as the source writes it.
    """
    said = said.strip()
    if said and said.casefold() not in _NO_IDENTITY:
        return said
    is_own = bool(link) and normal_link(link) != normal_link(page)
    if is_own:
        return link
    # On a page of many, words may be mended: title and date tell which is meant.
    return stable_id(link, title, date) if link and title and date else stable_id(*filter(None, [link]), title, summary, date)


def told_apart(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the items with an identity each: those that share one get one of their link, title and date.

    Of items that are the same in everything the first stays.
    """
    entries = list({(entry.id, entry.digest, entry.published, entry.updated): entry for entry in reversed(entries)}.values())[
        ::-1
    ]
    shared = {id_ for id_, count in Counter(entry.id for entry in entries).items() if count > 1}
    if not shared:
        return tuple(entries)
    made: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in shared:
            at = entry.published or entry.updated
            new = stable_id(entry.id, entry.link, entry.title, at.isoformat() if at else "")
            if new in made and made[new].digest != entry.digest:
                new = stable_id(new, entry.digest)
            entry = replace(entry, id=new)
        made.setdefault(entry.id, entry)
    return tuple(made.values())


def unfit(entry: Entry) -> str:
    """Return which part of an item holds a character that cannot be kept, "" if none does."""
    parts = {"identité": entry.id, "adresse": entry.link, "langue": entry.language, "droits": entry.rights}
    alert = entry.alert
    if alert is not None:
        codes = (code.value for info in alert.infos for area in info.areas for code in area.geocodes)
        parts["alerte"] = " ".join((alert.identifier, alert.sender, *codes))
    return next((name for name, text in parts.items() if _UNFIT.search(text)), "")


def clean(text: str) -> str:
    """Return a text without the characters that cannot be kept."""
    return _UNFIT.sub("", text)
