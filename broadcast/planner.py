"""Turns what was decided about a message into delivery rows, in the transaction of the decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import uuid4

from broadcast import ledger
from broadcast.model import (
    Action,
    DeliveryState,
    Draft,
    EndedBecause,
    Form,
    Level,
    MessageKind,
    Revision,
)
from broadcast.outbox import AT_ONCE, URGENT_BELOW, Delivery, Message, Posting, delivery_key
from broadcast.plan import ChannelPlan, Place, Step, Wanted, plan_channel
from broadcast.store import deliveries, messages, outcomes, postings, renditions, revisions
from broadcast.store.base import Tx

_LEVELS = list(Level)


class _OnChannel(Protocol):
    @property
    def channel(self) -> str: ...


_T = TypeVar("_T", bound=_OnChannel)


def priority_of(draft: Draft) -> int:
    """Return the urgency of a message: lower goes first and stands higher.

    Alerts and what ends them come before everything, by severity.
    """
    return _LEVELS.index(draft.level) + (0 if is_urgent(draft) else URGENT_BELOW)


def is_urgent(draft: Draft) -> bool:
    """True for alerts and what begins or ends them."""
    return draft.kind in (MessageKind.ALERT, MessageKind.ALL_CLEAR, MessageKind.HOLDING)


def round_at(draft: Draft, round_: int, now: datetime) -> datetime | None:
    """Return when reminder `round_` (1, 2, …) of a message approved now is due; None: it would be over."""
    if draft.repeat_every_s is None:
        return None
    start = max(now, draft.embargo_until_at or now)
    at = start + timedelta(seconds=round_ * draft.repeat_every_s)
    return None if draft.expires_at is not None and at >= draft.expires_at else at


def ended_because(message: Message, now: datetime) -> EndedBecause | None:
    """Return why a message has ended, its expiry included."""
    if message.ended_because is not None:
        return message.ended_because
    if message.approved and message.expires_at is not None and message.expires_at <= now:
        return EndedBecause.EXPIRED
    return None


def plans_of(
    tx: Tx,
    message: Message,
    places: Mapping[str, Place],
    now: datetime,
    *,
    number: int | None = None,
    because: EndedBecause | None = None,
) -> dict[str, ChannelPlan]:
    """Return what would change on each channel; nothing is written.

    Args:
        tx: the transaction.
        message: which message.
        places: the channels of the newsroom.
        now: the time.
        number: as if this revision were the approved one; None: the one that is.
        because: as if the message had ended for this reason.
    """
    number = message.approved if number is None else number
    return _plans(_read(tx, message, number), message, places, now, because)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the database says of a message; read once."""

    number: int
    revision: Revision | None
    keys: Sequence[renditions.RenditionKey]
    known: Sequence[Delivery]
    standing: Sequence[Posting]
    #: Channels on which the all-clear of this message is said by its own message.
    told: frozenset[str] = frozenset()


def _read(tx: Tx, message: Message, number: int) -> _Read:
    return _Read(
        number=number,
        revision=revisions.get_revision(tx, message, number) if number else None,
        keys=renditions.rendition_keys(tx, message.uid, number) if number else (),
        known=deliveries.of_message(tx, message.uid),
        standing=postings.of_message(tx, message.uid),
        told=_told(tx, message),
    )


def _told(tx: Tx, message: Message) -> frozenset[str]:
    if message.ended_because is not EndedBecause.ALL_CLEAR or not message.ended_reason:
        return frozenset()
    ending = messages.find_message(tx, message.ended_reason)
    if ending is None or not ending.approved:
        return frozenset()
    return frozenset(key.channel for key in renditions.rendition_keys(tx, ending.uid, ending.approved))


def _plans(
    read: _Read, message: Message, places: Mapping[str, Place], now: datetime, because: EndedBecause | None
) -> dict[str, ChannelPlan]:
    draft = read.revision.draft if read.revision else None
    ended = because or (ended_because(message, now) if read.number == message.approved else None)
    parts, of_channel, up = _by_channel(read.keys), _by_channel(read.known), _by_channel(read.standing)
    wanted = Wanted(
        number=read.number,
        embargo_until_at=draft.embargo_until_at if draft else None,
        ended_because=ended,
        withdrawn_at=(now if because else message.ended_at) if ended is EndedBecause.WITHDRAWN else None,
        is_urgent=draft is None or is_urgent(draft),
    )
    plans = {}
    for name in sorted((parts.keys() | of_channel.keys() | up.keys()) & places.keys()):
        forms = {k.form: k.parts for k in parts.get(name, ())}
        here = replace(wanted, number=read.number if forms else 0, parts=forms, end_is_told=name in read.told)
        plans[name] = _in_time(plan_channel(places[name], here, of_channel.get(name, ()), up.get(name, ())), draft, now)
    return plans


def _by_channel(items: Iterable[_T]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for item in items:
        found.setdefault(item.channel, []).append(item)
    return found


def plan_message(tx: Tx, message: Message, places: Mapping[str, Place], now: datetime) -> int:
    """Write the deliveries that are missing, drop what must not leave; return how many changed."""
    if not message.approved:
        return 0
    messages.lock_message(tx, message.uid)
    read = _read(tx, message, message.approved)
    latest = read.revision
    assert latest is not None
    plans = _plans(read, message, places, now, None)
    messages.update_message(tx, message.uid, needs_plan=any(p.waits_for for p in plans.values()))
    changes = sum(len(p.steps) + len(p.drops) for p in plans.values())
    if not changes:
        return 0
    for plan in plans.values():
        for gone in plan.drops:
            if outcomes.drop(tx, gone.uid, gone.reason, now):
                ledger.close(tx, gone.uid, gone.reason, now)
    new: list[Delivery] = []
    digests = _Digests(tx, message.uid, read)
    last: dict[str, int] = {}
    for delivery in read.known:
        last[delivery.channel] = max(delivery.seq, last.get(delivery.channel, -1))
    for name, plan in plans.items():
        for seq, step in enumerate(plan.steps, last.get(name, -1) + 1):
            digest = digests.of(step.number, name, step.form)
            new.append(_delivery(tx.newsroom, message, latest, places[name], step, seq, digest, now))
    deliveries.add(tx, new)
    return changes


def _in_time(plan: ChannelPlan, draft: Draft | None, now: datetime) -> ChannelPlan:
    """Return the plan without the reminders that the message would not live to see."""
    if draft is None or not any(s.round for s in plan.steps):
        return plan
    return replace(plan, steps=tuple(s for s in plan.steps if not s.round or round_at(draft, s.round, now) is not None))


class _Digests:
    """Hashes of the stored renditions of a message, read once a revision."""

    def __init__(self, tx: Tx, message_uid: str, read: _Read) -> None:
        self._tx, self._uid = tx, message_uid
        self._known = {read.number: {(k.channel, k.form): k.sha256 for k in read.keys}}

    def of(self, number: int, channel: str, form: Form) -> str:
        """Return the hash of a form, of the form `publish` where a kind has none of its own."""
        if number not in self._known:
            keys = renditions.rendition_keys(self._tx, self._uid, number)
            self._known[number] = {(k.channel, k.form): k.sha256 for k in keys}
        known = self._known[number]
        return known.get((channel, form)) or known.get((channel, Form.PUBLISH), "")


def _delivery(
    newsroom: str,
    message: Message,
    latest: Revision,
    place: Place,
    step: Step,
    seq: int,
    digest: str,
    now: datetime,
) -> Delivery:
    embargo = latest.draft.embargo_until_at
    waits = step.action is not Action.TAKE_DOWN and embargo is not None and embargo > now
    leaves_at = embargo if waits and embargo else now
    if step.round:
        leaves_at = round_at(latest.draft, step.round, now) or now
    quiet = _quiet_until(place, latest.draft, step, leaves_at)
    leaves_at = quiet or leaves_at
    key = delivery_key(
        # Networks that date a post by its key must show when it was said, not when it was planned; and what
        # is said later on a channel must not sort before what was said first.
        leaves_at + timedelta(milliseconds=seq),
        newsroom,
        latest.sha256,
        place.name,
        step.action,
        step.form,
        step.round,
        step.part,
        step.slot,
        step.number,
    )
    return Delivery(
        uid=uuid4().hex,
        message_uid=message.uid,
        slug=message.slug,
        number=step.number,
        channel=place.name,
        channel_kind=place.kind,
        action=step.action,
        form=step.form,
        round=step.round,
        part=step.part,
        slot=step.slot,
        seq=seq,
        priority=priority_of(latest.draft),
        key=key,
        sha256=digest,
        state=DeliveryState.PLANNED,
        reason=_reason(place, step, waits=waits, is_quiet=quiet is not None),
        needs_person=False,
        planned_at=now,
        not_before_at=leaves_at if waits or step.round or quiet else AT_ONCE,
        settled_at=None,
        claimed_by="",
        claimed_until_at=None,
        attempts=0,
        open_attempt=False,
        unknowns=0,
        looks=0,
        failed_looks=0,
        attempted_at=None,
        attempted_wall_at=None,
        external_id="",
        url="",
    )


def _quiet_until(place: Place, draft: Draft, step: Step, at: datetime) -> datetime | None:
    """Return until when a new word that is not urgent waits; what takes back or ends never does."""
    # A post that is removed to be said anew belongs to the new one: else the night would show neither.
    removes = step.action is Action.TAKE_DOWN and step.form is not Form.PUBLISH
    if place.quiet is None or is_urgent(draft) or removes or step.form is Form.ENDING:
        return None
    return place.quiet.until(at)


def _reason(place: Place, step: Step, *, waits: bool, is_quiet: bool) -> str:
    if is_quiet and place.quiet is not None:
        return place.quiet.reason
    if step.round:
        return f"rappel n° {step.round}"
    return "sous embargo" if waits else ""


def note_expired(tx: Tx, now: datetime) -> list[Message]:
    """Note the messages whose end has come, and return them."""
    expired = messages.expired_messages(tx, now)
    for message in expired:
        end = message.expires_at if message.expires_at is not None else now
        messages.end_message(tx, message.uid, end, EndedBecause.EXPIRED)
    return [messages.message_by_uid(tx, m.uid) for m in expired]
