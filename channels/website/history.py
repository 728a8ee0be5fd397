"""The versions of a message: what changed from one to the next, and its CAP documents. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from broadcast.channel import Showing
from broadcast.model import EndedBecause, Newsroom
from broadcast.slots import fill_slots

#: A cancel is published when people end a message, not when it merely expires (`expires` says that).
_CANCELS = (EndedBecause.WITHDRAWN, EndedBecause.ALL_CLEAR, EndedBecause.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class CapDocument:
    """One CAP document of a message."""

    name: str
    identifier: str
    sent: datetime
    text: str


def changes(old: str, new: str) -> str:
    """Return the sentences that changed as HTML paragraphs, with `<del>` and `<ins>`; all else is left out.

    A sentence is what a reader takes in at once: single words struck out of it cannot be read.
    """
    before, after = _sentences(old), _sentences(new)
    out = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag != "equal":
            out += [f"<p><del>{escape(said, quote=False)}</del></p>" for said in before[a:b]]
            out += [f"<p><ins>{escape(said, quote=False)}</ins></p>" for said in after[c:d]]
    return "".join(out)


def _sentences(text: str) -> list[str]:
    return [said for piece in re.split(r"\n+|(?<=[.!?…])\s+", text) if (said := piece.strip())]


def cap_documents(history: Sequence[Showing], newsroom: Newsroom) -> list[CapDocument]:
    """Return the CAP documents of a message, oldest first; each lists the earlier ones."""
    zone = ZoneInfo(newsroom.timezone)
    made: list[CapDocument] = []
    in_force: list[CapDocument] = []
    for showing in history:
        documents = showing.rendition.parts[0].documents
        template = documents.get("capupdate" if in_force else "cap", "").strip()
        if template:
            number = max(_number(made) + 1, showing.revision)
            made.append(_document(showing.slug, number, template, showing.published_at.astimezone(zone), in_force, newsroom))
            in_force.append(made[-1])
        template = _cancel(showing) if in_force else ""
        if template and showing.ended_at is not None:
            number = _number(made) + 1
            made.append(_document(showing.slug, number, template, showing.ended_at.astimezone(zone), in_force, newsroom))
            in_force.clear()
    return made


def _number(made: Sequence[CapDocument]) -> int:
    return int(made[-1].name.rpartition("-")[2].removesuffix(".xml")) if made else 0


def _cancel(showing: Showing) -> str:
    if showing.ended_because not in _CANCELS or showing.ending is None:
        return ""
    return showing.ending.parts[0].documents.get("cap", "").strip()


def _document(
    slug: str,
    number: int,
    template: str,
    sent: datetime,
    earlier: Sequence[CapDocument],
    newsroom: Newsroom,
) -> CapDocument:
    # Identity is (sender, identifier, sent): two documents of one second would still differ.
    identifier = f"{newsroom.id}.{slug}.{number}"
    sender = newsroom.cap_sender or f"{newsroom.id}@localhost.invalid"
    references = " ".join(f"{sender},{d.identifier},{cap_time(d.sent)}" for d in earlier)
    text = fill_slots(
        template,
        {
            "sent": cap_time(sent),
            "identifier": identifier,
            "references": references,
            "expires_day": cap_time(sent + timedelta(days=1)),
            "expires_week": cap_time(sent + timedelta(days=7)),
        },
    )
    return CapDocument(name=f"{slug}-{number}.xml", identifier=identifier, sent=sent, text=text)


def cap_time(at: datetime) -> str:
    """Return a time as CAP wants it: seconds and a numeric offset, never Z."""
    text = at.replace(microsecond=0).isoformat()
    return text.replace("+00:00", "-00:00") if at.utcoffset() == UTC.utcoffset(None) else text
