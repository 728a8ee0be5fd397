"""What is public where, what is under way and what is late: read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcast.late import (
    Late,
    alarms,
    broken_promise,
    carrying,
    ends,
    is_overtaken_edit,
    is_past,
    late_of,
    meant,
    never_published,
    removable,
    sent_back,
    to_confirm,
    unconfirmed_end,
)
from broadcast.lifecycle import Life, phase_of
from broadcast.model import (
    Action,
    DeliveryState,
    EndedBecause,
    Form,
    Phase,
    PostingState,
    RevisionState,
)
from broadcast.outbox import Delivery, Message, Posting
from broadcast.plan import Place
from broadcast.planner import ended_because
from broadcast.sources import Task
from broadcast.store import deliveries, in_hand, newsroom, postings, revisions, tasks
from broadcast.store.base import Tx
from broadcast.store.damage import damage
from broadcast.store.newsroom import ChannelState


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """Something that stands in the world."""

    channel: str
    url: str
    revision: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What the settings of a channel leave as it is."""

    channel: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStatus:
    """One message as it stands."""

    message: str
    #: Approved revision, or the latest while none is approved.
    revision: int
    latest: int
    title: str
    kind: str
    phase: Phase
    ended_because: EndedBecause | None
    expires: datetime | None
    deliveries: tuple[Delivery, ...]
    public: tuple[Public, ...]
    late: tuple[Late, ...]
    #: Channels that carry the approved revision (or have it in hand), of those that should.
    published: int = 0
    wanted: int = 0
    #: Required channels that failed, each with what could stand in.
    alarms: tuple[Late, ...] = ()
    #: What people have in hand, before its deadline.
    to_confirm: tuple[Late, ...] = ()
    #: Former versions and ended messages that stay public on purpose.
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The messages that are in hand (or a page of those that are over), the kill switch and the channels."""

    messages: tuple[MessageStatus, ...]
    stopped: bool
    stopped_reason: str
    world: str
    channels: tuple[ChannelState, ...]
    #: What the relay asks people for.
    tasks: tuple[Task, ...] = ()
    #: True if there are more messages that are over, and after which of them they follow ("": from the first).
    more: bool = False
    before: str = ""


def overview(
    tx: Tx, places: Mapping[str, Place], now: datetime, *, ended: bool = False, before: Message | None = None
) -> Overview:
    """Return what lives, what is under way, late, or ended lately; or a page of what is over.

    Args:
        tx: the transaction.
        places: the channels.
        now: the time.
        ended: a page of the messages that are over.
        before: the page of what ended before this message.
    """
    listed = in_hand.over(tx, before)[: in_hand.PAGE] if ended else in_hand.in_hand(tx, now)
    # What is unsettled may be older than the page: the next page begins after the last one that is shown in its order.
    last = listed[-1] if ended and listed else None if ended else in_hand.last_lately(tx, now)
    states = newsroom.channel_states(tx)
    switches = newsroom.switches(tx)
    return Overview(
        messages=tuple(message_status(tx, m, places, now) for m in listed),
        more=bool(in_hand.over(tx, last, 0)),
        before=last.slug if last is not None else "",
        stopped=switches.stopped,
        stopped_reason=switches.stopped_reason,
        world=switches.world,
        channels=tuple(states.get(name, ChannelState(name=name)) for name in places),
        tasks=tuple(tasks.open_tasks(tx)),
    )


def message_status(tx: Tx, message: Message, places: Mapping[str, Place], now: datetime) -> MessageStatus:
    """Return the state of one message; of one with a damaged row what is left, and that as late."""
    try:
        return _message_status(tx, message, places, now)
    except Exception as error:  # noqa: BLE001  (raised again unless a row of this message is to blame)
        return _damaged_status(tx, message, now, str(damage(error, message.slug)))


def refused_ones(tx: Tx) -> list[Delivery]:
    """Return the refused deliveries that wait for a person: nothing newer has taken their place."""
    known: dict[str, list[Delivery]] = {}
    found = []
    for delivery in deliveries.refused(tx):
        if delivery.message_uid not in known:
            known[delivery.message_uid] = deliveries.readable_of_message(tx, delivery.message_uid)
        if not is_past(delivery, known[delivery.message_uid], None):
            found.append(delivery)
    return found


def _damaged_status(tx: Tx, message: Message, now: datetime, reason: str) -> MessageStatus:
    because = ended_because(message, now)
    known = deliveries.readable_of_message(tx, message.uid)
    late = Late(channel="", delivery="", what="damaged", since=message.created_at, message=reason)
    return MessageStatus(
        message=message.slug,
        revision=message.approved or message.latest,
        latest=message.latest,
        title="",
        kind="",
        phase=Phase.ENDING if because else Phase.SENDING if message.approved else Phase.IN_REVIEW,
        ended_because=because,
        expires=message.expires_at,
        deliveries=tuple(known),
        public=(),
        late=(late,),
    )


def _message_status(tx: Tx, message: Message, places: Mapping[str, Place], now: datetime) -> MessageStatus:
    number = message.approved or message.latest
    known = deliveries.of_message(tx, message.uid)
    standing = postings.of_message(tx, message.uid)
    latest = revisions.get_revision(tx, message, message.latest) if message.latest else None
    shown = revisions.get_revision(tx, message, number) if number else None
    because = ended_because(message, now)
    late = late_of(message, known, standing, places, because, now)
    if latest is not None and latest.state in (RevisionState.RETURNED, RevisionState.REJECTED):
        late += sent_back(latest, revisions.votes(tx, message.uid, latest.number))
    late += never_published(message, known, standing, because)
    late += broken_promise(shown.draft if shown else None, message, because, now)
    late += unconfirmed_end(tx, message, known, standing, because)
    return MessageStatus(
        message=message.slug,
        revision=number,
        latest=message.latest,
        title=shown.draft.title if shown else "",
        kind=shown.draft.kind.value if shown else "",
        phase=phase_of(
            Life(
                latest_state=latest.state if latest else None,
                ever_approved=message.approved > 0,
                embargo_until_at=shown.draft.embargo_until_at if shown else None,
                ended_because=because,
                deliveries=_counting(message, known, standing, places, because),
                stands=any(p.state is PostingState.UP for p in standing),
            ),
            now,
        ),
        ended_because=because,
        expires=shown.draft.expires_at if shown else None,
        deliveries=tuple(known),
        public=tuple(
            Public(channel=p.channel, url=p.url, revision=p.number, since=p.since_at)
            for p in standing
            if p.public and p.state is PostingState.UP
        ),
        late=late,
        published=len(carrying(message, known, standing)),
        wanted=len(meant(message, known)) if because is None else 0,
        alarms=alarms(message, shown.draft if shown else None, known, standing, places, because, now),
        to_confirm=to_confirm(message, known, places, because, now),
        left=_left(message, standing, places, because),
    )


def _left(
    message: Message, standing: Sequence[Posting], places: Mapping[str, Place], because: EndedBecause | None
) -> tuple[Left, ...]:
    said: dict[str, str] = {}
    for posting in standing:
        place = places.get(posting.channel)
        if place is None or posting.state is not PostingState.UP:
            continue
        if because is None and place.on_correction == "nothing" and posting.number < message.approved:
            said[place.name] = f"la version {posting.number} y reste (on_correction = nothing)"
        elif because not in (None, EndedBecause.WITHDRAWN) and place.on_end == "nothing":
            said[place.name] = "ce qui est publié y reste (on_end = nothing)"
    return tuple(Left(channel=name, message=words) for name, words in said.items())


def _counting(
    message: Message,
    known: Sequence[Delivery],
    standing: Sequence[Posting],
    places: Mapping[str, Place],
    because: EndedBecause | None,
) -> tuple[tuple[DeliveryState, bool], ...]:
    """Return the deliveries by which the phase is told: those of the approved revision, and the ends."""
    pairs = [
        (_state_for_phase(d), ends(d))
        for d in known
        if (d.number == message.approved or ends(d))
        and d.state is not DeliveryState.DROPPED
        and not is_overtaken_edit(d, known)
        and (d.form is not Form.REPEAT or d.action is Action.TAKE_DOWN)
    ]
    if message.needs_plan:
        pairs.append((DeliveryState.PLANNED, because is not None))
    if because is not None:
        taken = {(d.channel, d.slot) for d in known if d.action is Action.TAKE_DOWN}
        pairs += [
            (DeliveryState.PLANNED, True)
            for p in standing
            if p.state is not PostingState.DOWN and removable(p, places, because) and (p.channel, p.slot) not in taken
        ]
    return tuple(pairs)


def _state_for_phase(delivery: Delivery) -> DeliveryState:
    # People were asked to remove it: until they say that they did, it is not over.
    asked = delivery.action is Action.TAKE_DOWN and delivery.state is DeliveryState.HANDED_OVER
    return DeliveryState.WAITING if asked else delivery.state
