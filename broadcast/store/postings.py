"""What stands in the world, as far as receipts tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from broadcast.channel import Published
from broadcast.model import PostingState
from broadcast.outbox import Posting
from broadcast.store.base import Tx
from broadcast.store.rows import PostingRow

_P: Any = PostingRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time


def of_message(tx: Tx, message_uid: str, channel: str | None = None) -> list[Posting]:
    """Return the postings of a message."""
    query = select(_P).where(_P.c.newsroom == tx.newsroom, _P.c.message_uid == message_uid)
    if channel is not None:
        query = query.where(_P.c.channel == channel)
    return [_posting(row) for row in tx.all(query.order_by(_P.c.channel, _P.c.since_at, _P.c.slot))]


def keep_up(
    tx: Tx,
    *,
    channel: str,
    message_uid: str,
    slot: str,
    published: Published,
    number: int,
    at: datetime,
) -> None:
    """Note that a posting stands and carries revision `number`; an edit keeps its first time."""
    values = {
        "external_id": published.external_id,
        "url": published.url,
        "token": published.token,
        "public": published.public,
        "number": number,
        "state": PostingState.UP.value,
    }
    row = tx.one(select(_P.c.state).where(*_key(tx, channel, message_uid, slot)))
    if row is None:
        tx.run(
            insert(_P).values(
                newsroom=tx.newsroom,
                channel=channel,
                message_uid=message_uid,
                slot=slot,
                since_at=at,
                **values,
            )
        )
        return
    if row.state != PostingState.UP.value:
        values["since_at"] = at
    tx.run(update(_P).where(*_key(tx, channel, message_uid, slot)).values(**values))


def keep_state(
    tx: Tx,
    *,
    channel: str,
    message_uid: str,
    slot: str,
    state: PostingState,
    at: datetime,
) -> None:
    """Note that a posting went down, or that nobody knows."""
    tx.run(update(_P).where(*_key(tx, channel, message_uid, slot)).values(state=state.value, since_at=at))


def _key(tx: Tx, channel: str, message_uid: str, slot: str) -> tuple[Any, ...]:
    return (
        _P.c.newsroom == tx.newsroom,
        _P.c.channel == channel,
        _P.c.message_uid == message_uid,
        _P.c.slot == slot,
    )


def _posting(row: Any) -> Posting:
    return Posting(
        channel=row.channel,
        message_uid=row.message_uid,
        slot=row.slot,
        external_id=row.external_id,
        url=row.url,
        token=row.token,
        public=row.public,
        number=row.number,
        state=PostingState(row.state),
        since_at=row.since_at,
    )
