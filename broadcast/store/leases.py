"""Leases: who alone may do something now, such as be the scheduler. By compare-and-set on one row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from broadcast.store.base import Tx
from broadcast.store.rows_relay import LeaseRow

_L: Any = LeaseRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One lease as it stands."""

    name: str
    #: Claimant: machine, boot, process.
    holder: str
    until_at: datetime
    since_at: datetime
    beat_at: datetime
    #: What others may need to reach the holder.
    facts: Mapping[str, Any] = field(default_factory=dict)


def now(tx: Tx, machine: datetime) -> datetime:
    """Return the time by which leases are judged, UTC.

    The clock of the server where many machines share one, so that none takes over because its own
    is ahead; else the machine's.

    Args:
        tx: the transaction.
        machine: the time of this machine, not a shifted one.
    """
    if tx.connection.dialect.name == "sqlite":
        return machine
    at: datetime = tx.one(select(func.clock_timestamp()))[0]
    return at


def read(tx: Tx, name: str) -> Lease | None:
    """Return a lease, lapsed or not; None: nobody has it."""
    row = tx.one(select(_L).where(_L.c.newsroom == tx.newsroom, _L.c.name == name))
    if row is None:
        return None
    return Lease(
        name=row.name,
        holder=row.holder,
        until_at=row.until_at,
        since_at=row.since_at,
        beat_at=row.beat_at,
        facts=json.loads(row.facts),
    )


def hold(
    tx: Tx,
    name: str,
    holder: str,
    now: datetime,
    until: datetime,
    *,
    is_dead: Callable[[str], bool] = lambda holder: False,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Take a lease or keep it; False while another living holder has it.

    Args:
        tx: a writing transaction.
        name: which lease.
        holder: who wants it.
        now: the time, as `now` of this module tells it.
        until: until when it then holds.
        is_dead: True for a holder that is known to live no longer: it is replaced at once.
        facts: what others may need to reach the holder; None: unchanged.
    """
    found = read(tx, name)
    told = {} if facts is None else {"facts": json.dumps(dict(facts), sort_keys=True)}
    if found is None:
        return _first(tx, name, holder, now, until, {"facts": "{}"} | told)
    if found.holder == holder:
        return _set(tx, found, until_at=until, beat_at=now, **told)
    if found.until_at > now and not is_dead(found.holder):
        return False
    return _set(tx, found, holder=holder, until_at=until, since_at=now, beat_at=now, **({"facts": "{}"} | told))


def release(tx: Tx, name: str, holder: str) -> bool:
    """Give a lease back; False if another holds it by now."""
    mine = (_L.c.newsroom == tx.newsroom, _L.c.name == name, _L.c.holder == holder)
    return tx.did(delete(_L).where(*mine))


def _set(tx: Tx, found: Lease, **values: Any) -> bool:
    # The holder and its last beat must still be those that were read (PostgreSQL lets two read at once).
    same = (_L.c.name == found.name, _L.c.holder == found.holder, _L.c.beat_at == found.beat_at)
    return tx.did(update(_L).where(_L.c.newsroom == tx.newsroom, *same).values(**values))


def _first(tx: Tx, name: str, holder: str, now: datetime, until: datetime, told: Mapping[str, str]) -> bool:
    row = {"newsroom": tx.newsroom, "name": name, "holder": holder, "until_at": until, "since_at": now, "beat_at": now}
    try:
        with tx.connection.begin_nested():
            tx.run(insert(_L).values(**row, **told))
    except IntegrityError:
        return False
    return True
