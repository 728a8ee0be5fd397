"""Holding the lease of the one active process, and noticing that it is lost."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from broadcast.app import App
from broadcast.clock import awake_s
from broadcast.dispatch.claimant import is_dead, this_process
from broadcast.errors import BroadcastError, StoreError
from broadcast.store import leases
from broadcast.wake import LEASE

#: How long a lease holds without being renewed, and how often it is renewed, seconds.
LEASE_S, BEAT_S = 10.0, 3.0


class Keeper:
    """This process's side of the lease."""

    def __init__(self, app: App, *, lease_s: float = LEASE_S, beat_s: float = BEAT_S) -> None:
        self._app, self._lease_s, self._beat_s = app, lease_s, beat_s
        self._holder = this_process()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._held_at = 0.0
        self._why = ""

    def take(self, facts: Mapping[str, Any]) -> bool:
        """Try to become the active process; False while another living one is.

        Raises:
            StoreError: the database cannot be used.
        """
        return self._hold(facts)

    def _hold(self, facts: Mapping[str, Any]) -> bool:
        # Counted from before it is asked: an answer that came late holds no longer for that.
        at = awake_s()
        with self._app.db.write() as tx:
            now = leases.now(tx, self._app.clock.wall())
            until = now + timedelta(seconds=self._lease_s)
            told = {"pid": os.getpid(), "host": socket.gethostname(), **facts}
            is_held = leases.hold(tx, LEASE, self._holder, now, until, is_dead=is_dead, facts=told)
        if is_held:
            self._held_at = at
        return is_held

    @property
    def why_lapsed(self) -> str:
        """Why the lease is no longer held, whatever its thread is doing; "" while it is."""
        if awake_s() - self._held_at <= self._lease_s:
            return ""
        return self._why or "le bail n'a pas pu être renouvelé à temps (base occupée, ou machine suspendue)"

    def keep(self, on_lost: Callable[[str], None], facts: Callable[[], Mapping[str, Any]] = dict) -> None:
        """Renew the lease in a thread of its own, until `release`.

        Args:
            on_lost: told once, why this process is no longer the active one.
            facts: what others may want to know of this process, asked at each renewal.
        """
        self._done.clear()
        self._thread = threading.Thread(target=self._beat, args=(on_lost, facts), name="lease", daemon=True)
        self._thread.start()

    def _beat(self, on_lost: Callable[[str], None], facts: Callable[[], Mapping[str, Any]]) -> None:
        while not self._done.wait(self._beat_s):
            try:
                if not self._hold(facts()):
                    on_lost("un autre programme a pris le relais")
                    return
                self._why = ""
            except Exception as error:  # noqa: BLE001  (whatever keeps it from being renewed, time decides)
                self._why = str(error) if isinstance(error, BroadcastError) else repr(error)
                if self.why_lapsed:
                    on_lost(self._why)
                    return

    def release(self) -> None:
        """Stop renewing and give the lease back, so that another process takes over at once."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        try:
            with self._app.db.write() as tx:
                leases.release(tx, LEASE, self._holder)
        except StoreError:
            return  # it lapses by itself


def holder_in_words(lease: leases.Lease) -> str:
    """Return who holds the lease, as an operator looks for it."""
    return f"processus {lease.facts.get('pid', '?')} sur {lease.facts.get('host', '?')}"
