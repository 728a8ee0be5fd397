"""What one channel's renditions are made from, and the names that a template sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from broadcast import markdown
from broadcast.blocks import Document
from broadcast.body_pictures import shown_in_place
from broadcast.channel import Limits
from broadcast.feeds import own
from broadcast.model import Draft, Form, Media, Newsroom
from broadcast.naming import event_name, is_order
from broadcast.render.earlier import News
from broadcast.render.once import beginning, begins_with, fresh, sentences, without
from broadcast.render.says import ALL, asked
from broadcast.text import languages, tells_when

if TYPE_CHECKING:
    from broadcast.render.environment import Renderer


#: Longest text of a card, characters: what networks show of one.
MAX_CARD = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A channel as the renderer sees it."""

    name: str
    kind: str
    abilities: frozenset[str] = frozenset()
    is_board: bool = False
    #: Message kinds that go there by default.
    messages: tuple[str, ...] = ()
    #: auto or never: whether a long message may become a thread.
    threads: str = "auto"


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one channel's renditions are made from."""

    renderer: Renderer
    draft: Draft
    #: The body; its pictures go along beside it.
    document: Document
    newsroom: Newsroom
    target: Target
    media: tuple[Media, ...]
    link: str
    limits: Limits
    phrases: Mapping[str, str]
    news: News
    #: The body with its pictures; None: it has none.
    pictured: Document | None = None

    @property
    def page(self) -> Document:
        """Return the body as a place shows it: a page of ours with its pictures in it, any other without."""
        is_page = self.target.is_board and "html" in self.renderer.files(self.target.kind).get(Form.PUBLISH, [])
        if self.pictured is None or not is_page:
            return self.document
        files = zip(self.draft.images, self.media, strict=False)
        return shown_in_place(self.pictured, {image.file: media.name for image, media in files})

    def local(self, at: Any) -> Any:
        """Return a time in the newsroom's zone, None as None."""
        return at.astimezone(ZoneInfo(self.newsroom.timezone)) if at is not None else None

    @property
    def override(self) -> Mapping[str, str]:
        """What the editor wrote for this channel, or its kind, alone."""
        overrides = self.draft.overrides
        return overrides.get(self.target.name) or overrides.get(self.target.kind) or {}


def options(work: Work) -> dict[str, Any]:
    """Return what a part says of itself beside its text."""
    d = work.draft
    names = [work.newsroom.area_names.get(code, code) for code in d.areas]
    return {
        "kind": d.kind.value,
        "level": d.level.value,
        "event": d.event,
        "areas": list(d.areas),
        "area_names": names,
        "hashtags": list(d.hashtags),
        "instruction": d.instruction,
        "contact": d.contact,
        "incident": d.incident,
        "urgency": d.urgency or "",
        "certainty": d.certainty or "",
        "category": d.category or "",
        "source_name": d.source.name if d.source else "",
        "source_url": d.source.url if d.source else "",
        "source_published_at": d.source.published_at.isoformat() if d.source and d.source.published_at else "",
        "lead": markdown.lead(work.document),
        "short": d.short,
        # Where the whole text is a step away, `short` would be a poor summary of it ("Liste sur le site.").
        "summary": markdown.lead(work.document) or d.short,
        # For a card of a page: sentences, never half a word.
        "card": beginning(markdown.lead(work.document) or d.short, MAX_CARD),
        "change": work.news.told,
        "is_correction": d.is_correction,
        "until_at": d.until_at.isoformat() if d.until_at else "",
    }


def values_of(work: Work, form: Form) -> dict[str, Any]:
    """Return the names that a template sees; docs/templates.md lists them."""
    is_new = form in (Form.UPDATE, Form.CORRECTION)
    return {
        "m": SimpleNamespace(**_given(work), **_composed(work)),
        "newsroom": work.newsroom,
        "channel": SimpleNamespace(name=work.target.name, kind=work.target.kind),
        "link": work.link,
        "round": 0,
        "thread": False,
        "brief": False,
        "form": form.value,
        "says": asked(ALL),
        "when_beside": when_beside(work, near=False),
        # "Mise à jour", "Rectificatif": said where readers know an earlier version.
        "is_new_version": is_new,
        "twin": 0,
        "cap": partial(_cap, work),
    }


def _given(work: Work) -> dict[str, Any]:
    """Return what the message file says."""
    d = work.draft
    return {
        "title": work.override.get("title") or d.title,
        "short": d.short,
        "lead": markdown.lead(work.document),
        "kind": d.kind.value,
        "level": d.level.value,
        "urgency": d.urgency or "",
        "certainty": d.certainty or "",
        "category": d.category or "",
        "response": d.response or "",
        "event": d.event,
        "instruction": d.instruction,
        "contact": d.contact,
        "slug": d.slug,
        "language": d.language,
        "incident": d.incident,
        "area_names": [work.newsroom.area_names.get(code, code) for code in d.areas],
        "areas": list(d.areas),
        "hashtags": list(d.hashtags),
        "onset_at": work.local(d.onset_at),
        "until_at": work.local(d.until_at),
        "embargo_until_at": work.local(d.embargo_until_at),
        "expires_at": work.local(d.expires_at),
        "next_update_at": work.local(d.next_update_at),
        "source": None
        if d.source is None
        else SimpleNamespace(name=d.source.name, url=d.source.url, published_at=work.local(d.source.published_at)),
        "images": work.media,
        "body": work.page,
        "owner": d.owner,
        "override": work.override.get("text", ""),
        "link": d.link,
        # What no other address of the text says.
        "more": d.link if d.link != work.link else "",
        "is_correction": d.is_correction,
    }


def _composed(work: Work) -> dict[str, Any]:
    """Return what is made of it, so that nothing is said twice."""
    d, override = work.draft, work.override.get("text", "")
    title = work.override.get("title") or d.title
    short, lead = d.short, markdown.lead(work.document)
    headline = title
    if not override and begins_with(short, title):
        headline, *rest = sentences(short)
        headline, short = headline.rstrip("."), " ".join(rest)
    said = (headline, d.instruction)
    changes = [one for one in work.news.changes if fresh(one, said)]
    words = override or (fresh(short, said) if d.short else "") or fresh(lead, said)
    text = without(markdown.to_plain(work.document), (title, d.instruction))
    return {
        "text": text,
        # Beside the whole text; a place that says less asks `when_beside` with what it says.
        "lasts": when_beside(work, near=False)(text),
        "rest": markdown.after_lead(work.document),
        "is_rewritten": not d.change and len(" ".join(changes)) * 2 > len(text),
        "headline": headline,
        "words": words,
        "name": event_name(d.title, d.event),
        "brief_title": _without_order(headline, d.instruction),
        "reach": "" if _is_within(d.contact, d.instruction) else d.contact,
        "change": " ".join(changes),
        "changes": changes,
        "has_risen": work.news.has_risen,
    }


def _without_order(title: str, instruction: str) -> str:
    """Return a title without the order that the instruction gives anyway: for who pays by the letter, or listens."""
    name = event_name(title)
    rest = title[len(name) :] if name and title.startswith(name) else ""
    return (
        name if rest.strip(" :.!\u00a0") and is_order(rest.lstrip(" :,;.!\u00a0")) and not fresh(rest, [instruction]) else title
    )


def _is_within(words: str, text: str) -> bool:
    return bool(words) and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def when_beside(work: Work, *, near: bool) -> Callable[[str], str]:
    """Return what gives the beginning and end of the event to a template, "" where the text beside tells them.

    Args:
        work: the message and its place.
        near: True for days in words, true on the day of `news.said_at` only.
    """
    d, at = work.draft, work.local(work.news.said_at)
    onset, until = work.local(d.onset_at), work.local(d.until_at)

    def beside(text: str) -> str:
        said = " ".join((d.title, d.instruction, str(text)))
        if at is None or work.override.get("text") or tells_when(said, onset, until):
            return ""
        return languages.lasts(onset, until, at, near_days=near, language=d.language)

    return beside


def _cap(work: Work, msg_type: str) -> Any:
    from markupsafe import Markup

    text = own.cap_text(
        work.draft,
        work.newsroom,
        link=work.link,
        msg_type=msg_type,
        description=markdown.to_plain(work.document),
    )
    return Markup(text)  # noqa: S704  (XML made by the CAP writer)
