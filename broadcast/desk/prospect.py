"""What a person must know before they vote: what is replaced, what leaves, and which alerts hold there already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from broadcast.alongside import TELLS, contradiction, same_place
from broadcast.desk.base import Desk
from broadcast.errors import Conflict
from broadcast.lifecycle import Right, demand_vote
from broadcast.model import Action, Form, MessageKind, PostingState, Revision, Vote, VoteKind
from broadcast.outbox import Message
from broadcast.planner import ended_because, plans_of
from broadcast.store import messages, postings, revisions
from broadcast.store.base import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A version that the public reads now, and that a vote would replace."""

    number: int
    channels: tuple[str, ...]
    #: Since when it is public, on the first of its channels.
    since_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An alert that holds for the same place."""

    slug: str
    number: int
    title: str
    instruction: str
    expires_at: datetime | None
    #: In what it and the revision contradict each other, "" if in nothing that can be seen.
    conflict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What would come of an approval, and among what."""

    revision: Revision
    #: What the public reads of this message now, oldest version first.
    replaced: tuple[Replaced, ...]
    #: Version that is approved and not public anywhere yet; 0: none.
    unsent: int
    #: Forms that would leave by this approval, by channel.
    leaving: Mapping[str, frozenset[Form]]
    #: Channels whose posts would be taken down.
    removing: tuple[str, ...]
    beside: tuple[Beside, ...]
    #: Returns and rejections of this message's last two versions, oldest first.
    objections: tuple[Vote, ...]

    @property
    def conflicts(self) -> tuple[Beside, ...]:
        """The alerts that say something against this one."""
        return tuple(b for b in self.beside if b.conflict)


class AlertConflict(Conflict):
    """Another alert holds for the same place and says the contrary; a person must say that both are meant."""

    code = "alert_conflict"

    def __init__(self, revision: Revision, against: tuple[Beside, ...]) -> None:
        said = " ; ".join(f"{b.slug}@{b.number} « {b.instruction or b.title} » ({b.conflict})" for b in against)
        flags = " ".join(f"--despite {b.slug}" for b in against)
        super().__init__(
            f"{revision.name} contredit une alerte en cours pour la même zone : {said}. Retirez ou corrigez celle qui ne vaut plus ; "
            f"si les deux valent, dites-le : {flags}",
            subject=revision.slug,
        )
        self.against = against

    def facts(self) -> dict[str, object]:
        """Name the alerts."""
        return super().facts() | {"against": [b.slug for b in self.against]}


def prospect(desk: Desk, tx: Tx, message: Message, revision: Revision) -> Prospect:
    """Return what would come of approving a revision now; nothing is written."""
    plans = plans_of(tx, message, desk.places, desk.clock.now(), number=revision.number)
    leaving = {
        name: frozenset(s.form for s in plan.steps if s.action is not Action.TAKE_DOWN and s.form is not Form.REPEAT)
        for name, plan in plans.items()
    }
    removing = [n for n, p in plans.items() if any(s.action is Action.TAKE_DOWN for s in p.steps)]
    replaced = public_versions(tx, message)
    shown = {r.number for r in replaced}
    return Prospect(
        revision=revision,
        replaced=tuple(r for r in replaced if r.number != revision.number),
        unsent=message.approved if message.approved not in (*shown, revision.number) else 0,
        leaving={name: forms for name, forms in leaving.items() if forms},
        removing=tuple(removing),
        beside=alerts_beside(desk, tx, message, revision),
        objections=objections(tx, message, revision.number),
    )


def public_versions(tx: Tx, message: Message) -> tuple[Replaced, ...]:
    """Return the versions of a message that the public reads now, oldest first."""
    up = [p for p in postings.of_message(tx, message.uid) if p.public and p.state is PostingState.UP]
    main = [p for p in up if not p.slot.startswith("e")]
    return tuple(
        Replaced(
            number=number,
            channels=tuple(dict.fromkeys(p.channel for p in main if p.number == number)),
            since_at=min(p.since_at for p in main if p.number == number),
        )
        for number in sorted({p.number for p in main})
    )


def objections(tx: Tx, message: Message, number: int) -> tuple[Vote, ...]:
    """Return who returned or rejected this version or the one before it, oldest first."""
    found = [v for n in (number - 1, number) if n > 0 for v in revisions.votes(tx, message.uid, n)]
    return tuple(v for v in found if v.kind is not VoteKind.APPROVE)


def alerts_beside(desk: Desk, tx: Tx, message: Message, revision: Revision) -> tuple[Beside, ...]:
    """Return the other alerts that hold for a place of this message; none where it tells nobody what to do."""
    draft, now = revision.draft, desk.clock.now()
    if draft.kind not in TELLS | {MessageKind.ALL_CLEAR}:
        return ()
    found = []
    for other in revisions.approved_of_kinds(tx, sorted(kind.value for kind in TELLS)):
        if other.message_uid == message.uid or other.slug == draft.ends or not same_place(draft, other.draft):
            continue
        if ended_because(messages.message_by_uid(tx, other.message_uid), now) is None:
            found.append(_beside(revision, other))
    return tuple(found)


def _beside(revision: Revision, other: Revision) -> Beside:
    return Beside(
        slug=other.slug,
        number=other.number,
        title=other.draft.title,
        instruction=other.draft.instruction,
        expires_at=other.draft.expires_at,
        conflict=contradiction(revision.draft, other.draft),
    )


def demand_answered(desk: Desk, tx: Tx, message: Message, revision: Revision, despite: Collection[str]) -> tuple[str, ...]:
    """Return the alerts that contradict this one and that a person said to know.

    Raises:
        AlertConflict: there is one that nobody answered for.
    """
    against = [b for b in alerts_beside(desk, tx, message, revision) if b.conflict]
    open_ones = tuple(b for b in against if b.slug not in despite)
    if open_ones:
        raise AlertConflict(revision, open_ones)
    return tuple(b.slug for b in against)


def demand_may_vote(desk: Desk, tx: Tx, message: Message, revision: Revision, *, as_: str) -> str:
    """Return who would approve, before anything is shown or asked.

    Raises:
        NotAllowed: the two-person rule or the role forbids it.
        WorkflowError: the revision is not open to votes.
    """
    person = desk.person(tx, as_, Right.VOTE)
    login = revisions.submit_os_user(tx, message.uid, revision.number)
    demand_vote(person, revision, VoteKind.APPROVE, submit_os_user=login, os_user=desk.os_user, policy=desk.policy)
    return person.name
