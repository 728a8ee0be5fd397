"""The ledger of what goes to recipients one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from broadcast.store.base import Tx
from broadcast.store.rows_outbox import DeliveryRow, RecipientRow

_L: Any = RecipientRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # as above

PLANNED, SENDING, SENT, WAITING, REFUSED, UNKNOWN = "planned", "sending", "sent", "waiting", "refused", "unknown"
_ADD = insert(_L)
#: Rows written in one statement.
_CHUNK = 500


def is_open(tx: Tx, delivery_uid: str) -> bool:
    """True if the ledger of a delivery was begun."""
    return tx.one(select(_L.c.address).where(_L.c.delivery_uid == delivery_uid).limit(1)) is not None


def begin(tx: Tx, delivery_uid: str, addresses: Iterable[str], at: datetime) -> int:
    """Write one planned row for each address, each once; return how many."""
    seen: set[str] = set()
    rows: list[dict[str, Any]] = []
    for address in addresses:
        folded = address.casefold()
        if folded in seen:
            continue
        seen.add(folded)
        rows.append(
            {
                "delivery_uid": delivery_uid,
                "address": address,
                "position": len(seen),
                "state": PLANNED,
                "attempts": 0,
                "at": at,
                "reason": "",
            }
        )
        if len(rows) == _CHUNK:
            tx.many(_ADD, rows)
            rows = []
    if rows:
        tx.many(_ADD, rows)
    return len(seen)


def doubt(tx: Tx, delivery_uid: str, at: datetime) -> int:
    """Note that nobody knows what became of the rows that were being sent when a process died."""
    return tx.run(
        update(_L)
        .where(_L.c.delivery_uid == delivery_uid, _L.c.state == SENDING)
        .values(state=UNKNOWN, at=at, reason="interrompu pendant l'envoi")
    )


def free(tx: Tx, delivery_uid: str, state: str, at: datetime) -> int:
    """Plan again the rows in a state."""
    return tx.run(update(_L).where(_L.c.delivery_uid == delivery_uid, _L.c.state == state).values(state=PLANNED, at=at))


def next_planned(tx: Tx, delivery_uid: str) -> str | None:
    """Return the next address to send to."""
    query = select(_L.c.address).where(_L.c.delivery_uid == delivery_uid, _L.c.state == PLANNED)
    row = tx.one(query.order_by(_L.c.position).limit(1))
    return None if row is None else str(row[0])


def keep(tx: Tx, delivery_uid: str, address: str, state: str, at: datetime, reason: str = "", *, tries: int = 0) -> None:
    """Write what becomes of one row."""
    values = {"state": state, "at": at, "reason": reason, "attempts": _L.c.attempts + tries}
    tx.run(update(_L).where(_L.c.delivery_uid == delivery_uid, _L.c.address == address).values(**values))


def counts(tx: Tx, delivery_uid: str) -> dict[str, int]:
    """Return how many rows are in each state."""
    query = select(_L.c.state, func.count()).where(_L.c.delivery_uid == delivery_uid).group_by(_L.c.state)
    return {row[0]: row[1] for row in tx.all(query)}


def some(tx: Tx, delivery_uid: str, state: str, size: int = 5) -> Sequence[tuple[str, str]]:
    """Return the first addresses in a state, each with its reason."""
    query = select(_L.c.address, _L.c.reason).where(_L.c.delivery_uid == delivery_uid, _L.c.state == state)
    return [(row[0], row[1]) for row in tx.all(query.order_by(_L.c.position).limit(size))]


def most_tries(tx: Tx, delivery_uid: str) -> int:
    """Return how often the row tried most was tried."""
    row = tx.one(select(func.max(_L.c.attempts)).where(_L.c.delivery_uid == delivery_uid))
    return int(row[0] or 0)


def reached(tx: Tx, message_uid: str, channel: str, number_below: int) -> list[str]:
    """Return the addresses that got (or may have got) an earlier mail of a message, each once."""
    query = (
        select(_L.c.address)
        .join(_D, _D.c.uid == _L.c.delivery_uid)
        .where(
            _D.c.message_uid == message_uid,
            _D.c.channel == channel,
            _D.c.seq < number_below,
            _L.c.state.in_((SENT, UNKNOWN)),
        )
        .distinct()
        .order_by(_L.c.address)
    )
    return [row[0] for row in tx.all(query)]
