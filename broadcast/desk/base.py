"""What every decision at the desk needs, and how it enters the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from broadcast.clock import Clock
from broadcast.errors import NotAllowed, UsageError
from broadcast.lifecycle import Person, Policy, Right, demand
from broadcast.names import canonical
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
    #: Login of the process, as the system knows it.
    os_user: str = ""
    #: Login that owns the newsroom's folder, "" where that is not known.
    owner: str = ""

    def person(self, tx: Tx, name: str, right: Right) -> Person:
        """Return the person who acts; "": the one to whom this login belongs.

        Raises:
            NotFound: nobody of this name.
            NotAllowed: no role for it, or the name is bound to another operating-system user.
            UsageError: nobody was named, and the login does not say who acts.
        """
        person = self.identified(tx, name)
        if not name and not person.has(right):
            raise UsageError(
                f"dites qui agit, avec --as PERSONNE ou BROADCAST_AS : votre session « {self.os_user} » est celle de "
                f"{person.name} ({', '.join(person.roles)}), qui ne peut pas le faire"
            )
        demand(person, right)
        return person

    def identified(self, tx: Tx, name: str) -> Person:
        """Return a person whom the one at the keyboard may act as, whatever they may do.

        Raises:
            NotFound: nobody of this name.
            NotAllowed: the name is bound to another operating-system user.
            UsageError: nobody was named, and the login does not say who acts.
        """
        person = newsroom.get_person(tx, self.acting(tx, name))
        if person.os_user and person.os_user != self.os_user:
            raise NotAllowed(
                f"{name} : ce nom est réservé à l'utilisateur du système « {person.os_user} », vous êtes « {self.os_user} »",
                subject=name,
            )
        return person

    def acting(self, tx: Tx, name: str) -> str:
        """Return the name under which is acted: the one given, else that of the person bound to this login.

        Raises:
            UsageError: nobody was named, and the login is bound to nobody or to several.
        """
        if name:
            return canonical(name)
        bound = [p.name for p in newsroom.people(tx) if p.os_user and p.os_user == self.os_user]
        if len(bound) == 1:
            return bound[0]
        why = f"est celle de {', '.join(bound)}" if bound else "n'est liée à personne (people add NOM --os-user)"
        raise UsageError(f"dites qui agit, avec --as PERSONNE ou BROADCAST_AS : votre session « {self.os_user} » {why}")

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
