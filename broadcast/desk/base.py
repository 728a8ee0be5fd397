"""What every decision at the desk needs, and how it enters the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from broadcast.clock import Clock
from broadcast.errors import NotAllowed
from broadcast.lifecycle import Person, Policy, Right, demand
from broadcast.plan import Place
from broadcast.store import audit, newsroom
from broadcast.store.base import Database, Tx


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One newsroom's desk, as seen by one operating-system user."""

    db: Database
    clock: Clock
    #: "live" or "exercise".
    world: str = "live"
    policy: Policy = field(default_factory=Policy)
    #: Channels of the settings, by name.
    places: Mapping[str, Place] = field(default_factory=dict)
    os_user: str = ""

    def person(self, tx: Tx, name: str, right: Right) -> Person:
        """Return the person who acts.

        Raises:
            NotFound: nobody of this name.
            NotAllowed: no role for it, or the name is bound to another operating-system user.
        """
        person = self.identified(tx, name)
        demand(person, right)
        return person

    def identified(self, tx: Tx, name: str) -> Person:
        """Return a person whom the one at the keyboard may act as, whatever they may do.

        Raises:
            NotFound: nobody of this name.
            NotAllowed: the name is bound to another operating-system user.
        """
        person = newsroom.get_person(tx, name)
        if person.os_user and person.os_user != self.os_user:
            raise NotAllowed(
                f"{name} : ce nom est réservé à l'utilisateur du système « {person.os_user} », vous êtes « {self.os_user} »",
                subject=name,
            )
        return person

    def log(
        self,
        tx: Tx,
        actor: str,
        act: str,
        subject: str,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Add a deed to the audit, in the transaction of the deed."""
        audit.append(
            tx,
            self.clock.now(),
            actor=actor,
            os_user=self.os_user,
            act=act,
            subject=subject,
            detail=detail,
        )
