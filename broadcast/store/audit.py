"""The hash-chained log of what people and rules did (docs/audit.md gives the recipe)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from broadcast.model import canonical_json, sha256_of
from broadcast.store import receipts
from broadcast.store.base import Tx
from broadcast.store.rows import AuditRow, NewsroomRow

_A: Any = AuditRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_N: Any = NewsroomRow.__table__  # type: ignore[attr-defined]  # as above

#: What stands before the first row.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One deed."""

    seq: int
    at: datetime
    actor: str
    os_user: str
    act: str
    subject: str
    #: Canonical JSON.
    detail: str
    previous: str
    hash: str


def entry_hash(newsroom: str, entry: AuditEntry) -> str:
    """Return the hash that a row must carry: SHA-256 over the previous hash and its own facts."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    facts = [
        entry.previous,
        newsroom,
        entry.seq,
        at,
        entry.actor,
        entry.os_user,
        entry.act,
        entry.subject,
        entry.detail,
    ]
    return sha256_of(canonical_json(facts).encode())


def append(
    tx: Tx,
    at: datetime,
    *,
    actor: str,
    os_user: str,
    act: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add one deed to the chain, in the transaction of the deed itself."""
    head = tx.one(select(_N.c.audit_seq, _N.c.audit_hash).where(_N.c.id == tx.newsroom).with_for_update())
    draft = AuditEntry(
        seq=head.audit_seq + 1,
        at=at,
        actor=actor,
        os_user=os_user,
        act=act,
        subject=subject,
        detail=canonical_json(dict(detail or {})),
        previous=head.audit_hash or GENESIS,
        hash="",
    )
    digest = entry_hash(tx.newsroom, draft)
    tx.run(
        insert(_A).values(
            newsroom=tx.newsroom,
            seq=draft.seq,
            at=at,
            actor=actor,
            os_user=os_user,
            act=act,
            subject=subject,
            detail=draft.detail,
            previous=draft.previous,
            hash=digest,
        )
    )
    tx.run(update(_N).where(_N.c.id == tx.newsroom).values(audit_seq=draft.seq, audit_hash=digest))


def entries(tx: Tx, after: int = 0, size: int = 1000) -> Iterator[AuditEntry]:
    """Yield the entries after `seq` number `after`, in order, read in pages."""
    while True:
        rows = tx.all(select(_A).where(_A.c.newsroom == tx.newsroom, _A.c.seq > after).order_by(_A.c.seq).limit(size))
        for row in rows:
            after = row.seq
            yield AuditEntry(
                seq=row.seq,
                at=row.at,
                actor=row.actor,
                os_user=row.os_user,
                act=row.act,
                subject=row.subject,
                detail=row.detail,
                previous=row.previous,
                hash=row.hash,
            )
        if len(rows) < size:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a walk along the chain found."""

    count: int
    #: First bad row, None if the chain is whole.
    bad_seq: int | None = None
    reason: str = ""


def verify(tx: Tx) -> Verification:
    """Walk the chain and name the first row that was altered, removed or put in."""
    previous, expected, count = GENESIS, 1, 0
    for entry in entries(tx):
        if entry.seq != expected:
            return Verification(count=count, bad_seq=expected, reason="ligne manquante")
        if entry.previous != previous:
            return Verification(count=count, bad_seq=entry.seq, reason="ne suit pas la ligne précédente")
        if entry_hash(tx.newsroom, entry) != entry.hash:
            return Verification(count=count, bad_seq=entry.seq, reason="contenu modifié")
        if entry.act == "receipts" and (reason := receipts.fault(tx, entry.seq, entry.detail)):
            return Verification(count=count, bad_seq=entry.seq, reason=reason)
        previous, expected, count = entry.hash, expected + 1, count + 1
    head = tx.one(select(_N.c.audit_seq, _N.c.audit_hash).where(_N.c.id == tx.newsroom))
    if head is not None and (head.audit_seq != count or (count and head.audit_hash != previous)):
        return Verification(count=count, bad_seq=count + 1, reason="les dernières lignes manquent")
    return Verification(count=count)


def append_receipts(tx: Tx, at: datetime) -> None:
    """Let the receipts that are not in the chain yet enter it, as one hash over their lines."""
    while True:
        seq = tx.one(select(_N.c.audit_seq).where(_N.c.id == tx.newsroom).with_for_update())[0] + 1
        batch = receipts.enter(tx, seq)
        if batch is None:
            return
        detail = asdict(batch) | {"by": "receipt"}
        append(tx, at, actor="dispatcher", os_user="", act="receipts", subject=tx.newsroom, detail=detail)
        if batch.count < receipts.BATCH:
            return
