"""Work on many channels at once: claim, call, record. Channels never wait for each other.

The thread that owns a turn claims and records, each for many channels in one transaction; one
thread a busy channel makes the calls. A channel that hangs holds up nothing but itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, cast

from broadcast.channel import Board, CanFind, CanSendEach, Stream
from broadcast.dispatch import boards, look, recipients, streams
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.crew import Crew
from broadcast.dispatch.due import still_due
from broadcast.dispatch.launch import Call, launch
from broadcast.dispatch.streams import Result
from broadcast.errors import BroadcastError, StoreError
from broadcast.model import DeliveryState
from broadcast.outbox import Delivery
from broadcast.store import claims, deliveries, outcomes, queue

#: Deliveries claimed at once: of a stream one, so that a crash leaves one in doubt; of one that takes a
#: repeated call without harm many; of a board more, since they are shown in one go.
ONE, MANY, BOARD_BATCH = 1, 256, 1000
#: What is claimed at once should take no longer than this, seconds: an alert that comes meanwhile waits for it.
BATCH_S = 0.2
#: Claimed at once before it is known how long a call takes: of a stream, of a board.
FIRST, BOARD_FIRST = 4, 50
#: Results written by one transaction at most.
GROUP = 512
#: Head start of the canonical page before posts that point at it, seconds.
HEAD_START_S = 2.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a channel's thread reports: a result to be written, or that its job is over."""

    #: "": nothing is reported, somebody asks to look for what is due.
    channel: str = ""
    result: Result | None = None
    failure: BaseException | None = None
    #: Asked to look for what was held as well.
    full: bool = False


@dataclass
class Turn:
    """The channels at work in this process."""

    d: Dispatcher
    #: What the channels' threads report.
    reports: SimpleQueue[Report] = field(default_factory=SimpleQueue)
    busy: set[str] = field(default_factory=set)
    failures: list[BaseException] = field(default_factory=list)
    #: Results of calls that are not written yet.
    results: list[Result] = field(default_factory=list)
    #: True once somebody asked to look for what is due; and for what was held as well.
    is_asked: bool = False
    is_asked_fully: bool = False
    #: Channel -> how long one delivery took lately, seconds.
    pace_s: dict[str, float] = field(default_factory=dict)
    _waiting: dict[str, bool] = field(default_factory=dict)
    _head_ends: float = 0.0

    def run(self, due: Mapping[str, bool]) -> None:
        """Work on these channels, and on what becomes due meanwhile, until nothing is due any more."""
        self.begin(due)
        try:
            while self.is_at_work:
                over = self.take(self.head_left_s())
                self.write()
                self.begin(still_due(self.d, over) if over and not self.failures else {})
        except BaseException:
            self.finish()
            raise
        if self.failures:
            raise self.failures[0]

    @property
    def is_at_work(self) -> bool:
        """True while a channel works, or waits for the canonical page."""
        return bool(self.busy or self._waiting)

    def begin(self, due: Mapping[str, bool]) -> bool:
        """Start work on the channels that are idle; posts give the canonical page a head start. True if any started."""
        idle = {name: in_doubt for name, in_doubt in due.items() if name not in self.busy}
        canonical, before = self.d.canonical, len(self.busy)
        if canonical in idle:
            self._start({canonical: idle.pop(canonical)})
            self._head_ends = time.monotonic() + HEAD_START_S
        self._waiting |= idle
        if self._waiting and (canonical not in self.busy or time.monotonic() >= self._head_ends):
            ready = {name: in_doubt for name, in_doubt in self._waiting.items() if name not in self.busy}
            self._waiting = {}
            self._start(ready)
        return len(self.busy) > before

    def head_left_s(self) -> float | None:
        """Return how long posts still wait for the canonical page, seconds; None: none waits."""
        return max(self._head_ends - time.monotonic(), 0.0) if self._waiting else None

    def take(self, timeout_s: float | None) -> list[str]:
        """Take in what is reported, as soon as something is; return the channels whose job is over."""
        over = []
        for report in self._reported(timeout_s):
            if report.result is not None:
                self.results.append(report.result)
            elif report.channel:
                over.append(report.channel)
                self.busy.discard(report.channel)
            else:
                self.is_asked, self.is_asked_fully = True, self.is_asked_fully or report.full
            if report.failure is not None:
                self.failures.append(report.failure)
        return over

    def _reported(self, timeout_s: float | None) -> list[Report]:
        try:
            reports = [self.reports.get(timeout=timeout_s)]
        except Empty:
            return []
        while len(reports) < GROUP:
            try:
                reports.append(self.reports.get_nowait())
            except Empty:
                break
        return reports

    def write(self) -> None:
        """Write the results of calls; if the database refuses, they are kept for the next try."""
        if self.results:
            streams.write_results(self.d, self.results)
            self.results = []

    def finish(self, timeout_s: float | None = None) -> None:
        """Write down what is under way, begin nothing new; give up waiting after a while."""
        self._waiting = {}
        ends = None if timeout_s is None else time.monotonic() + timeout_s
        while self.busy:
            left = None if ends is None else ends - time.monotonic()
            if left is not None and left <= 0:
                return
            self.take(left)
            self.write()
        self.write()

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
                self._job(name, _work, self.d, name, adapter, self.pace_s)
            else:
                repeats = getattr(adapter, "idempotent", "never") == "always"
                sizes[name] = _batch(self.pace_s.get(name), FIRST, MANY) if repeats else ONE
        for name, calls in launch(self.d, sizes).items() if sizes else ():
            self._job(name, self._calls, name, calls)

    def _calls(self, name: str, calls: Sequence[Call]) -> None:
        adapter = cast(Stream, self.d.open_channel(name))
        # Results may share a commit where a lost one is found again or repeated without harm.
        shared = isinstance(adapter, CanFind) or getattr(adapter, "idempotent", "never") == "always"
        begin = time.monotonic()
        for number, wanted in enumerate(calls):
            self.pace_s[name] = (time.monotonic() - begin) / number if number else self.pace_s.get(name, BATCH_S)
            if self.d.stopping():
                _give_back(self.d, [c.delivery for c in calls[number:]])
                return
            result = streams.call(self.d, adapter, wanted)
            if shared or not _is_written(self.d, result):
                self.reports.put(Report(name, result=result))

    def _job(self, name: str, work: Callable[..., None], *args: Any) -> None:
        self.busy.add(name)

        def guarded() -> None:
            failure: BaseException | None = None
            try:
                work(*args)
            except BaseException as error:  # noqa: BLE001  (told to the thread that waits)
                failure = error
            self.reports.put(Report(name, failure=failure))

        CREW.do(guarded)


#: Threads that wait for the next call; as many as channels were ever busy at once.
CREW = Crew()


def _is_written(d: Dispatcher, result: Result) -> bool:
    try:
        streams.write_results(d, [result])
    except StoreError:
        return False  # the thread that owns the turn tries again: what a call came to must not be forgotten
    return True


def _batch(pace_s: float | None, first: int, most: int) -> int:
    """Return how many deliveries to claim at once, by how long one took lately."""
    return first if pace_s is None else max(1, min(int(BATCH_S / max(pace_s, 1e-6)), most))


def _work(d: Dispatcher, name: str, adapter: Stream | Board, pace_s: dict[str, float]) -> None:
    """Settle what is in doubt on a channel; show a board; send to recipients."""
    is_board, sends_each = d.places[name].is_board, isinstance(adapter, CanSendEach)
    with d.db.read() as tx:
        # A stream is asked for one, then something more urgent may go first.
        doubtful = deliveries.doubtful(tx, name, d.clock.now(), BOARD_BATCH if is_board or sends_each else ONE)
    for delivery in doubtful:
        if d.stopping():
            return
        look.settle_unknown(d, adapter, delivery)
    while (is_board or sends_each) and not d.stopping():
        claim = d.claim()
        claimed = _claim_first(d, name, _batch(pace_s.get(name), BOARD_FIRST, BOARD_BATCH) if is_board else ONE)
        if not claimed:
            return
        d.pause("claim")
        begin = time.monotonic()
        if is_board:
            boards.show(d, cast(Board, adapter), name, claimed, claim)
            pace_s[name] = (time.monotonic() - begin) / len(claimed)
        for delivery in claimed if sends_each else ():
            recipients.send(d, cast(CanSendEach, adapter), delivery, claim)


def _claim_first(d: Dispatcher, name: str, size: int) -> Sequence[Delivery]:
    """Claim what is due; where some of it is urgent that alone, which must not wait until the rest is made."""
    with d.db.write() as tx:
        due = queue.due(tx, {name: size}, d.clock.now())
        return claims.take(tx, [w for w in due if w.is_urgent] or due, d.claimant, d.lease_end())


def _claim(d: Dispatcher, name: str, size: int) -> Sequence[Delivery]:
    with d.db.write() as tx:
        return claims.claim(tx, name, d.claimant, d.clock.now(), d.lease_end(), size)


def _give_back(d: Dispatcher, begun: Iterable[Delivery]) -> None:
    with d.db.write() as tx:
        claims.give_back(tx, list(begun), d.claimant, d.clock.now())


def _hold(d: Dispatcher, name: str, reason: str) -> None:
    # The settings of this channel cannot be used; the next pass tries again, the others go on now.
    for delivery in _claim(d, name, BOARD_BATCH):
        with d.db.write() as tx:
            outcomes.settle(
                tx,
                delivery.uid,
                d.claimant,
                state=DeliveryState.HELD.value,
                reason=reason,
            )
        d.tell(delivery, DeliveryState.HELD, reason=reason)
