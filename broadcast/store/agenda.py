"""When something is next due, what is overdue, what is in hand: a few cheap questions, asked all day."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select

from broadcast.model import DeliveryState
from broadcast.store import queue
from broadcast.store.base import Tx
from broadcast.store.deliveries import BUSY, READY, among, is_blocked
from broadcast.store.rows import ChannelRow, MessageRow
from broadcast.store.rows_outbox import DeliveryRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # as above
_C: Any = ChannelRow.__table__  # type: ignore[attr-defined]  # as above


def next_at(tx: Tx, now: datetime) -> datetime | None:
    """Return when something becomes due that is not due yet: a delivery, a look, the end of a message."""
    facts = {"newsroom": tx.newsroom, "now": now}
    times = [row[0] for query in (_next_delivery(), _next_end()) for row in tx.all(query, facts) if row[0] is not None]
    return min(times, default=None)


def has_chores(tx: Tx, now: datetime) -> bool:
    """True if a message is to be planned or has ended, a delivery is claimed or held, a channel rests: one question, not five."""
    return bool(tx.one(_chores(), {"newsroom": tx.newsroom, "now": now})[0])


def oldest_due_at(tx: Tx, now: datetime) -> datetime | None:
    """Return since when the oldest due delivery waits that no call was made for; None: nothing waits.

    What is held, or on a channel in pause, waits for people, not for us; what was tried has its next time.
    """
    waits: datetime | None = tx.one(_oldest(), {"newsroom": tx.newsroom, "now": now})[0]
    return waits


@cache
def _chores() -> Any:
    mine = _M.c.newsroom == bindparam("newsroom")
    ended = and_(_M.c.ended_at.is_(None), _M.c.approved > 0, _M.c.expires_at <= bindparam("now"))
    # Each has an index of its own: asked together, the whole table would be read.
    waits, ends = exists().where(mine, _M.c.needs_plan.is_(True)), exists().where(mine, ended)
    busy = among(_D.c.state, BUSY)
    deliveries_ = exists().where(_D.c.newsroom == bindparam("newsroom"), busy)
    resting = exists().where(_C.c.newsroom == bindparam("newsroom"), _C.c.paused.is_(True))
    return select(or_(waits, ends, deliveries_, resting, queue.woken()))


@cache
def _next_delivery() -> Any:
    timed = among(_D.c.state, (*READY, DeliveryState.UNKNOWN.value))
    mine = (_D.c.newsroom == bindparam("newsroom"), _D.c.not_before_at > bindparam("now"), timed)
    first = select(_D.c.not_before_at).where(*mine, _D.c.needs_person.is_(False))
    return first.order_by(_D.c.not_before_at).limit(1)


@cache
def _next_end() -> Any:
    live = (_M.c.newsroom == bindparam("newsroom"), _M.c.ended_at.is_(None), _M.c.approved > 0)
    return select(_M.c.expires_at).where(*live, _M.c.expires_at > bindparam("now")).order_by(_M.c.expires_at).limit(1)


@cache
def _oldest() -> Any:
    resting = select(_C.c.name).where(_C.c.newsroom == bindparam("newsroom"), _C.c.paused.is_(True))
    since = case((_D.c.not_before_at > _D.c.planned_at, _D.c.not_before_at), else_=_D.c.planned_at)
    return select(func.min(since)).where(
        _D.c.newsroom == bindparam("newsroom"),
        _D.c.state.in_((DeliveryState.PLANNED.value, DeliveryState.WAITING.value)),
        _D.c.not_before_at <= bindparam("now"),
        ~is_blocked(),
        _D.c.channel.not_in(resting),
    )
