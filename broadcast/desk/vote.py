"""Votes of the second person: approve, return, reject."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from broadcast.desk.base import Desk
from broadcast.desk.prospect import demand_answered
from broadcast.errors import Conflict, WorkflowError
from broadcast.lifecycle import Right, after_vote, demand_vote, is_approved, who_may_approve
from broadcast.model import EndedBecause, Revision, RevisionState, Vote, VoteKind
from broadcast.outbox import Message
from broadcast.planner import plan_message
from broadcast.release import moved
from broadcast.store import messages, newsroom, renditions, revisions, rules
from broadcast.store.base import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """What came of a vote."""

    revision: Revision
    state: RevisionState
    hashes: tuple[str, ...]
    #: Deliveries planned or dropped by it.
    planned: int = 0


def approve(
    desk: Desk,
    slug: str,
    number: int | None,
    *,
    as_: str,
    seen: Collection[str] | None = None,
    despite: Collection[str] = (),
) -> Voted:
    """Approve a revision: bind a vote to the hashes of all its renditions, and plan its deliveries.

    Args:
        desk: the desk.
        slug: which message.
        number: which revision; None: the latest.
        as_: who approves; neither the author nor the last editor.
        seen: hashes that the person was shown; None: those stored now.
        despite: alerts that hold for the same place and say the contrary, of which the person says that both are meant.

    Raises:
        AlertConflict: such an alert that was not answered for.
        NotAllowed: the two-person rule or the role forbids it.
        Conflict: what is stored is not what the person saw.
        WorkflowError: the revision is not open to votes.
    """
    with desk.db.write() as tx:
        message = messages.get_message(tx, slug)
        revision = revisions.get_revision(tx, message, number or message.latest)
        hashes = _vote(desk, tx, message, revision, VoteKind.APPROVE, as_, "", seen)
        known = demand_answered(desk, tx, message, revision, despite)
        if known:
            desk.log(tx, desk.acting(tx, as_), "approve_despite", revision.name, {"alerts": known})
        if not is_approved(
            revisions.votes(tx, message.uid, revision.number),
            hashes,
            voters(tx, revision),
            desk.policy,
        ):
            return Voted(revision=revision, state=RevisionState.SUBMITTED, hashes=hashes)
        planned = put_in_force(desk, tx, message, revision, by=as_)
        return Voted(
            revision=revision,
            state=RevisionState.APPROVED,
            hashes=hashes,
            planned=planned,
        )


def object_to(desk: Desk, slug: str, number: int | None, kind: VoteKind, *, as_: str, reason: str) -> Voted:
    """Return or reject a revision, with a reason that its author reads.

    Raises:
        NotAllowed: no voting role.
        WorkflowError: no reason, or the revision is not open to votes.
    """
    if not reason.strip():
        raise WorkflowError(f"{slug} : dites pourquoi, avec --reason", subject=slug)
    with desk.db.write() as tx:
        message = messages.get_message(tx, slug)
        revision = revisions.get_revision(tx, message, number or message.latest)
        hashes = _vote(desk, tx, message, revision, kind, as_, reason.strip(), None)
        state = after_vote(kind, approved=False)
        revisions.set_revision_state(tx, message.uid, revision.number, state)
        return Voted(revision=revision, state=state, hashes=hashes)


def voters(tx: Tx, revision: Revision) -> frozenset[str]:
    """Return the names whose votes count on a revision now."""
    return who_may_approve(newsroom.people(tx), rules.names_in_force(tx), revision.author, revision.message_author)


def _vote(
    desk: Desk,
    tx: Tx,
    message: Message,
    revision: Revision,
    kind: VoteKind,
    as_: str,
    reason: str,
    seen: Collection[str] | None,
) -> tuple[str, ...]:
    person = desk.person(tx, as_, Right.VOTE)
    author_os = revisions.submit_os_user(tx, message.uid, revision.number)
    demand_vote(
        person,
        revision,
        kind,
        submit_os_user=author_os,
        os_user=desk.os_user,
        policy=desk.policy,
    )
    stored = tuple(sorted(k.sha256 for k in renditions.rendition_keys(tx, message.uid, revision.number)))
    if seen is not None and tuple(sorted(seen)) != stored:
        raise Conflict(
            f"{revision.name} : ce qui est enregistré n'est pas ce que vous avez vu ; relisez avant d'approuver",
            subject=revision.name,
        )
    if kind is VoteKind.APPROVE:
        _demand_same_place(desk, tx, message, revision)
    vote = Vote(
        person=person.name,
        kind=kind,
        hashes=stored,
        at=desk.clock.now(),
        reason=reason,
        os_user=desk.os_user,
    )
    revisions.insert_vote(tx, message.uid, revision.number, vote)
    desk.log(tx, person.name, kind.value, revision.name, {"hashes": stored, "reason": reason})
    return stored


def _demand_same_place(desk: Desk, tx: Tx, message: Message, revision: Revision) -> None:
    """Refuse to approve what would leave elsewhere, or under another name, than was submitted."""
    for channel, stored in renditions.destinations(tx, message.uid, revision.number).items():
        change = moved(stored, desk.places[channel].destination) if channel in desk.places else ""
        if change:
            raise Conflict(
                f"{revision.name} : les réglages ont changé depuis la soumission ({change}) : soumettez de nouveau, "
                "pour que les textes et leurs adresses soient les bons",
                subject=revision.name,
            )


def put_in_force(desk: Desk, tx: Tx, message: Message, revision: Revision, *, by: str) -> int:
    """Make an approved revision the one that must be true, end what it ends, and plan; return how much was planned."""
    revisions.set_revision_state(tx, message.uid, revision.number, RevisionState.APPROVED)
    revisions.supersede_others(
        tx,
        message.uid,
        revision.number,
        [RevisionState.APPROVED, RevisionState.SUBMITTED],
    )
    reopened = _take_back_end(desk, tx, message, by)
    messages.update_message(
        tx,
        message.uid,
        approved=revision.number,
        expires_at=revision.draft.expires_at,
        ended_at=None,
        ended_because="",
        ended_by="",
        ended_reason="",
    )
    planned = plan_message(tx, messages.message_by_uid(tx, message.uid), desk.places, desk.clock.now())
    return planned + reopened + _end_other(desk, tx, revision, by)


def _take_back_end(desk: Desk, tx: Tx, message: Message, by: str) -> int:
    """Take down the all-clear of an alert that lives again: it is no longer true."""
    end = messages.find_message(tx, message.ended_reason) if message.ended_because is EndedBecause.ALL_CLEAR else None
    if end is None or end.ended_because is not None:
        return 0
    now = desk.clock.now()
    messages.end_message(tx, end.uid, now, EndedBecause.WITHDRAWN, by, f"{message.slug} : alerte rouverte")
    revisions.supersede_others(tx, end.uid, end.latest + 1, [RevisionState.SUBMITTED])
    desk.log(tx, by, "withdraw", end.slug, {"reopened": message.slug})
    return plan_message(tx, messages.message_by_uid(tx, end.uid), desk.places, now)


def _end_other(desk: Desk, tx: Tx, revision: Revision, by: str) -> int:
    """End the alert that an all-clear ends; how it comes down is the policy of each channel."""
    ended = messages.find_message(tx, revision.draft.ends) if revision.draft.ends else None
    if ended is None or ended.ended_because is not None:
        return 0
    now = desk.clock.now()
    messages.end_message(tx, ended.uid, now, EndedBecause.ALL_CLEAR, by, revision.slug)
    revisions.supersede_others(tx, ended.uid, ended.latest + 1, [RevisionState.SUBMITTED])
    desk.log(tx, by, "all_clear", ended.slug, {"by": revision.name})
    return plan_message(tx, messages.message_by_uid(tx, ended.uid), desk.places, now)
