"""The picture that each board should show: entries numbered by first showing, keyset queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from broadcast.model import EndedBecause
from broadcast.store.base import Tx
from broadcast.store.damage import rows_of
from broadcast.store.rows_outbox import BoardEntryRow, BoardVersionRow

_E: Any = BoardEntryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_V: Any = BoardVersionRow.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message on one board."""

    message_uid: str
    slug: str
    seq: int
    priority: int
    #: Revision shown.
    number: int
    first_published_at: datetime
    #: When the revision shown first appeared.
    published_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_because: EndedBecause | None
    #: Why, as residents are told.
    public_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """When a revision first appeared."""

    number: int
    published_at: datetime
    #: Set if the message ended with this revision, even if it lives again since.
    ended_at: datetime | None = None
    ended_because: EndedBecause | None = None


def put_up(
    tx: Tx,
    channel: str,
    *,
    message_uid: str,
    slug: str,
    number: int,
    priority: int,
    expires_at: datetime | None,
    at: datetime,
) -> None:
    """Let the board show revision `number`; repeating it changes no time."""
    values = {
        "number": number,
        "urgency": -priority,
        "expires_at": expires_at,
        "changed": True,
        "ended_at": None,
        "ended_because": "",
        "public_reason": "",
    }
    if not tx.did(update(_E).where(*_key(tx, channel, message_uid)).values(**values)):
        last = tx.one(select(func.max(_E.c.seq)).where(*_of(tx, channel)))[0] or 0
        tx.run(
            insert(_E).values(
                newsroom=tx.newsroom,
                channel=channel,
                message_uid=message_uid,
                slug=slug,
                seq=last + 1,
                first_published_at=at,
                **values,
            )
        )
    version = (
        _V.c.newsroom == tx.newsroom,
        _V.c.channel == channel,
        _V.c.message_uid == message_uid,
        _V.c.number == number,
    )
    if tx.one(select(_V.c.number).where(*version)) is None:
        tx.run(
            insert(_V).values(
                newsroom=tx.newsroom,
                channel=channel,
                message_uid=message_uid,
                number=number,
                published_at=at,
                ended_because="",
            )
        )


def take_down(tx: Tx, channel: str, *, message_uid: str, at: datetime, because: EndedBecause, public_reason: str = "") -> None:
    """Let the board show that a message has ended, and why, where residents are told."""
    ended = {"ended_at": at, "ended_because": because.value, "public_reason": public_reason}
    tx.run(update(_E).where(*_key(tx, channel, message_uid)).values(**ended, changed=True))
    entry = tx.one(select(_E.c.number).where(*_key(tx, channel, message_uid)))
    if entry is not None:
        tx.run(
            update(_V)
            .where(
                _V.c.newsroom == tx.newsroom,
                _V.c.channel == channel,
                _V.c.message_uid == message_uid,
                _V.c.number == entry.number,
            )
            .values(ended_at=at, ended_because=because.value)
        )


def mark_shown(tx: Tx, channel: str, slugs: Collection[str]) -> None:
    """Note that the board was made equal to its picture for these messages."""
    tx.run(update(_E).where(*_of(tx, channel), _E.c.slug.in_(list(slugs))).values(changed=False))


def changed(tx: Tx, channel: str) -> list[str]:
    """Return the slugs that changed since the board was last shown, oldest first."""
    query = select(_E.c.slug).where(*_of(tx, channel), _E.c.changed.is_(True)).order_by(_E.c.seq)
    return [row.slug for row in tx.all(query)]


def live(tx: Tx, channel: str, now: datetime, count: int | None = None) -> list[Entry]:
    """Return what is live, most urgent first, then newest; the first `count` only, if given."""
    query = _entries().where(
        *_of(tx, channel),
        _E.c.ended_at.is_(None),
        or_(_E.c.expires_at.is_(None), _E.c.expires_at > now),
    )
    return _readable(tx, query.order_by(_E.c.urgency.desc(), _E.c.seq.desc()).limit(count))


def latest(tx: Tx, channel: str, count: int) -> list[Entry]:
    """Return the newest entries, live or not."""
    query = _entries().where(*_of(tx, channel)).order_by(_E.c.seq.desc()).limit(count)
    return _readable(tx, query)


def between(tx: Tx, channel: str, first: int, last: int) -> list[Entry]:
    """Return the entries numbered `first` to `last`, oldest first."""
    query = _entries().where(*_of(tx, channel), _E.c.seq >= first, _E.c.seq <= last).order_by(_E.c.seq)
    return _readable(tx, query)


def by_slug(tx: Tx, channel: str, slug: str) -> Entry | None:
    """Return the entry of a message."""
    return next(iter(_readable(tx, _entries().where(*_of(tx, channel), _E.c.slug == slug))), None)


def by_slugs(tx: Tx, channel: str, slugs: Collection[str]) -> list[Entry]:
    """Return the entries of these messages, in no order."""
    facts = {"newsroom": tx.newsroom, "channel": channel, "slugs": list(slugs)}
    return [_entry(row) for row in tx.all(_by_slugs(), facts)]


@cache
def _by_slugs() -> Any:
    # Made once: to make a statement costs more than to ask it.
    return _entries().where(
        _E.c.newsroom == bindparam("newsroom"),
        _E.c.channel == bindparam("channel"),
        _E.c.slug.in_(bindparam("slugs", expanding=True)),
    )


def versions(tx: Tx, channel: str, message_uids: Collection[str]) -> dict[str, list[Version]]:
    """Return when each revision of these messages appeared, oldest first."""
    facts = {"newsroom": tx.newsroom, "channel": channel, "messages": list(message_uids)}
    found: dict[str, list[Version]] = {uid: [] for uid in message_uids}
    for uid, version in rows_of(tx, _VERSIONS, facts, _version_of, _V.c.message_uid, "versions de"):
        found[uid].append(version)
    return found


_VERSIONS = (
    select(_V)
    .where(
        _V.c.newsroom == bindparam("newsroom"),
        _V.c.channel == bindparam("channel"),
        _V.c.message_uid.in_(bindparam("messages", expanding=True)),
    )
    # By number, not by time: a clock that was set back must not turn the versions round.
    .order_by(_V.c.number)
)


def slugs_between(tx: Tx, channel: str, first: int, last: int) -> list[str]:
    """Return the slugs of the entries numbered `first` to `last`, oldest first."""
    query = select(_E.c.slug).where(*_of(tx, channel), _E.c.seq >= first, _E.c.seq <= last).order_by(_E.c.seq)
    return [row.slug for row in tx.all(query)]


def _version_of(row: Any) -> tuple[str, Version]:
    because = EndedBecause(row.ended_because) if row.ended_because else None
    version = Version(number=row.number, published_at=row.published_at, ended_at=row.ended_at, ended_because=because)
    return row.message_uid, version


def count(tx: Tx, channel: str) -> int:
    """Return how many messages were ever shown."""
    return int(tx.one(select(func.max(_E.c.seq)).where(*_of(tx, channel)))[0] or 0)


def all_slugs(tx: Tx, channel: str, size: int = 500) -> Iterator[str]:
    """Yield every slug, oldest first, read in pages."""
    after = 0
    while True:
        rows = tx.all(select(_E.c.seq, _E.c.slug).where(*_of(tx, channel), _E.c.seq > after).order_by(_E.c.seq).limit(size))
        for row in rows:
            after = row.seq
            yield row.slug
        if len(rows) < size:
            return


def _entries() -> Any:
    shown = and_(
        _V.c.newsroom == _E.c.newsroom,
        _V.c.channel == _E.c.channel,
        _V.c.message_uid == _E.c.message_uid,
        _V.c.number == _E.c.number,
    )
    return select(_E, _V.c.published_at).select_from(_E.outerjoin(_V, shown))


def _of(tx: Tx, channel: str) -> tuple[Any, ...]:
    return (_E.c.newsroom == tx.newsroom, _E.c.channel == channel)


def _key(tx: Tx, channel: str, message_uid: str) -> tuple[Any, ...]:
    return (*_of(tx, channel), _E.c.message_uid == message_uid)


def _readable(tx: Tx, query: Any) -> list[Entry]:
    return rows_of(tx, query, {}, _entry, _E.c.message_uid, "message")


def _entry(row: Any) -> Entry:
    return Entry(
        message_uid=row.message_uid,
        slug=row.slug,
        seq=row.seq,
        priority=-row.urgency,
        number=row.number,
        first_published_at=row.first_published_at,
        published_at=row.published_at or row.first_published_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ended_because=EndedBecause(row.ended_because) if row.ended_because else None,
        public_reason=row.public_reason,
    )
