"""Sources: what the last fetches learnt, and what they sent that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from broadcast.model import sha256_of
from broadcast.sources import FeedState, Quarantined
from broadcast.store.base import Tx
from broadcast.store.rows import MediaRow
from broadcast.store.rows_relay import FeedRow, QuarantineRow

_F: Any = FeedRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_Q: Any = QuarantineRow.__table__  # type: ignore[attr-defined]  # as above
_M: Any = MediaRow.__table__  # type: ignore[attr-defined]  # as above

_FIELDS = tuple(f.name for f in fields(FeedState))
_ALL = select(_F).where(_F.c.newsroom == bindparam("newsroom")).order_by(_F.c.name)


def feed_states(tx: Tx) -> dict[str, FeedState]:
    """Return what is known of the sources, by name."""
    return {row.name: _state(row) for row in tx.all(_ALL, {"newsroom": tx.newsroom})}


def feed_state(tx: Tx, name: str, *, lock: bool = False) -> FeedState | None:
    """Return what is known of one source; with `lock` nobody else takes it in until the transaction ends."""
    query = select(_F).where(_F.c.newsroom == tx.newsroom, _F.c.name == name)
    row = tx.one(query.with_for_update() if lock else query)
    return None if row is None else _state(row)


def add_feeds(tx: Tx, states: Sequence[FeedState]) -> None:
    """Begin to know sources."""
    if states:
        rows = [{name: getattr(s, name) for name in _FIELDS} | {"newsroom": tx.newsroom} for s in states]
        tx.run(insert(_F), rows)


def update_feed(tx: Tx, name: str, **values: Any) -> None:
    """Change what is known of one source."""
    tx.run(update(_F).where(_F.c.newsroom == tx.newsroom, _F.c.name == name).values(**values))


_FETCHED = (
    update(_F)
    .where(_F.c.newsroom == bindparam("b_newsroom"), _F.c.name == bindparam("b_name"))
    .values(
        **{
            name: bindparam(f"b_{name}")
            for name in ("etag", "last_modified", "body_sha256", "attempted_at", "success_at", "next_poll_at")
        },
        failures=0,
        last_error="",
    )
)


def keep_unchanged(tx: Tx, states: Sequence[FeedState]) -> None:
    """Write that sources were asked and had nothing new, in one statement."""
    if not states:
        return
    names = ("name", "etag", "last_modified", "body_sha256", "attempted_at", "success_at", "next_poll_at")
    tx.many(_FETCHED, [{f"b_{n}": getattr(s, n) for n in names} | {"b_newsroom": tx.newsroom} for s in states])


def quarantine(tx: Tx, feed: str, body: bytes, *, at: datetime, url: str, content_type: str, reason: str) -> bool:
    """Keep bytes that could not be read; False if the same are already there for the same reason."""
    digest = sha256_of(body)
    known = select(_Q.c.id).where(_Q.c.newsroom == tx.newsroom, _Q.c.feed == feed, _Q.c.sha256 == digest, _Q.c.reason == reason)
    if tx.one(known) is not None:
        return False
    if tx.one(select(_M.c.sha256).where(_M.c.sha256 == digest)) is None:
        tx.run(insert(_M).values(sha256=digest, content=body))
    facts = {"at": at, "url": url, "content_type": content_type, "sha256": digest, "size": len(body), "reason": reason}
    tx.run(insert(_Q).values(newsroom=tx.newsroom, feed=feed, **facts))
    return True


def quarantined(tx: Tx, feed: str | None = None, size: int = 100) -> list[Quarantined]:
    """Return what could not be read, newest first."""
    query = select(_Q).where(_Q.c.newsroom == tx.newsroom)
    if feed is not None:
        query = query.where(_Q.c.feed == feed)
    return [
        Quarantined(
            id=r.id,
            feed=r.feed,
            at=r.at,
            url=r.url,
            content_type=r.content_type,
            sha256=r.sha256,
            size_bytes=r.size,
            reason=r.reason,
        )
        for r in tx.all(query.order_by(_Q.c.id.desc()).limit(size))
    ]


def _state(row: Any) -> FeedState:
    return FeedState(**{name: getattr(row, name) for name in _FIELDS})
