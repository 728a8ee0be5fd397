"""The hash-chained log of what people and rules did (docs/audit.md gives the recipe)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    last = tx.one(select(_N.c.audit_seq, _N.c.audit_hash).where(_N.c.id == tx.newsroom).with_for_update())
    draft = AuditEntry(
        seq=last.audit_seq + 1,
        at=at,
        actor=actor,
        os_user=os_user,
        act=act,
        subject=subject,
        detail=canonical_json(dict(detail or {})),
        previous=last.audit_hash or GENESIS,
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
class Head:
    """A row of the chain as it was when it was the last one, kept outside the database."""

    seq: int
    hash: str
    #: Whose chain it is, where several keep their heads in one place.
    newsroom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a walk along the chain found."""

    #: Rows that were walked.
    count: int
    #: First bad row, None if the chain is whole.
    bad_seq: int | None = None
    reason: str = ""
    #: The last row, None if there is none or the chain is not whole.
    head: Head | None = None
    #: The row after which the walk began, 0: the whole chain.
    since: int = 0


def head(tx: Tx) -> Head:
    """Return the head that the newsroom's row names; number 0 before the first deed."""
    row = tx.one(select(_N.c.audit_seq, _N.c.audit_hash).where(_N.c.id == tx.newsroom))
    return Head(seq=row.audit_seq, hash=row.audit_hash) if row is not None else Head(seq=0, hash="")


def last_at(tx: Tx, default: datetime) -> datetime:
    """Return when the last deed was done; before the first one the default."""
    row = tx.one(select(_A.c.at).where(_A.c.newsroom == tx.newsroom).order_by(_A.c.seq.desc()).limit(1))
    return default if row is None else row[0]


def verify(tx: Tx, *, heads: Iterable[Head] = (), after: Head | None = None) -> Verification:
    """Walk the chain and name the first row that was altered, removed or put in.

    Args:
        tx: the transaction.
        heads: what is known of the chain from outside the database.
        after: walk from this head only, which was verified before; None: the whole chain.
    """
    begin = Head(seq=0, hash=GENESIS) if after is None else after
    kept: dict[int, set[str]] = {}
    for known in heads:
        kept.setdefault(known.seq, set()).add(known.hash)
    previous, count = begin.hash, 0
    if begin.seq and (found := _hash_of(tx, begin.seq)) != begin.hash:
        return Verification(count=0, bad_seq=begin.seq, reason=_NOT_AS_KEPT if found else _CUT, since=begin.seq)
    for entry in entries(tx, begin.seq):
        reason = _fault(tx, entry, begin.seq + count + 1, previous, kept)
        if reason:
            return Verification(count=count, bad_seq=min(entry.seq, begin.seq + count + 1), reason=reason, since=begin.seq)
        previous, count = entry.hash, count + 1
    end, stored = begin.seq + count, head(tx)
    if (stored.seq, stored.hash or GENESIS) != (end, previous) or any(seq > end for seq in kept):
        return Verification(count=count, bad_seq=end + 1, reason=_CUT, since=begin.seq)
    return Verification(count=count, head=Head(seq=end, hash=previous) if end else None, since=begin.seq)


_CUT = "les dernières lignes manquent"
_NOT_AS_KEPT = "ce n'est plus la ligne dont l'empreinte est gardée hors de la base"


def _fault(tx: Tx, entry: AuditEntry, expected: int, previous: str, kept: Mapping[int, set[str]]) -> str:
    if entry.seq != expected:
        return "ligne manquante"
    if entry.previous != previous:
        return "ne suit pas la ligne précédente"
    if entry_hash(tx.newsroom, entry) != entry.hash:
        return "contenu modifié"
    if kept.get(entry.seq, {entry.hash}) != {entry.hash}:
        return _NOT_AS_KEPT
    return receipts.fault(tx, entry.seq, entry.detail) if entry.act == "receipts" else ""


def _hash_of(tx: Tx, seq: int) -> str:
    row = tx.one(select(_A.c.hash).where(_A.c.newsroom == tx.newsroom, _A.c.seq == seq))
    return "" if row is None else str(row[0])


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
