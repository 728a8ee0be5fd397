"""Messages: their slugs and the course of their lives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, func, insert, select, update

from broadcast.errors import NotFound
from broadcast.model import EndedBecause
from broadcast.outbox import Message
from broadcast.store.base import Tx
from broadcast.store.damage import rows_of
from broadcast.store.rows import MessageRow

_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time


def find_message(tx: Tx, slug: str) -> Message | None:
    """Return the message of this slug."""
    row = tx.one(select(_M).where(_M.c.newsroom == tx.newsroom, _M.c.slug == slug))
    return None if row is None else _message(row)


def get_message(tx: Tx, slug: str) -> Message:
    """Return the message of this slug.

    Raises:
        NotFound: there is none.
    """
    message = find_message(tx, slug)
    if message is None:
        raise NotFound(
            f"{slug} : aucun message soumis sous ce nom ; `broadcast status` les montre",
            subject=slug,
        )
    return message


def message_by_uid(tx: Tx, uid: str) -> Message:
    """Return the message of this uid, which exists."""
    return _message(tx.one(_BY_UID, {"uid": uid}))


_BY_UID = select(_M).where(_M.c.uid == bindparam("uid"))


def all_messages(tx: Tx) -> list[Message]:
    """Return every message, newest first."""
    return readable(tx, select(_M).where(_M.c.newsroom == tx.newsroom).order_by(_M.c.created_at.desc()))


def open_messages(tx: Tx) -> list[Message]:
    """Return the approved messages that have not ended."""
    query = select(_M).where(_M.c.newsroom == tx.newsroom, _M.c.ended_at.is_(None), _M.c.approved > 0)
    return readable(tx, query.order_by(_M.c.created_at))


def insert_message(tx: Tx, slug: str, author: str, at: datetime) -> Message:
    """Make a new message."""
    uid = uuid4().hex
    tx.run(
        insert(_M).values(
            uid=uid,
            newsroom=tx.newsroom,
            slug=slug,
            author=author,
            created_at=at,
            latest=0,
            approved=0,
            ended_because="",
            ended_by="",
            ended_reason="",
            public_reason="",
            needs_plan=False,
        )
    )
    return message_by_uid(tx, uid)


def update_message(tx: Tx, uid: str, **values: Any) -> None:
    """Change facts of a message's life."""
    tx.run(update(_M).where(_M.c.uid == uid).values(**values))


def end_message(
    tx: Tx,
    uid: str,
    at: datetime,
    because: EndedBecause,
    by: str = "",
    reason: str = "",
    public_reason: str = "",
) -> None:
    """Note that a message has ended."""
    update_message(
        tx,
        uid,
        ended_at=at,
        ended_because=because.value,
        ended_by=by,
        ended_reason=reason,
        public_reason=public_reason,
    )


def expired_messages(tx: Tx, now: datetime) -> list[Message]:
    """Return approved messages whose end has come and is not yet noted."""
    return readable(tx, _EXPIRED, {"newsroom": tx.newsroom, "now": now})


_EXPIRED = select(_M).where(
    _M.c.newsroom == bindparam("newsroom"),
    _M.c.ended_at.is_(None),
    _M.c.approved > 0,
    _M.c.expires_at <= bindparam("now"),
)


def messages_to_plan(tx: Tx) -> list[Message]:
    """Return the messages for which something waits to be planned, oldest first."""
    return readable(tx, _TO_PLAN, {"newsroom": tx.newsroom})


_TO_PLAN = select(_M).where(_M.c.newsroom == bindparam("newsroom"), _M.c.needs_plan.is_(True)).order_by(_M.c.created_at)


def lock_message(tx: Tx, uid: str) -> None:
    """Keep other planners of this message out until the end of the transaction (PostgreSQL)."""
    tx.one(_LOCK, {"uid": uid})


_LOCK = select(_M.c.uid).where(_M.c.uid == bindparam("uid")).with_for_update()


def count_messages(tx: Tx) -> int:
    """Return how many messages there are."""
    return int(tx.one(select(func.count()).select_from(_M).where(_M.c.newsroom == tx.newsroom))[0])


def readable(tx: Tx, query: Any, facts: Mapping[str, Any] | None = None) -> list[Message]:
    """Return the messages of a query over whole rows; one that is damaged is left out, and told."""
    return rows_of(tx, query, facts or {}, _message, _M.c.uid, "message")


def _message(row: Any) -> Message:
    return Message(
        uid=row.uid,
        slug=row.slug,
        author=row.author,
        created_at=row.created_at,
        latest=row.latest,
        approved=row.approved,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ended_because=EndedBecause(row.ended_because) if row.ended_because else None,
        ended_by=row.ended_by,
        ended_reason=row.ended_reason,
        public_reason=row.public_reason,
        needs_plan=row.needs_plan,
    )
