"""Sending as long as a process runs: what becomes due leaves at once, whatever other channels are busy with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from broadcast.dispatch.base import Dispatcher, heard
from broadcast.dispatch.due import prepare, still_due
from broadcast.dispatch.send import Heartbeat
from broadcast.dispatch.turn import Report, Turn
from broadcast.errors import StoreError
from broadcast.store import agenda, audit

#: What was held is tried again, and what other machines left behind is looked for, this often, seconds.
FULL_LOOK_S = 30.0
#: Wait after the database refused, seconds: at first, and at most.
NAP_FIRST_S, NAP_MAX_S = 1.0, 30.0

#: What is not needed for a call to begin waits so long, so that the threads that call get their turn, seconds.
LET_CALL_S = 0.002


class Serving:
    """The dispatcher of a running process; one thread calls `run`, any thread may `ring`."""

    def __init__(
        self,
        d: Dispatcher,
        *,
        on_failure: Callable[[BaseException], None] = lambda error: None,
        on_burst: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing begins before `run`.

        Args:
            d: the dispatcher; its `stopping` ends `run`.
            on_failure: told what a job or the database failed with; the work goes on as soon as it can.
            on_burst: called once work has begun after a rest, and every half minute while it lasts.
        """
        self._d, self._turn = d, Turn(d)
        self._on_failure, self._on_burst = on_failure, on_burst
        self._full_at, self._burst_at = 0.0, 0.0
        self._looks, self._is_recorded, self._bursts = True, True, False
        self._next_at: datetime | None = None

    @property
    def is_idle(self) -> bool:
        """True while no channel is at work."""
        return not self._turn.is_at_work

    def ring(self, *, full: bool = True) -> None:
        """Look at once for what is due; `full`: for what was held as well."""
        self._turn.reports.put(Report(full=full))

    def run(self, finish_s: float | None = None) -> bool:
        """Send what becomes due until the dispatcher stops, then finish what is under way.

        Args:
            finish_s: wait at most so long for the calls under way.

        Returns:
            False if calls were left behind: the next process looks up what became of them.
        """
        heart = Heartbeat(self._d, lambda: bool(self._turn.busy))
        nap_s = NAP_FIRST_S
        try:
            while not self._d.stopping():
                try:
                    self._step()
                    nap_s = NAP_FIRST_S
                except Exception as error:  # noqa: BLE001  (the loop that keeps every promise goes on, and tells it)
                    heard(self._on_failure, error)
                    self._turn.take(nap_s)
                    self._looks, nap_s = True, min(nap_s * 2, NAP_MAX_S)
            return self._finish(finish_s)
        finally:
            heart.stop()

    def _step(self) -> None:
        turn, d = self._turn, self._d
        turn.write()  # what the database refused before: a look must not take it for interrupted
        if self._is_time():
            full = turn.is_asked_fully or time.monotonic() >= self._full_at
            self._looks = turn.is_asked = turn.is_asked_fully = False
            heal = time.monotonic() >= self._full_at
            self._begin(prepare(d, first=full, heal=heal, busy=turn.busy))
            if full:
                self._full_at = time.monotonic() + FULL_LOOK_S
        elif turn.head_left_s() == 0.0:
            self._begin({})
        over = turn.take(LET_CALL_S) if self._bursts else []
        if self._bursts:
            self._bursts = False
            self._tell_burst()
        if not turn.is_at_work and not self._is_recorded:
            with d.db.write() as tx:
                audit.append_receipts(tx, d.clock.now())
            self._is_recorded = True
        with d.db.read() as tx:
            self._next_at = agenda.next_at(tx, d.clock.now())
        over += turn.take(0.0 if over or turn.results or turn.is_asked else self._wait_s())
        turn.write()
        failures, turn.failures = turn.failures, []
        for error in failures:
            # What the job had claimed is freed by the next look.
            heard(self._on_failure, error)
        if over and not d.stopping():
            self._begin(still_due(d, over))

    def _tell_burst(self) -> None:
        try:
            self._on_burst()
        except Exception as error:  # noqa: BLE001  (told; the work that has begun goes on)
            heard(self._on_failure, error)

    def _begin(self, due: Mapping[str, bool]) -> None:
        rested = not self._turn.busy
        if self._turn.begin(due):
            self._is_recorded = False
            if rested or time.monotonic() >= self._burst_at:
                self._bursts = True
                self._burst_at = time.monotonic() + FULL_LOOK_S

    def _is_time(self) -> bool:
        is_due = self._next_at is not None and self._next_at <= self._d.clock.now()
        return self._looks or self._turn.is_asked or is_due or time.monotonic() >= self._full_at

    def _wait_s(self) -> float:
        times = [self._full_at - time.monotonic()]
        if self._next_at is not None:
            times.append((self._next_at - self._d.clock.now()).total_seconds())
        head = self._turn.head_left_s()
        if head is not None:
            times.append(head)
        return max(min(times), 0.0)

    def _finish(self, finish_s: float | None) -> bool:
        ends = None if finish_s is None else time.monotonic() + finish_s
        while True:
            left = None if ends is None else max(ends - time.monotonic(), 0.0)
            try:
                self._turn.finish(left)
                with self._d.db.write() as tx:
                    audit.append_receipts(tx, self._d.clock.now())
                return not self._turn.busy
            except StoreError as error:
                heard(self._on_failure, error)
                if left is not None and left <= 0:
                    return False
                self._turn.take(NAP_FIRST_S)
