"""Asking again: is what was planned still approved, intact, in time and wanted? Read just before a call."""

from __future__ import annotations

from datetime import datetime

from broadcast.dispatch.base import Dispatcher
from broadcast.lifecycle import Right, is_approved
from broadcast.model import DeliveryState, Form, PostingState, Rendition, Revision
from broadcast.outbox import Delivery, Message
from broadcast.planner import ended_because
from broadcast.release import Release, Verdict, may_leave
from broadcast.store import (
    boards,
    deliveries,
    messages,
    newsroom,
    postings,
    renditions,
    revisions,
)
from broadcast.store.base import Tx


def ask_again(
    d: Dispatcher,
    tx: Tx,
    delivery: Delivery,
    rendition: Rendition | None,
    now: datetime,
) -> Verdict:
    """Return whether a claimed delivery may leave, from the rows as they are in this transaction.

    Args:
        d: the dispatcher.
        tx: the transaction of the attempt.
        delivery: the claimed delivery.
        rendition: what would be sent, as stored; None for what sends no text.
        now: the time.
    """
    message = messages.message_by_uid(tx, delivery.message_uid)
    revision = revisions.get_revision(tx, message, delivery.number)
    switches = newsroom.switches(tx)
    state = newsroom.channel_state(tx, delivery.channel)
    facts = Release(
        now=now,
        stopped=switches.stopped,
        channel_paused=state.paused_reason or "sans raison donnée" if state.paused else "",
        approved=_approved(d, tx, message, revision),
        latest_approved=message.approved,
        embargo_until_at=revision.draft.embargo_until_at,
        expires_at=revision.draft.expires_at,
        ended_because=ended_because(message, now),
        intact=rendition is None or (rendition.sha256 == delivery.sha256 and rendition.world == switches.world),
        already_public=_already_public(tx, delivery),
        newer_round_due=delivery.form is Form.REPEAT and _newer_round_due(tx, delivery, now),
    )
    return may_leave(delivery, facts)


def _approved(d: Dispatcher, tx: Tx, message: Message, revision: Revision) -> bool:
    hashes = [k.sha256 for k in renditions.rendition_keys(tx, message.uid, revision.number)]
    voters = {
        p.name for p in newsroom.people(tx) if p.has(Right.VOTE) and p.name not in (revision.author, revision.message_author)
    }
    return is_approved(revisions.votes(tx, message.uid, revision.number), hashes, voters, d.policy)


def _already_public(tx: Tx, delivery: Delivery) -> bool:
    entry = boards.by_slug(tx, delivery.channel, delivery.slug)
    if entry is not None:
        return entry.ended_at is None
    standing = postings.of_message(tx, delivery.message_uid, delivery.channel)
    return any(p.state is not PostingState.DOWN for p in standing)


def _newer_round_due(tx: Tx, delivery: Delivery, now: datetime) -> bool:
    return any(
        d.form is Form.REPEAT and d.number == delivery.number and d.round > delivery.round and d.not_before_at <= now
        for d in deliveries.of_message(tx, delivery.message_uid, delivery.channel)
    )


def put_aside(d: Dispatcher, tx: Tx, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """Write that a claimed delivery does not leave now."""
    final = verdict.state is DeliveryState.DROPPED
    deliveries.settle(
        tx,
        delivery.uid,
        d.claimant,
        state=verdict.state.value,
        reason=verdict.reason,
        not_before_at=verdict.not_before_at or now,
        settled_at=now if final else None,
    )
    if final:
        d.ask_for_plan(tx, delivery.message_uid)
