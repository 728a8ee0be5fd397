"""Values of the outbox: a message's life, its deliveries, and what stands in the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from broadcast.model import (
    Action,
    DeliveryState,
    EndedBecause,
    Form,
    Level,
    PostingState,
    canonical_json,
    sha256_of,
)

#: Slot of the first post of a message's thread.
MAIN_SLOT = "0"
#: `not_before_at` of what is due at once, whatever the clocks of two machines or processes say.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
#: Priorities below this are those of alerts, by severity, and of what begins or ends them.
URGENT_BELOW = len(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message and where its life stands."""

    uid: str
    slug: str
    #: Who first submitted it.
    author: str
    created_at: datetime
    #: Number of the latest revision, and of the latest approved one (0: none).
    latest: int
    approved: int
    expires_at: datetime | None
    ended_at: datetime | None = None
    ended_because: EndedBecause | None = None
    ended_by: str = ""
    ended_reason: str = ""
    #: Why it was withdrawn, in words for residents.
    public_reason: str = ""
    #: True while a channel waits for an outcome before its next delivery can be planned.
    needs_plan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One part of one rendition, one channel, one action, one round."""

    uid: str
    message_uid: str
    slug: str
    #: Number of the revision.
    number: int
    channel: str
    channel_kind: str
    action: Action
    form: Form
    round: int
    part: int
    #: Which posting it makes or changes: "0", "1" for the thread, "r2.0" for a correction,
    #: "n1.3" for a reminder.
    slot: str
    #: Order within (message, channel).
    seq: int
    #: Lower goes first.
    priority: int
    #: Idempotency key, stable over retries.
    key: str
    #: Hash of the rendition.
    sha256: str
    state: DeliveryState
    reason: str
    needs_person: bool
    planned_at: datetime
    not_before_at: datetime
    settled_at: datetime | None
    claimed_by: str
    claimed_until_at: datetime | None
    attempts: int
    #: True while an attempt has no receipt yet.
    open_attempt: bool
    unknowns: int
    looks: int
    failed_looks: int
    attempted_at: datetime | None
    #: The machine's own time of the attempt.
    attempted_wall_at: datetime | None
    external_id: str
    url: str

    @property
    def is_urgent(self) -> bool:
        """True for an alert and what begins or ends one."""
        return self.priority < URGENT_BELOW

    @property
    def waits_until(self) -> datetime | None:
        """When it is sent or looked for again by itself; None: it does not wait for a time."""
        waits = self.state in (DeliveryState.PLANNED, DeliveryState.WAITING, DeliveryState.UNKNOWN)
        return self.not_before_at if waits and not self.needs_person and self.not_before_at > AT_ONCE else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What stands at a channel, or stood."""

    channel: str
    message_uid: str
    slot: str
    external_id: str
    url: str
    token: str
    public: bool
    #: Revision whose words it carries.
    number: int
    state: PostingState
    since_at: datetime


def slot_of(form: Form, number: int, part: int) -> str:
    """Return the slot that a new post takes."""
    prefix = {Form.CORRECTION: f"r{number}.", Form.ENDING: f"e{number}.", Form.REPEAT: f"n{number}."}.get(form, "")
    return f"{prefix}{part}"


def delivery_key(planned_at: datetime, *facts: object) -> str:
    """Return an idempotency key: planning time in milliseconds and the hash of what is delivered.

    Args:
        planned_at: when it was planned.
        facts: newsroom, revision hash, channel, action, form, round, part, slot.
    """
    return f"{int(planned_at.timestamp() * 1000)}-{sha256_of(canonical_json([str(f) for f in facts]).encode())[:40]}"
