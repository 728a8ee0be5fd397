"""The outbox: what is planned, what waits for what, and what is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, insert, or_, select

from broadcast.errors import NotFound
from broadcast.model import Action, DeliveryState, Form
from broadcast.outbox import Delivery
from broadcast.store.base import Tx
from broadcast.store.rows_outbox import DeliveryRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_FIELDS = tuple(f.name for f in fields(Delivery))
#: What is read of a row, in the order of a Delivery's fields, which `delivery_of` counts on.
COLUMNS = tuple(_D.c[name] for name in _FIELDS)
#: Nothing has left, and nothing keeps it back but its time and what comes before it.
READY = (DeliveryState.PLANNED.value, DeliveryState.WAITING.value)
#: An earlier delivery in one of these keeps the later ones of its message and channel back.
BLOCKS = (*READY, DeliveryState.CLAIMED.value, DeliveryState.HELD.value)


def add(tx: Tx, deliveries: Iterable[Delivery]) -> None:
    """Plan deliveries, in one statement."""
    rows = [{name: getattr(d, name) for name in _FIELDS} | {"newsroom": tx.newsroom} for d in deliveries]
    if rows:
        tx.many(_ADD, rows)


_ADD = insert(_D)


def of_message(tx: Tx, message_uid: str, channel: str | None = None) -> list[Delivery]:
    """Return the deliveries of a message, in order."""
    if channel is None:
        return [delivery_of(row) for row in tx.all(_OF_MESSAGE, {"message": message_uid})]
    return [delivery_of(row) for row in tx.all(_OF_CHANNEL, {"message": message_uid, "channel": channel})]


_OF_MESSAGE = select(*COLUMNS).where(_D.c.message_uid == bindparam("message")).order_by(_D.c.channel, _D.c.seq)
_OF_CHANNEL = _OF_MESSAGE.where(_D.c.channel == bindparam("channel"))


def get(tx: Tx, uid: str) -> Delivery:
    """Return one delivery, by its uid or the unambiguous beginning of it.

    Raises:
        NotFound: there is none, or several.
    """
    rows = tx.all(select(*COLUMNS).where(_D.c.newsroom == tx.newsroom, _D.c.uid.startswith(uid, autoescape=True)).limit(2))
    if len(rows) != 1:
        raise NotFound(
            f"diffusion {uid} : {'plusieurs commencent ainsi' if rows else 'aucune'}",
            subject=uid,
        )
    return delivery_of(rows[0])


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
    ready = _D.c.state.in_(READY)
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
                earlier.c.state.in_(BLOCKS),
                and_(
                    earlier.c.state == DeliveryState.UNKNOWN.value,
                    earlier.c.needs_person.is_(False),
                ),
            ),
        )
        .exists()
    )


def still_open(tx: Tx) -> list[Delivery]:
    """Return the deliveries that are neither done nor dropped, refused ones of live messages included."""
    settled = (
        DeliveryState.DELIVERED.value,
        DeliveryState.DROPPED.value,
        DeliveryState.REFUSED.value,
        DeliveryState.HANDED_OVER.value,
    )
    query = select(*COLUMNS).where(_D.c.newsroom == tx.newsroom, _D.c.state.not_in(settled))
    return [delivery_of(row) for row in tx.all(query.order_by(_D.c.priority, _D.c.planned_at, _D.c.seq))]


def doubtful(tx: Tx, channel: str, now: datetime) -> list[Delivery]:
    """Return the unknown deliveries of a channel that are due for a look."""
    query = select(*COLUMNS).where(
        _D.c.newsroom == tx.newsroom,
        _D.c.channel == channel,
        _D.c.state == DeliveryState.UNKNOWN.value,
        _D.c.needs_person.is_(False),
        _D.c.not_before_at <= now,
    )
    return [delivery_of(row) for row in tx.all(query.order_by(_D.c.priority, _D.c.planned_at, _D.c.seq))]


def next_due_at(tx: Tx, paused: Collection[str]) -> datetime | None:
    """Return when the next delivery or look is due, channels in pause left aside."""
    ready = or_(
        and_(_D.c.state.in_((*READY, DeliveryState.CLAIMED.value)), ~is_blocked()),
        and_(_D.c.state == DeliveryState.UNKNOWN.value, _D.c.needs_person.is_(False)),
    )
    query = select(func.min(_D.c.not_before_at)).where(_D.c.newsroom == tx.newsroom, ready)
    if paused:
        query = query.where(_D.c.channel.not_in(paused))
    row = tx.one(query)
    value: datetime | None = row[0]
    return value


def next_seq(deliveries: Sequence[Delivery]) -> int:
    """Return the number after the last one of a message on a channel."""
    return max((d.seq for d in deliveries), default=-1) + 1


def delivery_of(row: Any) -> Delivery:
    """Return the delivery of a row of `COLUMNS`."""
    values = dict(zip(_FIELDS, row, strict=True))
    values["action"], values["form"], values["state"] = Action(row.action), Form(row.form), DeliveryState(row.state)
    return Delivery(**values)
