"""What a place is able to do, what should be true there, and the steps from one to the other: values of the planner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broadcast.model import Action, EndedBecause, Form
from broadcast.quiet import QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a channel is able to do."""

    name: str
    kind: str
    is_board: bool
    #: Of "update", "take_down", "find", …
    abilities: frozenset[str] = frozenset()
    #: What a new version does to what stands: auto, edit, reply, repost, nothing.
    on_correction: str = "auto"
    #: What the end does: auto, take_down, say, nothing.
    on_end: str = "auto"
    #: Message kinds for which a failure here raises an alarm.
    required_for: tuple[str, ...] = ()
    #: Seconds that people have for what is handed over; None: no deadline.
    deadline_s: float | None = None
    #: When what is not urgent waits; None: never.
    quiet: QuietHours | None = None
    #: Where, and in whose name, what is sent leaves: setting -> value; empty: not known, and not asked.
    destination: Mapping[str, str] = field(default_factory=dict)

    @property
    def edits(self) -> bool:
        """True if a new version is said by an edit."""
        return self.on_correction in ("auto", "edit") and "update" in self.abilities

    @property
    def reposts(self) -> bool:
        """True if a new version is said by deleting and posting anew."""
        return self.on_correction == "repost" and "take_down" in self.abilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What should be true of one message on one channel."""

    #: Latest approved revision; 0: none, or this channel is not among its channels.
    number: int
    #: Parts of each form of that revision for this channel.
    parts: Mapping[Form, int] = field(default_factory=dict)
    embargo_until_at: datetime | None = None
    ended_because: EndedBecause | None = None
    #: When it was withdrawn; None: it was not.
    withdrawn_at: datetime | None = None
    #: True for alerts and what is like them: their end is said where it cannot be taken down.
    is_urgent: bool = True
    #: True if another message, the all-clear, tells the end on this channel.
    end_is_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A delivery to be planned."""

    action: Action
    form: Form
    number: int
    part: int
    slot: str
    round: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A delivery that must not leave any more."""

    uid: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPlan:
    """What changes for one message on one channel."""

    steps: tuple[Step, ...] = ()
    drops: tuple[Drop, ...] = ()
    #: Why nothing can be said yet, "" if it can.
    waits_for: str = ""
    #: What the channel's policy leaves undone, for people; "" if nothing.
    leaves: str = ""
