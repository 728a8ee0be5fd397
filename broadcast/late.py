"""What should have happened and has not, each with the way out: read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.all_clear import carried
from broadcast.lifecycle import UNSETTLED
from broadcast.model import Action, DeliveryState, Draft, EndedBecause, Form, PostingState, Revision, Vote, VoteKind
from broadcast.outbox import Delivery, Message, Posting
from broadcast.plan import END_WORDS, Place
from broadcast.release import way_out_of_hold
from broadcast.store import deliveries, messages
from broadcast.store.base import Tx

#: Why what expired before it left was dropped; what held it back until then may follow.
EXPIRED_UNSENT = END_WORDS[EndedBecause.EXPIRED]
#: Between the cause of a doubt and what a person is to do, in the reason of a delivery.
TO_VERIFY = " ; vérifiez sur le canal puis "


#: What should have left so long ago is late, whoever should have sent it: a busy network takes its seconds.
GRACE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Something that should have happened and has not, and the way out."""

    channel: str
    #: Id of the delivery, "" where there is none.
    delivery: str
    #: needs_person, refused, held, waiting, planned, claimed, handed_over, overdue, still_public, damaged.
    what: str
    since: datetime
    message: str
    #: When it is tried or looked for again by itself; None: at the next pass, or a person is waited for.
    until: datetime | None = None


def broken_promise(draft: Draft | None, message: Message, because: EndedBecause | None, now: datetime) -> tuple[Late, ...]:
    """Return the alarm of a promised next point that has not come (A3): a newer version answers it."""
    if draft is None or draft.next_update_at is None or because is not None or draft.next_update_at > now or not message.approved:
        return ()
    words = "le prochain point promis n'est pas venu : soumettez une nouvelle version, avec une nouvelle heure next_update"
    return (Late(channel="", delivery="", what="promise_broken", since=draft.next_update_at, message=words),)


def sent_back(revision: Revision, votes: Sequence[Vote]) -> tuple[Late, ...]:
    """Return what the author of a returned or rejected version must know: by whom, and why."""
    against = [vote for vote in votes if vote.kind is not VoteKind.APPROVE]
    if not against:
        return ()
    vote = against[-1]
    verb, way = {
        VoteKind.RETURN: ("renvoyée", "corrigez le fichier, puis soumettez-le"),
        VoteKind.REJECT: ("rejetée", "rien n'en partira"),
    }[vote.kind]
    words = f"version {revision.number} de {revision.author}, {verb} par {vote.person} : {vote.reason} ; {way}"
    return (Late(channel="", delivery="", what="sent_back", since=vote.at, message=words),)


def never_published(
    message: Message, known: Sequence[Delivery], standing: Sequence[Posting], because: EndedBecause | None
) -> tuple[Late, ...]:
    """Return the alarm of a message that was approved, reached nobody and is over; why, by what held each channel back."""
    over = because is EndedBecause.EXPIRED and message.approved and message.expires_at is not None
    if not over or standing or any(d.attempts and d.state in _MAY_BE_PUBLIC for d in known):
        return ()
    mine = [d for d in known if d.number == message.approved and not ends(d) and d.form is not Form.REPEAT]
    causes: dict[str, list[str]] = {}
    for d in mine:
        causes.setdefault(_why_unsent(d), []).append(d.channel)
    why = " ; ".join(f"{', '.join(dict.fromkeys(names))} : {cause}" for cause, names in causes.items())
    words = (
        f"APPROUVÉ, JAMAIS PUBLIÉ, expiré avant de partir{f' ({why})' if why else ''} ; s'il vaut encore, donnez une nouvelle fin "
        "et soumettez-le avec --reopen ; sinon classez-le : "
        f"`broadcast withdraw {message.slug} --reason RAISON`"
    )
    since = message.expires_at or message.created_at
    return (Late(channel="", delivery="", what="never_published", since=since, message=words),)


_MAY_BE_PUBLIC = (DeliveryState.DELIVERED, DeliveryState.HANDED_OVER, DeliveryState.UNKNOWN, DeliveryState.CLAIMED)


def _why_unsent(delivery: Delivery) -> str:
    cause = _cause(delivery).removeprefix(f"{EXPIRED_UNSENT} : ")
    if cause and cause != EXPIRED_UNSENT:
        return cause
    return "l'envoi a été essayé sans succès" if delivery.attempts else "aucun envoi n'a tourné à temps"


def unconfirmed_end(
    tx: Tx, message: Message, known: Sequence[Delivery], standing: Sequence[Posting], because: EndedBecause | None
) -> tuple[Late, ...]:
    """Return the channels that carried an alert and on which its all-clear is not confirmed (G5)."""
    ending = messages.find_message(tx, message.ended_reason) if because is EndedBecause.ALL_CLEAR else None
    if ending is None:
        return ()
    told = {
        d.channel
        for d in deliveries.of_message(tx, ending.uid)
        if d.action is not Action.TAKE_DOWN and d.state is DeliveryState.DELIVERED
    }
    since = message.ended_at or ending.created_at
    words = f"la fin d'alerte ({ending.slug}) n'y est pas confirmée : `broadcast status {ending.slug}`"
    missing = [channel for channel in carried(known, standing) if channel not in told]
    return tuple(Late(channel=c, delivery="", what="all_clear_unconfirmed", since=since, message=words) for c in missing)


def meant(message: Message, known: Sequence[Delivery]) -> set[str]:
    """Return the channels that the approved revision goes to."""
    return {d.channel for d in known if d.number == message.approved and not ends(d) and d.form is not Form.REPEAT}


def carrying(message: Message, known: Sequence[Delivery], standing: Sequence[Posting]) -> set[str]:
    """Return the channels where all of the approved revision stands."""
    open_ones = {
        d.channel
        for d in known
        if d.number == message.approved
        and not ends(d)
        and d.form is not Form.REPEAT
        and d.state not in (DeliveryState.DELIVERED, DeliveryState.HANDED_OVER)
        and not is_overtaken_edit(d, known)
    }
    up = {p.channel for p in standing if p.state is PostingState.UP and p.public}
    return (meant(message, known) & up) - open_ones


def is_overtaken_edit(delivery: Delivery, known: Sequence[Delivery]) -> bool:
    """True for an edit that was refused where the correction is said instead: that one counts."""
    return delivery.action is Action.UPDATE and delivery.state is DeliveryState.REFUSED and is_past(delivery, known, None)


def alarms(
    message: Message,
    draft: Draft | None,
    known: Sequence[Delivery],
    standing: Sequence[Posting],
    places: Mapping[str, Place],
    because: EndedBecause | None,
    now: datetime,
) -> tuple[Late, ...]:
    """Return the required channels of a live message that do not carry it though they should by now."""
    if draft is None or because is not None or not message.approved:
        return ()
    carriers = carrying(message, known, standing)
    found = []
    for name, place in places.items():
        if draft.kind.value not in place.required_for or name in carriers:
            continue
        mine = [d for d in known if d.channel == name and d.number == message.approved and not ends(d)]
        failed = next((d for d in mine if _is_late(d, now) and not _waits_its_turn(d, known)), None)
        if mine and failed is None:
            continue
        others = [n for n in sorted(carriers) if n != name]
        why = _cause(failed) if failed is not None else "ce message ne le vise pas"
        instead = f"publiez autrement : {_substitute(place, places, known)}" if failed is not None else "ajoutez-le à channels"
        shown = f" ; le message est sur {', '.join(others)}" if others else " ; le message n'est encore nulle part"
        found.append(
            Late(
                channel=name,
                delivery=failed.uid if failed is not None else "",
                what="required_channel_failed",
                since=failed.attempted_at or failed.planned_at if failed is not None else now,
                message=f"canal obligatoire en échec ({why}){shown} ; {instead}",
            )
        )
    return tuple(found)


def _substitute(place: Place, places: Mapping[str, Place], known: Sequence[Delivery]) -> str:
    """Name what could stand in for a channel: one of its kind, else one that this message does not use yet."""
    used = {d.channel for d in known}
    free = [p for p in places.values() if p.name not in used and p.name != place.name]
    best = sorted(free, key=lambda p: (p.kind != place.kind, p.is_board != place.is_board, p.name))
    if best:
        return f"ajoutez {best[0].name} aux canaux du message"
    return "à la main, sur place (copykit), ou par un canal déjà en ligne"


def ends(delivery: Delivery) -> bool:
    """True for a delivery that takes something down, or says that it is over."""
    return delivery.action is Action.TAKE_DOWN or delivery.form is Form.ENDING


def removable(posting: Posting, places: Mapping[str, Place], because: EndedBecause) -> bool:
    """True for a posting that should come down now that its message has ended."""
    place = places.get(posting.channel)
    if place is None or posting.slot.startswith("e"):
        return False
    stays = because is not EndedBecause.WITHDRAWN and place.on_end in ("say", "nothing")
    return place.is_board or ("take_down" in place.abilities and not stays)


def late_of(
    message: Message,
    known: Sequence[Delivery],
    standing: Sequence[Posting],
    places: Mapping[str, Place],
    because: EndedBecause | None,
    now: datetime,
) -> tuple[Late, ...]:
    """Return the deliveries that failed, wait or ask for a person, and what still stands after the end."""
    shown = [d for d in known if _counts_as_late(d, known, places, now) and not is_past(d, known, because)]
    late = [_late_delivery(message, d, places, now) for d in shown]
    if because is not None:
        # A takedown that waits for a person has its line, with its own way out: sending again does nothing there.
        asked = {(d.channel, d.slot) for d in shown if d.action is Action.TAKE_DOWN and _waits_for_person(d)}
        late += [
            Late(
                channel=p.channel,
                delivery="",
                what="still_public",
                since=message.ended_at or now,
                message="encore en ligne alors que le message est terminé : `broadcast send`",
            )
            for p in standing
            if p.state is not PostingState.DOWN and removable(p, places, because) and (p.channel, p.slot) not in asked
        ]
    return tuple(late)


def _counts_as_late(delivery: Delivery, known: Sequence[Delivery], places: Mapping[str, Place], now: datetime) -> bool:
    if delivery.state is DeliveryState.HANDED_OVER:
        # What people were asked to remove should be gone by now; what they were asked to put up has its deadline.
        return delivery.action is Action.TAKE_DOWN or _is_overdue(delivery, places, now)
    return _is_late(delivery, now) and not _waits_its_turn(delivery, known)


def _waits_for_person(delivery: Delivery) -> bool:
    states = (DeliveryState.REFUSED, DeliveryState.HELD, DeliveryState.HANDED_OVER)
    return delivery.needs_person or delivery.state in states


def is_past(delivery: Delivery, known: Sequence[Delivery], because: EndedBecause | None) -> bool:
    """True for a hand-over or refusal that a newer delivery, or the end of the message, has overtaken."""
    if delivery.state not in (DeliveryState.HANDED_OVER, DeliveryState.REFUSED):
        return False
    if because is not None and not ends(delivery):
        return True
    newer = (d for d in known if d.channel == delivery.channel and d.seq > delivery.seq)
    # The takedown of one post says nothing of the others of its thread.
    removes = delivery.action is Action.TAKE_DOWN
    return any(d.state is not DeliveryState.DROPPED and (d.slot == delivery.slot or not removes) for d in newer)


def _is_late(delivery: Delivery, now: datetime) -> bool:
    if delivery.state in (DeliveryState.REFUSED, DeliveryState.HELD):
        return True
    if delivery.state is DeliveryState.CLAIMED:
        return delivery.claimed_until_at is not None and delivery.claimed_until_at + GRACE < now
    if delivery.state not in UNSETTLED:
        return False
    return delivery.needs_person or delivery.attempts > 0 or _was_due_at(delivery) + GRACE < now


def _was_due_at(delivery: Delivery) -> datetime:
    return max(delivery.not_before_at, delivery.planned_at)


def _waits_its_turn(delivery: Delivery, known: Sequence[Delivery]) -> bool:
    """True for a delivery that nobody has tried because an earlier one of its channel is not settled: that one is late."""
    if delivery.attempts or delivery.state is not DeliveryState.PLANNED:
        return False
    earlier = (d for d in known if d.channel == delivery.channel and d.seq < delivery.seq)
    return any(d.state in UNSETTLED and not d.needs_person for d in earlier)


def to_confirm(
    message: Message, known: Sequence[Delivery], places: Mapping[str, Place], because: EndedBecause | None, now: datetime
) -> tuple[Late, ...]:
    """Return what people have in hand and have not confirmed yet, before its deadline: no fault so far."""
    shown = [
        d
        for d in known
        if d.state is DeliveryState.HANDED_OVER
        and d.action is not Action.TAKE_DOWN
        and not _is_overdue(d, places, now)
        and not is_past(d, known, because)
    ]
    return tuple(_late_delivery(message, d, places, now) for d in shown)


_WAYS_OUT = {
    "planned": "aurait dû partir et n'est pas parti : `broadcast send`, puis vérifiez que `broadcast run` tourne et que le "
    "disque n'est pas plein",
    "claimed": "interrompu pendant l'appel : `broadcast send` vérifie ce qu'il en est",
    "needs_person": "vérifiez sur le canal, puis `broadcast resolve {where} --published URL` s'il y est, "
    "`broadcast resolve {where} --not-published` sinon",
    "refused": "corrigez le message puis soumettez une nouvelle version, ou levez la cause puis `broadcast retry {where}`",
    "waiting": "nouvel essai automatique au prochain `broadcast send`",
    "unknown": "vérification automatique au prochain `broadcast send`",
    "handed_over": "confirmez quand c'est fait : `broadcast resolve {where} --proof TEXTE`",
}
#: What differs where something is to be removed.
_WAYS_OUT_OF_REMOVAL = _WAYS_OUT | {
    "needs_person": "retirez-le sur place s'il y est encore, puis confirmez : `broadcast resolve {where} --proof TEXTE`",
    "refused": "retirez-le sur place, puis confirmez : `broadcast resolve {where} --proof TEXTE`",
    "handed_over": "encore en ligne tant que le retrait n'est pas confirmé : `broadcast resolve {where} --proof TEXTE`",
}


def _is_overdue(delivery: Delivery, places: Mapping[str, Place], now: datetime) -> bool:
    place = places.get(delivery.channel)
    if delivery.state is not DeliveryState.HANDED_OVER or place is None or place.deadline_s is None:
        return False
    return ((delivery.settled_at or delivery.planned_at) + timedelta(seconds=place.deadline_s)) < now


def _cause(delivery: Delivery) -> str:
    """Return the reason alone: the line begins with the channel's name, and ends with one way out."""
    return delivery.reason.partition(TO_VERIFY)[0].removeprefix(f"{delivery.channel} : ")


def _late_delivery(message: Message, delivery: Delivery, places: Mapping[str, Place], now: datetime) -> Late:
    what = "needs_person" if delivery.needs_person else delivery.state.value
    ways = _WAYS_OUT_OF_REMOVAL if delivery.action is Action.TAKE_DOWN else _WAYS_OUT
    way = ways.get(what, "nouvel essai au prochain `broadcast send`").format(
        where=f"{message.slug}/{delivery.channel}", channel=delivery.channel
    )
    if what == "held":
        way = way_out_of_hold(delivery.reason, message.slug, delivery.channel)
    if _is_overdue(delivery, places, now):
        what, way = "overdue", f"EN RETARD : délai dépassé ; {way}"
    # One sentence, one way out: the line begins with the channel's name, and `way` says what to do.
    cause = _cause(delivery)
    reason = f"{cause} ; " if cause else ""
    return Late(
        channel=delivery.channel,
        delivery=delivery.uid,
        what=what,
        since=delivery.settled_at or delivery.attempted_at or _was_due_at(delivery),
        message=f"{reason}{way}",
        until=delivery.waits_until,
    )
