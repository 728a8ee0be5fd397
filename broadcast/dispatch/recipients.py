"""Sending to recipients one by one: a row each in the ledger, written before its call.

After a crash the row that was being sent is in doubt, and stays so: nobody gets a second mail. The
others go on where it stopped. A person settles the doubt with `broadcast resolve`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from broadcast.channel import CanCountPeople, CanSendEach
from broadcast.dispatch import record
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.mailing import Mailing
from broadcast.dispatch.release import ask_again, put_aside, unreadable
from broadcast.dispatch.streams import part_of, rendition_of, reply_to_of
from broadcast.errors import (
    BroadcastError,
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    DamagedRow,
    DeliveryError,
    OutcomeUnknown,
    StoreError,
)
from broadcast.fence import Claim
from broadcast.ledger import report
from broadcast.model import DeliveryState, Form, Rendition
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.release import Verdict
from broadcast.retry import backoff_s
from broadcast.store import claims, newsroom, outcomes, postings, recipients
from broadcast.store.base import Tx
from broadcast.store.recipients import Line

#: Tries of one recipient; after that the answer "not now" is final.
MAX_TRIES = 12


def send(d: Dispatcher, adapter: CanSendEach, delivery: Delivery, claim: Claim | None = None) -> None:
    """Carry out one claimed delivery, as far as it can be now."""
    damaged: DamagedRow | None = None
    try:
        rendition = rendition_of(d, delivery)
    except DamagedRow as error:
        rendition, damaged = None, error
    now = d.clock.now()
    with d.db.write() as tx:
        try:
            if damaged is not None:
                raise damaged
            verdict = _verdict(d, delivery, rendition, tx)
        except Exception as error:  # noqa: BLE001  (raised again unless a row of this delivery is to blame)
            verdict = unreadable(error, delivery)
        if not verdict.go:
            put_aside(d, tx, delivery, verdict, now)
        elif not claims.start_attempt(tx, delivery, d.claimant, now, d.clock.wall()):
            return
        standing = postings.of_message(tx, delivery.message_uid, delivery.channel)
    if not verdict.go:
        d.tell(delivery, verdict.state, reason=verdict.reason)
        return
    try:
        part = part_of(delivery, rendition)
        reply_to = reply_to_of(delivery, standing)
        ask_verdict, read_list = partial(_verdict, d, delivery, rendition), partial(_read_again, d, adapter, delivery)
        mailing = Mailing(d, adapter, delivery, ask_verdict, read_list, claim)
        _open_ledger(d, adapter, delivery)
        mailing.run(part, reply_to)
        _settle(d, delivery, mailing)
    except DeliveryError as error:
        _failed(d, delivery, error)
    except StoreError:
        raise  # the ledger says who is in doubt; the rest goes on when the database answers again
    except BroadcastError as error:
        _failed(d, delivery, ChannelRefused(str(error), subject=delivery.channel))
    finally:
        adapter.close()


def _verdict(d: Dispatcher, delivery: Delivery, rendition: Rendition | None, tx: Tx) -> Verdict:
    # Half a list is no reason to go on: the kill switch holds the rest of it.
    if delivery.form is Form.PUBLISH and newsroom.switches(tx).stopped:
        return Verdict(go=False, state=DeliveryState.HELD, reason="arrêt général : rien de nouveau ne part")
    return ask_again(d, tx, delivery, rendition, d.clock.now())


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list as it was read, before any transaction: reading takes time."""

    addresses: tuple[str, ...]
    not_understood: tuple[int, ...]


def _listed(adapter: CanSendEach, delivery: Delivery) -> _Listed:
    if delivery.form is Form.ENDING:
        return _Listed((), ())
    unread = adapter.audience().not_understood if isinstance(adapter, CanCountPeople) else ()
    return _Listed(tuple(adapter.recipients()), unread)


def _open_ledger(d: Dispatcher, adapter: CanSendEach, delivery: Delivery) -> None:
    with d.db.read() as tx:
        is_open = recipients.is_open(tx, delivery.uid)
    if is_open:
        takes_on = _read_again(d, adapter, delivery)
        with d.db.write() as tx:
            recipients.doubt(tx, delivery.uid, d.clock.now())
            recipients.free(tx, delivery.uid, recipients.WAITING, d.clock.now())
            takes_on(tx)
        return
    listed = _listed(adapter, delivery)
    with d.db.write() as tx:
        recipients.begin(tx, delivery.uid, _addresses(tx, listed, delivery), d.clock.now())
        recipients.note_unread(tx, delivery.uid, listed.not_understood, d.clock.now())


def _read_again(d: Dispatcher, adapter: CanSendEach, delivery: Delivery) -> Callable[[Tx], None]:
    """Read the list as it is now; one that cannot be read, or holds nobody any more, changes nothing."""
    try:
        listed = _listed(adapter, delivery)
    except ChannelMisconfigured:
        listed = _Listed((), ())

    def take_on(tx: Tx) -> None:
        if listed.addresses:
            recipients.merge(tx, delivery.uid, _addresses(tx, listed, delivery), d.clock.now())
            recipients.note_unread(tx, delivery.uid, listed.not_understood, d.clock.now())

    return take_on


def _addresses(tx: Tx, listed: _Listed, delivery: Delivery) -> Iterable[str]:
    """Yield who must get it: the list; who got the first mail also gets its correction, and alone gets its end."""
    if delivery.form is not Form.PUBLISH:
        yield from recipients.reached(tx, delivery.message_uid, delivery.channel, delivery.seq)
    yield from listed.addresses


def _settle(d: Dispatcher, delivery: Delivery, mailing: Mailing) -> None:
    now, verdict = d.clock.now(), mailing.verdict
    if verdict is not None:
        with d.db.write() as tx:
            put_aside(d, tx, delivery, verdict, now)
            told = report(tx, delivery.uid)
        d.tell(delivery, verdict.state, reason=told)
        return
    with d.db.write() as tx:
        if not claims.holds(tx, delivery.uid, d.claimant):
            # Another process took over (this one slept): it goes on with the list, and its word counts.
            outcomes.keep_receipt(tx, delivery.uid, now, "unknown", reason=report(tx, delivery.uid))
            return
        counts = recipients.counts(tx, delivery.uid)
        planned, waiting = counts.get(recipients.PLANNED, 0), counts.get(recipients.WAITING, 0)
        told = report(tx, delivery.uid)
        facts: dict[str, Any]
        if waiting and recipients.most_tries(tx, delivery.uid) >= MAX_TRIES:
            lines = [Line(a, recipients.REFUSED, r) for a, r in recipients.some(tx, delivery.uid, recipients.WAITING, waiting)]
            recipients.write(tx, delivery.uid, lines, now)
            waiting, told = 0, report(tx, delivery.uid)
        if planned and (d.stopping() or mailing.gives_way):
            # Cut short by the end of this program, or by what is more urgent: the rest goes on right after it.
            state, facts = DeliveryState.PLANNED, {"not_before_at": AT_ONCE}
        elif planned or waiting:
            wait_s = backoff_s(max(recipients.most_tries(tx, delivery.uid), 1), d.retry, d.jitter())
            state, facts = DeliveryState.WAITING, {"not_before_at": now + timedelta(seconds=wait_s)}
        elif counts.get(recipients.UNKNOWN):
            state, facts = DeliveryState.UNKNOWN, {"needs_person": True}
        elif counts.get(recipients.REFUSED) and not counts.get(recipients.SENT):
            state, facts = DeliveryState.REFUSED, {"settled_at": now}
        else:
            state, facts = DeliveryState.DELIVERED, {"settled_at": now}
        standing = {p.slot: p for p in postings.of_message(tx, delivery.message_uid, delivery.channel)}
        posting = standing.get(delivery.slot)
        url, external_id = (posting.url, posting.external_id) if posting else ("", "")
        outcomes.keep_receipt(tx, delivery.uid, now, _OUTCOMES[state], external_id=external_id, url=url, reason=told)
        outcomes.settle(
            tx,
            delivery.uid,
            d.claimant,
            state=state.value,
            reason=told,
            external_id=external_id,
            url=url,
            open_attempt=False,
            **facts,
        )
        if state in (DeliveryState.REFUSED, DeliveryState.UNKNOWN):
            d.ask_for_plan(tx, delivery.message_uid)
    d.tell(delivery, state, url=url, reason=told, needs_person=state is DeliveryState.UNKNOWN)


_OUTCOMES = {
    DeliveryState.DELIVERED: "published",
    DeliveryState.WAITING: "unavailable",
    DeliveryState.PLANNED: "interrupted",
    DeliveryState.REFUSED: "refused",
    DeliveryState.UNKNOWN: "unknown",
}


def _failed(d: Dispatcher, delivery: Delivery, error: DeliveryError) -> None:
    # Nothing of the ledger is in doubt here: what stopped it happened before or between two calls.
    if isinstance(error, OutcomeUnknown):
        error = ChannelUnavailable(str(error))
    with d.db.write() as tx:
        next_ = record.failed(d, tx, delivery, error, d.clock.now())
    d.tell(delivery, next_.state, reason=next_.reason)
