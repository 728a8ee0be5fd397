"""Revisions, as they were submitted, and the votes on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from broadcast.errors import NotFound
from broadcast.model import (
    Draft,
    Finding,
    Rendition,
    Revision,
    RevisionState,
    Vote,
    VoteKind,
    canonical_json,
)
from broadcast.outbox import Message
from broadcast.store import facts
from broadcast.store.base import Tx
from broadcast.store.damage import is_damage
from broadcast.store.messages import message_by_uid, update_message
from broadcast.store.renditions import keep_renditions
from broadcast.store.rows import MessageRow, RevisionRow, VoteRow, WorkingCopyRow

_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_R: Any = RevisionRow.__table__  # type: ignore[attr-defined]  # as above
_V: Any = VoteRow.__table__  # type: ignore[attr-defined]  # as above
_W: Any = WorkingCopyRow.__table__  # type: ignore[attr-defined]  # as above


def insert_revision(
    tx: Tx,
    revision: Revision,
    *,
    os_user: str,
    renditions: Iterable[Rendition],
    findings: tuple[Finding, ...],
) -> None:
    """Freeze a revision with all its renditions and media."""
    tx.run(
        insert(_R).values(
            message_uid=revision.message_uid,
            number=revision.number,
            state=revision.state.value,
            author=revision.author,
            os_user=os_user,
            submitted_at=revision.submitted_at,
            sha256=revision.sha256,
            source_text=revision.draft.source_text,
            draft=facts.draft_to_json(revision.draft),
            findings=facts.findings_to_json(findings),
        )
    )
    keep_renditions(tx, revision, renditions)
    update_message(tx, revision.message_uid, latest=revision.number)


_ONE = select(_R).where(_R.c.message_uid == bindparam("message"), _R.c.number == bindparam("number"))


def get_revision(tx: Tx, message: Message, number: int) -> Revision:
    """Return one revision.

    Raises:
        NotFound: there is none of this number.
    """
    row = tx.one(_ONE, {"message": message.uid, "number": number})
    if row is None:
        raise NotFound(
            f"{message.slug}@{number} : cette version n'existe pas",
            subject=message.slug,
        )
    return _revision(message, row)


def draft_or_none(tx: Tx, message: Message, number: int) -> Draft | None:
    """Return the draft of a revision; None where the row is damaged."""
    try:
        return get_revision(tx, message, number).draft
    except Exception as error:
        if not is_damage(error):
            raise
        return None


def revisions(tx: Tx, message: Message) -> list[Revision]:
    """Return all revisions, oldest first."""
    rows = tx.all(select(_R).where(_R.c.message_uid == message.uid).order_by(_R.c.number))
    return [_revision(message, row) for row in rows]


def revisions_in_review(tx: Tx) -> list[Revision]:
    """Return the revisions that wait for a vote, oldest first."""
    query = (
        select(_R, _M.c.uid)
        .join(_M, _M.c.uid == _R.c.message_uid)
        .where(_M.c.newsroom == tx.newsroom, _R.c.state == RevisionState.SUBMITTED.value)
        .order_by(_R.c.submitted_at)
    )
    return [_revision(message_by_uid(tx, row.message_uid), row) for row in tx.all(query)]


def approved_of_kinds(tx: Tx, kinds: Sequence[str]) -> list[Revision]:
    """Return the approved revisions of messages that nobody ended, of some message kinds, newest first.

    The kind stands in the draft's JSON, and is looked for there as text: reading every open draft would cost too much
    where thousands are open.
    """
    query = (
        select(_R)
        .join(_M, and_(_M.c.uid == _R.c.message_uid, _M.c.approved == _R.c.number))
        .where(
            _M.c.newsroom == tx.newsroom,
            _M.c.ended_at.is_(None),
            or_(*(_R.c.draft.contains(f'"kind":"{kind}"', autoescape=True) for kind in kinds)),
        )
        .order_by(_R.c.submitted_at.desc())
    )
    found = [_revision(message_by_uid(tx, row.message_uid), row) for row in tx.all(query)]
    return [r for r in found if r.draft.kind in kinds]


def in_review(tx: Tx, message: Message) -> int:
    """Return the number of a version newer than the approved one that waits for a vote, 0 if none does."""
    if message.latest <= message.approved:
        return 0
    row = tx.one(_IN_REVIEW, {"message": message.uid, "number": message.approved})
    return 0 if row is None else int(row.number)


_IN_REVIEW = (
    select(_R.c.number)
    .where(
        _R.c.message_uid == bindparam("message"),
        _R.c.number > bindparam("number"),
        _R.c.state == RevisionState.SUBMITTED.value,
    )
    .order_by(_R.c.number.desc())
    .limit(1)
)


def revision_findings(tx: Tx, message_uid: str, number: int) -> tuple[Finding, ...]:
    """Return what the checks said at submission."""
    row = tx.one(select(_R.c.findings).where(_R.c.message_uid == message_uid, _R.c.number == number))
    return () if row is None else facts.findings_from_json(row[0])


def submit_os_user(tx: Tx, message_uid: str, number: int) -> str:
    """Return the operating-system user who submitted a revision."""
    row = tx.one(select(_R.c.os_user).where(_R.c.message_uid == message_uid, _R.c.number == number))
    return "" if row is None else str(row[0])


def set_revision_state(tx: Tx, message_uid: str, number: int, state: RevisionState) -> None:
    """Change the state of a revision."""
    tx.run(update(_R).where(_R.c.message_uid == message_uid, _R.c.number == number).values(state=state.value))


def supersede_others(tx: Tx, message_uid: str, number: int, states: Sequence[RevisionState]) -> None:
    """Mark the older revisions in one of `states` as superseded by `number`."""
    tx.run(
        update(_R)
        .where(
            _R.c.message_uid == message_uid,
            _R.c.number < number,
            _R.c.state.in_([s.value for s in states]),
        )
        .values(state=RevisionState.SUPERSEDED.value)
    )


def insert_vote(tx: Tx, message_uid: str, number: int, vote: Vote) -> None:
    """Keep a vote."""
    tx.run(
        insert(_V).values(
            message_uid=message_uid,
            number=number,
            person=vote.person,
            os_user=vote.os_user,
            kind=vote.kind.value,
            hashes=canonical_json(list(vote.hashes)),
            reason=vote.reason,
            at=vote.at,
        )
    )


_VOTES = select(_V).where(_V.c.message_uid == bindparam("message"), _V.c.number == bindparam("number")).order_by(_V.c.id)


def votes(tx: Tx, message_uid: str, number: int) -> list[Vote]:
    """Return the votes on a revision, oldest first."""
    rows = tx.all(_VOTES, {"message": message_uid, "number": number})
    return [
        Vote(
            person=r.person,
            kind=VoteKind(r.kind),
            hashes=tuple(json.loads(r.hashes)),
            at=r.at,
            reason=r.reason,
            os_user=r.os_user,
        )
        for r in rows
    ]


def _revision(message: Message, row: Any) -> Revision:
    return Revision(
        message_uid=message.uid,
        slug=message.slug,
        number=row.number,
        draft=facts.draft_from_json(row.draft, row.source_text),
        author=row.author,
        message_author=message.author,
        state=RevisionState(row.state),
        submitted_at=row.submitted_at,
        sha256=row.sha256,
    )


def base_of(tx: Tx, path: str, message_uid: str) -> int | None:
    """Return the revision that this file last gave or was given; None: it never met this message."""
    row = tx.one(
        select(_W.c.number).where(
            _W.c.newsroom == tx.newsroom,
            _W.c.path == path,
            _W.c.message_uid == message_uid,
        )
    )
    return None if row is None else int(row.number)


def paths_of(tx: Tx, message_uid: str) -> list[str]:
    """Return the files from which a message was submitted, as they were called."""
    query = (
        select(_W.c.path).where(_W.c.newsroom == tx.newsroom, _W.c.message_uid == message_uid).order_by(_W.c.number, _W.c.path)
    )
    return [row.path for row in tx.all(query)]


def keep_base(tx: Tx, path: str, message_uid: str, number: int) -> None:
    """Note from which revision a file goes on."""
    tx.run(delete(_W).where(_W.c.newsroom == tx.newsroom, _W.c.path == path))
    tx.run(insert(_W).values(newsroom=tx.newsroom, path=path, message_uid=message_uid, number=number))


_FACTS = select(_R.c.author, _R.c.draft).where(_R.c.message_uid == bindparam("message"), _R.c.number == bindparam("number"))


def release_facts(tx: Tx, message_uid: str, number: int) -> tuple[str, datetime | None, datetime | None]:
    """Return (author, embargo, end) of a revision, without reading the rest of its draft."""
    row = tx.one(_FACTS, {"message": message_uid, "number": number})
    if row is None:
        raise NotFound(f"version {number} : absente de la base")
    draft = json.loads(row.draft)
    embargo, expires = draft.get("embargo_until_at"), draft.get("expires_at")
    return row.author, _aware(embargo), _aware(expires)


def _aware(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
