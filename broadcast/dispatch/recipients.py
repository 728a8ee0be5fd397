"""Sending to recipients one by one: a row each in the ledger, written before its call.

After a crash the row that was being sent is in doubt, and stays so: nobody gets a second mail. The
others go on where it stopped. A person settles the doubt with `broadcast resolve`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from broadcast.channel import CanSendEach, Published, Reply
from broadcast.dispatch import record
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.release import ask_again, put_aside
from broadcast.dispatch.streams import part_of, rendition_of, reply_to_of
from broadcast.errors import (
    BroadcastError,
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    DeliveryError,
    OutcomeUnknown,
)
from broadcast.model import DeliveryState, Form, Part, Rendition
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.release import Verdict
from broadcast.retry import backoff_s
from broadcast.store import claims, newsroom, outcomes, postings, recipients
from broadcast.store.base import Tx

#: Recipients between two looks at the kill switch, the votes and the end of the message.
_ASK_EVERY = 20
#: "Not now" answers in a row after which the relay itself is taken to be busy.
_MAX_UNAVAILABLE = 5
#: Tries of one recipient; after that the answer "not now" is final.
MAX_TRIES = 12


def send(d: Dispatcher, adapter: CanSendEach, delivery: Delivery) -> None:
    """Carry out one claimed delivery, as far as it can be now."""
    rendition = rendition_of(d, delivery)
    now = d.clock.now()
    with d.db.write() as tx:
        verdict = _verdict(d, tx, delivery, rendition)
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
        _open_ledger(d, adapter, delivery)
        _each(d, adapter, delivery, rendition, part, reply_to)
    except DeliveryError as error:
        _failed(d, delivery, error)
    except BroadcastError as error:
        _failed(d, delivery, ChannelRefused(str(error), subject=delivery.channel))
    finally:
        adapter.close()


def _verdict(d: Dispatcher, tx: Tx, delivery: Delivery, rendition: Rendition | None) -> Verdict:
    # Half a list is no reason to go on: the kill switch holds the rest of it.
    if delivery.form is Form.PUBLISH and newsroom.switches(tx).stopped:
        return Verdict(go=False, state=DeliveryState.HELD, reason="arrêt général : rien de nouveau ne part")
    return ask_again(d, tx, delivery, rendition, d.clock.now())


def _open_ledger(d: Dispatcher, adapter: CanSendEach, delivery: Delivery) -> None:
    now = d.clock.now()
    with d.db.write() as tx:
        if recipients.is_open(tx, delivery.uid):
            recipients.doubt(tx, delivery.uid, now)
            recipients.free(tx, delivery.uid, recipients.WAITING, now)
            return
        recipients.begin(tx, delivery.uid, _addresses(tx, adapter, delivery), now)


def _addresses(tx: Tx, adapter: CanSendEach, delivery: Delivery) -> Iterable[str]:
    """Yield who must get it: the list; who got the first mail also gets its correction, and alone gets its end."""
    earlier = recipients.reached(tx, delivery.message_uid, delivery.channel, delivery.seq)
    if delivery.form is not Form.PUBLISH:
        yield from earlier
    if delivery.form is not Form.ENDING:
        yield from adapter.recipients()


def _each(
    d: Dispatcher,
    adapter: CanSendEach,
    delivery: Delivery,
    rendition: Rendition | None,
    part: Part,
    reply_to: Reply | None,
) -> None:
    done, unavailable = 0, 0
    last: Published | None = None
    while unavailable < _MAX_UNAVAILABLE and not d.stopping():
        address = _next(d, delivery, rendition, asks=done % _ASK_EVERY == 0)
        if address is None:
            break
        d.pause("attempt")
        published: Published | None = None
        try:
            published = last = adapter.send_to(part, address, key=delivery.key, reply_to=reply_to)
            state, reason, unavailable = recipients.SENT, "", 0
        except ChannelUnavailable as error:
            state, reason, unavailable = recipients.WAITING, str(error), unavailable + 1
        except ChannelRefused as error:
            state, reason, unavailable = recipients.REFUSED, str(error), 0
        except ChannelMisconfigured:
            with d.db.write() as tx:
                recipients.keep(tx, delivery.uid, address, recipients.PLANNED, d.clock.now())
            raise
        except OutcomeUnknown as error:
            state, reason, unavailable = recipients.UNKNOWN, str(error), unavailable + 1
        except Exception as error:  # noqa: BLE001  (a fault in an adapter costs one recipient, recorded)
            state, reason, unavailable = recipients.UNKNOWN, f"erreur inattendue : {error!r}", unavailable + 1
        d.pause("answer")
        done += 1
        with d.db.write() as tx:
            recipients.keep(tx, delivery.uid, address, state, d.clock.now(), reason, tries=1)
            if published is not None:
                _keep_posting(tx, delivery, published, d)
        d.pause("receipt")
    _settle(d, delivery, last)


def _next(d: Dispatcher, delivery: Delivery, rendition: Rendition | None, *, asks: bool) -> str | None:
    """Write that the next recipient is being sent to; None: there is none, or the rest must wait."""
    with d.db.write() as tx:
        if not claims.holds(tx, delivery.uid, d.claimant):
            return None  # another process took over: its ledger rows say what is in doubt
        if asks and not _verdict(d, tx, delivery, rendition).go:
            return None
        address = recipients.next_planned(tx, delivery.uid)
        if address is not None:
            recipients.keep(tx, delivery.uid, address, recipients.SENDING, d.clock.now())
        return address


def _keep_posting(tx: Tx, delivery: Delivery, published: Published, d: Dispatcher) -> None:
    # From the first mail on there is something to correct and to end.
    known = postings.of_message(tx, delivery.message_uid, delivery.channel)
    if not any(p.slot == delivery.slot and p.number == delivery.number and p.state == "up" for p in known):
        postings.keep_up(
            tx,
            channel=delivery.channel,
            message_uid=delivery.message_uid,
            slot=delivery.slot,
            published=published,
            number=delivery.number,
            at=d.clock.now(),
        )


def _settle(d: Dispatcher, delivery: Delivery, last: Published | None) -> None:
    now = d.clock.now()
    with d.db.write() as tx:
        counts = recipients.counts(tx, delivery.uid)
        planned, waiting = counts.get(recipients.PLANNED, 0), counts.get(recipients.WAITING, 0)
        told = report(tx, delivery.uid)
        facts: dict[str, Any]
        if waiting and recipients.most_tries(tx, delivery.uid) >= MAX_TRIES:
            for address, reason in recipients.some(tx, delivery.uid, recipients.WAITING, waiting):
                recipients.keep(tx, delivery.uid, address, recipients.REFUSED, now, reason)
            waiting, told = 0, report(tx, delivery.uid)
        if planned and d.stopping():
            # Cut short by the end of this program: the rest goes on as soon as one runs again.
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
_WORDS = (
    (recipients.SENT, "envoyé(s)"),
    (recipients.PLANNED, "à envoyer"),
    (recipients.WAITING, "à réessayer"),
    (recipients.REFUSED, "refusé(s)"),
    (recipients.UNKNOWN, "incertain(s)"),
)


def report(tx: Tx, delivery_uid: str) -> str:
    """Return one line on the ledger of a delivery: how many in each state, and whom it concerns."""
    counts = recipients.counts(tx, delivery_uid)
    words = [f"{counts[state]} {word}" for state, word in _WORDS if counts.get(state)]
    for state in (recipients.REFUSED, recipients.UNKNOWN, recipients.WAITING):
        words += [f"{a} ({r})" if r and a not in r else r or a for a, r in recipients.some(tx, delivery_uid, state, 3)]
    return " ; ".join(words) or "liste vide : personne à qui envoyer"


def _failed(d: Dispatcher, delivery: Delivery, error: DeliveryError) -> None:
    # Nothing of the ledger is in doubt here: what stopped it happened before or between two calls.
    if isinstance(error, OutcomeUnknown):
        error = ChannelUnavailable(str(error))
    with d.db.write() as tx:
        next_ = record.failed(d, tx, delivery, error, d.clock.now())
    d.tell(delivery, next_.state, reason=next_.reason)
