"""One pass over all that is due: plan, claim, send, record, look up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.doubles import look_for_doubles
from broadcast.dispatch.due import prepare
from broadcast.dispatch.turn import Turn
from broadcast.store import audit, claims, deliveries, newsroom

__all__ = ["Heartbeat", "prepare", "send"]

#: A wait for something to become due never sleeps longer than this, seconds.
_MAX_NAP_S = 1.0


def send(d: Dispatcher, wait_s: float = 0.0) -> None:
    """Make one pass over all that is due, and go on for `wait_s` seconds while something remains.

    Raises:
        StoreError: the database cannot be used; what was sent before that is recorded or will be looked up.
    """
    ends_at = d.clock.now() + timedelta(seconds=wait_s)
    heart = Heartbeat(d)
    try:
        first = True
        while True:
            names = prepare(d, first=first)
            if names:
                Turn(d).run(names)
            now = d.clock.now()
            if names and now <= ends_at + timedelta(seconds=_MAX_NAP_S) and prepare(d, first=False):
                first = False
                continue
            first = False
            due = _next_due(d)
            if due is None or now >= ends_at or due > ends_at:
                break
            d.clock.sleep(min(max((due - now).total_seconds(), 0.01), _MAX_NAP_S))
    finally:
        heart.stop()
    look_for_doubles(d)
    with d.db.write() as tx:
        audit.append_receipts(tx, d.clock.now())


def _next_due(d: Dispatcher) -> datetime | None:
    with d.db.read() as tx:
        paused = [n for n, s in newsroom.channel_states(tx).items() if s.paused]
        return deliveries.next_due_at(tx, paused)


class Heartbeat:
    """Renews the claims of this process while its calls live."""

    def __init__(self, d: Dispatcher, is_needed: Callable[[], bool] = lambda: True) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, args=(d, is_needed), name="claims", daemon=True)
        self._thread.start()

    def _beat(self, d: Dispatcher, is_needed: Callable[[], bool]) -> None:
        while not self._done.wait(d.lease_s / 3):
            if not is_needed():
                continue
            try:
                with d.hold.renewing(), d.db.write() as tx:
                    claims.renew_all(tx, d.claimant, d.lease_end())
            except Exception:  # noqa: BLE001, S112  (a beat that fails must not be the last)
                continue  # the next beat tries again; a lapsed lease leads to a look, not to a second post

    def stop(self) -> None:
        """End the beating."""
        self._done.set()
        self._thread.join()
