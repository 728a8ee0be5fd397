"""What is looked at once more: deliveries of which two processes may each have made one post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from broadcast.outbox import Delivery
from broadcast.store.base import Tx
from broadcast.store.rows_outbox import SecondLookRow

_S: Any = SecondLookRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A look that is due."""

    delivery_uid: str
    #: The machine's own time from which on a post counts.
    since_wall_at: datetime


def look_later(tx: Tx, delivery: Delivery, due_at: datetime, wall_at: datetime) -> None:
    """Have the channel looked at once more, for what was posted since the first attempt that is known.

    Args:
        tx: a writing transaction.
        delivery: which.
        due_at: when.
        wall_at: the machine's own time now, where no attempt was noted.
    """
    if not tx.did(update(_S).where(_S.c.delivery_uid == delivery.uid).values(due_at=due_at)):
        since = delivery.attempted_wall_at or wall_at
        tx.run(insert(_S).values(delivery_uid=delivery.uid, newsroom=tx.newsroom, due_at=due_at, since_wall_at=since))


def due(tx: Tx, now: datetime) -> list[SecondLook]:
    """Return the looks that are due, oldest first."""
    query = select(_S.c.delivery_uid, _S.c.since_wall_at).where(_S.c.newsroom == tx.newsroom, _S.c.due_at <= now)
    return [SecondLook(*row) for row in tx.all(query.order_by(_S.c.due_at))]


def postpone(tx: Tx, uid: str, until: datetime) -> None:
    """Look later."""
    tx.run(update(_S).where(_S.c.delivery_uid == uid).values(due_at=until))


def done(tx: Tx, uid: str) -> None:
    """Note that it was looked at."""
    tx.run(delete(_S).where(_S.c.delivery_uid == uid))
