"""Settling what is unknown: look before sending again, or ask a person; never a blind second post."""

from __future__ import annotations

from datetime import datetime, timedelta

from broadcast.channel import Board, CanFind, CanSendEach, Found, Idempotent, NotSeen, Stream
from broadcast.dispatch import record
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.streams import part_of, rendition_of
from broadcast.errors import ChannelMisconfigured, DamagedRow, DeliveryError, OutcomeUnknown
from broadcast.late import TO_VERIFY
from broadcast.model import Action, DeliveryState
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.retry import (
    Doubt,
    Next,
    after_not_seen,
    backoff_s,
    is_always_safe,
    needs_person,
    settles_by_repeating,
)
from broadcast.store import doubles, newsroom, outcomes

#: What may always be repeated need not wait until a network shows what it has.
_NOT_THERE = Next(state=DeliveryState.PLANNED, reason="absent : même envoi répété, sans doublon possible")


def settle_unknown(d: Dispatcher, adapter: Stream | Board, delivery: Delivery) -> None:
    """Settle one delivery whose outcome is unknown, as far as it can be now."""
    now = d.clock.now()
    if isinstance(adapter, CanSendEach):
        # The ledger knows who got it: the rest goes on, and who is in doubt is left to a person.
        _go_on(d, delivery, now)
        return
    doubt = _doubt(d, adapter, delivery)
    if needs_person(doubt, now):
        _ask_person(d, delivery, now)
    elif is_always_safe(doubt) and delivery.open_attempt:
        # This process died during the call: no answer spoke of a fault of theirs that a wait would help.
        _plan_again(d, delivery, now, waits=False)
    elif settles_by_repeating(doubt, now):
        # Not at once: what made it fail may still be there.
        _plan_again(d, delivery, now, waits=delivery.looks == 0 and delivery.unknowns > 0)
    else:
        _look(d, adapter, delivery, doubt)


def _doubt(d: Dispatcher, adapter: Stream | Board, delivery: Delivery) -> Doubt:
    is_board = d.places[delivery.channel].is_board
    window: Idempotent = "never" if is_board else getattr(adapter, "idempotent", "never")
    lasts = timedelta.max if window == "always" else None if isinstance(window, str) else window
    return Doubt(
        action=delivery.action,
        is_board=is_board,
        can_find=not is_board and isinstance(adapter, CanFind),
        idempotent_for=lasts,
        attempted_at=delivery.attempted_at or delivery.planned_at,
        looks=delivery.looks,
        failed_looks=delivery.failed_looks,
        unknowns=delivery.unknowns,
    )


def _ask_person(d: Dispatcher, delivery: Delivery, now: datetime) -> None:
    removes = delivery.action is Action.TAKE_DOWN
    settle = f"`broadcast resolve {delivery.uid[:8]}"
    gone, stands = (
        f"{settle} --proof TEXTE` une fois retiré",
        f"{settle} --published URL` s'il y est, {settle} --not-published` sinon",
    )
    reason = f"{delivery.reason or 'issue inconnue'}{TO_VERIFY}{gone if removes else stands}"
    with d.db.write() as tx:
        if not outcomes.settle_doubt(tx, delivery, needs_person=True, reason=reason):
            return
        d.ask_for_plan(tx, delivery.message_uid)
    d.tell(delivery, DeliveryState.UNKNOWN, reason=reason, needs_person=True)


def _go_on(d: Dispatcher, delivery: Delivery, now: datetime) -> None:
    with d.db.write() as tx:
        state = DeliveryState.PLANNED.value
        outcomes.settle_doubt(tx, delivery, state=state, not_before_at=AT_ONCE, open_attempt=False)


def _plan_again(d: Dispatcher, delivery: Delivery, now: datetime, *, waits: bool) -> None:
    # It stays unknown while it waits, so that an idempotency window that closes meanwhile is noticed.
    wait = timedelta(seconds=backoff_s(delivery.unknowns, d.retry, d.jitter())) if waits else timedelta()
    state = DeliveryState.UNKNOWN if waits else DeliveryState.PLANNED
    with d.db.write() as tx:
        outcomes.settle_doubt(
            tx,
            delivery,
            state=state.value,
            not_before_at=now + wait if waits else AT_ONCE,
            looks=1,
            open_attempt=delivery.open_attempt and waits,
        )


def _look(d: Dispatcher, adapter: Stream | Board, delivery: Delivery, doubt: Doubt) -> None:
    if not isinstance(adapter, CanFind):
        return
    with d.db.read() as tx:
        known = outcomes.known_ids(tx, delivery.channel, delivery.uid)
    since = delivery.attempted_wall_at or d.clock.wall()
    try:
        part = part_of(delivery, rendition_of(d, delivery))
        answer = adapter.find(part, key=delivery.key, since=since, known_ids=known)
    except DeliveryError as error:
        _look_failed(d, delivery, error)
        return
    except DamagedRow as error:
        _look_failed(d, delivery, OutcomeUnknown(str(error)))
        return
    except Exception as error:  # noqa: BLE001  (a fault in an adapter costs one look, recorded)
        _look_failed(
            d,
            delivery,
            OutcomeUnknown(f"{delivery.channel} : erreur inattendue : {error!r}"),
        )
        return
    _found(d, delivery, answer) if isinstance(answer, Found) else _not_seen(d, delivery, doubt, answer)


def _found(d: Dispatcher, delivery: Delivery, answer: Found) -> None:
    with d.db.write() as tx:
        state = record.published(
            d,
            tx,
            delivery,
            answer.published,
            d.clock.now(),
            outcome="found",
            claimant=None,
        )
    d.tell(delivery, state, url=answer.published.url, reason="retrouvé sur le canal")


def _not_seen(d: Dispatcher, delivery: Delivery, doubt: Doubt, _answer: NotSeen) -> None:
    now = d.clock.now()
    looked = Doubt(
        action=doubt.action,
        is_board=doubt.is_board,
        can_find=True,
        idempotent_for=doubt.idempotent_for,
        attempted_at=doubt.attempted_at,
        looks=doubt.looks + 1,
        failed_looks=0,
        unknowns=doubt.unknowns,
    )
    next_ = _NOT_THERE if is_always_safe(doubt) else after_not_seen(looked, now=now, policy=d.retry)
    with d.db.write() as tx:
        outcomes.keep_receipt(tx, delivery.uid, now, "not_seen")
        is_ours = outcomes.settle_doubt(
            tx,
            delivery,
            state=next_.state.value,
            looks=looked.looks,
            failed_looks=0,
            not_before_at=next_.not_before_at or AT_ONCE,
            reason=next_.reason,
            open_attempt=delivery.open_attempt and next_.state is DeliveryState.UNKNOWN,
        )
        if is_ours and next_.state is DeliveryState.PLANNED:
            # It is sent again: should the first one show later, or its sender wake up, that is seen.
            doubles.look_later(tx, delivery, now + timedelta(seconds=d.retry.find_delay_s), d.clock.wall())
    if not is_ours:
        return
    d.tell(delivery, next_.state, reason=next_.reason)


def _look_failed(d: Dispatcher, delivery: Delivery, error: DeliveryError) -> None:
    now = d.clock.now()
    failed = delivery.failed_looks + 1
    asked = getattr(error, "retry_after_s", None)
    wait = backoff_s(failed, d.retry, d.jitter()) if asked is None else asked
    with d.db.write() as tx:
        outcomes.settle_doubt(
            tx,
            delivery,
            failed_looks=failed,
            not_before_at=now + timedelta(seconds=wait),
            reason=f"issue inconnue ; vérification impossible : {error}",
        )
        if isinstance(error, ChannelMisconfigured):
            newsroom.set_paused(tx, delivery.channel, True, str(error), "dispatcher")
            outcomes.hold_channel(tx, delivery.channel, f"canal en pause : {error}")
    d.tell(delivery, DeliveryState.UNKNOWN, reason=str(error))
