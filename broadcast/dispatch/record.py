"""Writing what became of a call: receipt, state, posting, pause of the channel, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from broadcast.channel import Published
from broadcast.dispatch.base import Dispatcher
from broadcast.errors import DeliveryError
from broadcast.model import Action, DeliveryState, PostingState
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.retry import Next, after_error
from broadcast.store import audit, doubles, newsroom, outcomes, postings, tasks
from broadcast.store.base import Tx


def published(
    d: Dispatcher,
    tx: Tx,
    delivery: Delivery,
    result: Published,
    now: datetime,
    *,
    outcome: str = "published",
    claimant: str | None,
) -> DeliveryState:
    """Write that a part stands (or was handed over); an adopted one likewise."""
    known = outcomes.standing_of(tx, [delivery.uid]).get(delivery.uid)
    if known is not None and not known.is_same(result):
        double(tx, delivery, known, result, now)
        return DeliveryState.DELIVERED
    state = DeliveryState.DELIVERED if result.public else DeliveryState.HANDED_OVER
    outcomes.keep_receipt(tx, delivery.uid, now, outcome, external_id=result.external_id, url=result.url, reason=result.note)
    facts = {
        "state": state.value,
        "external_id": result.external_id,
        "url": result.url,
        "reason": result.note,
        "needs_person": False,
        "open_attempt": False,
        "settled_at": now,
    }
    # Even if the lease was lost meanwhile: that it stands is a fact, and nobody need look any more.
    if not outcomes.settle(tx, delivery.uid, claimant, **facts):
        outcomes.settle(tx, delivery.uid, None, **facts)
    postings.keep_up(
        tx,
        channel=delivery.channel,
        message_uid=delivery.message_uid,
        slot=delivery.slot,
        published=result,
        number=delivery.number,
        at=now,
    )
    return state


def all_published(tx: Tx, done: Sequence[tuple[Delivery, str, Published]], now: datetime) -> None:
    """Write that many parts stand, each with its outcome (published, found); what stands under another id is a double."""
    settled = outcomes.standing_of(tx, [delivery.uid for delivery, _, _ in done])
    for delivery, _, result in done:
        if delivery.uid in settled and not settled[delivery.uid].is_same(result):
            double(tx, delivery, settled[delivery.uid], result, now)
    # What was written already (a commit whose answer was lost) gets no second receipt.
    facts = [one for one in done if one[0].uid not in settled]
    if not facts:
        return
    outcomes.settle_published(tx, facts, now)
    postings.keep_many_up(tx, facts, now)


def double(tx: Tx, delivery: Delivery, first: outcomes.Standing, result: Published, now: datetime) -> None:
    """Write that a part stands twice: the receipt keeps the second one's id, and a person is asked to remove it."""
    outcomes.keep_receipt(tx, delivery.uid, now, "double", external_id=result.external_id, url=result.url)
    places = f"{first.url or first.external_id} et {result.url or result.external_id}"
    words = (
        f"{delivery.slug}@{delivery.number} / {delivery.channel} : PUBLIÉ DEUX FOIS ({places}) ; retirez le second sur place, "
        "puis notez-le fait : `broadcast feeds tasks`"
    )
    tasks.raise_task(tx, "double", f"{delivery.uid}/{result.external_id}", words, now, slug=delivery.slug)


def taken_down(d: Dispatcher, tx: Tx, delivery: Delivery, now: datetime, note: str = "") -> DeliveryState:
    """Write that a posting no longer stands, and what of it stays on purpose."""
    outcomes.keep_receipt(tx, delivery.uid, now, "taken_down", reason=note)
    outcomes.settle(
        tx,
        delivery.uid,
        d.claimant,
        state=DeliveryState.DELIVERED.value,
        reason=note,
        open_attempt=False,
        settled_at=now,
    )
    postings.keep_state(
        tx,
        channel=delivery.channel,
        message_uid=delivery.message_uid,
        slot=delivery.slot,
        state=PostingState.DOWN,
        at=now,
    )
    return DeliveryState.DELIVERED


def removal_asked(d: Dispatcher, tx: Tx, delivery: Delivery, result: Published, now: datetime) -> DeliveryState:
    """Write that people were asked to remove a posting: it stands until they say that it is gone."""
    outcomes.keep_receipt(tx, delivery.uid, now, "published", external_id=result.external_id, url=result.url)
    outcomes.settle(
        tx,
        delivery.uid,
        d.claimant,
        state=DeliveryState.HANDED_OVER.value,
        external_id=result.external_id,
        url=result.url,
        reason="",
        open_attempt=False,
        settled_at=now,
    )
    return DeliveryState.HANDED_OVER


def failed(d: Dispatcher, tx: Tx, delivery: Delivery, error: DeliveryError, now: datetime) -> Next:
    """Write that a call did not end as published, and what follows."""
    next_ = after_error(error, tries=delivery.attempts + 1, now=now, policy=d.retry, jitter=d.jitter())
    outcomes.keep_receipt(tx, delivery.uid, now, error.code, reason=str(error))
    is_ours = outcomes.settle(
        tx,
        delivery.uid,
        d.claimant,
        state=next_.state.value,
        reason=next_.reason,
        open_attempt=False,
        not_before_at=next_.not_before_at or AT_ONCE,
        unknowns=delivery.unknowns + (next_.state is DeliveryState.UNKNOWN),
        settled_at=now if next_.state is DeliveryState.REFUSED else None,
    )
    if not is_ours:
        # Another process has it now, and what became of it there counts; this one's may stand beside it.
        doubles.look_later(tx, delivery, now + timedelta(seconds=d.retry.find_delay_s), d.clock.wall())
        return next_
    if next_.pauses_channel:
        newsroom.set_paused(tx, delivery.channel, True, next_.reason, "dispatcher")
        outcomes.hold_channel(tx, delivery.channel, f"canal en pause : {next_.reason}")
        audit.append(
            tx,
            now,
            actor="dispatcher",
            os_user="",
            act="pause",
            subject=delivery.channel,
            detail={"reason": next_.reason},
        )
    if next_.state is DeliveryState.UNKNOWN and delivery.action is not Action.PUBLISH:
        postings.keep_state(
            tx,
            channel=delivery.channel,
            message_uid=delivery.message_uid,
            slot=delivery.slot,
            state=PostingState.UNKNOWN,
            at=now,
        )
    if next_.state in (DeliveryState.REFUSED, DeliveryState.UNKNOWN):
        d.ask_for_plan(tx, delivery.message_uid)
    return next_
