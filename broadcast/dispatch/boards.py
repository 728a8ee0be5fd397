"""Showing a board: all that is due there in one go, since the board is one picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from broadcast.channel import Board, Published
from broadcast.dispatch import record
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.board_view import StoredBoard
from broadcast.dispatch.release import ask_again, put_aside, unreadable
from broadcast.dispatch.streams import rendition_of
from broadcast.errors import (
    BroadcastError,
    ChannelUnavailable,
    DamagedRow,
    DeliveryError,
)
from broadcast.fence import Claim, ask, holding
from broadcast.model import Action, DeliveryState, Draft, EndedBecause, Rendition
from broadcast.outbox import MAIN_SLOT, Delivery
from broadcast.planner import ended_because
from broadcast.release import Verdict
from broadcast.store import boards, claims, messages, postings, revisions, tasks
from broadcast.store.base import Tx


def show(d: Dispatcher, adapter: Board, channel: str, claimed: Sequence[Delivery], claim: Claim | None = None) -> None:
    """Carry out all claimed deliveries of a board by one `show`."""
    now = d.clock.now()
    stored = {c.uid: _stored(d, c) for c in claimed}
    aside: list[tuple[Delivery, Verdict]] = []
    going: list[Delivery] = []
    with d.db.write() as tx:
        for delivery in claimed:
            try:
                rendition = stored[delivery.uid]
                if isinstance(rendition, DamagedRow):
                    raise rendition
                verdict = ask_again(d, tx, delivery, rendition, now)
                draft = None if delivery.action is Action.TAKE_DOWN else _draft(tx, delivery)
            except Exception as error:  # noqa: BLE001  (raised again unless a row of this delivery is to blame)
                verdict, draft = unreadable(error, delivery), None
            if not verdict.go:
                put_aside(d, tx, delivery, verdict, now)
                aside.append((delivery, verdict))
            elif claims.start_attempt(tx, delivery, d.claimant, now, d.clock.wall()):
                _draw_in(tx, delivery, draft, now)
                going.append(delivery)
    for delivery, verdict in aside:
        d.tell(delivery, verdict.state, reason=verdict.reason)
    if not going:
        return
    d.pause("attempt")
    view = StoredBoard(d, d.places[channel], now)
    with holding(claim):
        fault, results = _show(adapter, view, channel)
    d.pause("answer")
    _record(d, view, channel, going, fault, results)
    d.pause("receipt")


def _stored(d: Dispatcher, delivery: Delivery) -> Rendition | DamagedRow | None:
    try:
        return rendition_of(d, delivery)
    except DamagedRow as error:
        return error


def _draft(tx: Tx, delivery: Delivery) -> Draft:
    return revisions.get_revision(tx, messages.message_by_uid(tx, delivery.message_uid), delivery.number).draft


def _draw_in(tx: Tx, delivery: Delivery, draft: Draft | None, now: datetime) -> None:
    message = messages.message_by_uid(tx, delivery.message_uid)
    if draft is None:
        because = ended_because(message, now) or EndedBecause.SUPERSEDED
        boards.take_down(
            tx,
            delivery.channel,
            message_uid=message.uid,
            at=message.ended_at or now,
            because=because,
            public_reason=message.public_reason if because is EndedBecause.WITHDRAWN else "",
        )
        return
    boards.put_up(
        tx,
        delivery.channel,
        message_uid=message.uid,
        slug=message.slug,
        number=delivery.number,
        priority=delivery.priority,
        expires_at=draft.expires_at,
        at=now,
    )


def _show(adapter: Board, view: StoredBoard, channel: str) -> tuple[DeliveryError | None, dict[str, Published]]:
    try:
        ask()
        return None, {p.external_id: p for p in adapter.show(view)}
    except DeliveryError as error:
        return error, {}
    except BroadcastError as error:
        # Such as a frame with a fault: what must be shown or go dark there still must once it is mended.
        return ChannelUnavailable(str(error), subject=channel), {}
    except Exception as error:  # noqa: BLE001  (a fault in an adapter costs one pass, recorded; showing is idempotent)
        return ChannelUnavailable(f"{channel} : erreur inattendue : {error!r}", subject=channel), {}


def _record(
    d: Dispatcher,
    view: StoredBoard,
    channel: str,
    going: Sequence[Delivery],
    error: DeliveryError | None,
    results: dict[str, Published],
) -> None:
    now = d.clock.now()
    told: list[tuple[Delivery, DeliveryState, str, str]] = []
    with d.db.write() as tx:
        if error is None:
            damaged = {entry.slug for entry in view.damaged}
            boards.mark_shown(tx, channel, [slug for slug in view.changed if slug not in damaged])
            for slug in damaged:
                words = f"{slug} / {channel} : déclinaison illisible dans la base, montré sans elle ; restaurez une sauvegarde"
                tasks.raise_task(tx, "damaged", f"{slug}/{channel}", words, now, slug=slug)
        for delivery in going:
            if error is not None:
                next_ = record.failed(d, tx, delivery, error, now)
                told.append((delivery, next_.state, "", next_.reason))
            elif delivery.action is Action.TAKE_DOWN:
                told.append((delivery, record.taken_down(d, tx, delivery, now), "", ""))
            else:
                result = results.get(delivery.slug) or _as_before(tx, delivery)
                state = record.published(d, tx, delivery, result, now, claimant=d.claimant)
                told.append((delivery, state, result.url, ""))
    for delivery, state, url, reason in told:
        d.tell(delivery, state, url=url, reason=reason)


def _as_before(tx: Tx, delivery: Delivery) -> Published:
    # An earlier call already showed it, and was cut off before it was written down.
    known = [p for p in postings.of_message(tx, delivery.message_uid, delivery.channel) if p.slot == MAIN_SLOT]
    return Published(external_id=delivery.slug, url=known[0].url if known else "")
