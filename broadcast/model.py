"""The values that travel between modules: frozen, without I/O.

`Draft -> Revision -> Rendition -> Delivery -> Receipt`, and `Posting` for what stands in the
world. All times are aware and in UTC unless a field says otherwise; all durations are seconds.
The words that they are told by stand in `vocabulary`, what a check says in `finding`; both are imported from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcast.finding import Finding
from broadcast.vocabulary import (
    Action,
    DeliveryState,
    EndedBecause,
    Form,
    Level,
    MessageKind,
    Phase,
    PostingState,
    RevisionState,
    VoteKind,
)

__all__ = [
    "Action",
    "DeliveryState",
    "Draft",
    "EndedBecause",
    "Finding",
    "Form",
    "Image",
    "Level",
    "Media",
    "MessageKind",
    "Newsroom",
    "Part",
    "Phase",
    "PostingState",
    "Rendition",
    "Revision",
    "RevisionState",
    "Source",
    "Vote",
    "VoteKind",
    "canonical_json",
    "part_facts",
    "sha256_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """The town hall that publishes."""

    id: str
    name: str
    language: str = "fr"
    #: IANA name; times are shown in it, stored in UTC.
    timezone: str = "Europe/Paris"
    #: Public address of the site, no slash at the end.
    base_url: str = ""
    #: INSEE codes, strings.
    areas: tuple[str, ...] = ()
    area_names: Mapping[str, str] = field(default_factory=dict)
    cap_sender: str = ""
    #: "live" or "exercise", from the birth of the database.
    world: str = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture as the message file names it."""

    #: Path relative to the message file.
    file: str
    alt: str
    credit: str = ""
    #: What must stay in view where a place crops: from the left and from the top, 0 to 1.
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a relayed message comes from."""

    name: str
    url: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message file as read: nothing rendered, nothing stored. See design §6."""

    slug: str
    title: str
    #: Markdown after the front matter.
    body: str
    kind: MessageKind = MessageKind.INFORMATION
    level: Level = Level.UNKNOWN
    #: CAP words, lower case; None: derived from kind and level.
    urgency: str | None = None
    certainty: str | None = None
    category: str | None = None
    response: str | None = None
    event: str = ""
    areas: tuple[str, ...] = ()
    #: None: every channel whose `messages` lists this message kind.
    channels: tuple[str, ...] | None = None
    embargo_until_at: datetime | None = None
    #: When the event begins, and when it ends: an opening, a cut, a closed road. Said to residents.
    onset_at: datetime | None = None
    until_at: datetime | None = None
    #: How long the information itself holds: then it is taken down. Not said as the end of the event.
    expires_at: datetime | None = None
    short: str = ""
    instruction: str = ""
    contact: str = ""
    link: str = ""
    hashtags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    owner: str = ""
    next_update_at: datetime | None = None
    repeat_every_s: int | None = None
    incident: str = ""
    ends: str = ""
    source: Source | None = None
    language: str = "fr"
    #: Channel kind or channel name -> {"text": …, perhaps "title": …}.
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: The version from which the file goes on, `slug@n`, "" where it does not say.
    base: str = field(default="", compare=False)
    #: What a new version changes, in one sentence for residents; "": the sentences that changed are said.
    change: str = ""
    #: True where the new version mends an error of ours ("Rectificatif"), not where the world has changed ("Mise à jour").
    is_correction: bool = False
    #: The whole file as read, for history and diff.
    source_text: str = field(default="", repr=False)
    #: Front matter key -> line in the file (1-based); "body" -> its first line.
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    #: Path of the file, for findings.
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or file that goes with a part; its bytes are read when wanted."""

    #: File name without folders, ASCII, unique within the message.
    name: str
    media_type: str
    #: SHA-256 of the bytes, hexadecimal.
    sha256: str
    size_bytes: int
    width_px: int = 0
    height_px: int = 0
    alt: str = ""
    credit: str = ""
    #: What must stay in view where a place crops: from the left and from the top, 0 to 1.
    focus: tuple[float, float] | None = None
    #: Gives the bytes; not part of the identity.
    read: Callable[[], bytes] = field(default=bytes, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One post of a thread, one page of a sign, one page of the site: exactly what was approved."""

    #: Slug of the message; adapters that write files name them after it.
    slug: str
    #: Plain text as the place takes it, counted and within its limits.
    text: str
    #: Sanitised HTML fragment, for the kinds that take HTML.
    html: str = ""
    title: str = ""
    #: Address that the part points at (canonical page or the message's link), "" if none.
    link: str = ""
    media: tuple[Media, ...] = ()
    #: Further documents made by templates, by file ending: {"icml": …, "typ": …, "cap": …}.
    documents: Mapping[str, str] = field(default_factory=dict)
    #: Small facts that adapters and pages may use: message kind, level, event, page_time_s, …
    options: Mapping[str, Any] = field(default_factory=dict)
    language: str = "fr"
    #: When it starts to be true; None: at once.
    starts_at: datetime | None = None
    #: When it ends; None: no end known.
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One revision for one channel in one form."""

    channel: str
    channel_kind: str
    form: Form
    parts: tuple[Part, ...]
    #: "live" or "exercise"; part of the hash.
    world: str = "live"
    #: Where, and in whose name, it will leave: setting -> value; part of the hash where it is known.
    destination: Mapping[str, str] = field(default_factory=dict)
    #: Limits in force when it was made, as JSON-able facts; not part of the hash.
    limits: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def sha256(self) -> str:
        """Hash of everything that would be sent; votes name it."""
        facts = {
            "channel": self.channel,
            "kind": self.channel_kind,
            "form": self.form,
            "world": self.world,
            "parts": [part_facts(part) for part in self.parts],
        } | ({"destination": dict(self.destination)} if self.destination else {})
        return sha256_of(canonical_json(facts).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One immutable state of a message."""

    message_uid: str
    slug: str
    number: int
    draft: Draft
    author: str
    #: First person who submitted the message.
    message_author: str
    state: RevisionState
    submitted_at: datetime
    #: SHA-256 over source text, media and world.
    sha256: str

    @property
    def name(self) -> str:
        """Return `slug@n`."""
        return f"{self.slug}@{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one authority said about a revision, and the hashes it saw."""

    person: str
    kind: VoteKind
    #: SHA-256 of every rendition seen, sorted.
    hashes: tuple[str, ...]
    at: datetime
    reason: str = ""
    os_user: str = ""


def part_facts(part: Part) -> dict[str, Any]:
    """Return a part as JSON-able facts, in a stable order, without what gives bytes."""
    return {
        "slug": part.slug,
        "text": part.text,
        "html": part.html,
        "title": part.title,
        "link": part.link,
        "media": [
            {
                "name": m.name,
                "media_type": m.media_type,
                "sha256": m.sha256,
                "size_bytes": m.size_bytes,
                "width_px": m.width_px,
                "height_px": m.height_px,
                "alt": m.alt,
                "credit": m.credit,
            }
            | ({"focus": list(m.focus)} if m.focus else {})
            for m in part.media
        ],
        "documents": dict(part.documents),
        "options": dict(part.options),
        "language": part.language,
        "starts_at": part.starts_at.isoformat() if part.starts_at else None,
        "expires_at": part.expires_at.isoformat() if part.expires_at else None,
    }


def canonical_json(value: object) -> str:
    """Return JSON with sorted keys and no spaces, the form that is hashed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of `data`, hexadecimal."""
    return hashlib.sha256(data).hexdigest()
