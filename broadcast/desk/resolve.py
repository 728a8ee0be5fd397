"""A person settles what no machine can: an unknown outcome, a hand-over, or a takedown that was refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from broadcast.channel import Published
from broadcast.desk.again import retry
from broadcast.desk.base import Desk
from broadcast.errors import NotFound, UsageError, WorkflowError
from broadcast.lifecycle import Right
from broadcast.model import Action, DeliveryState, PostingState
from broadcast.outbox import Delivery
from broadcast.store import deliveries, messages, outcomes, postings, recipients
from broadcast.store.base import Tx

_OPEN = (DeliveryState.UNKNOWN, DeliveryState.HANDED_OVER)


def resolve(
    desk: Desk,
    which: str,
    *,
    as_: str,
    published: str | None,
    proof: str | None,
    not_published: bool,
) -> Delivery:
    """Settle a delivery by what a person saw.

    Args:
        desk: the desk.
        which: a delivery's id, or `SLUG/CHANNEL`.
        as_: who saw it.
        published: address where it stands.
        proof: words or a file name that prove it, for what was handed over.
        not_published: True: it is not there, and may be sent again.

    Raises:
        UsageError: not exactly one of the three ways was said, or of a takedown that it is still there.
        NotFound: no delivery there waits for a person.
        NotAllowed: not a publisher.
    """
    if not_published == bool(published or proof):
        raise UsageError("dites soit --published URL et/ou --proof TEXTE, soit --not-published")
    if not_published and _is_refused(desk, which):
        return retry(desk, which, as_=as_)[0]
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.RESOLVE)
        delivery = _find(tx, which)
        if delivery.action is Action.TAKE_DOWN and published and not proof:
            raise UsageError(f"{which} : c'est un retrait : retirez-le sur place, puis dites --proof TEXTE")
        now = desk.clock.now()
        if not_published:
            _free(tx, delivery, now)
        else:
            _confirm(desk, tx, delivery, published or "", proof or "")
        outcomes.keep_receipt(
            tx,
            delivery.uid,
            now,
            "person",
            url=published or "",
            reason=proof or ("absent" if not_published else ""),
        )
        desk.log(
            tx,
            person.name,
            "resolve",
            f"{delivery.slug}@{delivery.number}/{delivery.channel}",
            {
                "delivery": delivery.uid,
                "published": published or "",
                "proof": proof or "",
                "not_published": not_published,
            },
        )
        return deliveries.get(tx, delivery.uid)


def _is_refused(desk: Desk, which: str) -> bool:
    """True if nothing there waits for a person, but something was refused: that it is not there is certain."""
    slug, slash, channel = which.partition("/")
    with desk.db.read() as tx:
        one = None if slash else deliveries.get(tx, which)
        uid, place = (one.message_uid, one.channel) if one else (messages.get_message(tx, slug).uid, channel)
        known = deliveries.of_message(tx, uid, place)
    asked = known if one is None else [one]
    return any(d.state is DeliveryState.REFUSED for d in asked) and not any(_is_open(d, known) for d in asked)


def _find(tx: Tx, which: str) -> Delivery:
    slug, slash, channel = which.partition("/")
    if not slash:
        delivery = deliveries.get(tx, which)
        if not _is_open(delivery, deliveries.of_message(tx, delivery.message_uid, delivery.channel)):
            raise WorkflowError(
                f"diffusion {which} : rien à régler, son état est « {delivery.state.value} »",
                subject=which,
            )
        return delivery
    message = messages.get_message(tx, slug)
    known = deliveries.of_message(tx, message.uid, channel)
    waiting = [d for d in known if _is_open(d, known)]
    if not waiting:
        raise NotFound(f"{which} : aucune diffusion n'attend une personne", subject=which)
    # The one that asks for a person first, else the latest hand-over.
    return next((d for d in waiting if d.needs_person), waiting[-1])


def _is_open(delivery: Delivery, known: Iterable[Delivery]) -> bool:
    """True for what waits for a person; where a takedown was refused they remove the post on the spot."""
    if delivery.action is not Action.TAKE_DOWN or delivery.state is not DeliveryState.REFUSED:
        return delivery.state in _OPEN
    newer = (d for d in known if d.slot == delivery.slot and d.seq > delivery.seq)
    return all(d.state is DeliveryState.DROPPED for d in newer)


def _free(tx: Tx, delivery: Delivery, now: datetime) -> None:
    if delivery.state is DeliveryState.HANDED_OVER:
        raise WorkflowError(
            f"{delivery.slug}/{delivery.channel} : remis à des personnes ; un nouvel envoi se fait par une nouvelle version",
            subject=delivery.slug,
        )
    # Where a ledger was kept, only those in doubt get it again.
    recipients.free(tx, delivery.uid, recipients.UNKNOWN, now)
    outcomes.settle(
        tx,
        delivery.uid,
        None,
        state=DeliveryState.PLANNED.value,
        needs_person=False,
        open_attempt=False,
        unknowns=0,
        reason="une personne a vérifié : absent",
    )


def _confirm(desk: Desk, tx: Tx, delivery: Delivery, url: str, proof: str) -> None:
    now = desk.clock.now()
    standing = {p.slot: p for p in postings.of_message(tx, delivery.message_uid, delivery.channel)}
    before = standing.get(delivery.slot)
    address = url or (before.url if before else delivery.url)
    external_id = delivery.external_id or (before.external_id if before else "") or url or delivery.uid
    if delivery.action is Action.TAKE_DOWN:
        postings.keep_state(
            tx,
            channel=delivery.channel,
            message_uid=delivery.message_uid,
            slot=delivery.slot,
            state=PostingState.DOWN,
            at=now,
        )
    else:
        token = before.token if before else ""
        postings.keep_up(
            tx,
            channel=delivery.channel,
            message_uid=delivery.message_uid,
            slot=delivery.slot,
            number=delivery.number,
            published=Published(external_id=external_id, url=address, token=token),
            at=now,
        )
    outcomes.settle(
        tx,
        delivery.uid,
        None,
        state=DeliveryState.DELIVERED.value,
        needs_person=False,
        open_attempt=False,
        external_id=external_id,
        url=address,
        reason=f"confirmé par une personne : {proof or url}",
        settled_at=now,
    )
