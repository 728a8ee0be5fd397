"""The contract that every channel adapter is written against (design §4).

A `Stream` takes posts one by one; a `Board` *is* a picture of all that should be public now. What
a kind can do beyond that, it says by having the method: `CanUpdate`, `CanTakeDown`, `CanFind`,
`CanSendEach`, `CanProbe`, `CanDraw`. A call ends published (it returns), or raises one of
`ChannelUnavailable`, `ChannelRefused`, `ChannelMisconfigured`, `OutcomeUnknown`.

An adapter translates and sends. It does not count, cut, retry, sleep, log the text, read the
clock, touch the database or know another adapter. It lives in `channels/<kind>.py` (or a folder
of that name), and ends with `ADAPTER: type[Stream] = …` or `ADAPTER: type[Board] = …`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from broadcast.errors import never_say, storable
from broadcast.model import EndedBecause, Newsroom, Part, Rendition

#: How long a repeated key answers the first result again.
Idempotent = timedelta | Literal["never", "always"]


class Secret:
    """A credential: shown by no repr, str, log or exception."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        never_say(value)

    def reveal(self) -> str:
        """Return the value; only for the call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


#: A message kind as settings name it.
MessageWord = Literal["alert", "information", "practical", "activity", "all_clear", "holding"]


@dataclass(frozen=True, kw_only=True)
class ChannelSettings:
    """What every channel has in `broadcast.toml`; a kind adds its own fields.

    A field of type `Secret` cannot stand in the file: it is read from `<name>_file` or from the
    environment. Unknown keys are refused.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "arbitrary_types_allowed": True,
    }

    #: Name of the channel, `[a-z0-9-]+`; filled in by the loader.
    name: str
    #: Channel kind; filled in by the loader.
    kind: str
    #: Message kinds that go here by default.
    messages: tuple[MessageWord, ...] = (
        "alert",
        "information",
        "practical",
        "activity",
        "all_clear",
        "holding",
    )
    #: Message kinds for which a failure here raises an alarm.
    required_for: tuple[MessageWord, ...] = ()
    #: What a new version does to what stands: auto, edit, reply, repost (delete, then post anew) or nothing.
    on_correction: Literal["auto", "edit", "reply", "repost", "nothing"] = "auto"
    #: What the end does: auto, take_down, say (post the form `ending`) or nothing. A withdrawal always takes down.
    on_end: Literal["auto", "take_down", "say", "nothing"] = "auto"
    #: Numbered posts for a message without `short` that is too long for one: auto or never.
    threads: Literal["auto", "never"] = "auto"
    #: How long people have for what is handed over to them ("30m"); "": no deadline.
    deadline: str = ""
    #: True on the one channel whose page address posts carry.
    canonical: bool = False
    #: Longest time for one call, seconds; filled in from `[dispatch] call_timeout`.
    call_timeout_s: float = 20.0
    #: Folder of the newsroom, absolute; relative paths in settings start here; filled in by the loader.
    newsroom_dir: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The face of an electronic street sign: what `layout.sign` fills."""

    #: Characters across and lines down; for a pixel panel computed from the font.
    columns: int = 0
    rows: int = 0
    #: Pixels; 0: a character panel, drawn with one cell a character.
    width_px: int = 0
    height_px: int = 0
    #: Name of a Python codec or "all": characters outside it are replaced (É -> E) or reported.
    charset: str = "all"
    #: "upper" or "as_written".
    case: str = "upper"
    max_pages: int = 2
    #: Colours that the panel can show, first is the default text colour: "amber", "red", "white"…
    colours: tuple[str, ...] = ("amber",)
    #: Seconds for which a page stays at least.
    min_page_time_s: float = 3.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What fits, as the platform counts it. None means no limit of ours."""

    max_length: int | None = None
    #: A unit of `broadcast.text.measure`.
    unit: str = "characters"
    #: Largest text in UTF-8, bytes.
    max_bytes: int | None = None
    #: Longest text beside pictures; a longer one goes without them.
    max_length_with_images: int | None = None
    #: Posts of a thread at most; 1: the place has no threads.
    max_parts: int = 1
    max_images: int | None = None
    max_image_bytes: int | None = None
    image_types: tuple[str, ...] = (
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
    )
    max_alt_length: int | None = None
    #: Longest side of a picture, pixels; larger ones are made smaller.
    max_image_px: int | None = None
    #: Width of a printed column, millimetres: a picture must have 300 dots an inch on it.
    print_width_mm: float | None = None
    #: True where pictures go as their author gave them (print), position data removed.
    keeps_originals: bool = False
    #: What a URL weighs where the platform shortens it.
    url_length: int | None = None
    #: False where the platform shows plain text only.
    keeps_structure: bool = False
    #: Set for signs: the text is laid out in pages of this panel.
    panel: Panel | None = None
    #: "default" (of the platform), "settings" or "probe".
    source: str = "default"


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


@dataclass(frozen=True, kw_only=True)
class Showing:
    """One version of a message as a board shows it."""

    slug: str
    #: Number of the revision.
    revision: int
    #: Form `publish` for what is live; the form `ending` stands beside it once it has ended.
    rendition: Rendition
    ending: Rendition | None
    #: First publication of the message here.
    first_published_at: datetime
    #: Publication of this version here.
    published_at: datetime
    #: Set once it has ended.
    ended_at: datetime | None = None
    ended_because: EndedBecause | None = None
    #: Lower is more urgent: order of severity, then message kind. Set by the dispatcher.
    priority: int = 0

    @property
    def is_live(self) -> bool:
        """True while it should be shown as current."""
        return self.ended_at is None


class BoardView(Protocol):
    """What a board should show now; only approved renditions and times."""

    @property
    def now(self) -> datetime:
        """The time of this view, UTC."""

    @property
    def newsroom(self) -> Newsroom:
        """Whose board it is."""

    @property
    def changed(self) -> Sequence[str]:
        """Slugs whose state changed since this channel last showed the board, oldest change first."""

    def live(self, count: int | None = None) -> Sequence[Showing]:
        """Return what is live now, most urgent first, then newest; the first `count` only, if given."""

    def latest(self, count: int) -> Sequence[Showing]:
        """Return the latest `count` messages, live and ended, newest first publication first."""

    def current(self, slug: str) -> Showing | None:
        """Return the version of `slug` that counts now; None: never shown here."""

    def history(self, slug: str) -> Sequence[Showing]:
        """Return every version of `slug` published here, oldest first; the last one is the current."""

    def count(self) -> int:
        """Return how many messages were ever shown here."""

    def archive(self, page: int, size: int) -> Sequence[Showing]:
        """Return page `page` (1 is the oldest) of `size` messages in order of first publication."""

    def slugs(self, page: int, size: int) -> Sequence[str]:
        """Return the slugs that `archive` would return, without reading the messages."""

    def all_slugs(self) -> Iterator[str]:
        """Yield every slug ever shown here, oldest first; for a rebuild."""

    def frame(self, template: str, values: Mapping[str, Any]) -> str:
        """Render `templates/<kind>/<template>`, which a newsroom may override; HTML is autoescaped."""

    def asset(self, name: str) -> bytes:
        """Return the bytes of `templates/<kind>/<name>` (a stylesheet, say)."""


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
            None, or a `Published` with `public=False` where people were asked to remove it.
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
        """

    def close(self) -> None:
        """Give the connection back; called when there is nobody left to send to."""


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
class CanDraw(Protocol):
    """A part can be shown as a picture before it is published."""

    def draw(self, part: Part) -> Sequence[Drawing]:
        """Return pictures of the part as its readers will see it; writes nothing."""


def same_text(left: str, right: str) -> bool:
    """True if two texts are the same but for white space and Unicode composition."""
    return normalised(left) == normalised(right)


def normalised(text: str) -> str:
    """Return `text` in NFC with runs of white space, no-break spaces included, made one space."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFC", text).split())
