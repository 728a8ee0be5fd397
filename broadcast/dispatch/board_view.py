"""The picture that a board is shown: approved renditions from the store, and times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from broadcast.channel import Showing
from broadcast.dispatch.base import Dispatcher
from broadcast.model import EndedBecause, Form, Newsroom, Rendition
from broadcast.plan import Place
from broadcast.store import boards, renditions


class StoredBoard:
    """A `BoardView` of one channel at one time; what it has read it keeps."""

    def __init__(self, d: Dispatcher, place: Place, now: datetime) -> None:
        self._d = d
        self._place = place
        self._now = now
        self._renditions: dict[tuple[str, int], dict[Form, Rendition]] = {}
        with d.db.read() as tx:
            self._changed = boards.changed(tx, place.name)

    @property
    def now(self) -> datetime:
        """The time of this view, UTC."""
        return self._now

    @property
    def newsroom(self) -> Newsroom:
        """Whose board it is."""
        return self._d.newsroom

    @property
    def changed(self) -> Sequence[str]:
        """Slugs that changed since the channel last showed the board."""
        return self._changed

    def live(self, count: int | None = None) -> Sequence[Showing]:
        """Return what is live now, the most urgent first."""
        with self._d.db.read() as tx:
            entries = boards.live(tx, self._place.name, self._now, count)
        return self._current(entries)

    def latest(self, count: int) -> Sequence[Showing]:
        """Return the newest messages."""
        with self._d.db.read() as tx:
            entries = boards.latest(tx, self._place.name, count)
        return self._current(entries)

    def current(self, slug: str) -> Showing | None:
        """Return the version of `slug` that counts now."""
        with self._d.db.read() as tx:
            entry = boards.by_slug(tx, self._place.name, slug)
        return None if entry is None else self._current([entry])[0]

    def history(self, slug: str) -> Sequence[Showing]:
        """Return every version of `slug` published here, oldest first."""
        with self._d.db.read() as tx:
            entry = boards.by_slug(tx, self._place.name, slug)
            versions = [] if entry is None else boards.versions(tx, self._place.name, entry.message_uid)
        return [] if entry is None else [self._version(entry, v) for v in versions]

    def count(self) -> int:
        """Return how many messages were ever shown here."""
        with self._d.db.read() as tx:
            return boards.count(tx, self._place.name)

    def archive(self, page: int, size: int) -> Sequence[Showing]:
        """Return page `page` of `size` messages, 1 is the oldest."""
        with self._d.db.read() as tx:
            entries = boards.between(tx, self._place.name, (page - 1) * size + 1, page * size)
        return self._current(entries)

    def slugs(self, page: int, size: int) -> Sequence[str]:
        """Return the slugs of page `page` of `size` messages, 1 is the oldest."""
        with self._d.db.read() as tx:
            return boards.slugs_between(tx, self._place.name, (page - 1) * size + 1, page * size)

    def all_slugs(self) -> Iterator[str]:
        """Yield every slug ever shown here."""
        with self._d.db.read() as tx:
            slugs = list(boards.all_slugs(tx, self._place.name))
        yield from slugs

    def frame(self, template: str, values: Mapping[str, Any]) -> str:
        """Render a frame template of this channel kind."""
        return self._d.frames.frame(self._place.kind, template, values, self._d.newsroom)

    def asset(self, name: str) -> bytes:
        """Return a file beside the templates of this channel kind."""
        return self._d.frames.asset(self._place.kind, name)

    def _current(self, entries: Sequence[boards.Entry]) -> list[Showing]:
        self._read(dict.fromkeys((e.message_uid, e.number) for e in entries))
        with self._d.db.read() as tx:
            times = boards.published_at(tx, self._place.name, entries)
        return [self._showing(e, e.number, times.get(e.message_uid, e.first_published_at)) for e in entries]

    def _version(self, entry: boards.Entry, version: boards.Version) -> Showing:
        shown = self._showing(entry, version.number, version.published_at)
        if version.number == entry.number:
            return shown
        return replace(shown, ended_at=version.ended_at, ended_because=version.ended_because)

    def _showing(self, entry: boards.Entry, number: int, published_at: datetime) -> Showing:
        forms = self._forms(entry.message_uid, number)
        ended_at, because = entry.ended_at, entry.ended_because
        if ended_at is None and entry.expires_at is not None and entry.expires_at <= self._now:
            ended_at, because = entry.expires_at, EndedBecause.EXPIRED
        return Showing(
            slug=entry.slug,
            revision=number,
            rendition=forms[Form.PUBLISH],
            ending=forms.get(Form.ENDING),
            first_published_at=entry.first_published_at,
            published_at=published_at,
            ended_at=ended_at,
            ended_because=because,
            priority=entry.priority,
        )

    def _forms(self, message_uid: str, number: int) -> dict[Form, Rendition]:
        self._read([(message_uid, number)])
        return self._renditions[message_uid, number]

    def _read(self, keys: Iterable[tuple[str, int]]) -> None:
        missing = [key for key in keys if key not in self._renditions]
        if missing:
            with self._d.db.read() as tx:
                self._renditions |= renditions.of_revisions(tx, missing, self._d.read_media, channel=self._place.name)
