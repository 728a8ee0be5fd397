"""One pass over all that is due: plan, claim, send, record, look up. Channels never wait for each other.

The thread that calls `send` plans, claims and records, each for many channels in one transaction;
one thread a busy channel makes the calls. A channel that hangs holds up nothing but itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any, cast

from broadcast.channel import Board, CanFind, CanSendEach, Stream
from broadcast.dispatch import boards, claimant, look, recipients, streams
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.crew import Crew
from broadcast.dispatch.launch import Call, launch
from broadcast.dispatch.streams import Result
from broadcast.errors import BroadcastError
from broadcast.model import DeliveryState
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.planner import note_expired, plan_message
from broadcast.store import audit, deliveries, messages, newsroom
from broadcast.store.base import Tx

#: Deliveries claimed at once: of a stream one, so that a crash leaves one in doubt; of one that takes a
#: repeated call without harm many; of a board all, since they are shown in one go.
ONE, MANY, BOARD_BATCH = 1, 256, 1000
#: Results written by one transaction at most.
GROUP = 512
#: Head start of the canonical page before posts that point at it, seconds.
HEAD_START_S = 2.0
#: A wait for something to become due never sleeps longer than this, seconds.
_MAX_NAP_S = 1.0


def send(d: Dispatcher, wait_s: float = 0.0) -> None:
    """Make one pass over all that is due, and go on for `wait_s` seconds while something remains.

    Raises:
        StoreError: the database cannot be used; what was sent before that is recorded or will be looked up.
    """
    ends_at = d.clock.now() + timedelta(seconds=wait_s)
    heart = _Heartbeat(d)
    try:
        first = True
        while True:
            names = prepare(d, first=first)
            if names:
                _Turn(d).run(names)
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
    with d.db.write() as tx:
        audit.append_receipts(tx, d.clock.now())


def prepare(d: Dispatcher, *, first: bool = True) -> dict[str, bool]:
    """Plan what has become due to plan, free dead claims, and return the channels with work.

    With each comes whether any of its work is in doubt.

    What was held is tried again at the first turn of a pass only, so that a pass ends.
    """
    now = d.clock.now()
    with d.db.write() as tx:
        for message in note_expired(tx, now):
            plan_message(tx, message, d.places, now)
        for message in messages.messages_to_plan(tx):
            plan_message(tx, message, d.places, now)
        for orphan in deliveries.claimed(tx):
            lapsed = orphan.claimed_until_at is not None and orphan.claimed_until_at <= now
            if claimant.is_dead(orphan.claimed_by) or lapsed:
                _free(tx, orphan)
        paused = {n: s.paused_reason for n, s in newsroom.channel_states(tx).items() if s.paused}
        for name, reason in paused.items():
            deliveries.hold_channel(tx, name, f"canal en pause : {reason}")
        if first:
            deliveries.release_held(tx, [n for n in d.places if n not in paused])
        due = deliveries.channels_with_work(tx, now)
        return {name: in_doubt for name, in_doubt in due.items() if name in d.places and name not in paused}


def _free(tx: Tx, orphan: Delivery) -> None:
    state = DeliveryState.UNKNOWN if orphan.open_attempt else DeliveryState.PLANNED
    reason = "interrompu pendant l'appel" if orphan.open_attempt else ""
    deliveries.settle(
        tx,
        orphan.uid,
        None,
        state=state.value,
        reason=reason,
        not_before_at=AT_ONCE,
        unknowns=orphan.unknowns + orphan.open_attempt,
    )


@dataclass(frozen=True, slots=True)
class _Done:
    """What a channel's thread reports: a result to be written, or that its job is over."""

    channel: str
    result: Result | None = None
    failure: BaseException | None = None


@dataclass
class _Turn:
    """Work on every channel until nothing is due any more."""

    d: Dispatcher
    #: What the channels' threads report.
    reports: SimpleQueue[_Done] = field(default_factory=SimpleQueue)
    busy: set[str] = field(default_factory=set)
    failures: list[BaseException] = field(default_factory=list)

    def run(self, due: Mapping[str, bool]) -> None:
        """Work on these channels, and on what becomes due on them meanwhile."""
        waiting = {n: doubt for n, doubt in due.items() if n != self.d.canonical} if self.d.canonical in due else {}
        self._start({n: doubt for n, doubt in due.items() if n not in waiting})
        head_ends = time.monotonic() + HEAD_START_S
        try:
            while self.busy or waiting:
                if waiting and (self.d.canonical not in self.busy or time.monotonic() >= head_ends):
                    self._start({n: doubt for n, doubt in waiting.items() if n not in self.busy})
                    waiting = {}
                    continue
                over = self._write(self._wait(head_ends - time.monotonic() if waiting else None))
                if over and not self.failures:
                    self._start(_still_due(self.d, over))
        except BaseException:
            self._finish()
            raise
        if self.failures:
            raise self.failures[0]

    def _wait(self, timeout_s: float | None) -> list[_Done]:
        """Return what is reported, as soon as something is."""
        try:
            reports = [self.reports.get(timeout=None if timeout_s is None else max(timeout_s, 0.0))]
        except Empty:
            return []
        while len(reports) < GROUP:
            try:
                reports.append(self.reports.get_nowait())
            except Empty:
                break
        return reports

    def _write(self, reports: Iterable[_Done]) -> list[str]:
        """Write the results, and return the channels whose job is over."""
        results, over = [], []
        for report in reports:
            if report.result is not None:
                results.append(report.result)
            else:
                over.append(report.channel)
                self.busy.discard(report.channel)
            if report.failure is not None:
                self.failures.append(report.failure)
        if results:
            streams.write_results(self.d, results)
        return over

    def _finish(self) -> None:
        # Interrupted: what is under way is written down, nothing new begins.
        while self.busy:
            self._write(self._wait(None))

    def _start(self, due: Mapping[str, bool]) -> None:
        """Give each of these channels a job, if there is one."""
        sizes: dict[str, int] = {}
        for name, in_doubt in due.items():
            try:
                adapter = self.d.open_channel(name)
            except BroadcastError as error:
                _hold(self.d, name, str(error))
                continue
            if self.d.places[name].is_board or isinstance(adapter, CanSendEach) or in_doubt:
                self._job(name, _work, self.d, name, adapter)
            else:
                sizes[name] = MANY if getattr(adapter, "idempotent", "never") == "always" else ONE
        for name, calls in launch(self.d, sizes).items() if sizes else ():
            self._job(name, self._calls, name, calls)

    def _calls(self, name: str, calls: Sequence[Call]) -> None:
        adapter = cast(Stream, self.d.open_channel(name))
        # Results may share a commit where a lost one is found again or repeated without harm.
        shared = isinstance(adapter, CanFind) or getattr(adapter, "idempotent", "never") == "always"
        for wanted in calls:
            result = streams.call(self.d, adapter, wanted)
            if shared:
                self.reports.put(_Done(name, result=result))
            else:
                streams.write_results(self.d, [result])

    def _job(self, name: str, work: Callable[..., None], *args: Any) -> None:
        self.busy.add(name)

        def guarded() -> None:
            failure: BaseException | None = None
            try:
                work(*args)
            except BaseException as error:  # noqa: BLE001  (told to the thread that waits)
                failure = error
            self.reports.put(_Done(name, failure=failure))

        CREW.do(guarded)


#: Threads that wait for the next call; as many as channels were ever busy at once.
CREW = Crew()


def _still_due(d: Dispatcher, names: Collection[str]) -> dict[str, bool]:
    """Return which of these channels have something due; what must be planned again is, for all channels."""
    with d.db.read() as tx:
        if not messages.messages_to_plan(tx):
            due = deliveries.channels_with_work(tx, d.clock.now(), names)
            paused = {n for n, s in newsroom.channel_states(tx).items() if s.paused}
            return {n: in_doubt for n, in_doubt in due.items() if n not in paused}
    return {n: in_doubt for n, in_doubt in prepare(d, first=False).items() if n in names}


def _work(d: Dispatcher, name: str, adapter: Stream | Board) -> None:
    """Settle what is in doubt on a channel; show a board; send to recipients."""
    with d.db.read() as tx:
        doubtful = deliveries.doubtful(tx, name, d.clock.now())
    for delivery in doubtful:
        look.settle_unknown(d, adapter, delivery)
    is_board, sends_each = d.places[name].is_board, isinstance(adapter, CanSendEach)
    while is_board or sends_each:
        claimed = _claim(d, name, BOARD_BATCH if is_board else ONE)
        if not claimed:
            return
        d.pause("claim")
        if is_board:
            boards.show(d, cast(Board, adapter), name, claimed)
        for delivery in claimed if sends_each else ():
            recipients.send(d, cast(CanSendEach, adapter), delivery)


def _claim(d: Dispatcher, name: str, size: int) -> Sequence[Delivery]:
    with d.db.write() as tx:
        return deliveries.claim(tx, name, d.claimant, d.clock.now(), d.lease_end(), size)


def _hold(d: Dispatcher, name: str, reason: str) -> None:
    # The settings of this channel cannot be used; the next pass tries again, the others go on now.
    for delivery in _claim(d, name, BOARD_BATCH):
        with d.db.write() as tx:
            deliveries.settle(
                tx,
                delivery.uid,
                d.claimant,
                state=DeliveryState.HELD.value,
                reason=reason,
            )
        d.tell(delivery, DeliveryState.HELD, reason=reason)


def _next_due(d: Dispatcher) -> datetime | None:
    with d.db.read() as tx:
        paused = [n for n, s in newsroom.channel_states(tx).items() if s.paused]
        return deliveries.next_due_at(tx, paused)


class _Heartbeat:
    """Renews the claims of this process while its calls live."""

    def __init__(self, d: Dispatcher) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, args=(d,), name="lease", daemon=True)
        self._thread.start()

    def _beat(self, d: Dispatcher) -> None:
        while not self._done.wait(d.lease_s / 3):
            try:
                with d.db.write() as tx:
                    deliveries.renew_all(tx, d.claimant, d.lease_end())
            except BroadcastError:
                continue  # the next beat tries again; a lapsed lease leads to a look, not to a second post

    def stop(self) -> None:
        """End the beating."""
        self._done.set()
        self._thread.join()
