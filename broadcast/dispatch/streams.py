"""Sending to a stream, one delivery at a time: ask again, commit the attempt, call, record."""

from __future__ import annotations

from broadcast.channel import CanTakeDown, CanUpdate, Published, Reply, Stream
from broadcast.dispatch import record
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.release import ask_again, put_aside
from broadcast.errors import (
    BroadcastError,
    ChannelRefused,
    ChannelUnavailable,
    DeliveryError,
    OutcomeUnknown,
)
from broadcast.model import Action, Form, Part, PostingState, Rendition
from broadcast.outbox import MAIN_SLOT, Delivery, Posting
from broadcast.store import deliveries, postings, renditions


def send(d: Dispatcher, adapter: Stream, delivery: Delivery) -> None:
    """Carry out one claimed delivery and write what became of it."""
    rendition = rendition_of(d, delivery)
    now = d.clock.now()
    with d.db.write() as tx:
        verdict = ask_again(d, tx, delivery, rendition, now)
        if not verdict.go:
            put_aside(d, tx, delivery, verdict, now)
        elif not deliveries.start_attempt(tx, delivery, d.claimant, now, d.clock.wall()):
            return
        standing = postings.of_message(tx, delivery.message_uid, delivery.channel)
    if not verdict.go:
        d.tell(delivery, verdict.state, reason=verdict.reason)
        return
    d.pause("attempt")
    try:
        result = _call(adapter, delivery, rendition, standing)
    except DeliveryError as error:
        _record_error(d, delivery, error)
        return
    except BroadcastError as error:
        _record_error(d, delivery, ChannelRefused(str(error), subject=delivery.channel))
        return
    except Exception as error:  # noqa: BLE001  (a fault in an adapter costs one delivery, recorded)
        _record_error(
            d,
            delivery,
            OutcomeUnknown(f"{delivery.channel} : erreur inattendue : {error!r}"),
        )
        return
    d.pause("answer")
    _record(d, delivery, result)
    d.pause("receipt")


def rendition_of(d: Dispatcher, delivery: Delivery) -> Rendition | None:
    """Return the stored rendition that a delivery carries; None for a takedown."""
    if delivery.action is Action.TAKE_DOWN:
        return None
    with d.db.read() as tx:
        found = renditions.renditions(
            tx,
            delivery.message_uid,
            delivery.number,
            d.read_media,
            channel=delivery.channel,
            form=delivery.form,
        )
    return found[0] if found else None


def part_of(delivery: Delivery, rendition: Rendition | None) -> Part:
    """Return the part that a delivery carries.

    Raises:
        ChannelRefused: it is not stored (only by tampering).
    """
    if rendition is None or delivery.part >= len(rendition.parts):
        raise ChannelRefused(f"{delivery.slug}@{delivery.number} : déclinaison absente de la base")
    return rendition.parts[delivery.part]


def _call(
    adapter: Stream,
    delivery: Delivery,
    rendition: Rendition | None,
    standing: list[Posting],
) -> Published | None:
    if delivery.action is Action.PUBLISH:
        return adapter.publish(
            part_of(delivery, rendition),
            key=delivery.key,
            reply_to=reply_to_of(delivery, standing),
        )
    posting = next((p for p in standing if p.slot == delivery.slot), None)
    if posting is None:
        raise ChannelRefused(f"{delivery.slug} : rien de connu à modifier sur {delivery.channel}")
    if delivery.action is Action.UPDATE and isinstance(adapter, CanUpdate):
        return adapter.update(part_of(delivery, rendition), _published(posting), key=delivery.key)
    if delivery.action is Action.TAKE_DOWN and isinstance(adapter, CanTakeDown):
        return adapter.take_down(_published(posting), key=delivery.key)
    raise ChannelRefused(f"{delivery.channel} : ce canal ne sait pas faire « {delivery.action.value} »")


def reply_to_of(delivery: Delivery, standing: list[Posting]) -> Reply | None:
    """Return what a new post answers: the post before it in its thread, or what it corrects."""
    return _reply_to(delivery, {p.slot: p for p in standing if p.state is not PostingState.DOWN})


def _reply_to(delivery: Delivery, up: dict[str, Posting]) -> Reply | None:
    if delivery.form in (Form.PUBLISH, Form.UPDATE):
        if delivery.part == 0:
            return None
        root, parent = up.get(MAIN_SLOT), up.get(str(delivery.part - 1))
        if root is None or parent is None:
            raise ChannelUnavailable(f"{delivery.slug} : le début du fil n'est pas encore en ligne sur {delivery.channel}")
        return Reply(root=_published(root), parent=_published(parent))
    root = up.get(MAIN_SLOT)
    if root is None or delivery.form is Form.REPEAT:
        return None
    prefix = delivery.slot.rpartition(".")[0]
    parent = up.get(f"{prefix}.{delivery.part - 1}", root) if delivery.part else root
    return Reply(root=_published(root), parent=_published(parent))


def _published(posting: Posting) -> Published:
    return Published(
        external_id=posting.external_id,
        url=posting.url,
        public=posting.public,
        token=posting.token,
    )


def _record(d: Dispatcher, delivery: Delivery, result: Published | None) -> None:
    now = d.clock.now()
    with d.db.write() as tx:
        if delivery.action is Action.TAKE_DOWN and result is not None and not result.public:
            state = record.removal_asked(d, tx, delivery, result, now)
        elif delivery.action is Action.TAKE_DOWN or result is None:
            state = record.taken_down(d, tx, delivery, now)
        else:
            state = record.published(d, tx, delivery, result, now, claimant=d.claimant)
    d.tell(delivery, state, url=result.url if result else "")


def _record_error(d: Dispatcher, delivery: Delivery, error: DeliveryError) -> None:
    d.pause("answer")
    with d.db.write() as tx:
        next_ = record.failed(d, tx, delivery, error, d.clock.now())
    d.tell(delivery, next_.state, reason=next_.reason)
    d.pause("receipt")
