"""What one channel's renditions are made from, and the names that a template sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from broadcast import markdown
from broadcast.blocks import Document
from broadcast.channel import Limits
from broadcast.feeds import own
from broadcast.model import Draft, Form, Media, Newsroom

if TYPE_CHECKING:
    from broadcast.render.environment import Renderer


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
    document: Document
    newsroom: Newsroom
    target: Target
    media: tuple[Media, ...]
    link: str
    limits: Limits
    phrases: Mapping[str, str]

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
        "summary": d.short or markdown.lead(work.document),
    }


def values_of(work: Work, form: Form) -> dict[str, Any]:
    """Return the names that a template sees; docs/templates.md lists them."""
    d, zone = work.draft, ZoneInfo(work.newsroom.timezone)

    def local(at: Any) -> Any:
        return at.astimezone(zone) if at is not None else None

    lead = markdown.lead(work.document)
    override = work.override.get("text", "")
    m = SimpleNamespace(
        title=work.override.get("title") or d.title,
        short=d.short,
        lead=lead,
        words=override or d.short or lead,
        kind=d.kind.value,
        level=d.level.value,
        urgency=d.urgency or "",
        certainty=d.certainty or "",
        category=d.category or "",
        response=d.response or "",
        event=d.event,
        instruction=d.instruction,
        contact=d.contact,
        slug=d.slug,
        language=d.language,
        incident=d.incident,
        area_names=[work.newsroom.area_names.get(code, code) for code in d.areas],
        areas=list(d.areas),
        hashtags=list(d.hashtags),
        onset_at=local(d.onset_at),
        embargo_until_at=local(d.embargo_until_at),
        expires_at=local(d.expires_at),
        next_update_at=local(d.next_update_at),
        source=None
        if d.source is None
        else SimpleNamespace(
            name=d.source.name,
            url=d.source.url,
            published_at=local(d.source.published_at),
        ),
        images=work.media,
        body=work.document,
        owner=d.owner,
        override=override,
        link=d.link,
    )
    return {
        "m": m,
        "newsroom": work.newsroom,
        "channel": SimpleNamespace(name=work.target.name, kind=work.target.kind),
        "link": work.link,
        "round": 0,
        "thread": False,
        "brief": False,
        "form": form.value,
        "cap": partial(_cap, work),
    }


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
