"""What is done again and again, and how often. What is due is asked of the database each time.

`send` only rings: the dispatcher's own loop plans, expires, repeats, sends and looks up, and sleeps
exactly until the next of these is due. `poll`, `websub` and `housekeep` are the relay's.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from broadcast import registry
from broadcast.app import App
from broadcast.errors import BroadcastError
from broadcast.late import broken_promise
from broadcast.model import Draft
from broadcast.planner import ended_because
from broadcast.probing import probe_channel
from broadcast.store import messages, newsroom, revisions
from broadcast.store.changes import Changes
from scheduler.log import Log

if TYPE_CHECKING:
    from broadcast.relay import Polled

#: A channel is asked for its limits, and its access tried, this often.
PROBE_EVERY = timedelta(hours=24)

_log = logging.getLogger("broadcast.scheduler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing that is done again and again."""

    name: str
    every_s: float
    work: Callable[[], None]
    #: Before the first time, seconds.
    first_s: float = 0.0


def jobs(app: App, changes: Changes, ring: Callable[[], None], callback_base: str, log: Log) -> list[Job]:
    """Return the jobs of the active process.

    Args:
        app: the newsroom.
        changes: tells whether another process wrote something.
        ring: lets the dispatcher look for what is due.
        callback_base: public address under which hubs reach this process, "" if they cannot.
        log: told what sources bring.
    """
    tick_s = 1.0 if app.db.is_sqlite else 5.0
    promises = _Promises(app)
    sources = _Sources(app, ring, log)
    made = [
        Job(name="send", every_s=tick_s, work=lambda: ring() if changes.any() else None),
        Job(name="promises", every_s=60.0, first_s=2.0, work=promises.look),
        Job(name="probe", every_s=600.0, first_s=60.0, work=lambda: probe_due(app)),
        Job(name="heads", every_s=60.0, first_s=20.0, work=lambda: app.heads.keep(app.clock.now())),
        Job(name="soundness", every_s=600.0, first_s=90.0, work=lambda: check_soundness(app)),
        Job(name="tidy", every_s=3600.0, first_s=300.0, work=changes.tidy),
    ]
    if app.settings.feeds:
        made += [
            Job(name="poll", every_s=5.0, work=sources.poll),
            Job(name="websub", every_s=60.0, first_s=10.0, work=lambda: sources.subscribe(callback_base)),
            Job(name="housekeep", every_s=60.0, first_s=5.0, work=sources.housekeep),
        ]
    return made


@dataclass(frozen=True, slots=True)
class _Sources:
    """The relay's part; its modules are loaded only where there are sources."""

    app: App
    ring: Callable[[], None]
    log: Log

    def poll(self) -> None:
        """Ask the sources that are due; one that is slow holds up neither the others nor the next time."""
        threading.Thread(target=self._poll, name="poll", daemon=True).start()

    def _poll(self) -> None:
        from broadcast import relay

        try:
            relay.poll_due(self.app, self._tell)
        except Exception as error:  # noqa: BLE001  (the clock goes on; it is told)
            _log.info("sources : %s", error if isinstance(error, BroadcastError) else f"erreur inattendue : {error!r}")

    def subscribe(self, callback_base: str) -> None:
        """Ask hubs for what their subscriptions lack."""
        from broadcast import relay

        relay.subscribe_due(self.app, callback_base)

    def housekeep(self) -> None:
        """Raise and settle what concerns silent sources; let rules look at what a process that ended left them."""
        from broadcast import relay

        if relay.housekeep(self.app):
            self.ring()

    def _tell(self, polled: Polled) -> None:
        if polled.relayed:
            self.ring()
        self.log.polled(polled)


def probe_due(app: App) -> None:
    """Ask the networks whose last probe is older than a day; say what does not answer as it should."""
    with app.db.read() as tx:
        states = newsroom.channel_states(tx)
    now = app.clock.now()
    for name, place in app.places.items():
        state = states.get(name)
        if "probe" not in place.abilities or not registry.is_network(registry.adapter_type(place.kind)):
            continue
        if state is not None and (state.paused or (state.probed_at is not None and now - state.probed_at < PROBE_EVERY)):
            continue
        probed = probe_channel(app, name)
        if not probed.ok:
            _log.info("accès à vérifier : %s : %s", name, probed.message)


def check_soundness(app: App) -> None:
    """Check database and audit once a night (at once where it was never done); a fault is told, and kept for `status`."""
    if not app.soundness.is_due(app.clock.now().astimezone(ZoneInfo(app.newsroom.timezone)).hour):
        return
    seen = app.soundness.check()
    for fault in seen.faults:
        _log.info("CONTRÔLE DE LA BASE : %s ; %s", fault.message, fault.way_out)
    if not seen.faults:
        _log.info("contrôle de la base et du journal : intacts")


@dataclass
class _Promises:
    """A next point that was promised and has not come is told, once; what is late `late` decides, for `status` too."""

    app: App
    _told: set[tuple[str, int]] = field(default_factory=set)
    _drafts: dict[tuple[str, int], Draft] = field(default_factory=dict)

    def look(self) -> None:
        for slug, number in self._broken():
            if (slug, number) not in self._told:
                self._told.add((slug, number))
                _log.info("SUITE PROMISE EN RETARD : %s@%d : publiez une nouvelle version ou la fin", slug, number)

    def _broken(self) -> list[tuple[str, int]]:
        now = self.app.clock.now()
        still: dict[tuple[str, int], Draft] = {}
        broken = []
        with self.app.db.read() as tx:
            for message in messages.open_messages(tx):
                key = (message.slug, message.approved)
                draft = self._drafts.get(key) or revisions.draft_or_none(tx, message, message.approved)
                if draft is None:
                    continue  # its row is damaged: `status` tells it
                still[key] = draft
                if broken_promise(draft, message, ended_because(message, now), now):
                    broken.append(key)
        self._drafts = still
        return broken
