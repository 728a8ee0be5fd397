"""Taking back: withdrawing a message, and the kill switch. One publisher, at once."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from broadcast.desk.base import Desk
from broadcast.errors import WorkflowError
from broadcast.lifecycle import Right
from broadcast.model import EndedBecause, RevisionState
from broadcast.outbox import Message
from broadcast.planner import plan_message
from broadcast.store import messages, newsroom, revisions

#: Longest reason that residents are told, characters: a sentence or two; what is longer is a message, and is voted.
MAX_PUBLIC_REASON = 300
#: Signs that turn the direction of what stands around them.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What came of a withdrawal."""

    message: Message
    planned: int


def withdraw(desk: Desk, slug: str, *, as_: str, reason: str, public_reason: str = "") -> Withdrawn:
    """Take a message down everywhere, now; what has not left is dropped.

    Args:
        desk: where it stands.
        slug: which message.
        as_: who takes it back.
        reason: why, for the record.
        public_reason: why, for residents; shown where the place of the message stays (the site).

    Raises:
        NotAllowed: not a publisher.
        WorkflowError: no reason, words for residents that are none, or already withdrawn.
    """
    if not reason.strip():
        raise WorkflowError(f"{slug} : dites pourquoi, avec --reason", subject=slug)
    told = _told(slug, public_reason)
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.WITHDRAW)
        message = messages.get_message(tx, slug)
        if message.ended_because is EndedBecause.WITHDRAWN:
            raise WorkflowError(f"{slug} : déjà retiré par {message.ended_by}", subject=slug)
        now = desk.clock.now()
        messages.end_message(tx, message.uid, now, EndedBecause.WITHDRAWN, person.name, reason.strip(), told)
        revisions.supersede_others(tx, message.uid, message.latest + 1, [RevisionState.SUBMITTED])
        desk.log(tx, person.name, "withdraw", slug, {"reason": reason.strip()} | ({"public_reason": told} if told else {}))
        ended = messages.message_by_uid(tx, message.uid)
        return Withdrawn(message=ended, planned=plan_message(tx, ended, desk.places, now))


def _told(slug: str, words: str) -> str:
    told = " ".join(words.split())
    if words and not told:
        raise WorkflowError(f"{slug} : le motif pour les habitants est vide", subject=slug)
    if len(told) > MAX_PUBLIC_REASON:
        raise WorkflowError(
            f"{slug} : le motif pour les habitants a {len(told)} caractères, {MAX_PUBLIC_REASON} au plus ; "
            "plus long, c'est un message à soumettre",
            subject=slug,
        )
    if any(unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNS for sign in told):
        raise WorkflowError(f"{slug} : le motif pour les habitants contient un caractère de commande", subject=slug)
    return told


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
