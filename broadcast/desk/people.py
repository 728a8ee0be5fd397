"""Who belongs to the newsroom, and which channels rest."""

from __future__ import annotations

from broadcast.desk.base import Desk
from broadcast.errors import NotAllowed, NotFound, UsageError
from broadcast.lifecycle import ROLES, Person, Right
from broadcast.store import newsroom
from broadcast.store.base import Tx

#: Longest name of a person.
MAX_NAME = 80


def add_person(desk: Desk, name: str, roles: tuple[str, ...], *, os_user: str = "", as_: str = "") -> Person:
    """Add a person, or give one other roles.

    While the newsroom has an administrator, only an administrator may.

    Raises:
        UsageError: an unknown role, no role, or a name that is none.
        NotAllowed: an administrator must do it.
    """
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise UsageError(f"rôle inconnu : {', '.join(unknown) or '(aucun)'} ; choisissez parmi : {', '.join(ROLES)}")
    if (
        not name.isprintable()
        or name != name.strip()
        or not 0 < len(name) <= MAX_NAME
        or name[0] == "-"
        or set(name) & set(",/:")
    ):
        raise UsageError(
            f"nom de personne : « {name[:MAX_NAME]} » : {MAX_NAME} signes au plus, sans virgule, deux-points, barre oblique, "
            "tiret au début ni espace autour"
        )
    with desk.db.write() as tx:
        actor = _administrator(desk, tx, as_)
        person = Person(name=name, roles=tuple(dict.fromkeys(roles)), os_user=os_user)
        newsroom.keep_person(tx, person)
        desk.log(tx, actor, "add_person", name, {"roles": person.roles, "os_user": os_user})
        return person


def remove_person(desk: Desk, name: str, *, as_: str = "") -> None:
    """Make a person inactive: no act, and no vote of theirs on what has not left counts any more.

    Raises:
        NotFound: nobody of this name.
        NotAllowed: an administrator must do it.
    """
    with desk.db.write() as tx:
        actor = _administrator(desk, tx, as_)
        person = newsroom.get_person(tx, name)
        newsroom.keep_person(
            tx,
            Person(name=name, roles=person.roles, os_user=person.os_user, active=False),
        )
        desk.log(tx, actor, "remove_person", name)


def _administrator(desk: Desk, tx: Tx, as_: str) -> str:
    people = newsroom.people(tx)
    administrators = [p.name for p in people if p.has(Right.MANAGE)]
    if as_ and administrators:
        return desk.person(tx, as_, Right.MANAGE).name
    if as_:
        # Nobody is in charge yet; still, nobody acts under a name that belongs to another.
        return desk.identified(tx, as_).name if any(p.name == as_ for p in people) else as_
    if administrators:
        raise NotAllowed(f"seul un administrateur peut gérer les personnes ({', '.join(administrators)}) ; agissez avec --as")
    return desk.os_user or "installation"


def set_paused(desk: Desk, channel: str, paused: bool, *, as_: str, reason: str = "") -> None:
    """Pause a channel (its deliveries are held, not lost), or let it work again.

    Raises:
        NotFound: no such channel in the settings.
        NotAllowed: no role for it.
    """
    if channel not in desk.places:
        raise NotFound(
            f"{channel} : aucun canal de ce nom ; réglages : {', '.join(desk.places) or 'aucun'}",
            subject=channel,
        )
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.PAUSE)
        newsroom.set_paused(
            tx,
            channel,
            paused,
            reason or f"mis en pause par {person.name}",
            person.name,
        )
        desk.log(
            tx,
            person.name,
            "pause" if paused else "resume_channel",
            channel,
            {"reason": reason},
        )
