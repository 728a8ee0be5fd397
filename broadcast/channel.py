"""The contract that every channel adapter is written against (design §4).

A `Stream` takes posts one by one; a `Board` *is* a picture of all that should be public now. What
a kind can do beyond that, it says by having the method: `CanUpdate`, `CanTakeDown`, `CanFind`,
`CanSendEach`, `CanProbe`, `CanDraw`. A call ends published (it returns), or raises one of
`ChannelUnavailable`, `ChannelRefused`, `ChannelMisconfigured`, `OutcomeUnknown`.

An adapter translates and sends. It does not count, cut, retry, sleep, log the text, read the
clock, touch the database or know another adapter. It lives in `channels/<kind>.py` (or a folder
of that name), and ends with `ADAPTER: type[Stream] = …` or `ADAPTER: type[Board] = …`.

This module is an adapter's one door to the core beside `model`, `errors` and `http`: settings, limits and what a
board is shown stand in files of their own, and are imported from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

from broadcast.channel_settings import ChannelSettings, MessageWord, Secret
from broadcast.channel_values import (
    ALONE,
    Audience,
    Drawing,
    Found,
    Idempotent,
    Memory,
    NotSeen,
    Published,
    Reply,
    normalised,
    same_text,
)
from broadcast.limits import Limits, Panel
from broadcast.model import Part
from broadcast.showing import BoardView, Showing

__all__ = [
    "ALONE",
    "Audience",
    "Board",
    "BoardView",
    "CanAdvise",
    "CanCountPeople",
    "CanDoubt",
    "CanDraw",
    "CanFind",
    "CanProbe",
    "CanSendAbreast",
    "CanSendEach",
    "CanTakeDown",
    "CanUpdate",
    "ChannelSettings",
    "Drawing",
    "Found",
    "Idempotent",
    "Limits",
    "Memory",
    "MessageWord",
    "NotSeen",
    "Panel",
    "Published",
    "Reply",
    "Secret",
    "Showing",
    "Stream",
    "normalised",
    "same_text",
]


class Stream(Protocol):
    """A channel that takes posts one by one."""

    kind: ClassVar[str]
    settings_type: ClassVar[type[ChannelSettings]]
    idempotent: ClassVar[Idempotent]

    @property
    def limits(self) -> Limits:
        """Return what fits, from the settings alone; a probe may know better."""

    def __init__(self, settings: Any, memory: Memory) -> None:
        """Keep the settings; open nothing."""

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Publish one part.

        Where `reply_to` is gone from the platform the part is published without it, noted `ALONE`:
        a correction must be heard. Only an answer which proves that nothing was stored allows the
        second call.

        Raises:
            DeliveryError: one of its four kinds.
        """


class Board(Protocol):
    """A channel that is a picture of all that should be public now."""

    kind: ClassVar[str]
    settings_type: ClassVar[type[ChannelSettings]]

    @property
    def limits(self) -> Limits:
        """Return what fits, from the settings alone."""

    def __init__(self, settings: Any, memory: Memory) -> None:
        """Keep the settings; open nothing."""

    def show(self, board: BoardView) -> list[Published]:
        """Make the place equal to the board; idempotent.

        Returns:
            One `Published` (its `external_id` is the slug) for each live message of
            `board.changed`.

        Raises:
            DeliveryError: one of its four kinds; nothing is half done.
        """


@runtime_checkable
class CanUpdate(Protocol):
    """The audience sees an edit in place."""

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Make `published` say `part`; idempotent."""


@runtime_checkable
class CanTakeDown(Protocol):
    """A posting can be removed."""

    def take_down(self, published: Published, *, key: str) -> Published | None:
        """Remove it; what is already gone succeeds.

        Returns:
            None; or a `Published` with `public=False` where people were asked to remove it; or with a `note` of
            what stays on purpose of what went along with it (a picture that another article shows).
        """


@runtime_checkable
class CanSendEach(Protocol):
    """A part goes to recipients one by one; the dispatcher keeps the ledger, so that nobody gets it twice."""

    def recipients(self) -> Iterator[str]:
        """Yield the addresses, read as they are wanted.

        Raises:
            ChannelMisconfigured: the list cannot be read.
        """

    def send_to(self, part: Part, recipient: str, *, key: str, reply_to: Reply | None) -> Published:
        """Send to one recipient.

        Raises:
            ChannelUnavailable: not now; this recipient may be tried again.
            ChannelRefused: never for this recipient.
            ChannelMisconfigured: nobody can be reached until someone mends it.
            OutcomeUnknown: it may have arrived; it is never sent again by itself.

        A refusal of which only the others can show whom it concerns is `unclear`.
        """

    def close(self) -> None:
        """Give the connection of this thread back; called when there is nobody left to send to."""


@runtime_checkable
class CanCountPeople(Protocol):
    """The list of a channel that sends to each can be looked at, and watched while it is sent to."""

    def audience(self) -> Audience:
        """Read the list.

        Raises:
            ChannelMisconfigured: it cannot be read.
        """

    def list_mark(self) -> str:
        """Return what changes when the list does, without reading it; "" if it cannot be told."""


@runtime_checkable
class CanSendAbreast(Protocol):
    """Several recipients can be sent to at once, by a thread each."""

    @property
    def abreast(self) -> int:
        """Threads that may send side by side."""


@runtime_checkable
class CanFind(Protocol):
    """The channel can be asked whether a part stands there."""

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look for `part` among what was posted after `since`, `known_ids` left aside.

        The normalised whole text must match (`same_text`); the link is a prefilter only.
        """


@runtime_checkable
class CanProbe(Protocol):
    """Credentials and reachability can be checked, and limits learnt."""

    def probe(self) -> Limits | None:
        """Ask the platform; None: it states no limits."""


@runtime_checkable
class CanAdvise(Protocol):
    """Its settings may leave things unsaid that cost no delivery, such as a legal notice."""

    def missing(self) -> Sequence[str]:
        """Return what its settings leave unsaid, each beginning with its key; asks nobody."""


@runtime_checkable
class CanDoubt(Protocol):
    """A part may hold what the place shows badly though it takes it, such as a sign that no font has."""

    def doubts(self, part: Part) -> Sequence[str]:
        """Return what its author should know before approval, in sentences; asks nobody."""


@runtime_checkable
class CanDraw(Protocol):
    """A part can be shown as a picture before it is published."""

    def draw(self, part: Part) -> Sequence[Drawing]:
        """Return pictures of the part as its readers will see it; writes nothing."""
