"""The ledger of what goes to recipients one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from broadcast.store.base import Tx, batched
from broadcast.store.rows_outbox import DeliveryRow, RecipientRow

_L: Any = RecipientRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # as above

PLANNED, SENDING, SENT, WAITING, REFUSED, UNKNOWN = "planned", "sending", "sent", "waiting", "refused", "unknown"
#: Not sent any more: the message ended first; the address was taken out of the list; nobody (a line that says no address).
DROPPED, LEFT, UNREAD = "dropped", "left", "unread"
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
        rows.append(_planned(delivery_uid, address, len(seen), at))
        if len(rows) == _CHUNK:
            tx.many(_ADD, rows)
            rows = []
    if rows:
        tx.many(_ADD, rows)
    return len(seen)


def _planned(delivery_uid: str, address: str, position: int, at: datetime) -> dict[str, Any]:
    return {
        "delivery_uid": delivery_uid,
        "address": address,
        "position": position,
        "state": PLANNED,
        "attempts": 0,
        "at": at,
        "reason": "",
    }


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


def merge(tx: Tx, delivery_uid: str, addresses: Iterable[str], at: datetime) -> None:
    """Take a changed list on: who is new is planned last, who is gone and has not been sent to is left out."""
    rows = tx.all(select(_L.c.address, _L.c.state, _L.c.position).where(_L.c.delivery_uid == delivery_uid))
    known = {row[0].casefold(): (row[0], row[1]) for row in rows if row[1] != UNREAD}
    wanted = {address.casefold(): address for address in addresses}
    last = max((row[2] for row in rows), default=0)
    new = [address for folded, address in wanted.items() if folded not in known]
    rows_of = [_planned(delivery_uid, address, last + n, at) for n, address in enumerate(new, 1)]
    for some in batched(rows_of, _CHUNK):
        tx.many(_ADD, some)
    gone = [(a, LEFT) for folded, (a, state) in known.items() if state in (PLANNED, WAITING) and folded not in wanted]
    back = [(a, PLANNED) for folded, (a, state) in known.items() if state == LEFT and folded in wanted]
    write(tx, delivery_uid, [Line(address, state) for address, state in gone + back], at)


def note_unread(tx: Tx, delivery_uid: str, lines: Iterable[int], at: datetime) -> None:
    """Note the numbers of the lines of the list that could not be read, in place of those noted before."""
    tx.run(delete(_L).where(_L.c.delivery_uid == delivery_uid, _L.c.state == UNREAD))
    rows = [_planned(delivery_uid, f"ligne {n}", n, at) | {"state": UNREAD} for n in lines]
    for some in batched(rows, _CHUNK):
        tx.many(_ADD, some)


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one row."""

    address: str
    state: str
    reason: str = ""
    #: 1 where it was tried.
    tries: int = 0


def take(tx: Tx, delivery_uid: str, size: int, at: datetime, *, from_the_end: bool = False) -> list[str]:
    """Write that the next recipients are being sent to, and return them; whoever is not in there is not sent to.

    Args:
        tx: the transaction.
        delivery_uid: whose ledger.
        size: how many at most.
        at: now.
        from_the_end: those who were never tried, the last of the list first.
    """
    order = (_L.c.attempts, _L.c.position.desc()) if from_the_end else (_L.c.position,)
    query = select(_L.c.address).where(_L.c.delivery_uid == delivery_uid, _L.c.state == PLANNED)
    found = [row[0] for row in tx.all(query.order_by(*order).limit(size))]
    write(tx, delivery_uid, [Line(address, SENDING) for address in found], at)
    return found


def write(tx: Tx, delivery_uid: str, lines: Sequence[Line], at: datetime) -> None:
    """Write what becomes of rows."""
    rows = [
        {"b_uid": delivery_uid, "b_address": x.address, "b_state": x.state, "b_at": at, "b_reason": x.reason, "b_tries": x.tries}
        for x in lines
    ]
    for some in batched(rows, _CHUNK):
        tx.many(_WRITE, some)


_WRITE = (
    update(_L)
    .where(_L.c.delivery_uid == bindparam("b_uid"), _L.c.address == bindparam("b_address"))
    .values(
        state=bindparam("b_state"),
        at=bindparam("b_at"),
        reason=bindparam("b_reason"),
        attempts=_L.c.attempts + bindparam("b_tries"),
    )
)


def put_last(tx: Tx, delivery_uid: str, addresses: Sequence[str], at: datetime) -> None:
    """Plan rows again, behind all others."""
    row = tx.one(select(func.max(_L.c.position)).where(_L.c.delivery_uid == delivery_uid))
    for n, address in enumerate(addresses, int(row[0] or 0) + 1):
        where = (_L.c.delivery_uid == delivery_uid, _L.c.address == address)
        tx.run(update(_L).where(*where).values(state=PLANNED, at=at, position=n))


def tries_of(tx: Tx, delivery_uid: str, addresses: Sequence[str]) -> dict[str, int]:
    """Return how often each was tried."""
    query = select(_L.c.address, _L.c.attempts).where(_L.c.delivery_uid == delivery_uid, _L.c.address.in_(addresses))
    return {row[0]: row[1] for row in tx.all(query)}


def abandon(tx: Tx, delivery_uid: str, at: datetime) -> int:
    """Leave out who has not been sent to; return how many got it all the same."""
    tx.run(update(_L).where(_L.c.delivery_uid == delivery_uid, _L.c.state.in_((PLANNED, WAITING))).values(state=DROPPED, at=at))
    return counts(tx, delivery_uid).get(SENT, 0)


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
