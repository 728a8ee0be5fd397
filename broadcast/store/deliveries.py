"""The outbox: planning, claiming and settling deliveries by compare-and-set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, insert, or_, select, update

from broadcast.channel import Published
from broadcast.errors import NotFound
from broadcast.model import Action, DeliveryState, Form
from broadcast.outbox import Delivery
from broadcast.store.base import Tx
from broadcast.store.rows import AttemptRow, DeliveryRow, ReceiptRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_A: Any = AttemptRow.__table__  # type: ignore[attr-defined]  # as above
_R: Any = ReceiptRow.__table__  # type: ignore[attr-defined]  # as above

_FIELDS = tuple(f.name for f in fields(Delivery))
_READY = (DeliveryState.PLANNED.value, DeliveryState.WAITING.value)
#: Due deliveries of many channels that are read by one statement.
_AT_ONCE = 2000
#: An earlier delivery in one of these keeps the later ones of its message and channel back.
_BLOCKS = (*_READY, DeliveryState.CLAIMED.value, DeliveryState.HELD.value)


def add(tx: Tx, deliveries: Iterable[Delivery]) -> None:
    """Plan deliveries, in one statement."""
    rows = [{name: getattr(d, name) for name in _FIELDS} | {"newsroom": tx.newsroom} for d in deliveries]
    if rows:
        tx.run(insert(_D), rows)


def of_message(tx: Tx, message_uid: str, channel: str | None = None) -> list[Delivery]:
    """Return the deliveries of a message, in order."""
    if channel is None:
        return [_delivery(row) for row in tx.all(_OF_MESSAGE, {"message": message_uid})]
    return [_delivery(row) for row in tx.all(_OF_CHANNEL, {"message": message_uid, "channel": channel})]


_OF_MESSAGE = select(_D).where(_D.c.message_uid == bindparam("message")).order_by(_D.c.channel, _D.c.seq)
_OF_CHANNEL = _OF_MESSAGE.where(_D.c.channel == bindparam("channel"))


def get(tx: Tx, uid: str) -> Delivery:
    """Return one delivery, by its uid or the unambiguous beginning of it.

    Raises:
        NotFound: there is none, or several.
    """
    rows = tx.all(select(_D).where(_D.c.newsroom == tx.newsroom, _D.c.uid.startswith(uid, autoescape=True)).limit(2))
    if len(rows) != 1:
        raise NotFound(
            f"diffusion {uid} : {'plusieurs commencent ainsi' if rows else 'aucune'}",
            subject=uid,
        )
    return _delivery(rows[0])


def channels_with_work(tx: Tx, now: datetime, among: Collection[str] | None = None) -> dict[str, bool]:
    """Return the channels that have something due, most urgent first, and whether any of it is in doubt."""
    facts = {"newsroom": tx.newsroom, "now": now} | ({} if among is None else {"channels": list(among)})
    return {row.channel: bool(row.doubtful) for row in tx.all(_with_work(among is not None), facts)}


@cache
def _with_work(among: bool) -> Any:
    # Statements that the way to a call waits for are put together once: that takes longer than running them.
    query = select(
        _D.c.channel,
        func.min(_D.c.priority).label("urgency"),
        func.max(case((_D.c.state == DeliveryState.UNKNOWN.value, 1), else_=0)).label("doubtful"),
    ).where(_D.c.newsroom == bindparam("newsroom"), _is_due())
    if among:
        query = query.where(_D.c.channel.in_(bindparam("channels", expanding=True)))
    return query.group_by(_D.c.channel).order_by("urgency", _D.c.channel)


@cache
def _is_due() -> Any:
    ready = _D.c.state.in_(_READY)
    doubtful = and_(_D.c.state == DeliveryState.UNKNOWN.value, _D.c.needs_person.is_(False))
    return and_(or_(and_(ready, ~is_blocked()), doubtful), _D.c.not_before_at <= bindparam("now"))


@cache
def is_blocked() -> Any:
    """An earlier delivery of the same message on the channel is unsettled."""
    earlier = _D.alias("earlier")
    return (
        select(earlier.c.uid)
        .where(
            earlier.c.message_uid == _D.c.message_uid,
            earlier.c.channel == _D.c.channel,
            earlier.c.seq < _D.c.seq,
            or_(
                earlier.c.state.in_(_BLOCKS),
                and_(
                    earlier.c.state == DeliveryState.UNKNOWN.value,
                    earlier.c.needs_person.is_(False),
                ),
            ),
        )
        .exists()
    )


def claim(tx: Tx, channel: str, claimant: str, now: datetime, until: datetime, size: int) -> list[Delivery]:
    """Claim up to `size` due deliveries of a channel, the most urgent first; each only once."""
    return take(tx, due(tx, {channel: size}, now), claimant, until)


def due(tx: Tx, sizes: Mapping[str, int], now: datetime) -> list[Delivery]:
    """Return up to so many due deliveries of each channel, the most urgent first.

    A delivery waits while an earlier one of the same message on the channel is unsettled.
    """
    found = _due_at_once(tx, sizes, now)
    if found is None:
        found = [row for channel, size in sizes.items() for row in _due(tx, [channel], now, size)]
    return [_delivery(row) for row in found]


def take(tx: Tx, wanted: Sequence[Delivery], claimant: str, until: datetime) -> list[Delivery]:
    """Claim due deliveries; return those that nobody else has taken meanwhile."""
    return _taken(tx, _TAKE, wanted, claimant, until, {})


def take_for_attempt(
    tx: Tx, wanted: Sequence[Delivery], claimant: str, until: datetime, at: datetime, wall_at: datetime
) -> list[Delivery]:
    """Claim due deliveries and commit to their calls; return those that nobody else has taken meanwhile."""
    going = _taken(tx, _TAKE_FOR_ATTEMPT, wanted, claimant, until, {"b_at": at, "b_wall": wall_at})
    if going:
        tx.run(insert(_A), [{"delivery_uid": d.uid, "claimant": claimant, "at": at} for d in going])
    return going


def _taken(
    tx: Tx, statement: Any, wanted: Sequence[Delivery], claimant: str, until: datetime, facts: Mapping[str, Any]
) -> list[Delivery]:
    if not wanted:
        return []
    touched = tx.run(statement, [{"b_uid": d.uid, "b_claimant": claimant, "b_until": until, **facts} for d in wanted])
    if touched in (len(wanted), -1):
        return list(wanted)
    # Another machine was faster with some (PostgreSQL): keep what is ours.
    mine = select(_D.c.uid).where(_D.c.uid.in_([d.uid for d in wanted]), _D.c.claimed_by == claimant)
    ours = {row[0] for row in tx.all(mine)}
    return [d for d in wanted if d.uid in ours]


def _due_at_once(tx: Tx, sizes: Mapping[str, int], now: datetime) -> list[Any] | None:
    """Return what is due on all channels by one statement; None if that is too much to read at once."""
    if len(sizes) < 2:
        return None
    rows = _due(tx, list(sizes), now, _AT_ONCE)
    if len(rows) == _AT_ONCE:
        return None
    left, found = dict(sizes), []
    for row in rows:
        if left[row.channel] > 0:
            left[row.channel] -= 1
            found.append(row)
    return found


def _due(tx: Tx, channels: list[str], now: datetime, size: int) -> list[Any]:
    return tx.all(_due_query(), {"newsroom": tx.newsroom, "channels": channels, "now": now, "size": size})


@cache
def _due_query() -> Any:
    return (
        select(_D)
        .where(
            _D.c.newsroom == bindparam("newsroom"),
            _D.c.channel.in_(bindparam("channels", expanding=True)),
            _D.c.state.in_(_READY),
            _D.c.not_before_at <= bindparam("now"),
            ~is_blocked(),
        )
        .order_by(_D.c.priority, _D.c.planned_at, _D.c.seq)
        .limit(bindparam("size"))
    )


_TAKE = (
    update(_D)
    .where(_D.c.uid == bindparam("b_uid"), or_(*(_D.c.state == ready for ready in _READY)))
    .values(state=DeliveryState.CLAIMED.value, claimed_by=bindparam("b_claimant"), claimed_until_at=bindparam("b_until"))
)
_TAKE_FOR_ATTEMPT = _TAKE.values(
    attempts=_D.c.attempts + 1,
    open_attempt=True,
    attempted_at=bindparam("b_at"),
    attempted_wall_at=bindparam("b_wall"),
    looks=0,
    failed_looks=0,
)


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
            "b_at": at,
        }
        for d, _, p in done
    ]
    tx.run(_PUBLISHED, facts)
    tx.run(
        insert(_R),
        [
            {"delivery_uid": d.uid, "at": at, "outcome": o, "external_id": p.external_id, "url": p.url, "reason": ""}
            for d, o, p in done
        ],
    )


_PUBLISHED = (
    update(_D)
    .where(_D.c.uid == bindparam("b_uid"))
    .values(
        state=bindparam("b_state"),
        external_id=bindparam("b_id"),
        url=bindparam("b_url"),
        settled_at=bindparam("b_at"),
        reason="",
        needs_person=False,
        open_attempt=False,
        claimed_by="",
        claimed_until_at=None,
    )
)


def start_attempt(tx: Tx, delivery: Delivery, claimant: str, at: datetime, wall_at: datetime) -> bool:
    """Commit to a call; False if the claim is no longer ours."""
    touched = tx.run(
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
    return bool(touched)


def give_back(tx: Tx, begun: Sequence[Delivery], claimant: str, at: datetime) -> None:
    """Give back deliveries whose calls were committed to and never made."""
    if begun:
        tx.run(_GIVE_BACK, [{"b_uid": d.uid, "b_claimant": claimant} for d in begun])
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
    return bool(tx.run(query.values(claimed_by="", claimed_until_at=None, **values)))


def drop(tx: Tx, uid: str, reason: str, at: datetime) -> bool:
    """Drop a delivery that has not left; False if it was claimed meanwhile."""
    states = (*_READY, DeliveryState.HELD.value)
    return bool(
        tx.run(
            update(_D)
            .where(_D.c.uid == uid, _D.c.state.in_(states))
            .values(state=DeliveryState.DROPPED.value, reason=reason, settled_at=at)
        )
    )


def release_held(tx: Tx, channels: Sequence[str]) -> int:
    """Plan again what was held, on channels that may work now; a reminder keeps its time."""
    return tx.run(_RELEASE, {"b_newsroom": tx.newsroom, "b_channels": list(channels)})


_RELEASE = (
    update(_D)
    .where(
        _D.c.newsroom == bindparam("b_newsroom"),
        _D.c.state == DeliveryState.HELD.value,
        _D.c.channel.in_(bindparam("b_channels", expanding=True)),
    )
    .values(state=DeliveryState.PLANNED.value, reason="")
)


def hold_channel(tx: Tx, channel: str, reason: str) -> int:
    """Hold all that is ready on a channel that rests."""
    return tx.run(
        update(_D)
        .where(
            _D.c.newsroom == tx.newsroom,
            _D.c.channel == channel,
            _D.c.state.in_(_READY),
        )
        .values(state=DeliveryState.HELD.value, reason=reason)
    )


def renew_all(tx: Tx, claimant: str, until: datetime) -> None:
    """Keep all claims of a process that still lives."""
    tx.run(
        update(_D)
        .where(
            _D.c.newsroom == tx.newsroom,
            _D.c.state == DeliveryState.CLAIMED.value,
            _D.c.claimed_by == claimant,
        )
        .values(claimed_until_at=until)
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


def claimed(tx: Tx) -> list[Delivery]:
    """Return all claimed deliveries, to look for claims of processes that no longer live."""
    return [_delivery(row) for row in tx.all(_CLAIMED, {"newsroom": tx.newsroom})]


_CLAIMED = select(_D).where(_D.c.newsroom == bindparam("newsroom"), _D.c.state == DeliveryState.CLAIMED.value)


def still_open(tx: Tx) -> list[Delivery]:
    """Return the deliveries that are neither done nor dropped, refused ones of live messages included."""
    settled = (
        DeliveryState.DELIVERED.value,
        DeliveryState.DROPPED.value,
        DeliveryState.REFUSED.value,
        DeliveryState.HANDED_OVER.value,
    )
    query = select(_D).where(_D.c.newsroom == tx.newsroom, _D.c.state.not_in(settled))
    return [_delivery(row) for row in tx.all(query.order_by(_D.c.priority, _D.c.planned_at, _D.c.seq))]


def doubtful(tx: Tx, channel: str, now: datetime) -> list[Delivery]:
    """Return the unknown deliveries of a channel that are due for a look."""
    query = select(_D).where(
        _D.c.newsroom == tx.newsroom,
        _D.c.channel == channel,
        _D.c.state == DeliveryState.UNKNOWN.value,
        _D.c.needs_person.is_(False),
        _D.c.not_before_at <= now,
    )
    return [_delivery(row) for row in tx.all(query.order_by(_D.c.priority, _D.c.planned_at, _D.c.seq))]


def next_due_at(tx: Tx, paused: Collection[str]) -> datetime | None:
    """Return when the next delivery or look is due, channels in pause left aside."""
    ready = or_(
        and_(_D.c.state.in_((*_READY, DeliveryState.CLAIMED.value)), ~is_blocked()),
        and_(_D.c.state == DeliveryState.UNKNOWN.value, _D.c.needs_person.is_(False)),
    )
    query = select(func.min(_D.c.not_before_at)).where(_D.c.newsroom == tx.newsroom, ready)
    if paused:
        query = query.where(_D.c.channel.not_in(paused))
    row = tx.one(query)
    value: datetime | None = row[0]
    return value


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


def receipts_after(tx: Tx, after_id: int, size: int = 10_000) -> list[tuple[int, str]]:
    """Return (id, one line of facts) of the receipts after `after_id`, for the audit's batch hash."""
    query = (
        select(_R)
        .join(_D, _D.c.uid == _R.c.delivery_uid)
        .where(_D.c.newsroom == tx.newsroom, _R.c.id > after_id)
        .order_by(_R.c.id)
        .limit(size)
    )
    return [
        (
            r.id,
            f"{r.delivery_uid}|{r.at.isoformat()}|{r.outcome}|{r.external_id}|{r.url}|{r.reason}",
        )
        for r in tx.all(query)
    ]


def next_seq(deliveries: Sequence[Delivery]) -> int:
    """Return the number after the last one of a message on a channel."""
    return max((d.seq for d in deliveries), default=-1) + 1


def _delivery(row: Any) -> Delivery:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {
        "action": Action(row.action),
        "form": Form(row.form),
        "state": DeliveryState(row.state),
    }
    return Delivery(**values)
