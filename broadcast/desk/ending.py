"""Taking back: withdrawing a message, and the kill switch. One publisher, at once."""

from __future__ import annotations

from dataclasses import dataclass

from broadcast.desk.base import Desk
from broadcast.errors import WorkflowError
from broadcast.lifecycle import Right
from broadcast.model import EndedBecause, RevisionState
from broadcast.outbox import Message
from broadcast.planner import plan_message
from broadcast.store import messages, newsroom, revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What came of a withdrawal."""

    message: Message
    planned: int


def withdraw(desk: Desk, slug: str, *, as_: str, reason: str) -> Withdrawn:
    """Take a message down everywhere, now; what has not left is dropped.

    Raises:
        NotAllowed: not a publisher.
        WorkflowError: no reason, or already withdrawn.
    """
    if not reason.strip():
        raise WorkflowError(f"{slug} : dites pourquoi, avec --reason", subject=slug)
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.WITHDRAW)
        message = messages.get_message(tx, slug)
        if message.ended_because is EndedBecause.WITHDRAWN:
            raise WorkflowError(f"{slug} : déjà retiré par {message.ended_by}", subject=slug)
        now = desk.clock.now()
        messages.end_message(tx, message.uid, now, EndedBecause.WITHDRAWN, person.name, reason.strip())
        revisions.supersede_others(tx, message.uid, message.latest + 1, [RevisionState.SUBMITTED])
        desk.log(tx, person.name, "withdraw", slug, {"reason": reason.strip()})
        ended = messages.message_by_uid(tx, message.uid)
        return Withdrawn(message=ended, planned=plan_message(tx, ended, desk.places, now))


def stop(desk: Desk, *, as_: str, reason: str = "") -> None:
    """Throw the kill switch: nothing new leaves; takedowns and corrections do.

    Raises:
        NotAllowed: not a publisher.
    """
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.STOP)
        newsroom.set_stopped(tx, True, reason or f"arrêté par {person.name}")
        desk.log(tx, person.name, "stop", desk.db.newsroom, {"reason": reason})


def resume(desk: Desk, *, as_: str) -> None:
    """Lift the kill switch; what was held leaves at the next pass.

    Raises:
        NotAllowed: not a publisher.
    """
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.STOP)
        newsroom.set_stopped(tx, False)
        desk.log(tx, person.name, "resume", desk.db.newsroom)
