"""One pass over all that is due: plan, claim, send, record, look up; a thread a busy channel."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from broadcast.channel import Board, CanSendEach, Stream
from broadcast.dispatch import boards, claimant, look, recipients, streams
from broadcast.dispatch.base import Dispatcher
from broadcast.errors import BroadcastError
from broadcast.model import DeliveryState
from broadcast.outbox import Delivery
from broadcast.planner import note_expired, plan_message
from broadcast.store import audit, deliveries, messages, newsroom
from broadcast.store.base import Tx

#: Deliveries claimed at once on a stream; those of a board are all shown in one go.
BATCH, BOARD_BATCH = 16, 1000
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
            busy = _turn(d, first=first)
            first = False
            now = d.clock.now()
            if busy and now <= ends_at + timedelta(seconds=_MAX_NAP_S):
                continue
            due = _next_due(d)
            if due is None or now >= ends_at or due > ends_at:
                break
            d.clock.sleep(min(max((due - now).total_seconds(), 0.01), _MAX_NAP_S))
    finally:
        heart.stop()
    with d.db.write() as tx:
        audit.append_receipts(tx, d.clock.now())


def prepare(d: Dispatcher, *, first: bool = True) -> list[str]:
    """Plan what has become due to plan, free dead claims, and return the channels with work.

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
                _free(d, tx, orphan, now)
        paused = {n: s.paused_reason for n, s in newsroom.channel_states(tx).items() if s.paused}
        for name, reason in paused.items():
            deliveries.hold_channel(tx, name, f"canal en pause : {reason}")
        if first:
            deliveries.release_held(tx, [n for n in d.places if n not in paused], now)
        return [n for n in deliveries.channels_with_work(tx, now) if n in d.places and n not in paused]


def _free(d: Dispatcher, tx: Tx, orphan: Delivery, now: datetime) -> None:
    state = DeliveryState.UNKNOWN if orphan.open_attempt else DeliveryState.PLANNED
    reason = "interrompu pendant l'appel" if orphan.open_attempt else ""
    deliveries.settle(
        tx,
        orphan.uid,
        None,
        state=state.value,
        reason=reason,
        not_before_at=now,
        unknowns=orphan.unknowns + orphan.open_attempt,
    )


def _turn(d: Dispatcher, *, first: bool) -> bool:
    """Work on every channel that has something due; True if another turn may find more."""
    names = prepare(d, first=first)
    head = threading.Event()
    if d.canonical not in names:
        head.set()
    failures: list[BaseException] = []
    threads = [
        threading.Thread(
            target=_guarded,
            args=(d, name, head, failures),
            name=f"channel-{name}",
            daemon=True,
        )
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    if not names:
        return False
    return bool(prepare(d, first=False))


def _guarded(d: Dispatcher, name: str, head: threading.Event, failures: list[BaseException]) -> None:
    try:
        if name != d.canonical:
            head.wait(HEAD_START_S)
        work(d, name)
    except BaseException as error:  # noqa: BLE001  (told to the thread that joins)
        failures.append(error)
    finally:
        if name == d.canonical:
            head.set()


def work(d: Dispatcher, name: str) -> None:
    """Do all that is due on one channel."""
    try:
        adapter = d.open_channel(name)
    except BroadcastError as error:
        _hold(d, name, str(error))
        return
    is_board = d.places[name].is_board
    while True:
        with d.db.read() as tx:
            doubtful = deliveries.doubtful(tx, name, d.clock.now())
        for delivery in doubtful:
            look.settle_unknown(d, adapter, delivery)
        claimed = _claim(d, name, BOARD_BATCH if is_board else BATCH)
        if not claimed:
            return
        d.pause("claim")
        if is_board:
            boards.show(d, cast(Board, adapter), name, claimed)
        else:
            for delivery in claimed:
                if isinstance(adapter, CanSendEach):
                    recipients.send(d, adapter, delivery)
                else:
                    streams.send(d, cast(Stream, adapter), delivery)


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
