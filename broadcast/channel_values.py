"""What goes into a call of a channel and what comes out of it: values, and how texts are compared. Pure.

Imported from `broadcast.channel`, an adapter's one door.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

from broadcast.errors import storable

#: How long a repeated key answers the first result again.
Idempotent = timedelta | Literal["never", "always"]


@dataclass(frozen=True, kw_only=True)
class Published:
    """What stands at the channel after a call."""

    #: The platform's id.
    external_id: str
    url: str = ""
    #: False: handed over to people who still have to put it up.
    public: bool = True
    #: Whatever the adapter needs to change it later (a JSON text, say); never shown.
    token: str = ""
    #: What the person on duty should know of how it stands (`ALONE`); kept with the receipt.
    note: str = ""

    def __post_init__(self) -> None:
        """Take what a platform answered only as far as it can be stored: one odd answer must not stop the others."""
        for field_ in ("external_id", "url", "token"):
            object.__setattr__(self, field_, storable(getattr(self, field_)))


#: A reply whose parent was deleted on the platform is said all the same, as a post of its own.
ALONE = "publié seul : la publication à laquelle il répond n'est plus sur le réseau"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a correction answers: the first post of the message and the last one of its thread."""

    root: Published
    parent: Published


@dataclass(frozen=True, kw_only=True)
class Found:
    """The part stands at the channel."""

    published: Published


@dataclass(frozen=True, kw_only=True)
class NotSeen:
    """The part was not among what the channel shows now."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture of a part for people who preview or review it."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    alt: str = ""


class Memory(Protocol):
    """A small private key-value store of one channel (sessions, what a board wrote last); mode 0600."""

    def get(self, key: str) -> str | None:
        """Return what was put under `key`, or None."""

    def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`, durably."""

    def forget(self, key: str) -> None:
        """Drop `key`; a missing one is fine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a list reaches."""

    people: int
    #: The list, as its owner calls it.
    name: str
    #: Numbers of the lines in which no address could be read, though something stands there.
    not_understood: tuple[int, ...] = ()
    #: Lines of a table that say somebody without an address, or somebody who unsubscribed.
    without: int = 0


def same_text(left: str, right: str) -> bool:
    """True if two texts are the same but for white space and Unicode composition."""
    return normalised(left) == normalised(right)


def normalised(text: str) -> str:
    """Return `text` in NFC with runs of white space, no-break spaces included, made one space."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFC", text).split())
