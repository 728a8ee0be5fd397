"""What must be delivered so that the world says what was approved: pure.

Given one message on one channel (its life, its deliveries, its postings), `plan_channel` returns
the deliveries that are missing and those that must not leave any more. It is asked again at every
pass, so it plans only what is certain: while an earlier call may still have had an effect, it
waits, and the next pass sees the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from broadcast.model import Action, DeliveryState, EndedBecause, Form, PostingState
from broadcast.outbox import MAIN_SLOT, Delivery, Posting, slot_of
from broadcast.wanted import ChannelPlan, Drop, Place, Step, Wanted

__all__ = ["END_WORDS", "ChannelPlan", "Drop", "Place", "Step", "Wanted", "plan_channel"]

#: States in which nothing has left yet.
UNSENT = frozenset({DeliveryState.PLANNED, DeliveryState.WAITING, DeliveryState.HELD})
#: States after which the rendition stands, or is with people.
DONE = frozenset({DeliveryState.DELIVERED, DeliveryState.HANDED_OVER})


def plan_channel(
    place: Place,
    wanted: Wanted,
    deliveries: Sequence[Delivery],
    postings: Sequence[Posting],
) -> ChannelPlan:
    """Return what is missing for one message on one channel.

    Args:
        place: the channel.
        wanted: what should be true.
        deliveries: all of this message on this channel, in order of `seq`.
        postings: all of this message on this channel.
    """
    is_down = wanted.ended_because is not None or wanted.number == 0
    drops = _drops(wanted, deliveries, is_down)
    dropped = {drop.uid for drop in drops}
    rest = [d for d in deliveries if d.uid not in dropped and d.state is not DeliveryState.DROPPED]
    if any(_in_doubt(d, is_board=place.is_board) for d in rest):
        return ChannelPlan(
            drops=drops,
            waits_for="une diffusion précédente dont l'issue n'est pas encore connue",
        )
    leaves = ""
    if place.is_board:
        steps = _board_down(wanted, rest) if is_down else _board_up(wanted, rest)
    elif is_down:
        steps, leaves = _stream_down(place, wanted, postings)
        leaves = leaves or ("" if steps else _uncertain(rest))
    else:
        steps, leaves = _stream_up(place, wanted, rest, postings)
        steps += _stale_rounds(place, wanted, postings) + _rounds(wanted)
    return ChannelPlan(steps=_missing(steps, deliveries, dropped), drops=drops, leaves=leaves)


def _in_doubt(delivery: Delivery, *, is_board: bool) -> bool:
    # A board is simply shown again, whatever became of the last call. A stream is asked first,
    # unless only a person can say: then a correction must not be held back by it.
    if is_board:
        return False
    if delivery.state is DeliveryState.UNKNOWN:
        return not delivery.needs_person
    return delivery.state is DeliveryState.CLAIMED


def _drops(wanted: Wanted, deliveries: Sequence[Delivery], is_down: bool) -> tuple[Drop, ...]:
    drops = []
    for d in deliveries:
        if d.state not in UNSENT or d.action is Action.TAKE_DOWN:
            continue
        if is_down and d.form is not Form.ENDING:
            why = END_WORDS.get(wanted.ended_because, "n'est plus destiné à ce canal")
            # What held it back until it was too late is what people will ask.
            if wanted.ended_because is EndedBecause.EXPIRED and d.reason:
                why = f"{why} : {d.reason}"
            drops.append(Drop(uid=d.uid, reason=why))
        elif not is_down and d.number < wanted.number:
            drops.append(Drop(uid=d.uid, reason=f"remplacé par la version {wanted.number}"))
    return tuple(drops)


#: Slot of the showing which says that a message which had ended already was wrong.
_WITHDRAWN_SLOT = "w0"
#: Why something that was planned does not leave any more.
END_WORDS: Mapping[EndedBecause | None, str] = {
    EndedBecause.EXPIRED: "expiré avant l'envoi",
    EndedBecause.WITHDRAWN: "retiré avant l'envoi",
    EndedBecause.ALL_CLEAR: "fin d'alerte avant l'envoi",
    EndedBecause.SUPERSEDED: "remplacé avant l'envoi",
}


def _board_up(wanted: Wanted, deliveries: Sequence[Delivery]) -> list[Step]:
    shown = any(d.action is not Action.TAKE_DOWN and d.number < wanted.number for d in deliveries)
    action = Action.UPDATE if shown else Action.PUBLISH
    if any(d.number == wanted.number and d.action is not Action.TAKE_DOWN for d in deliveries):
        return []
    return [
        Step(
            action=action,
            form=Form.PUBLISH,
            number=wanted.number,
            part=0,
            slot=MAIN_SLOT,
        )
    ]


def _board_down(wanted: Wanted, deliveries: Sequence[Delivery]) -> list[Step]:
    shown = [d for d in deliveries if d.action is not Action.TAKE_DOWN and d.state not in UNSENT]
    if not shown:
        return []
    number = max(d.number for d in shown)
    return [
        Step(
            action=Action.TAKE_DOWN,
            form=Form.ENDING,
            number=number,
            part=0,
            slot=_WITHDRAWN_SLOT if _ended_before(wanted, number, deliveries) else MAIN_SLOT,
        )
    ]


def _ended_before(wanted: Wanted, number: int, deliveries: Sequence[Delivery]) -> bool:
    """True if the board shows that a version has ended, and it was withdrawn only after: that is shown once more."""
    at = wanted.withdrawn_at
    return at is not None and any(
        d.action is Action.TAKE_DOWN and d.number == number and d.state not in UNSENT and d.planned_at < at for d in deliveries
    )


def _stream_up(
    place: Place,
    wanted: Wanted,
    deliveries: Sequence[Delivery],
    postings: Sequence[Posting],
) -> tuple[list[Step], str]:
    up = [p for p in postings if p.state is not PostingState.DOWN]
    thread = {p.slot: p for p in up if p.slot.isdigit()}
    count = wanted.parts.get(Form.PUBLISH, 0)
    if not thread:
        doubtful = any(d.needs_person and d.state is DeliveryState.UNKNOWN for d in deliveries)
        older = any(d.number < wanted.number and d.needs_person for d in deliveries)
        if doubtful and older and Form.CORRECTION in wanted.parts:
            return _posts(wanted, Form.CORRECTION), ""
        return (_posts(wanted, Form.PUBLISH) if count else []), ""
    if all(p.number == wanted.number for p in thread.values()):
        return _rest_of_thread(wanted, thread, deliveries), ""
    if place.on_correction == "nothing":
        return [], f"la version {max(p.number for p in thread.values())} reste (on_correction = nothing)"
    if place.reposts:
        old = [p for p in thread.values() if p.number != wanted.number]
        gone = {p.slot for p in old}
        new = [s for s in _posts(wanted, Form.PUBLISH) if s.slot not in thread or s.slot in gone]
        return [*_removals(old, wanted.number, Form.PUBLISH), *new], ""
    refused = any(
        d.action is Action.UPDATE and d.number == wanted.number and d.state is DeliveryState.REFUSED for d in deliveries
    )
    # A platform may refuse an edit (too late, too many): then the correction is said in a new post.
    if place.edits and Form.UPDATE in wanted.parts and not refused:
        return _edits(wanted, thread), ""
    return [s for s in _posts(wanted, Form.CORRECTION) if s.slot not in {p.slot for p in up}], ""


def _rest_of_thread(wanted: Wanted, thread: Mapping[str, Posting], deliveries: Sequence[Delivery]) -> list[Step]:
    """Return what a thread still lacks: the first revision, or an edit that made it longer, may be half-way."""
    edited = any(d.number == wanted.number and d.form is Form.UPDATE for d in deliveries)
    form = Form.UPDATE if edited else Form.PUBLISH
    return [s for s in _posts(wanted, form) if s.slot not in thread]


def _rounds(wanted: Wanted) -> list[Step]:
    """Return the reminders: part k of the form `repeat` is round k + 1."""
    return [
        Step(
            action=Action.PUBLISH,
            form=Form.REPEAT,
            number=wanted.number,
            part=n,
            slot=slot_of(Form.REPEAT, wanted.number, n),
            round=n + 1,
        )
        for n in range(wanted.parts.get(Form.REPEAT, 0))
    ]


def _stale_rounds(place: Place, wanted: Wanted, postings: Sequence[Posting]) -> list[Step]:
    """Return the removals of reminders that say what an older version said."""
    if "take_down" not in place.abilities or place.on_correction == "nothing":
        return []
    up = [p for p in postings if p.state is not PostingState.DOWN and p.slot.startswith("n")]
    return _removals([p for p in up if p.number != wanted.number], wanted.number, Form.REPEAT)


def _removals(postings: Sequence[Posting], number: int, form: Form) -> list[Step]:
    # Last post first: a thread must not lose its beginning while its end still stands.
    ordered = sorted(postings, key=lambda p: (p.since_at, p.slot), reverse=True)
    return [Step(action=Action.TAKE_DOWN, form=form, number=number, part=0, slot=p.slot) for p in ordered]


def _posts(wanted: Wanted, form: Form) -> list[Step]:
    return [
        Step(
            action=Action.PUBLISH,
            form=form,
            number=wanted.number,
            part=n,
            slot=slot_of(form, wanted.number, n),
        )
        for n in range(wanted.parts.get(form, 0))
    ]


def _edits(wanted: Wanted, thread: Mapping[str, Posting]) -> list[Step]:
    steps = []
    count = wanted.parts[Form.UPDATE]
    for n in range(count):
        posting = thread.get(str(n))
        if posting is None:
            steps.append(
                Step(
                    action=Action.PUBLISH,
                    form=Form.UPDATE,
                    number=wanted.number,
                    part=n,
                    slot=str(n),
                )
            )
        elif posting.number != wanted.number:
            steps.append(
                Step(
                    action=Action.UPDATE,
                    form=Form.UPDATE,
                    number=wanted.number,
                    part=n,
                    slot=str(n),
                )
            )
    for slot in sorted(thread, key=int):
        if int(slot) >= count:
            steps.append(
                Step(
                    action=Action.TAKE_DOWN,
                    form=Form.UPDATE,
                    number=wanted.number,
                    part=int(slot),
                    slot=slot,
                )
            )
    return steps


def _stream_down(place: Place, wanted: Wanted, postings: Sequence[Posting]) -> tuple[list[Step], str]:
    up = [p for p in postings if p.state is not PostingState.DOWN and not p.slot.startswith("e")]
    # What was withdrawn (or is no longer meant for this channel) was wrong: no policy keeps it up.
    is_wrong = wanted.ended_because in (EndedBecause.WITHDRAWN, None)
    policy = "auto" if is_wrong else place.on_end
    removable = "take_down" in place.abilities
    if not up:
        return [], ""
    if removable and (policy in ("auto", "take_down") or is_wrong):
        ordered = sorted(up, key=lambda p: (p.since_at, p.slot), reverse=True)
        return [Step(action=Action.TAKE_DOWN, form=Form.ENDING, number=p.number, part=0, slot=p.slot) for p in ordered], ""
    if wanted.end_is_told and not is_wrong:
        return [], "la fin d'alerte y est dite par son propre message"
    if policy == "nothing":
        return [], "ce qui est publié y reste (on_end = nothing)"
    expired_quietly = wanted.ended_because is EndedBecause.EXPIRED and not wanted.is_urgent
    if policy == "auto" and expired_quietly and not removable:
        return [], "la fin d'un message courant ne s'y annonce pas"
    return _posts(wanted, Form.ENDING), ""


def _uncertain(deliveries: Sequence[Delivery]) -> str:
    """Say that something may stand of which nobody knows; "" if nothing may."""
    doubtful = any(d.state is DeliveryState.UNKNOWN and d.action is not Action.TAKE_DOWN for d in deliveries)
    return "peut-être en ligne (issue incertaine) : vérifiez sur le canal, et retirez-le s'il y est" if doubtful else ""


def _missing(steps: Sequence[Step], deliveries: Sequence[Delivery], dropped: set[str]) -> tuple[Step, ...]:
    known = {
        (d.action, d.form, d.number, d.part, d.slot)
        for d in deliveries
        # A reminder that was skipped is not said later.
        if d.form is Form.REPEAT or (d.uid not in dropped and d.state is not DeliveryState.DROPPED)
    }
    return tuple(s for s in steps if (s.action, s.form, s.number, s.part, s.slot) not in known)
