"""Asking again: is what was planned still approved, intact, in time and wanted? Read just before a call."""

from __future__ import annotations

from datetime import datetime

from broadcast import ledger
from broadcast.dispatch.base import Dispatcher
from broadcast.lifecycle import is_approved, who_may_approve
from broadcast.model import DeliveryState, Form, PostingState, Rendition
from broadcast.outbox import AT_ONCE, Delivery, Message
from broadcast.planner import ended_because
from broadcast.release import Release, Verdict, may_leave, moved
from broadcast.store import boards, deliveries, messages, newsroom, outcomes, postings, renditions, revisions, rules
from broadcast.store.base import Tx
from broadcast.store.damage import damage


class Asker:
    """Answers for many deliveries from the rows as they are in one transaction; what it has read it keeps."""

    def __init__(self, d: Dispatcher, tx: Tx, now: datetime) -> None:
        self._d, self._tx, self._now = d, tx, now
        self._switches = newsroom.switches(tx)
        self._channels = newsroom.channel_states(tx)
        self._people = newsroom.people(tx)
        self._messages: dict[str, Message] = {}
        self._waiting: dict[str, int] = {}
        self._approved: dict[tuple[str, int], tuple[bool, datetime | None, datetime | None]] = {}

    def verdict(self, delivery: Delivery, rendition: Rendition | None) -> Verdict:
        """Return whether a claimed delivery may leave.

        Args:
            delivery: the claimed delivery.
            rendition: what would be sent, as stored; None for what sends no text.
        """
        message = self._message(delivery.message_uid)
        approved, embargo_until_at, expires_at = self._revision(message, delivery.number)
        state = self._channels.get(delivery.channel)
        quiet = self._d.places[delivery.channel].quiet if delivery.channel in self._d.places else None
        waits = quiet is not None and not delivery.is_urgent
        in_review = self._in_review(message)
        facts = Release(
            now=self._now,
            stopped=self._switches.stopped,
            channel_paused=(state.paused_reason or "sans raison donnée") if state and state.paused else "",
            approved=approved,
            latest_approved=message.approved,
            embargo_until_at=embargo_until_at,
            expires_at=expires_at,
            ended_because=ended_because(message, self._now),
            intact=rendition is None or (rendition.sha256 == delivery.sha256 and rendition.world == self._switches.world),
            # Read only where it decides.
            already_public=self._switches.stopped and _already_public(self._tx, delivery),
            newer_round_due=delivery.form is Form.REPEAT and _newer_round_due(self._tx, delivery, self._now),
            quiet_until_at=quiet.until(self._now) if quiet is not None and waits else None,
            quiet_reason=quiet.reason if quiet is not None else "",
            elsewhere=self._elsewhere(delivery, rendition),
            in_review=in_review,
            begun=in_review > 0 and _begun(self._tx, delivery),
        )
        return may_leave(delivery, facts)

    def _message(self, uid: str) -> Message:
        if uid not in self._messages:
            self._messages[uid] = messages.message_by_uid(self._tx, uid)
        return self._messages[uid]

    def _elsewhere(self, delivery: Delivery, rendition: Rendition | None) -> str:
        place = self._d.places.get(delivery.channel)
        return moved(rendition.destination, place.destination) if rendition is not None and place is not None else ""

    def _in_review(self, message: Message) -> int:
        if message.uid not in self._waiting:
            self._waiting[message.uid] = revisions.in_review(self._tx, message)
        return self._waiting[message.uid]

    def _revision(self, message: Message, number: int) -> tuple[bool, datetime | None, datetime | None]:
        key = (message.uid, number)
        if key not in self._approved:
            author, embargo_until_at, expires_at = revisions.release_facts(self._tx, message.uid, number)
            hashes = renditions.hashes(self._tx, message.uid, number)
            votes = revisions.votes(self._tx, message.uid, number)
            # Read only where something other than a person voted: the way to a call is short.
            known = {person.name for person in self._people}
            in_force = rules.names_in_force(self._tx) if any(v.person not in known for v in votes) else frozenset()
            voters = who_may_approve(self._people, in_force, author, message.author)
            self._approved[key] = (is_approved(votes, hashes, voters, self._d.policy), embargo_until_at, expires_at)
        return self._approved[key]


def ask_again(d: Dispatcher, tx: Tx, delivery: Delivery, rendition: Rendition | None, now: datetime) -> Verdict:
    """Return whether one claimed delivery may leave."""
    return Asker(d, tx, now).verdict(delivery, rendition)


def unreadable(error: Exception, delivery: Delivery) -> Verdict:
    """Return that a delivery is held because a row that it needs is damaged.

    Raises:
        Exception: the error itself, where the database is to blame and not a row.
    """
    return Verdict(go=False, state=DeliveryState.HELD, reason=str(damage(error, f"{delivery.slug}@{delivery.number}")))


def _already_public(tx: Tx, delivery: Delivery) -> bool:
    entry = boards.by_slug(tx, delivery.channel, delivery.slug)
    if entry is not None:
        return entry.ended_at is None
    standing = postings.of_message(tx, delivery.message_uid, delivery.channel)
    return any(p.state is not PostingState.DOWN for p in standing)


def _begun(tx: Tx, delivery: Delivery) -> bool:
    """True if a part of this version stands on the channel: a thread is not left half said, a reminder says what is public."""
    standing = postings.of_message(tx, delivery.message_uid, delivery.channel)
    return any(p.number == delivery.number and p.state is not PostingState.DOWN for p in standing)


def _newer_round_due(tx: Tx, delivery: Delivery, now: datetime) -> bool:
    return any(
        d.form is Form.REPEAT and d.number == delivery.number and d.round > delivery.round and d.not_before_at <= now
        for d in deliveries.of_message(tx, delivery.message_uid, delivery.channel)
    )


def put_aside(d: Dispatcher, tx: Tx, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """Write that a claimed delivery does not leave now."""
    final = verdict.state is DeliveryState.DROPPED
    outcomes.settle(
        tx,
        delivery.uid,
        d.claimant,
        state=verdict.state.value,
        reason=verdict.reason,
        not_before_at=verdict.not_before_at or AT_ONCE,
        settled_at=now if final else None,
    )
    if final:
        # Half a list may have got it: that is said, and whom it leaves out.
        ledger.close(tx, delivery.uid, verdict.reason, now)
        d.ask_for_plan(tx, delivery.message_uid)
