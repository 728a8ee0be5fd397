"""Asking a channel again after it refused: the cause was lifted, and what was approved is sent as it was approved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from broadcast.desk.base import Desk
from broadcast.errors import NotFound, WorkflowError
from broadcast.lifecycle import Right
from broadcast.model import Action, DeliveryState, Form
from broadcast.outbox import AT_ONCE, Delivery, Message
from broadcast.planner import ended_because
from broadcast.store import deliveries, messages, outcomes, recipients
from broadcast.store.base import Tx

_WORDS = {
    DeliveryState.UNKNOWN: "incertain : vérifiez sur le canal, puis `broadcast resolve {where} --published URL` s'il y est, `broadcast resolve {where} --not-published` sinon",
    DeliveryState.HELD: "retenu : levez la cause, puis `broadcast channels resume {channel}`",
    DeliveryState.HANDED_OVER: "remis à des personnes : confirmez par `broadcast resolve {where} --proof TEXTE`",
    DeliveryState.CLAIMED: "un envoi est en cours",
    DeliveryState.PLANNED: "l'envoi est déjà prévu : `broadcast send`",
    DeliveryState.DELIVERED: "c'est déjà en ligne",
}


def retry(desk: Desk, which: str, *, as_: str) -> list[Delivery]:
    """Let what a channel refused, or what waits for its next try, leave again now.

    The revision that leaves is the approved one, by the hashes that were approved; a text that must change is a new
    version.

    Args:
        desk: the desk.
        which: a delivery's id, or `SLUG/CHANNEL`.
        as_: who lifted the cause.

    Raises:
        NotFound: there is no such message or channel.
        WorkflowError: nothing there was refused or waits; says what to do instead.
        NotAllowed: not a publisher.
    """
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.RESOLVE)
        message, known, asked = _of(tx, which)
        now = desk.clock.now()
        ended = ended_because(message, now) is not None
        again = [d for d in asked if is_refused(message, d, known, ended=ended) or d.state is DeliveryState.WAITING]
        if not again:
            raise WorkflowError(f"{which} : {_instead(message, asked, ended=ended)}", subject=which)
        for delivery in again:
            plan_again(desk, tx, delivery, f"nouvel essai demandé par {person.name}")
        desk.log(tx, person.name, "retry", which, {"deliveries": [d.uid for d in again]})
        return [deliveries.get(tx, d.uid) for d in again]


def is_refused(message: Message, delivery: Delivery, known: Iterable[Delivery], *, ended: bool) -> bool:
    """True for a refusal that can be asked again: nothing newer has taken its place, and it is still wanted."""
    if delivery.state is not DeliveryState.REFUSED:
        return False
    if delivery.action is not Action.TAKE_DOWN:
        is_wanted = ended if delivery.form is Form.ENDING else not ended and delivery.number == message.approved
        if not is_wanted:
            return False
    newer = [d for d in known if d.channel == delivery.channel and d.seq > delivery.seq and d.state is not DeliveryState.DROPPED]
    overtaken = any(d.number > delivery.number or d.slot == delivery.slot for d in newer)
    # An edit that was refused is said in a new post: that one counts.
    said_anew = delivery.action is Action.UPDATE and any(d.form is Form.CORRECTION for d in newer)
    return not overtaken and not said_anew


def plan_again(desk: Desk, tx: Tx, delivery: Delivery, reason: str) -> None:
    """Let one delivery leave at once; of a list only those who did not get it."""
    recipients.free(tx, delivery.uid, recipients.REFUSED, desk.clock.now())
    outcomes.keep_receipt(tx, delivery.uid, desk.clock.now(), "again", reason=reason)
    outcomes.settle(
        tx,
        delivery.uid,
        None,
        state=DeliveryState.PLANNED.value,
        reason=reason,
        not_before_at=AT_ONCE,
        settled_at=None,
        needs_person=False,
        open_attempt=False,
        unknowns=0,
    )


def _of(tx: Tx, which: str) -> tuple[Message, Sequence[Delivery], Sequence[Delivery]]:
    """Return the message, its deliveries on the channel, and those that are asked for."""
    slug, slash, channel = which.partition("/")
    if not slash:
        delivery = deliveries.get(tx, which)
        message = messages.message_by_uid(tx, delivery.message_uid)
        return message, deliveries.of_message(tx, message.uid, delivery.channel), [delivery]
    message = messages.get_message(tx, slug)
    known = deliveries.of_message(tx, message.uid, channel)
    if not known:
        raise NotFound(f"{which} : ce message n'a pas de diffusion sur {channel}", subject=which)
    return message, known, known


def _instead(message: Message, known: Sequence[Delivery], *, ended: bool) -> str:
    if any(d.state is DeliveryState.REFUSED for d in known):
        if ended:
            return "le message est terminé ; rien n'en part plus"
        return "le refus est dépassé : une version plus récente, ou un rectificatif, a pris sa place"
    last = known[-1]
    words = _WORDS.get(last.state, "rien n'y a été refusé")
    return words.format(where=f"{message.slug}/{last.channel}", channel=last.channel)
