"""What a board is shown: versions of messages, and the view of all that should be public now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from broadcast.model import EndedBecause, Newsroom, Rendition


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
    #: Why it was withdrawn, in words for residents; "" where they are told nothing. No vote has seen them.
    public_reason: str = ""
    #: Lower is more urgent: order of severity, then message kind. Set by the dispatcher.
    priority: int = 0
    #: Its place in the order of first showings here, 1 is the oldest; says on which archive page it stands.
    position: int = 0

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
    def audit_head(self) -> str:
        """Number and hash of the last row of the audit, and the newsroom, in one line, for a place where all can see it."""

    @property
    def changed(self) -> Sequence[str]:
        """Slugs whose state changed since this channel last showed the board, oldest change first."""

    def live(self, count: int | None = None) -> Sequence[Showing]:
        """Return what is live now, most urgent first, then newest; the first `count` only, if given."""

    def latest(self, count: int) -> Sequence[Showing]:
        """Return the latest `count` messages, live and ended, newest first publication first."""

    def current(self, slug: str) -> Showing | None:
        """Return the version of `slug` that counts now; None: never shown here."""

    def these(self, slugs: Sequence[str]) -> Sequence[Showing]:
        """Return the versions that count now of these messages, in no order; one never shown here is left out."""

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
