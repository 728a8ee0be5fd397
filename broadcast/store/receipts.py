"""The receipts in the audit: each enters once, in a batch whose hash stands in the chain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update

from broadcast.model import sha256_of
from broadcast.store.base import Tx
from broadcast.store.rows_outbox import DeliveryRow, ReceiptRow

_D: Any = DeliveryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_R: Any = ReceiptRow.__table__  # type: ignore[attr-defined]  # as above

#: Receipts that share one row of the audit at most.
BATCH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Receipts that enter the audit together."""

    first: int
    last: int
    count: int
    #: SHA-256 over their lines, in the order of their ids, joined by newlines.
    sha256: str


def enter(tx: Tx, audit_seq: int) -> Batch | None:
    """Let receipts that are in no batch yet enter the one of this row of the audit; None: there are none.

    Each receipt is asked whether it has entered. Its number would not tell: many machines write at once, and
    one that commits late has a smaller number than those that entered before it.

    Args:
        tx: a transaction that holds the newsroom's row, so that no two enter at once.
        audit_seq: number of the row that will carry the batch's hash.
    """
    return _batch(tx.all(_enter(), {"b_newsroom": tx.newsroom, "b_seq": audit_seq, "b_size": BATCH}))


@cache
def _enter() -> Any:
    new = (
        select(_R.c.id)
        .join(_D, _D.c.uid == _R.c.delivery_uid)
        .where(_R.c.audit_seq.is_(None), _D.c.newsroom == bindparam("b_newsroom"))
        .order_by(_R.c.id)
        .limit(bindparam("b_size"))
    )
    return update(_R).where(_R.c.id.in_(new)).values(audit_seq=bindparam("b_seq")).returning(*_R.c)


def fault(tx: Tx, audit_seq: int, detail: str) -> str:
    """Return in what the receipts differ from the batch that a row of the audit speaks of; "" if in nothing.

    Args:
        tx: the transaction.
        audit_seq: number of that row.
        detail: its detail, canonical JSON.
    """
    said = json.loads(detail)
    mine = select(_R).join(_D, _D.c.uid == _R.c.delivery_uid).where(_R.c.audit_seq == audit_seq, _D.c.newsroom == tx.newsroom)
    batch = _batch(tx.all(mine))
    if batch is None or batch.count < said["count"]:
        # Batches from before receipts knew theirs: those of a time that many machines shared cannot be told apart.
        return "" if said.get("by") != "receipt" and batch is None else "des reçus manquent"
    if batch.count > said["count"]:
        return "des reçus ont été ajoutés"
    return "" if batch.sha256 == said["sha256"] else "des reçus ont été modifiés"


def _batch(rows: Iterable[Any]) -> Batch | None:
    known = sorted(rows, key=lambda row: int(row.id))
    if not known:
        return None
    digest = sha256_of("\n".join(line_of(row) for row in known).encode())
    return Batch(first=known[0].id, last=known[-1].id, count=len(known), sha256=digest)


def line_of(row: Any) -> str:
    """Return a receipt's facts in one line, as the audit hashes them."""
    return f"{row.delivery_uid}|{row.at.isoformat()}|{row.outcome}|{row.external_id}|{row.url}|{row.reason}"
