"""The picture that a board is shown: approved renditions from the store, and times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from broadcast.channel import Showing
from broadcast.dispatch.base import Dispatcher
from broadcast.model import EndedBecause, Form, Newsroom, Rendition
from broadcast.plan import Place
from broadcast.store import audit, boards


class StoredBoard:
    """A `BoardView` of one channel at one time; what it has read it keeps."""

    def __init__(self, d: Dispatcher, place: Place, now: datetime) -> None:
        self._d = d
        self._place = place
        self._now = now
        self._entries: dict[str, boards.Entry | None] = {}
        self._versions: dict[str, list[boards.Version]] = {}
        self._damaged: dict[str, boards.Entry] = {}
        with d.db.read() as tx:
            self._changed = boards.changed(tx, place.name)
            head = audit.head(tx)
        self._audit_head = f"{head.seq}\t{head.hash}\t{d.db.newsroom}"

    @property
    def now(self) -> datetime:
        """The time of this view, UTC."""
        return self._now

    @property
    def newsroom(self) -> Newsroom:
        """Whose board it is."""
        return self._d.newsroom

    @property
    def audit_head(self) -> str:
        """The last row of the audit."""
        return self._audit_head

    @property
    def changed(self) -> Sequence[str]:
        """Slugs that changed since the channel last showed the board."""
        return self._changed

    @property
    def damaged(self) -> Sequence[boards.Entry]:
        """What belongs on the board and cannot be read; the board was made without it."""
        return list(self._damaged.values())

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
        entry = self._entry(slug)
        return next(iter(self._current([entry])), None) if entry is not None else None

    def these(self, slugs: Sequence[str]) -> Sequence[Showing]:
        """Return the versions that count now of these messages."""
        with self._d.db.read() as tx:
            entries = boards.by_slugs(tx, self._place.name, slugs)
        return self._current(entries)

    def history(self, slug: str) -> Sequence[Showing]:
        """Return every version of `slug` published here, oldest first."""
        entry = self._entry(slug)
        if entry is None:
            return []
        versions = self._versions_of(entry)
        found = self._frozen([(entry.message_uid, v.number) for v in versions])
        forms = [(v, found.get((entry.message_uid, v.number), {})) for v in versions]
        return [self._version(entry, of_it, v) for v, of_it in forms if Form.PUBLISH in of_it]

    def count(self) -> int:
        """Return how many messages were ever shown here."""
        return self._count

    @cached_property
    def _count(self) -> int:
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

    def _entry(self, slug: str) -> boards.Entry | None:
        if slug not in self._entries:
            with self._d.db.read() as tx:
                self._entries[slug] = boards.by_slug(tx, self._place.name, slug)
        return self._entries[slug]

    def _versions_of(self, entry: boards.Entry) -> list[boards.Version]:
        if entry.message_uid not in self._versions:
            # Whoever asks for one history asks for those of the others that it was shown.
            known = {e.message_uid for e in self._entries.values() if e is not None} - self._versions.keys()
            with self._d.db.read() as tx:
                self._versions |= boards.versions(tx, self._place.name, known)
        return self._versions[entry.message_uid]

    def _current(self, entries: Sequence[boards.Entry]) -> list[Showing]:
        self._entries |= {e.slug: e for e in entries}
        found = self._frozen([(e.message_uid, e.number) for e in entries])
        shown = []
        for entry in entries:
            forms = found.get((entry.message_uid, entry.number), {})
            if Form.PUBLISH in forms:
                shown.append(self._showing(entry, forms, entry.number, entry.published_at))
            else:
                self._damaged.setdefault(entry.slug, entry)
        return shown

    def _version(self, entry: boards.Entry, forms: Mapping[Form, Rendition], version: boards.Version) -> Showing:
        shown = self._showing(entry, forms, version.number, version.published_at)
        if version.number == entry.number:
            return shown
        return replace(shown, ended_at=version.ended_at, ended_because=version.ended_because, public_reason="")

    def _showing(self, entry: boards.Entry, forms: Mapping[Form, Rendition], number: int, published_at: datetime) -> Showing:
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
            public_reason=entry.public_reason if because is EndedBecause.WITHDRAWN else "",
            priority=entry.priority,
            position=entry.seq,
        )

    def _frozen(self, revisions: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[Form, Rendition]]:
        return self._d.frozen.of(self._d.db, self._d.read_media, self._place.name, revisions)
