"""What the pages tell: read from the database, kept for two seconds, and nothing that is not public yet."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcast.app import App
from broadcast.errors import BroadcastError
from broadcast.model import EndedBecause
from broadcast.outbox import Message
from broadcast.soundness import AUDIT, DATABASE, Fault, open_faults
from broadcast.sources import FeedState
from broadcast.status import MessageStatus, message_status
from broadcast.store import agenda, entries, feeds, in_hand, messages, newsroom, revisions
from broadcast.store.base import Tx

#: A queue that has waited longer is a fault, seconds.
MAX_QUEUE_AGE_S = 300.0
#: A source is stale after so many silent intervals.
STALE_INTERVALS = 3
#: What the ways out of `status` tell to type.
_COMMAND = re.compile(r"`(broadcast [^`]+)`")
#: Facts are kept so long, so that many readers cost no more than one, seconds.
KEPT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A message that stands somewhere in public."""

    slug: str
    #: Title of what is public, not of what waits.
    title: str
    channels: tuple[str, ...]
    expires_at: datetime | None
    urls: tuple[str, ...] = ()
    #: Why it is over though it can still be seen; None: it is in force.
    ended_because: EndedBecause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateItem:
    """Something late; of a message that is not public yet not even the name."""

    message: str
    channel: str
    what: str
    since_at: datetime
    #: Title of what is public of it.
    title: str = ""
    #: What a person types, the first way first.
    commands: tuple[str, ...] = ()
    #: When it is tried or looked for again by itself; None: no time is set.
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """A channel and whether it works."""

    name: str
    kind: str
    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """A source and when it was last heard."""

    name: str
    heard_at: datetime | None
    is_stale: bool
    is_paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the pages tell."""

    at: datetime
    is_database_well: bool
    oldest_due_s: float | None = None
    live: tuple[Live, ...] = ()
    late: tuple[LateItem, ...] = ()
    channels: tuple[ChannelFacts, ...] = ()
    feeds: tuple[FeedFacts, ...] = ()
    is_stopped: bool = False
    world: str = "live"
    #: What the check of the database or the audit found, in sentences; reasons that name a message stay out.
    unsound: tuple[str, ...] = ()

    @property
    def feeds_stale(self) -> int:
        """How many sources are silent for too long."""
        return sum(f.is_stale for f in self.feeds)

    @property
    def is_well(self) -> bool:
        """False if the database fails or is damaged, or the queue is too old."""
        return self.is_database_well and not self.unsound and (self.oldest_due_s or 0.0) <= MAX_QUEUE_AGE_S


class Reader:
    """Reads the facts; safe to share between threads."""

    def __init__(self, app: App) -> None:
        self._app, self._turn = app, threading.Lock()
        self._kept: Facts | None = None
        self._until = self._kept_at = 0.0
        #: Since when this process watches: a source that was never heard is judged from then on.
        self._began_at = app.clock.now()

    def facts(self) -> Facts:
        """Return the facts, at most two seconds old."""
        with self._turn:
            if self._kept is None or time.monotonic() >= self._until:
                self._kept = self._read()
                self._kept_at = time.monotonic()
                self._until = self._kept_at + KEPT_S
            return self._kept

    def last(self, max_age_s: float) -> Facts:
        """Return what was read last without waiting for anybody; older than that, it says that the database fails."""
        if self._kept is not None and time.monotonic() - self._kept_at <= max_age_s:
            return self._kept
        return Facts(at=self._app.clock.now(), is_database_well=False)

    def _read(self) -> Facts:
        app, now = self._app, self._app.clock.now()
        try:
            with app.db.read() as tx:
                switches, states = newsroom.switches(tx), newsroom.channel_states(tx)
                oldest = agenda.oldest_due_at(tx, now)
                known = [(m, message_status(tx, m, app.places, now)) for m in in_hand.in_hand(tx, now) if m.approved]
                return Facts(
                    at=now,
                    is_database_well=True,
                    oldest_due_s=None if oldest is None else max((now - oldest).total_seconds(), 0.0),
                    live=tuple(_live(tx, m, s) for m, s in known if s.public),
                    late=tuple(item for m, s in known for item in _late(tx, m, s)),
                    channels=tuple(
                        ChannelFacts(name=n, kind=p.kind, is_paused=n in states and states[n].paused)
                        for n, p in app.places.items()
                    ),
                    feeds=self._feeds(tx, now),
                    is_stopped=switches.stopped,
                    world=switches.world,
                    unsound=_unsound(open_faults(tx, app.soundness)),
                )
        except BroadcastError:
            return Facts(at=now, is_database_well=False)

    def _feeds(self, tx: Tx, now: datetime) -> tuple[FeedFacts, ...]:
        if not self._app.settings.feeds:
            return ()
        known = feeds.feed_states(tx)
        newest = entries.newest_at(tx, known)
        return tuple(
            self._feed(name, section.url, known.get(name), newest.get(name), now)
            for name, section in self._app.settings.feeds.items()
        )

    def _feed(self, name: str, url: str, state: FeedState | None, newest_at: datetime | None, now: datetime) -> FeedFacts:
        from broadcast import relay

        if state is None:  # never asked: it should have been since this process watches
            state = FeedState(name=name, url=url, next_poll_at=self._began_at)
        reason = relay.stale_reason(self._app, state, newest_at, now)
        return FeedFacts(name=name, heard_at=state.success_at, is_stale=bool(reason), is_paused=state.paused)


_UNSOUND = {
    DATABASE: "Base de données abîmée : restaurez une sauvegarde ; détails : broadcast status.",
    AUDIT: "Journal des actes altéré ; détails : broadcast audit verify --all.",
}


def _unsound(faults: Sequence[Fault]) -> tuple[str, ...]:
    return tuple(_UNSOUND[kind] for kind in dict.fromkeys(f.kind for f in faults))


def _live(tx: Tx, message: Message, status: MessageStatus) -> Live:
    number = max(p.revision for p in status.public)
    title = status.title
    if number != status.revision:
        # A newer approved version may still be under embargo: what stands says what it said.
        draft = revisions.draft_or_none(tx, messages.message_by_uid(tx, message.uid), number)
        title = draft.title if draft is not None else f"{message.slug}@{number}"
    return Live(
        slug=status.message,
        title=title,
        channels=tuple(dict.fromkeys(p.channel for p in status.public)),
        expires_at=status.expires if number == status.revision else None,
        urls=tuple(p.url for p in status.public if p.url.startswith(("https://", "http://"))),
        ended_because=status.ended_because,
    )


def _late(tx: Tx, message: Message, status: MessageStatus) -> Sequence[LateItem]:
    shown = _live(tx, message, status) if status.public else None
    return [
        LateItem(
            message=shown.slug if shown else "",
            title=shown.title if shown else "",
            channel=i.channel,
            what=i.what,
            since_at=i.since,
            until_at=i.until,
            # Of a message that is not public its very name is a secret, and its reasons are.
            commands=tuple(_COMMAND.findall(i.message)) or (f"broadcast status {shown.slug}",)
            if shown
            else ("broadcast status",),
        )
        for i in (*status.late, *status.alarms)
    ]
