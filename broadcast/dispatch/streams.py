"""The calls to a stream, and what each result means; and what a new post answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcast.channel import CanTakeDown, CanUpdate, Published, Reply, Stream
from broadcast.dispatch import reading_back, record
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.launch import Call
from broadcast.errors import (
    BroadcastError,
    ChannelRefused,
    ChannelUnavailable,
    DamagedRow,
    DeliveryError,
    OutcomeUnknown,
    StoreError,
)
from broadcast.fence import ask, holding
from broadcast.model import Action, DeliveryState, Form, Part, PostingState, Rendition
from broadcast.outbox import MAIN_SLOT, Delivery, Posting
from broadcast.stamps import as_said_at
from broadcast.store import renditions
from broadcast.store.base import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one call came to: an error, or what stands now (None: it was taken down)."""

    delivery: Delivery
    published: Published | None = None
    error: DeliveryError | None = None
    #: True if it stood already, and was adopted.
    is_found: bool = False


#: What is told of a delivery once it is written: its state, address and reason.
_Told = tuple[Delivery, DeliveryState, str, str]


def call(d: Dispatcher, adapter: Stream, wanted: Call) -> Result:
    """Make one call; its attempt is committed, its result not yet."""
    delivery = wanted.delivery
    try:
        found = _found(adapter, wanted)
        if found is not None:
            return Result(delivery=delivery, published=found, is_found=True)
        with holding(wanted.claim):
            ask()
            published = _call(adapter, wanted)
        if published is None and delivery.action is not Action.TAKE_DOWN:
            raise OutcomeUnknown(f"{delivery.channel} : l'adaptateur n'a rien rendu")
        return Result(delivery=delivery, published=published)
    except DeliveryError as error:
        return Result(delivery=delivery, error=error)
    except DamagedRow as error:
        # A picture is read when it is wanted: nothing is public yet, and a copy that is put back can mend it.
        return Result(delivery=delivery, error=ChannelUnavailable(str(error), subject=delivery.channel))
    except BroadcastError as error:
        return Result(delivery=delivery, error=ChannelRefused(str(error), subject=delivery.channel))
    except Exception as error:  # noqa: BLE001  (a fault in an adapter costs one delivery, recorded)
        fault = OutcomeUnknown(f"{delivery.channel} : erreur inattendue : {error!r}")
        return Result(delivery=delivery, error=fault)
    finally:
        d.pause("answer")


def write_results(d: Dispatcher, results: Sequence[Result]) -> None:
    """Write what became of calls, all in one transaction, and tell it.

    What cannot be written as it came (a fault in an adapter) is written as unknown, and costs no other its result.

    Raises:
        StoreError: the database refuses; nothing was written.
    """
    try:
        told = _write(d, results)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  (which of them it is shows when each is written alone)
        known = error if len(results) == 1 else None
        told = [line for result in results for line in _write_alone(d, result, known)]
    # Only now that it is written: whatever a listener does, it is not written a second time.
    for delivery, state, url, reason in told:
        d.tell(delivery, state, url=url, reason=reason)
    d.pause("receipt")


def _write_alone(d: Dispatcher, result: Result, known: Exception | None) -> list[_Told]:
    fault = known
    if fault is None:
        try:
            return _write(d, [result])
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (as above)
            fault = error
    words = f"{result.delivery.channel} : ce que le canal a répondu ne peut pas être noté ({type(fault).__name__})"
    return _write(d, [Result(delivery=result.delivery, error=OutcomeUnknown(words))])


def _write(d: Dispatcher, results: Sequence[Result]) -> list[_Told]:
    """Write results; return what there is to tell of them once they are written."""
    now = d.clock.now()
    told: list[_Told] = []
    with d.db.write() as tx:
        plain = [
            (r.delivery, "found" if r.is_found else "published", r.published)
            for r in results
            if _stands(r) and r.published is not None
        ]
        if plain:
            record.all_published(tx, plain, now)
        for delivery, outcome, published in plain:
            state = DeliveryState.DELIVERED if published.public else DeliveryState.HANDED_OVER
            note = "retrouvé sur le canal" if outcome == "found" else published.note
            told.append((delivery, state, published.url, note))
        for result in results:
            if not _stands(result):
                told.append(_write_other(d, tx, result, now))
    return told


def _stands(result: Result) -> bool:
    return result.error is None and result.delivery.action is not Action.TAKE_DOWN


def _write_other(d: Dispatcher, tx: Tx, result: Result, now: datetime) -> _Told:
    delivery, published = result.delivery, result.published
    if result.error is not None:
        next_ = record.failed(d, tx, delivery, result.error, now)
        return delivery, next_.state, "", next_.reason
    if published is not None and not published.public:
        return delivery, record.removal_asked(d, tx, delivery, published, now), published.url, ""
    note = published.note if published is not None else ""
    return delivery, record.taken_down(d, tx, delivery, now, note), "", note


def rendition_of(d: Dispatcher, delivery: Delivery) -> Rendition | None:
    """Return the stored rendition that a delivery carries; None for a takedown.

    Raises:
        DamagedRow: it cannot be read.
    """
    if delivery.action is Action.TAKE_DOWN:
        return None
    with d.db.read() as tx:
        stored, damaged = renditions.read_for(tx, [delivery], d.read_media)
    if delivery.uid in damaged:
        raise damaged[delivery.uid]
    return stored.get(delivery.uid)


def part_of(delivery: Delivery, rendition: Rendition | None) -> Part:
    """Return the part that a delivery carries, in the words that were true when its attempt began.

    Raises:
        ChannelRefused: it is not stored (only by tampering).
    """
    if rendition is None or delivery.part >= len(rendition.parts):
        raise ChannelRefused(f"{delivery.slug}@{delivery.number} : déclinaison absente de la base")
    return as_said_at(rendition.parts[delivery.part], delivery.attempted_at)


def _found(adapter: Stream, wanted: Call) -> Published | None:
    if wanted.back is None:
        return None
    return reading_back.standing(adapter, wanted.delivery, part_of(wanted.delivery, wanted.rendition), wanted.back)


def _call(adapter: Stream, wanted: Call) -> Published | None:
    delivery, standing = wanted.delivery, wanted.standing
    if delivery.action is Action.PUBLISH:
        part = part_of(delivery, wanted.rendition)
        return adapter.publish(part, key=delivery.key, reply_to=reply_to_of(delivery, standing))
    posting = next((p for p in standing if p.slot == delivery.slot), None)
    if posting is None:
        raise ChannelRefused(f"{delivery.slug} : rien de connu à modifier sur {delivery.channel}")
    if delivery.action is Action.UPDATE and isinstance(adapter, CanUpdate):
        return adapter.update(part_of(delivery, wanted.rendition), _published(posting), key=delivery.key)
    if delivery.action is Action.TAKE_DOWN and isinstance(adapter, CanTakeDown):
        return adapter.take_down(_published(posting), key=delivery.key)
    raise ChannelRefused(f"{delivery.channel} : ce canal ne sait pas faire « {delivery.action.value} »")


def reply_to_of(delivery: Delivery, standing: Iterable[Posting]) -> Reply | None:
    """Return what a new post answers: the post before it in its thread, or what it corrects."""
    up = {p.slot: p for p in standing if p.state is not PostingState.DOWN}
    if delivery.form in (Form.PUBLISH, Form.UPDATE):
        if delivery.part == 0:
            return None
        first, before = up.get(MAIN_SLOT), up.get(str(delivery.part - 1))
        if first is None or before is None:
            raise ChannelUnavailable(f"{delivery.slug} : le début du fil n'est pas encore en ligne sur {delivery.channel}")
        return Reply(root=_published(first), parent=_published(before))
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
