"""What stands in the world, as far as receipts tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from broadcast.channel import Published
from broadcast.model import PostingState
from broadcast.outbox import Delivery, Posting
from broadcast.store.base import Tx
from broadcast.store.rows_outbox import PostingRow

_P: Any = PostingRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time


def of_message(tx: Tx, message_uid: str, channel: str | None = None) -> list[Posting]:
    """Return the postings of a message."""
    facts = {"newsroom": tx.newsroom, "message": message_uid}
    if channel is None:
        return [_posting(row) for row in tx.all(_OF_MESSAGE, facts)]
    return [_posting(row) for row in tx.all(_OF_CHANNEL, facts | {"channel": channel})]


_OF_MESSAGE = (
    select(_P)
    .where(_P.c.newsroom == bindparam("newsroom"), _P.c.message_uid == bindparam("message"))
    .order_by(_P.c.channel, _P.c.since_at, _P.c.slot)
)
_OF_CHANNEL = _OF_MESSAGE.where(_P.c.channel == bindparam("channel"))


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


def keep_many_up(tx: Tx, done: Sequence[tuple[Delivery, str, Published]], at: datetime) -> None:
    """Note that many postings stand, in one statement; an edit keeps its first time."""
    rows = [
        {
            "newsroom": tx.newsroom,
            "channel": d.channel,
            "message_uid": d.message_uid,
            "slot": d.slot,
            "external_id": p.external_id,
            "url": p.url,
            "token": p.token,
            "public": p.public,
            "number": d.number,
            "state": PostingState.UP.value,
            "since_at": at,
        }
        for d, _, p in done
    ]
    tx.many(_keep_up(tx.connection.dialect.name), rows)


@cache
def _keep_up(dialect: str) -> Any:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    new: Any = make(_P)
    since = case((_P.c.state == PostingState.UP.value, _P.c.since_at), else_=new.excluded.since_at)
    changed = {k: new.excluded[k] for k in ("external_id", "url", "token", "public", "number", "state")}
    keys = [_P.c.newsroom, _P.c.channel, _P.c.message_uid, _P.c.slot]
    return new.on_conflict_do_update(index_elements=keys, set_=changed | {"since_at": since})


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
