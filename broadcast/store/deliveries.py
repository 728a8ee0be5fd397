"""The outbox: what is planned, what waits for what, and what is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, insert, literal_column, or_, select

from broadcast.errors import NotFound
from broadcast.model import Action, DeliveryState, Form
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.store.base import Tx
from broadcast.store.damage import rows_of
from broadcast.store.rows import MessageRow
from broadcast.store.rows_outbox import DeliveryRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_FIELDS = tuple(f.name for f in fields(Delivery))
_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # as above
#: What is read of a row, in the order of a Delivery's fields, which `delivery_of` counts on.
COLUMNS = tuple(_D.c[name] for name in _FIELDS)
#: Nothing has left, and nothing keeps it back but its time and what comes before it.
READY = (DeliveryState.PLANNED.value, DeliveryState.WAITING.value)
#: Under way, or kept back until somebody or something lets it go.
BUSY = (DeliveryState.CLAIMED.value, DeliveryState.HELD.value)
#: An earlier delivery in one of these keeps the later ones of its message and channel back.
BLOCKS = (*READY, DeliveryState.CLAIMED.value, DeliveryState.HELD.value)


#: `parked_until_at` of what waits for an earlier delivery of its message on the channel.
BEHIND = datetime(9999, 12, 31, tzinfo=UTC)


def among(column: Any, states: Iterable[str]) -> Any:
    """Return the condition that a state is one of these, written out: only so does a partial index answer it."""
    written: list[Any] = [literal_column(f"'{state}'") for state in states]
    return column == written[0] if len(written) == 1 else column.in_(written)


def add(tx: Tx, deliveries: Iterable[Delivery]) -> None:
    """Plan deliveries, in one statement; of each message on each channel in their order."""
    rows, begun = [], set()
    for delivery in deliveries:
        where = (delivery.message_uid, delivery.channel)
        until = BEHIND if where in begun else parked_until(delivery.not_before_at)
        begun.add(where)
        rows.append({n: getattr(delivery, n) for n in _FIELDS} | {"newsroom": tx.newsroom, "parked_until_at": until})
    if rows:
        tx.many(_ADD, rows)


def parked_until(not_before_at: datetime) -> datetime | None:
    """Return until when something stands outside the queue that must not leave earlier."""
    return None if not_before_at <= AT_ONCE else not_before_at


_ADD = insert(_D)


def of_message(tx: Tx, message_uid: str, channel: str | None = None) -> list[Delivery]:
    """Return the deliveries of a message, in order."""
    if channel is None:
        return [delivery_of(row) for row in tx.all(_OF_MESSAGE, {"message": message_uid})]
    return [delivery_of(row) for row in tx.all(_OF_CHANNEL, {"message": message_uid, "channel": channel})]


_OF_MESSAGE = select(*COLUMNS).where(_D.c.message_uid == bindparam("message")).order_by(_D.c.channel, _D.c.seq)
_OF_CHANNEL = _OF_MESSAGE.where(_D.c.channel == bindparam("channel"))


def readable_of_message(tx: Tx, message_uid: str) -> list[Delivery]:
    """Return the deliveries of a message that can be read, for people; who plans must know all of them."""
    return readable(tx, _OF_MESSAGE, {"message": message_uid})


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
    """Return the deliveries that are neither done nor dropped; whether a refused one counts is for `status` to say."""
    settled = (
        DeliveryState.DELIVERED.value,
        DeliveryState.DROPPED.value,
        DeliveryState.REFUSED.value,
        DeliveryState.HANDED_OVER.value,
    )
    query = select(*COLUMNS).where(_D.c.newsroom == tx.newsroom, _D.c.state.not_in(settled))
    return readable(tx, query.order_by(_D.c.priority, _D.c.planned_at, _D.c.seq))


def refused(tx: Tx) -> list[Delivery]:
    """Return the refused deliveries of messages that have not ended, and refused takedowns."""
    lives = select(_M.c.uid).where(_M.c.newsroom == tx.newsroom, _M.c.ended_at.is_(None), _M.c.approved > 0)
    counts = or_(_D.c.message_uid.in_(lives), _D.c.action == Action.TAKE_DOWN.value)
    query = select(*COLUMNS).where(_D.c.newsroom == tx.newsroom, _D.c.state == DeliveryState.REFUSED.value, counts)
    return readable(tx, query.order_by(_D.c.priority, _D.c.planned_at, _D.c.seq))


def doubtful(tx: Tx, channel: str, now: datetime, size: int) -> list[Delivery]:
    """Return up to so many unknown deliveries of a channel that are due for a look, the most urgent first."""
    query = select(*COLUMNS).where(
        _D.c.newsroom == tx.newsroom,
        _D.c.channel == channel,
        among(_D.c.state, [DeliveryState.UNKNOWN.value]),
        _D.c.needs_person.is_(False),
        _D.c.not_before_at <= now,
    )
    return readable(tx, query.order_by(_D.c.priority, _D.c.planned_at, _D.c.seq).limit(size))


def next_due_at(tx: Tx, paused: Collection[str]) -> datetime | None:
    """Return when the next delivery or look is due, or a call under way was; channels in pause left aside."""
    mine = [_D.c.newsroom == tx.newsroom]
    if paused:
        mine.append(_D.c.channel.not_in(paused))
    waits = (among(_D.c.state, (*READY, DeliveryState.UNKNOWN.value)), _D.c.needs_person.is_(False))
    goes = or_(_D.c.state == DeliveryState.UNKNOWN.value, ~is_blocked())
    busy = (among(_D.c.state, BUSY), _D.c.state == DeliveryState.CLAIMED.value)
    questions = [select(_D.c.not_before_at).where(*mine, *some) for some in ((*waits, goes), busy)]
    rows = [tx.one(question.order_by(_D.c.not_before_at).limit(1)) for question in questions]
    return min((row[0] for row in rows if row is not None), default=None)


def readable(tx: Tx, query: Any, facts: Mapping[str, Any] | None = None) -> list[Delivery]:
    """Return the deliveries of a query of `COLUMNS`; a damaged one is left out, and told."""
    return rows_of(tx, query, facts or {}, delivery_of, _D.c.uid, "diffusion")


def next_seq(deliveries: Sequence[Delivery]) -> int:
    """Return the number after the last one of a message on a channel."""
    return max((d.seq for d in deliveries), default=-1) + 1


def delivery_of(row: Any) -> Delivery:
    """Return the delivery of a row that begins with `COLUMNS`."""
    values = dict(zip(_FIELDS, row, strict=False))
    values["action"], values["form"], values["state"] = Action(row.action), Form(row.form), DeliveryState(row.state)
    return Delivery(**values)
