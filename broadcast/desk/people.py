"""Who belongs to the newsroom, and which channels rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from broadcast.desk.base import Desk
from broadcast.errors import Conflict, NotAllowed, NotFound, UsageError
from broadcast.lifecycle import ROLES, Person, Right
from broadcast.names import MAX_NAME, canonical, fault_of, looks
from broadcast.store import audit, newsroom
from broadcast.store.base import Tx

ADMINISTRATOR = "administrator"


def make_first_administrator(tx: Tx, login: str, at: datetime) -> Person:
    """Give a newsroom that has just been made its administrator: the person of this login, named after it."""
    names = (login, f"admin-{login}", "administrateur")
    name = next(n for n in names if not fault_of(n))
    person = Person(name=canonical(name), roles=(ADMINISTRATOR,), os_user=login)
    newsroom.keep_person(tx, person)
    detail = {"roles": person.roles, "os_user": login}
    audit.append(tx, at, actor=person.name, os_user=login, act="add_person", subject=person.name, detail=detail)
    return person


def add_person(desk: Desk, name: str, roles: tuple[str, ...], *, os_user: str | None = None, as_: str = "") -> Person:
    """Add a person, or give one other roles.

    Args:
        desk: the desk.
        name: of the person.
        roles: all that they have from now on.
        os_user: login that alone may act under this name; "" for any; None leaves it as it was.
        as_: the administrator who acts; "" for the one of this login.

    Raises:
        UsageError: an unknown role, no role, or a name that is none.
        Conflict: the name would be taken for another's.
        NotAllowed: an administrator must do it, or nobody would be one any more.
    """
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise UsageError(f"rôle inconnu : {', '.join(unknown) or '(aucun)'} ; choisissez parmi : {', '.join(ROLES)}")
    name = canonical(name)
    with desk.db.write() as tx:
        everybody = newsroom.people(tx, with_inactive=True)
        before = next((p for p in everybody if p.name == name), None)
        if before is None:
            _demand_name(name, everybody)
        actor = _administrator(desk, tx, as_, makes_one=Right.MANAGE in {r for role in roles for r in ROLES[role]})
        login = os_user if os_user is not None else before.os_user if before else ""
        person = Person(name=name, roles=tuple(dict.fromkeys(roles)), os_user=login)
        if not person.has(Right.MANAGE):
            _demand_another_administrator(tx, name)
        newsroom.keep_person(tx, person)
        desk.log(tx, actor, "add_person", name, {"roles": person.roles, "os_user": login})
        return person


#: Who belongs to a newsroom made to look at.
EXAMPLES: Mapping[str, tuple[str, ...]] = {"alice": ("editor",), "bob": ("approver", "publisher")}


def add_example_people(desk: Desk) -> None:
    """Add alice who writes and bob who approves; whoever made the newsroom and has such a name keeps their roles."""
    for name, roles in EXAMPLES.items():
        with desk.db.read() as tx:
            twin = next((p for p in newsroom.people(tx) if not looks(p.name).isdisjoint(looks(name))), None)
        has = twin.roles if twin is not None else ()
        add_person(desk, twin.name if twin is not None else name, (*has, *roles))


def _demand_name(name: str, everybody: list[Person]) -> None:
    fault = fault_of(name)
    if fault:
        raise UsageError(f"nom de personne : « {name[:MAX_NAME]} » : {fault}")
    twin = next((p for p in everybody if not looks(p.name).isdisjoint(looks(name))), None)
    if twin is not None:
        gone = "" if twin.active else " (retiré)"
        raise Conflict(
            f"nom de personne : « {name} » : se lirait comme « {twin.name} »{gone}, qui existe déjà ; choisissez un nom qu'on "
            "ne peut pas confondre",
            subject=name,
        )


def remove_person(desk: Desk, name: str, *, as_: str = "") -> None:
    """Make a person inactive: no act, and no vote of theirs on what has not left counts any more.

    Raises:
        NotFound: nobody of this name.
        NotAllowed: an administrator must do it, or nobody would be one any more.
    """
    with desk.db.write() as tx:
        actor = _administrator(desk, tx, as_)
        person = newsroom.get_person(tx, canonical(name))
        _demand_another_administrator(tx, person.name)
        newsroom.keep_person(
            tx,
            Person(name=person.name, roles=person.roles, os_user=person.os_user, active=False),
        )
        desk.log(tx, actor, "remove_person", person.name)


def _demand_another_administrator(tx: Tx, name: str) -> None:
    administrators = [p.name for p in newsroom.people(tx) if p.has(Right.MANAGE)]
    if administrators == [name]:
        raise NotAllowed(
            f"{name} : la rédaction n'aurait plus d'administrateur ; nommez-en d'abord un autre : "
            "`broadcast people add NOM --role administrator`",
            subject=name,
        )


def _administrator(desk: Desk, tx: Tx, as_: str, *, makes_one: bool = False) -> str:
    """Return who manages people now: an administrator, or in a newsroom without one the owner of its folder."""
    everybody = newsroom.people(tx, with_inactive=True)
    administrators = [p for p in everybody if p.has(Right.MANAGE)]
    if not administrators:
        return _founder(desk, tx, everybody, as_, makes_one=makes_one)
    mine = [p.name for p in administrators if p.os_user and p.os_user == desk.os_user]
    if as_ or mine:
        return desk.person(tx, as_ or mine[0], Right.MANAGE).name
    known = ", ".join(f"{p.name} (session {p.os_user})" if p.os_user else p.name for p in administrators)
    raise NotAllowed(
        f"seul un administrateur peut gérer les personnes : {known} ; votre session est « {desk.os_user} » : "
        "demandez-le-lui, ou agissez avec --as si l'un de ces noms est le vôtre"
    )


def _founder(desk: Desk, tx: Tx, everybody: list[Person], as_: str, *, makes_one: bool) -> str:
    if desk.owner and desk.os_user != desk.owner:
        raise NotAllowed(
            f"cette rédaction n'a pas d'administrateur, et « {desk.os_user} » n'est pas le propriétaire de son dossier : "
            f"« {desk.owner} » doit en nommer un : `broadcast people add NOM --role administrator --os-user {desk.owner}`"
        )
    if not everybody:
        return make_first_administrator(tx, desk.os_user or "installation", desk.clock.now()).name
    if not makes_one:
        raise NotAllowed(
            "cette rédaction n'a pas d'administrateur : nommez-en un d'abord : "
            f"`broadcast people add NOM --role administrator --os-user {desk.os_user}`"
        )
    # Nobody is in charge yet; still, nobody acts under a name that belongs to another.
    is_known = any(p.name == canonical(as_) for p in everybody)
    return desk.identified(tx, as_).name if is_known else desk.os_user or "installation"


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
