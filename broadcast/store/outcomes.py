"""What became of deliveries: states, receipts, and what is held, released or dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from broadcast.channel import Published
from broadcast.model import Action, DeliveryState, Form
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.store.base import Tx, batched
from broadcast.store.deliveries import BEHIND, BLOCKS, BUSY, READY, among, parked_until
from broadcast.store.rows_outbox import DeliveryRow, ReceiptRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_R: Any = ReceiptRow.__table__  # type: ignore[attr-defined]  # as above


def settle_published(tx: Tx, done: Sequence[tuple[Delivery, str, Published]], at: datetime) -> None:
    """Write many deliveries as published (or handed over), with their receipts, in two statements.

    That something stands is a fact, whoever holds the claim by now.
    """
    facts = [
        {
            "b_uid": d.uid,
            "b_state": (DeliveryState.DELIVERED if p.public else DeliveryState.HANDED_OVER).value,
            "b_id": p.external_id,
            "b_url": p.url,
            "b_note": p.note,
            "b_at": at,
        }
        for d, _, p in done
    ]
    tx.many(_PUBLISHED, facts)
    tx.many(_FREE_NEXT, [{"b_message": d.message_uid, "b_channel": d.channel} for d, _, _ in done])
    tx.many(
        _RECEIPT,
        [
            {"delivery_uid": d.uid, "at": at, "outcome": o, "external_id": p.external_id, "url": p.url, "reason": p.note}
            for d, o, p in done
        ],
    )


_RECEIPT = insert(_R)
_PUBLISHED = (
    update(_D)
    .where(_D.c.uid == bindparam("b_uid"))
    .values(
        state=bindparam("b_state"),
        external_id=bindparam("b_id"),
        url=bindparam("b_url"),
        settled_at=bindparam("b_at"),
        reason=bindparam("b_note"),
        needs_person=False,
        open_attempt=False,
        claimed_by="",
        claimed_until_at=None,
    )
)


def settle(tx: Tx, uid: str, claimant: str | None, **values: Any) -> bool:
    """Write what became of a delivery; False if somebody else holds it now.

    Args:
        tx: the transaction.
        uid: the delivery.
        claimant: who must hold it, None where a person or the planner decides.
        values: columns; `state` and enumerations as their values.
    """
    query = update(_D).where(_D.c.uid == uid)
    if claimant is not None:
        query = query.where(_D.c.state == DeliveryState.CLAIMED.value, _D.c.claimed_by == claimant)
    until = parked_until(values.get("not_before_at", AT_ONCE))
    query = query.values(claimed_by="", claimed_until_at=None, parked_until_at=until, **values)
    found = tx.one(query.returning(_D.c.message_uid, _D.c.channel))
    if found is not None and values.get("state") not in BLOCKS:
        tx.run(_FREE_NEXT, {"b_message": found.message_uid, "b_channel": found.channel})
    return found is not None


#: The next delivery of a message on a channel comes into the queue; if it must wait still, it is parked again.
_NEXT = _D.alias("next")
_IS_BEHIND = tuple(
    (
        row.c.message_uid == bindparam("b_message"),
        row.c.channel == bindparam("b_channel"),
        row.c.parked_until_at == BEHIND,
        among(row.c.state, READY),
    )
    for row in (_D, _NEXT)
)
_FREE_NEXT = (
    update(_D)
    .where(*_IS_BEHIND[0], _D.c.seq == select(func.min(_NEXT.c.seq)).where(*_IS_BEHIND[1]).scalar_subquery())
    .values(parked_until_at=None)
)


def settle_doubt(tx: Tx, delivery: Delivery, **values: Any) -> bool:
    """Write what a look came to; False if somebody settled the doubt, or called again, while it lasted."""
    same = (_D.c.state == DeliveryState.UNKNOWN.value, _D.c.attempts == delivery.attempts, _D.c.looks == delivery.looks)
    if tx.one(select(_D.c.uid).where(_D.c.uid == delivery.uid, *same).with_for_update()) is None:
        return False
    return settle(tx, delivery.uid, None, **values)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a delivery that is done stands."""

    external_id: str
    url: str

    def is_same(self, result: Published) -> bool:
        """True unless this is surely another post: a person who settled it may have given an address only."""
        return self.external_id in ("", result.external_id, result.url) or (self.url != "" and self.url == result.url)


def standing_of(tx: Tx, uids: Sequence[str]) -> dict[str, Standing]:
    """Return, of those of these deliveries that are done, where each stands."""
    rows = [row for some in batched(uids, _CHUNK) for row in tx.all(_SETTLED, {"uids": some})]
    return {row.uid: Standing(row.external_id, row.url) for row in rows}


#: Deliveries asked for by one statement.
_CHUNK = 500
_SETTLED = select(_D.c.uid, _D.c.external_id, _D.c.url).where(
    _D.c.uid.in_(bindparam("uids", expanding=True)),
    _D.c.state.in_((DeliveryState.DELIVERED.value, DeliveryState.HANDED_OVER.value)),
)


def drop(tx: Tx, uid: str, reason: str, at: datetime) -> bool:
    """Drop a delivery that has not left; False if it was claimed meanwhile."""
    states = (*READY, DeliveryState.HELD.value)
    gone = (
        update(_D)
        .where(_D.c.uid == uid, _D.c.state.in_(states))
        .values(state=DeliveryState.DROPPED.value, reason=reason, settled_at=at, parked_until_at=None)
    )
    found = tx.one(gone.returning(_D.c.message_uid, _D.c.channel))
    if found is not None:
        tx.run(_FREE_NEXT, {"b_message": found.message_uid, "b_channel": found.channel})
    return found is not None


def release_held(tx: Tx, channels: Sequence[str], but: str = "") -> None:
    """Plan again what was held, on channels that may work now, but for this reason; a reminder keeps its time."""
    tx.run(_RELEASE, {"b_newsroom": tx.newsroom, "b_channels": list(channels), "b_but": but or "-"})


_RELEASE = (
    update(_D)
    .where(
        _D.c.newsroom == bindparam("b_newsroom"),
        among(_D.c.state, BUSY),
        _D.c.state == DeliveryState.HELD.value,
        _D.c.channel.in_(bindparam("b_channels", expanding=True)),
        _D.c.reason != bindparam("b_but"),
    )
    .values(state=DeliveryState.PLANNED.value, reason="", parked_until_at=None)
)


def hold_channel(tx: Tx, channel: str, reason: str) -> int:
    """Hold all that is ready on a channel that rests."""
    return tx.run(
        update(_D)
        .where(
            _D.c.newsroom == tx.newsroom,
            _D.c.channel == channel,
            among(_D.c.state, READY[::-1]),
        )
        .values(state=DeliveryState.HELD.value, reason=reason)
    )


def hold_version(tx: Tx, message_uid: str, number: int, reason: str, *, but: Collection[str]) -> list[str]:
    """Hold what of a version has not left, except on some channels; return the channels on which something is held.

    What takes down or says the end is not held.
    """
    mine = (
        _D.c.message_uid == message_uid,
        _D.c.number == number,
        _D.c.state.in_((*READY, DeliveryState.HELD.value)),
        _D.c.action != Action.TAKE_DOWN.value,
        _D.c.form != Form.ENDING.value,
        _D.c.channel.not_in(list(but)),
    )
    channels = [row[0] for row in tx.all(select(_D.c.channel).where(*mine).distinct().order_by(_D.c.channel))]
    if channels:
        tx.run(update(_D).where(*mine).values(state=DeliveryState.HELD.value, reason=reason))
    return channels


def doubt_unsent(tx: Tx, channels: Sequence[str], reason: str) -> None:
    """Ask people about what has not left on these channels: an older copy of the database does not know, nor can anybody look."""
    tx.run(
        update(_D)
        .where(
            _D.c.newsroom == tx.newsroom,
            _D.c.channel.in_(channels),
            _D.c.action == Action.PUBLISH.value,
            or_(among(_D.c.state, READY[::-1]), _D.c.state == DeliveryState.HELD.value),
        )
        .values(state=DeliveryState.UNKNOWN.value, needs_person=True, reason=reason, parked_until_at=None)
    )


def keep_receipt(
    tx: Tx,
    uid: str,
    at: datetime,
    outcome: str,
    *,
    external_id: str = "",
    url: str = "",
    reason: str = "",
) -> None:
    """Keep what the channel answered."""
    tx.run(
        insert(_R).values(
            delivery_uid=uid,
            at=at,
            outcome=outcome,
            external_id=external_id,
            url=url,
            reason=reason,
        )
    )


def known_ids(tx: Tx, channel: str, but: str) -> frozenset[str]:
    """Return all ids that other deliveries of a channel made or adopted."""
    query = (
        select(_R.c.external_id)
        .join(_D, _D.c.uid == _R.c.delivery_uid)
        .where(
            _D.c.newsroom == tx.newsroom,
            _D.c.channel == channel,
            _D.c.uid != but,
            _R.c.external_id != "",
        )
    )
    return frozenset(row[0] for row in tx.all(query))
