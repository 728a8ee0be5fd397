"""Claiming deliveries and committing to their calls, by compare-and-set: each goes to one claimant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from broadcast.model import DeliveryState
from broadcast.outbox import Delivery
from broadcast.store import deliveries, queue
from broadcast.store.base import Tx, batched
from broadcast.store.deliveries import BUSY, COLUMNS, READY, among
from broadcast.store.outcomes import keep_receipt
from broadcast.store.rows_outbox import AttemptRow, DeliveryRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_A: Any = AttemptRow.__table__  # type: ignore[attr-defined]  # as above
#: Deliveries claimed by one statement.
_CHUNK = 1000


def claim(tx: Tx, channel: str, claimant: str, now: datetime, until: datetime, size: int) -> list[Delivery]:
    """Claim up to `size` due deliveries of a channel, the most urgent first; each only once."""
    return take(tx, queue.due(tx, {channel: size}, now), claimant, until)


def is_more_urgent_due(tx: Tx, delivery: Delivery, now: datetime) -> bool:
    """True if something more urgent is due on the channel of a delivery that is under way."""
    return any(first.priority < delivery.priority for first in queue.due(tx, {delivery.channel: 1}, now))


def take(tx: Tx, wanted: Sequence[Delivery], claimant: str, until: datetime) -> list[Delivery]:
    """Claim due deliveries; return those that nobody else has taken meanwhile."""
    return _taken(tx, _TAKE, wanted, claimant, until, {})


def take_for_attempt(
    tx: Tx, wanted: Sequence[Delivery], claimant: str, until: datetime, at: datetime, wall_at: datetime
) -> list[Delivery]:
    """Claim due deliveries and commit to their calls; return those that nobody else has taken meanwhile."""
    going = _taken(tx, _TAKE_FOR_ATTEMPT, wanted, claimant, until, {"b_at": at, "b_wall": wall_at})
    if going:
        tx.many(_ATTEMPT, [{"delivery_uid": d.uid, "claimant": claimant, "at": at} for d in going])
    # What is sent may depend on when its attempt began ("ce soir"), and a later look reads that from the row.
    return [replace(d, attempted_at=at) for d in going]


_ATTEMPT = insert(_A)


def _taken(
    tx: Tx, statement: Any, wanted: Sequence[Delivery], claimant: str, until: datetime, facts: Mapping[str, Any]
) -> list[Delivery]:
    # Another machine may have been faster with some (PostgreSQL): the rows that come back are ours, and no others.
    ours: set[str] = set()
    for some in batched(wanted, _CHUNK):
        values = {"b_uids": [d.uid for d in some], "b_claimant": claimant, "b_until": until, **facts}
        ours.update(row.uid for row in tx.all(statement, values))
    return [d for d in wanted if d.uid in ours]


_TAKE = (
    update(_D)
    .where(_D.c.uid.in_(bindparam("b_uids", expanding=True)), _D.c.state.in_(READY))
    .values(state=DeliveryState.CLAIMED.value, claimed_by=bindparam("b_claimant"), claimed_until_at=bindparam("b_until"))
    .returning(_D.c.uid)
)
_TAKE_FOR_ATTEMPT = _TAKE.values(
    attempts=_D.c.attempts + 1,
    open_attempt=True,
    attempted_at=bindparam("b_at"),
    attempted_wall_at=bindparam("b_wall"),
    looks=0,
    failed_looks=0,
)


def start_attempt(tx: Tx, delivery: Delivery, claimant: str, at: datetime, wall_at: datetime) -> bool:
    """Commit to a call; False if the claim is no longer ours."""
    touched = tx.did(
        update(_D)
        .where(
            _D.c.uid == delivery.uid,
            _D.c.state == DeliveryState.CLAIMED.value,
            _D.c.claimed_by == claimant,
        )
        .values(
            attempts=_D.c.attempts + 1,
            open_attempt=True,
            attempted_at=at,
            attempted_wall_at=wall_at,
            looks=0,
            failed_looks=0,
        )
    )
    if touched:
        tx.run(insert(_A).values(delivery_uid=delivery.uid, claimant=claimant, at=at))
    return touched


def give_back(tx: Tx, begun: Sequence[Delivery], claimant: str, at: datetime) -> None:
    """Give back deliveries whose calls were committed to and never made."""
    if begun:
        tx.many(_GIVE_BACK, [{"b_uid": d.uid, "b_claimant": claimant} for d in begun])
        for delivery in begun:
            keep_receipt(tx, delivery.uid, at, "not_begun", reason="arrêt du programme avant l'appel")


_GIVE_BACK = (
    update(_D)
    .where(
        _D.c.uid == bindparam("b_uid"),
        _D.c.state == DeliveryState.CLAIMED.value,
        _D.c.claimed_by == bindparam("b_claimant"),
    )
    .values(
        state=DeliveryState.PLANNED.value,
        attempts=_D.c.attempts - 1,
        open_attempt=False,
        claimed_by="",
        claimed_until_at=None,
    )
)


def holds(tx: Tx, uid: str, claimant: str) -> bool:
    """True while the claim of a delivery is still this claimant's."""
    query = select(_D.c.uid).where(_D.c.uid == uid, _D.c.state == DeliveryState.CLAIMED.value, _D.c.claimed_by == claimant)
    return tx.one(query) is not None


def renew_all(tx: Tx, claimant: str, until: datetime) -> None:
    """Keep all claims of a process that still lives."""
    tx.run(
        update(_D)
        .where(
            _D.c.newsroom == tx.newsroom,
            *_IS_CLAIMED,
            _D.c.claimed_by == claimant,
        )
        .values(claimed_until_at=until)
    )


def claimed(tx: Tx) -> list[Delivery]:
    """Return all claimed deliveries, to look for claims of processes that no longer live."""
    return deliveries.readable(tx, _CLAIMED, {"newsroom": tx.newsroom})


_IS_CLAIMED = (among(_D.c.state, BUSY), _D.c.state == DeliveryState.CLAIMED.value)
_CLAIMED = select(*COLUMNS).where(_D.c.newsroom == bindparam("newsroom"), *_IS_CLAIMED)
