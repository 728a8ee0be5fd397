"""Which messages people must see, and the rest by page; what it costs does not grow with what is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, literal_column, or_, select, union

from broadcast.model import DeliveryState
from broadcast.outbox import Message
from broadcast.store import messages
from broadcast.store.base import Tx, batched
from broadcast.store.deliveries import BUSY, among
from broadcast.store.rows import MessageRow
from broadcast.store.rows_outbox import DeliveryRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # as above

#: Of what is over and settled, the newest so many of so many days are shown without being asked for.
LATELY, LATELY_DAYS = 20, 2
#: Messages on a page of what is over.
PAGE = 50
_CHUNK = 500


def in_hand(tx: Tx, now: datetime) -> list[Message]:
    """Return the messages that are not over, have something unsettled, or ended lately; newest first."""
    since = now - timedelta(days=LATELY_DAYS)
    found = messages.readable(tx, _LIVING, {"newsroom": tx.newsroom})
    found += messages.readable(tx, _LATELY, {"newsroom": tx.newsroom, "since": since})
    there = {message.uid for message in found}
    found += _by_uid(tx, {row[0] for row in tx.all(_unsettled(), {"newsroom": tx.newsroom})} - there)
    return sorted(found, key=lambda m: (m.created_at, m.uid), reverse=True)


def last_lately(tx: Tx, now: datetime) -> Message | None:
    """Return the message after which the page of what is over begins that is not in hand for having ended lately."""
    since = now - timedelta(days=LATELY_DAYS)
    shown = messages.readable(tx, _LATELY, {"newsroom": tx.newsroom, "since": since})
    return shown[-1] if shown else None


def over(tx: Tx, before: Message | None = None, size: int = PAGE) -> list[Message]:
    """Return messages that are over, those that ended last first; after the one given in that order, one more than `size`.

    The one too many says that there is another page.
    """
    query = _OVER
    if before is not None and before.ended_at is not None:
        same = and_(_M.c.ended_at == before.ended_at, _M.c.uid < before.uid)
        query = query.where(_M.c.ended_at <= before.ended_at, or_(_M.c.ended_at < before.ended_at, same))
    return messages.readable(tx, query.limit(size + 1), {"newsroom": tx.newsroom})


_MINE = _M.c.newsroom == bindparam("newsroom")
_LIVING = select(_M).where(_MINE, _M.c.ended_at.is_(None))
_OVER = select(_M).where(_MINE, _M.c.ended_at.is_not(None)).order_by(_M.c.ended_at.desc(), _M.c.uid.desc())
_LATELY = _OVER.where(_M.c.ended_at >= bindparam("since")).limit(LATELY)


@cache
def _unsettled() -> Any:
    """Each part says the condition of an index word for word: together they read what is open, and nothing else."""
    not_down = and_(literal_column("action") == literal_column("'take_down'"), among(_D.c.state, ("handed_over", "refused")))
    parts = (
        among(_D.c.state, ("waiting", "planned")),
        among(_D.c.state, BUSY),
        among(_D.c.state, [DeliveryState.UNKNOWN.value]),
        not_down,
    )
    return union(*(select(_D.c.message_uid).where(_D.c.newsroom == bindparam("newsroom"), part) for part in parts))


def _by_uid(tx: Tx, uids: Iterable[str]) -> list[Message]:
    query = select(_M).where(_M.c.uid.in_(bindparam("uids", expanding=True)))
    return [m for some in batched(sorted(uids), _CHUNK) for m in messages.readable(tx, query, {"uids": some})]
