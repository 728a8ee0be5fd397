"""What is due: planning what waits to be planned, freeing the claims of the dead, naming channels with work."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from broadcast.dispatch import claimant
from broadcast.dispatch.base import Dispatcher
from broadcast.model import DeliveryState
from broadcast.outbox import AT_ONCE, Delivery, Message
from broadcast.plan import Place
from broadcast.planner import note_expired, plan_message
from broadcast.release import STOPPED
from broadcast.store import agenda, claims, messages, newsroom, outcomes, queue
from broadcast.store.base import Tx
from broadcast.store.damage import damage, is_damage

_log = logging.getLogger("broadcast.dispatch")


def prepare(d: Dispatcher, *, first: bool = True, heal: bool = True, busy: Collection[str] | None = None) -> dict[str, bool]:
    """Plan what has become due to plan, free dead claims, and return the channels with work.

    With each comes whether its most urgent work is in doubt.

    Args:
        d: the dispatcher.
        first: also try again what was held; at the first turn of a pass only, so that a pass ends.
        heal: with `first`, also go through all that is parked, should a fault have left something there.
        busy: channels at work in this process: its claims on others were left behind by a job that
            failed. None: nothing is known of it.
    """
    try:
        return _prepare(d, first, heal, busy, plan_message)
    except Exception as error:
        if not is_damage(error):
            raise
    return _prepare(d, first, heal, busy, _plan_alone)


def _plan_alone(tx: Tx, message: Message, places: Mapping[str, Place], now: datetime) -> None:
    """Plan a message; one of which a row is damaged is left as it is, and told, and the others are planned."""
    try:
        with tx.connection.begin_nested():
            plan_message(tx, message, places, now)
    except Exception as error:  # noqa: BLE001  (raised again unless a row of this message is to blame)
        _log.warning("%s", damage(error, message.slug))


def _prepare(
    d: Dispatcher, first: bool, heal: bool, busy: Collection[str] | None, plan: Callable[..., object]
) -> dict[str, bool]:
    now = d.clock.now()
    # Most often there is nothing but work: then nothing need be written before it begins.
    with d.db.read() as tx:
        if not agenda.has_chores(tx, now):
            return queue.with_work(tx, now, d.places)
    with d.db.write() as tx:
        queue.wake(tx, now)
        ended = note_expired(tx, now)
        for message in ended:
            plan(tx, message, d.places, now)
        for message in messages.messages_to_plan(tx):
            plan(tx, message, d.places, now)
        for orphan in claims.claimed(tx):
            lapsed = orphan.claimed_until_at is not None and orphan.claimed_until_at <= now
            left = busy is not None and orphan.claimed_by == d.claimant and orphan.channel not in busy
            if lapsed or left or claimant.is_dead(orphan.claimed_by):
                _free(tx, orphan, now + timedelta(seconds=d.retry.backoff_first_s) if left else AT_ONCE)
        paused = {n: s.paused_reason for n, s in newsroom.channel_states(tx).items() if s.paused}
        for name, reason in paused.items():
            outcomes.hold_channel(tx, name, f"canal en pause : {reason}")
        if first:
            outcomes.release_held(tx, [n for n in d.places if n not in paused], _still_holds(tx))
            if heal:
                queue.heal(tx, now)
        due = queue.with_work(tx, now, d.places.keys() - paused.keys())
    for message in ended:
        d.tell_expired(message.slug)
    return due


def _still_holds(tx: Tx) -> str:
    # While all is stopped, what is held by it would only be held again: thousands, at each look.
    return STOPPED if newsroom.switches(tx).stopped else ""


def still_due(d: Dispatcher, names: Collection[str]) -> dict[str, bool]:
    """Return which of these channels have something due; if something had to be planned again, of all channels."""
    with d.db.read() as tx:
        now = d.clock.now()
        if not messages.messages_to_plan(tx) and not queue.has_woken(tx, now):
            due = queue.with_work(tx, now, names)
            paused = {n for n, s in newsroom.channel_states(tx).items() if s.paused}
            return {n: in_doubt for n, in_doubt in due.items() if n not in paused}
    return prepare(d, first=False)


def _free(tx: Tx, orphan: Delivery, not_before_at: datetime) -> None:
    state = DeliveryState.UNKNOWN if orphan.open_attempt else DeliveryState.PLANNED
    reason = "interrompu pendant l'appel" if orphan.open_attempt else ""
    outcomes.settle(
        tx,
        orphan.uid,
        orphan.claimed_by,  # unless its holder, or another who looked, was faster
        state=state.value,
        reason=reason,
        not_before_at=not_before_at,
        unknowns=orphan.unknowns + orphan.open_attempt,
    )
