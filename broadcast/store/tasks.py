"""Tasks for people: one open task a kind and subject."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update

from broadcast.errors import NotFound
from broadcast.sources import Task
from broadcast.store.base import Tx
from broadcast.store.rows_relay import TaskRow

_T: Any = TaskRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_FIELDS = tuple(f.name for f in fields(Task))


def raise_task(tx: Tx, kind: str, subject: str, message: str, at: datetime, *, feed: str = "", slug: str = "") -> bool:
    """Ask for a person; False if the same was asked already, whose words are renewed."""
    open_one = (_T.c.newsroom == tx.newsroom, _T.c.kind == kind, _T.c.subject == subject, _T.c.settled_at.is_(None))
    if tx.did(update(_T).where(*open_one).values(message=message)):
        return False
    facts = {"kind": kind, "subject": subject, "message": message, "since_at": at, "feed": feed, "slug": slug}
    tx.run(insert(_T).values(uid=uuid4().hex, newsroom=tx.newsroom, settled_by="", **facts))
    return True


def was_asked(tx: Tx, kind: str, subject: str) -> bool:
    """True if this was ever asked, and perhaps settled."""
    query = select(_T.c.uid).where(_T.c.newsroom == tx.newsroom, _T.c.kind == kind, _T.c.subject == subject).limit(1)
    return tx.one(query) is not None


def settle_tasks(tx: Tx, at: datetime, by: str, *, kind: str | None = None, subject: str) -> int:
    """Note that what a task asked for is done."""
    where = [_T.c.newsroom == tx.newsroom, _T.c.subject == subject, _T.c.settled_at.is_(None)]
    if kind is not None:
        where.append(_T.c.kind == kind)
    return tx.run(update(_T).where(*where).values(settled_at=at, settled_by=by))


def settle_about(tx: Tx, slug: str, at: datetime, by: str) -> int:
    """Note that nothing is left to do about a message."""
    where = (_T.c.newsroom == tx.newsroom, _T.c.slug == slug, _T.c.settled_at.is_(None))
    return tx.run(update(_T).where(*where).values(settled_at=at, settled_by=by))


def settle_task(tx: Tx, uid: str, at: datetime, by: str) -> Task:
    """Note that one task is done.

    Raises:
        NotFound: no open task begins so, or several do.
    """
    where = (_T.c.newsroom == tx.newsroom, _T.c.uid.startswith(uid, autoescape=True), _T.c.settled_at.is_(None))
    rows = tx.all(select(_T).where(*where).limit(2))
    if len(rows) != 1:
        raise NotFound(f"tâche {uid} : {'plusieurs commencent ainsi' if rows else 'aucune en attente'}", subject=uid)
    tx.run(update(_T).where(_T.c.uid == rows[0].uid).values(settled_at=at, settled_by=by))
    return _task(rows[0])


def open_tasks(tx: Tx, *, slug: str | None = None, feed: str | None = None) -> list[Task]:
    """Return what waits for a person, oldest first."""
    query = select(_T).where(_T.c.newsroom == tx.newsroom, _T.c.settled_at.is_(None))
    if slug is not None:
        query = query.where(_T.c.slug == slug)
    if feed is not None:
        query = query.where(_T.c.feed == feed)
    return [_task(row) for row in tx.all(query.order_by(_T.c.since_at, _T.c.uid))]


def _task(row: Any) -> Task:
    return Task(**{name: getattr(row, name) for name in _FIELDS})
