"""Who may do what, when a revision is approved, and in which phase a message is: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadcast.errors import NotAllowed, WorkflowError
from broadcast.model import (
    DeliveryState,
    EndedBecause,
    Phase,
    Revision,
    RevisionState,
    Vote,
    VoteKind,
)


class Right(StrEnum):
    """What a role allows."""

    SUBMIT = "submit"
    VOTE = "vote"
    WITHDRAW = "withdraw"
    STOP = "stop"
    RESOLVE = "resolve"
    PAUSE = "pause"
    MANAGE = "manage"
    VERIFY = "verify"


_PUBLISHER = frozenset({Right.VOTE, Right.WITHDRAW, Right.STOP, Right.RESOLVE, Right.PAUSE, Right.VERIFY})

#: The one table of roles (design §8). An administrator, by that role alone, approves nothing.
ROLES: Mapping[str, frozenset[Right]] = {
    "editor": frozenset({Right.SUBMIT}),
    "approver": frozenset({Right.VOTE}),
    "publisher": _PUBLISHER,
    "duty_officer": _PUBLISHER | {Right.SUBMIT},
    "auditor": frozenset({Right.VERIFY}),
    "administrator": frozenset({Right.MANAGE, Right.PAUSE}),
}

#: What each right is called in a refusal.
_DEEDS = {
    Right.SUBMIT: "soumettre un message",
    Right.VOTE: "voter sur un message",
    Right.WITHDRAW: "retirer un message",
    Right.STOP: "arrêter ou reprendre les diffusions",
    Right.RESOLVE: "régler une diffusion",
    Right.PAUSE: "mettre un canal ou une source en pause, ni ajouter une source",
    Right.MANAGE: "gérer les personnes",
    Right.VERIFY: "vérifier le journal d'audit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone of the newsroom."""

    name: str
    roles: tuple[str, ...]
    #: Operating-system user bound to this name, "" if none.
    os_user: str = ""
    active: bool = True

    def has(self, right: Right) -> bool:
        """True if one of the roles gives this right."""
        return self.active and any(right in ROLES.get(role, ()) for role in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How many must approve, and how far apart they must be."""

    approvers: int = 1
    #: True: author and approver must be two operating-system users.
    separate_logins: bool = False


#: Votes may be cast on these states only.
_OPEN = {RevisionState.SUBMITTED}


def demand(person: Person, right: Right) -> None:
    """Refuse what none of the person's roles allows.

    Raises:
        NotAllowed: with the roles that would allow it.
    """
    if person.has(right):
        return
    able = ", ".join(role for role, rights in ROLES.items() if right in rights)
    has = ", ".join(person.roles) or "aucun"
    raise NotAllowed(
        f"{person.name} ne peut pas {_DEEDS[right]} : rôle {has}, il faut l'un de : {able}",
        subject=person.name,
    )


def demand_vote(
    person: Person,
    revision: Revision,
    kind: VoteKind,
    *,
    submit_os_user: str,
    os_user: str,
    policy: Policy,
) -> None:
    """Refuse a vote that the two-person rule or the state of the revision forbids.

    Raises:
        NotAllowed: no voting role, own text, or the same operating-system user where two are asked for.
        WorkflowError: the revision is no longer open to votes.
    """
    demand(person, Right.VOTE)
    if revision.state not in _OPEN:
        raise WorkflowError(
            f"{revision.name} n'attend plus de vote : {STATE_WORDS[revision.state]}",
            subject=revision.name,
        )
    if kind is not VoteKind.APPROVE:
        return
    if person.name in (revision.author, revision.message_author):
        raise NotAllowed(
            f"{revision.name} : {person.name} l'a écrit ou modifié et ne peut pas l'approuver ; une autre personne doit le faire",
            subject=revision.name,
        )
    if policy.separate_logins and submit_os_user == os_user:
        raise NotAllowed(
            f"{revision.name} : soumis et approuvé par le même utilisateur du système ({os_user}) ; "
            "[approval] separate_logins en demande deux",
            subject=revision.name,
        )


#: What the name of a rule that votes begins with; no person can have such a name.
RULE = "rule:"


def who_may_approve(people: Iterable[Person], rules: Collection[str], author: str, message_author: str) -> frozenset[str]:
    """Return the names whose votes count on a revision: those who may vote and wrote none of it.

    What a rule wrote from the template that two people approved with it, that rule approves; a person's
    text it never does.

    Args:
        people: everybody.
        rules: names of the rules in force.
        author: who wrote this revision.
        message_author: who wrote the first one.
    """
    voters = {p.name for p in people if p.has(Right.VOTE) and p.name not in (author, message_author)}
    if author.startswith(RULE) and author.removeprefix(RULE) in rules:
        voters.add(author)
    return frozenset(voters)


def is_approved(
    votes: Iterable[Vote],
    hashes: Collection[str],
    voters: Collection[str],
    policy: Policy,
) -> bool:
    """True if enough people who may vote approved exactly these hashes, and nobody objects.

    Args:
        votes: all votes on the revision, oldest first; a person's later vote replaces the earlier.
        hashes: hashes of the renditions as they are stored now.
        voters: names of those who may vote now and are neither author nor last editor.
        policy: how many are needed.
    """
    last = {vote.person: vote for vote in votes if vote.person in voters}
    if any(vote.kind is not VoteKind.APPROVE for vote in last.values()):
        return False
    wanted = set(hashes)
    return sum(set(vote.hashes) == wanted for vote in last.values()) >= policy.approvers


def after_vote(kind: VoteKind, approved: bool) -> RevisionState:
    """Return the state of a submitted revision once a vote is in."""
    if kind is VoteKind.RETURN:
        return RevisionState.RETURNED
    if kind is VoteKind.REJECT:
        return RevisionState.REJECTED
    return RevisionState.APPROVED if approved else RevisionState.SUBMITTED


#: French words for the states of a revision.
STATE_WORDS: Mapping[RevisionState, str] = {
    RevisionState.SUBMITTED: "en relecture",
    RevisionState.APPROVED: "approuvé",
    RevisionState.RETURNED: "renvoyé pour correction",
    RevisionState.REJECTED: "rejeté",
    RevisionState.SUPERSEDED: "remplacé par une version plus récente",
}

#: States of deliveries that still want something done.
UNSETTLED = frozenset(
    {
        DeliveryState.PLANNED,
        DeliveryState.CLAIMED,
        DeliveryState.WAITING,
        DeliveryState.UNKNOWN,
        DeliveryState.HELD,
    }
)
_DONE = frozenset({DeliveryState.DELIVERED, DeliveryState.HANDED_OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is known of a message when its phase is asked for."""

    latest_state: RevisionState | None
    #: True if any revision is approved (now, or before a newer one was).
    ever_approved: bool
    embargo_until_at: datetime | None
    ended_because: EndedBecause | None
    #: State and whether it takes something down, of the deliveries that count (latest revision).
    deliveries: tuple[tuple[DeliveryState, bool], ...] = ()
    #: True if something of it stands in public, of whatever revision.
    stands: bool = False


def phase_of(life: Life, now: datetime) -> Phase:
    """Return the phase of a message."""
    if life.ended_because is not None:
        open_ends = any(state in UNSETTLED | {DeliveryState.REFUSED} for state, down in life.deliveries if down)
        return Phase.ENDING if open_ends else Phase.ENDED
    if not life.ever_approved:
        return Phase.IN_REVIEW if life.latest_state is RevisionState.SUBMITTED else Phase.DRAFT
    if life.embargo_until_at is not None and now < life.embargo_until_at:
        return Phase.EMBARGOED
    states = [state for state, down in life.deliveries if not down and state is not DeliveryState.DROPPED]
    done = sum(state in _DONE for state in states)
    if states and done == len(states):
        return Phase.LIVE
    if done:
        return Phase.PARTLY_LIVE
    if states and all(state is DeliveryState.REFUSED for state in states):
        return Phase.REFUSED
    # Nothing is to be sent where every channel leaves the former version as it is.
    return Phase.LIVE if life.stands and not states else Phase.SENDING
