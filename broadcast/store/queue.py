"""The queue of each channel: what is due, most urgent first, at a cost that does not grow with what is open.

A delivery that is ready stands in an index in the order in which it will leave. One that must wait, for
its time or for what comes before it on its channel, is *parked*: it stands outside the index until its
time has come, or until the one before it is settled. Parking decides nothing. Whether a delivery is due
is always asked of its row: what stands in the queue too early is parked by whoever meets it, and what is
parked too long (which only a fault could cause) is put back by `heal`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select, update

from broadcast.model import DeliveryState
from broadcast.outbox import Delivery
from broadcast.store import deliveries
from broadcast.store.base import Tx
from broadcast.store.damage import damage, is_damage
from broadcast.store.deliveries import BEHIND, COLUMNS, READY, among, delivery_of, is_blocked
from broadcast.store.rows_outbox import DeliveryRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
#: Rows of many channels that are read by one statement, at most.
_AT_ONCE = 2000
#: Rows read beyond those asked for at first: some may have to be parked.
_SPARE, _MOST = 3, 1000


def due(tx: Tx, sizes: Mapping[str, int], now: datetime) -> list[Delivery]:
    """Return up to so many due deliveries of each channel, the most urgent first; park what must wait.

    A delivery waits while an earlier one of the same message on the channel is unsettled. A damaged one is held.

    Args:
        tx: a writing transaction.
        sizes: channel -> deliveries at most.
        now: the time.
    """
    wake(tx, now)
    try:
        return _due_now(tx, sizes, now)
    except Exception as error:
        if not is_damage(error):
            raise
    _hold_damaged(tx, sizes)
    return _due_now(tx, sizes, now)


def _hold_damaged(tx: Tx, sizes: Collection[str]) -> None:
    for row in tx.all(select(_D.c.uid).where(_is_queued(), _D.c.channel.in_(list(sizes))), {"newsroom": tx.newsroom}):
        try:
            deliveries.get(tx, row.uid)
        except Exception as error:  # noqa: BLE001  (raised again unless the row is to blame)
            reason = str(damage(error, f"diffusion {row.uid[:8]}"))
            tx.run(update(_D).where(_D.c.uid == row.uid).values(state=DeliveryState.HELD.value, reason=reason))


def _due_now(tx: Tx, sizes: Mapping[str, int], now: datetime) -> list[Delivery]:
    found = _due_at_once(tx, sizes, now)
    if found is None:
        found = [row for channel, size in sizes.items() for row in _due(tx, channel, size, now)]
    return [delivery_of(row) for row in found]


def with_work(tx: Tx, now: datetime, among: Collection[str] | None = None) -> dict[str, bool]:
    """Return the channels that have something due, most urgent first.

    With each comes whether what is most urgent there is in doubt, and must be looked up before anything is sent.
    """
    facts = {"newsroom": tx.newsroom, "now": now}
    ready = {row.channel: row.urgency for row in tx.all(_first_of_each(_is_queued()), facts) if row.urgency is not None}
    doubtful = {row.channel: row.urgency for row in tx.all(_first_of_each(_is_doubtful()), facts) if row.urgency is not None}
    names = [n for n in ready.keys() | doubtful.keys() if among is None or n in among]
    least = 1 + max((*ready.values(), *doubtful.values()), default=0)
    urgency = {n: (ready.get(n, least), doubtful.get(n, least)) for n in names}
    return {n: urgency[n][1] <= urgency[n][0] for n in sorted(names, key=lambda n: (min(urgency[n]), n))}


def has_woken(tx: Tx, now: datetime) -> bool:
    """True if the time of something parked has come."""
    return bool(tx.one(select(woken()), {"newsroom": tx.newsroom, "now": now})[0])


def woken() -> Any:
    """Return the condition that the time of something parked has come."""
    return exists().where(_D.c.newsroom == bindparam("newsroom"), _D.c.parked_until_at <= bindparam("now"))


def wake(tx: Tx, now: datetime) -> None:
    """Put back into the queue whose time has come."""
    tx.run(_WAKE, {"b_newsroom": tx.newsroom, "b_now": now})


_WAKE = (
    update(_D)
    .where(_D.c.newsroom == bindparam("b_newsroom"), _D.c.parked_until_at <= bindparam("b_now"))
    .values(parked_until_at=None)
)


def heal(tx: Tx, now: datetime) -> int:
    """Put back what is parked without a reason; return how many. There should be none."""
    mine = (_D.c.newsroom == tx.newsroom, _D.c.parked_until_at.is_not(None), among(_D.c.state, READY))
    freed = update(_D).where(*mine, _D.c.not_before_at <= now, ~is_blocked()).values(parked_until_at=None)
    return len(tx.all(freed.returning(_D.c.uid)))


def _due_at_once(tx: Tx, sizes: Mapping[str, int], now: datetime) -> list[Any] | None:
    """Return what is due on all channels by one statement; None if that is too much to read at once."""
    if len(sizes) < 2:
        return None
    size = min(sum(sizes.values()) + _SPARE * len(sizes), _AT_ONCE)
    rows = _read(tx, _all_queued(), size, channels=list(sizes))
    if len(rows) == size:
        return None
    left, found = dict(sizes), []
    for row in sorted(_park_waiting(tx, rows, now), key=lambda row: (row.priority, row.planned_at, row.seq, row.uid)):
        if left[row.channel] > 0:
            left[row.channel] -= 1
            found.append(row)
    return found


def _due(tx: Tx, channel: str, wanted: int, now: datetime) -> list[Any]:
    size = wanted + _SPARE
    while True:
        rows = _read(tx, _queued(), size, channel=channel)
        found = _park_waiting(tx, rows, now)
        if len(found) >= wanted or len(rows) < size:
            return found[:wanted]
        # What was parked is not met again: this ends, and costs each delivery once.
        size = max(size, min(4 * size, _MOST))


def _read(tx: Tx, query: Any, size: int, **facts: Any) -> list[Any]:
    return tx.all(query, {"newsroom": tx.newsroom, "size": size, **facts})


def _park_waiting(tx: Tx, rows: Sequence[Any], now: datetime) -> list[Any]:
    """Park those of these rows that are not due, and return the others."""
    waiting = [row for row in rows if row.is_behind or row.not_before_at > now]
    if waiting:
        tx.many(_PARK, [{"b_uid": row.uid, "b_until": BEHIND if row.is_behind else row.not_before_at} for row in waiting])
    return [row for row in rows if not (row.is_behind or row.not_before_at > now)]


_PARK = update(_D).where(_D.c.uid == bindparam("b_uid")).values(parked_until_at=bindparam("b_until"))


@cache
def _is_queued() -> Any:
    return and_(_D.c.newsroom == bindparam("newsroom"), among(_D.c.state, READY), _D.c.parked_until_at.is_(None))


@cache
def _is_doubtful() -> Any:
    unknown = among(_D.c.state, [DeliveryState.UNKNOWN.value])
    return and_(_D.c.newsroom == bindparam("newsroom"), unknown, _D.c.needs_person.is_(False))


@cache
def _queued() -> Any:
    return _rows().where(_D.c.channel == bindparam("channel")).order_by(_D.c.priority, _D.c.planned_at, _D.c.seq, _D.c.uid)


@cache
def _all_queued() -> Any:
    # Without an order: each channel has one of its own in the index, and they would all have to be read for a common one.
    return _rows().where(_D.c.channel.in_(bindparam("channels", expanding=True)))


def _rows() -> Any:
    query = select(*COLUMNS, is_blocked().label("is_behind")).where(_is_queued()).limit(bindparam("size"))
    # PostgreSQL: what another machine is about to claim is its own; waiting for it could end in a deadlock.
    return query.with_for_update(of=_D, skip_locked=True)


@cache
def _first_of_each(condition: Any) -> Any:
    """Return a query of the channels with such deliveries, and of the urgency of the first due one of each.

    It goes from one channel to the next by the index: what else is open costs nothing.
    """
    first = select(_D.c.channel).where(condition).order_by(_D.c.channel).limit(1)
    names = select(first.scalar_subquery().label("channel")).cte("names", recursive=True)
    following = first.where(_D.c.channel > names.c.channel).correlate(names).scalar_subquery()
    names = names.union_all(select(following).where(names.c.channel.is_not(None)))
    is_due = and_(_D.c.not_before_at <= bindparam("now"), or_(_D.c.state == DeliveryState.UNKNOWN.value, ~is_blocked()))
    urgency = (
        select(_D.c.priority)
        .where(condition, _D.c.channel == names.c.channel, is_due)
        .order_by(_D.c.priority, _D.c.planned_at, _D.c.seq)
        .limit(1)
        .correlate(names)
        .scalar_subquery()
    )
    return select(names.c.channel, urgency.label("urgency")).where(names.c.channel.is_not(None))
