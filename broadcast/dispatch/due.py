"""What is due: planning what waits to be planned, freeing the claims of the dead, naming channels with work."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from broadcast.dispatch import claimant
from broadcast.dispatch.base import Dispatcher
from broadcast.model import DeliveryState
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.planner import note_expired, plan_message
from broadcast.store import agenda, claims, deliveries, messages, newsroom, outcomes
from broadcast.store.base import Tx


def prepare(d: Dispatcher, *, first: bool = True, busy: Collection[str] | None = None) -> dict[str, bool]:
    """Plan what has become due to plan, free dead claims, and return the channels with work.

    With each comes whether any of its work is in doubt.

    Args:
        d: the dispatcher.
        first: also try again what was held; at the first turn of a pass only, so that a pass ends.
        busy: channels at work in this process: its claims on others were left behind by a job that
            failed. None: nothing is known of it.
    """
    now = d.clock.now()
    # Most often there is nothing but work: then nothing need be written before it begins.
    with d.db.read() as tx:
        if not agenda.has_chores(tx, now):
            return {n: in_doubt for n, in_doubt in deliveries.channels_with_work(tx, now).items() if n in d.places}
    with d.db.write() as tx:
        ended = note_expired(tx, now)
        for message in ended:
            plan_message(tx, message, d.places, now)
        for message in messages.messages_to_plan(tx):
            plan_message(tx, message, d.places, now)
        for orphan in claims.claimed(tx):
            lapsed = orphan.claimed_until_at is not None and orphan.claimed_until_at <= now
            left = busy is not None and orphan.claimed_by == d.claimant and orphan.channel not in busy
            if lapsed or left or claimant.is_dead(orphan.claimed_by):
                _free(tx, orphan, now + timedelta(seconds=d.retry.backoff_first_s) if left else AT_ONCE)
        paused = {n: s.paused_reason for n, s in newsroom.channel_states(tx).items() if s.paused}
        for name, reason in paused.items():
            outcomes.hold_channel(tx, name, f"canal en pause : {reason}")
        if first:
            outcomes.release_held(tx, [n for n in d.places if n not in paused])
        due = deliveries.channels_with_work(tx, now)
    for message in ended:
        d.tell_expired(message.slug)
    return {name: in_doubt for name, in_doubt in due.items() if name in d.places and name not in paused}


def still_due(d: Dispatcher, names: Collection[str]) -> dict[str, bool]:
    """Return which of these channels have something due; if something had to be planned again, of all channels."""
    with d.db.read() as tx:
        if not messages.messages_to_plan(tx):
            due = deliveries.channels_with_work(tx, d.clock.now(), names)
            paused = {n for n, s in newsroom.channel_states(tx).items() if s.paused}
            return {n: in_doubt for n, in_doubt in due.items() if n not in paused}
    return prepare(d, first=False)


def _free(tx: Tx, orphan: Delivery, not_before_at: datetime) -> None:
    state = DeliveryState.UNKNOWN if orphan.open_attempt else DeliveryState.PLANNED
    reason = "interrompu pendant l'appel" if orphan.open_attempt else ""
    outcomes.settle(
        tx,
        orphan.uid,
        None,
        state=state.value,
        reason=reason,
        not_before_at=not_before_at,
        unknowns=orphan.unknowns + orphan.open_attempt,
    )
