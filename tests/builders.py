"""Values with good defaults."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadcast.model import Action, DeliveryState, Draft, Form, Level, MessageKind, Part, PostingState, Rendition
from broadcast.outbox import Delivery, Posting

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVENING = NOON + timedelta(hours=9)


def a_draft(**facts: Any) -> Draft:
    """Return a flood alert."""
    defaults: dict[str, Any] = {
        "slug": "crue-quais",
        "title": "Crue de la Seine : évitez les quais",
        "body": "Les quais sont fermés.",
        "kind": MessageKind.ALERT,
        "level": Level.SEVERE,
        "expires_at": EVENING,
        "source_text": "v1",
    }
    return Draft(**(defaults | facts))


def a_rendition(channel: str, kind: str, form: Form, text: str, draft: Draft, parts: int = 1) -> Rendition:
    """Return a rendition of `parts` posts."""
    return Rendition(
        channel=channel,
        channel_kind=kind,
        form=form,
        parts=tuple(
            Part(
                slug=draft.slug,
                text=f"{text} {n}" if parts > 1 else text,
                title=draft.title,
                expires_at=draft.expires_at,
            )
            for n in range(parts)
        ),
    )


def a_delivery(**facts: Any) -> Delivery:
    """Return a planned publication."""
    defaults: dict[str, Any] = {
        "uid": "d1",
        "message_uid": "m",
        "slug": "crue-quais",
        "number": 1,
        "channel": "x-ville",
        "channel_kind": "x",
        "action": Action.PUBLISH,
        "form": Form.PUBLISH,
        "round": 0,
        "part": 0,
        "slot": "0",
        "seq": 0,
        "priority": 1,
        "key": "k",
        "sha256": "",
        "state": DeliveryState.PLANNED,
        "reason": "",
        "needs_person": False,
        "planned_at": NOON,
        "not_before_at": NOON,
        "settled_at": None,
        "claimed_by": "",
        "claimed_until_at": None,
        "attempts": 0,
        "open_attempt": False,
        "unknowns": 0,
        "looks": 0,
        "failed_looks": 0,
        "attempted_at": None,
        "attempted_wall_at": None,
        "external_id": "",
        "url": "",
    }
    return Delivery(**(defaults | facts))


def a_posting(**facts: Any) -> Posting:
    """Return a posting that stands."""
    defaults: dict[str, Any] = {
        "channel": "x-ville",
        "message_uid": "m",
        "slot": "0",
        "external_id": "1",
        "url": "https://x/1",
        "token": "",
        "public": True,
        "number": 1,
        "state": PostingState.UP,
        "since_at": NOON,
    }
    return Posting(**(defaults | facts))


def sqlite_url(folder: Path) -> str:
    """Return the address of a new SQLite file."""
    return f"sqlite:///{folder / 'newsroom.db'}"
