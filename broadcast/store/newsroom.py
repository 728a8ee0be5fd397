"""The newsroom itself, its people, its kill switch, and what is known of its channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from broadcast.channel import Limits
from broadcast.errors import NotFound
from broadcast.lifecycle import Person
from broadcast.store import facts
from broadcast.store.base import Tx
from broadcast.store.rows import ChannelRow, NewsroomRow, PersonRow

_N: Any = NewsroomRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_P: Any = PersonRow.__table__  # type: ignore[attr-defined]  # as above
_C: Any = ChannelRow.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """World and kill switch."""

    world: str
    epoch: int
    stopped: bool
    stopped_reason: str
    #: When an older copy of the database was put in place, and until when it knew what had left.
    restored_at: datetime | None = None
    restored_from_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """What is known of a channel beyond its settings."""

    name: str
    paused: bool = False
    paused_reason: str = ""
    limits: Limits | None = None
    probed_at: datetime | None = None
    probe_result: str = ""


def ensure_newsroom(tx: Tx, world: str) -> None:
    """Make the row of this newsroom if it is not there yet."""
    if tx.one(select(_N.c.id).where(_N.c.id == tx.newsroom)) is None:
        tx.run(
            insert(_N).values(
                id=tx.newsroom,
                world=world,
                epoch=1,
                stopped=False,
                stopped_reason="",
                audit_seq=0,
                audit_hash="",
                audit_receipt=0,
            )
        )


_SWITCHES = select(_N).where(_N.c.id == bindparam("newsroom"))
_PEOPLE = select(_P).where(_P.c.newsroom == bindparam("newsroom")).order_by(_P.c.name)
_CHANNELS = select(_C).where(_C.c.newsroom == bindparam("newsroom"))


def switches(tx: Tx) -> Switches:
    """Return world and kill switch."""
    row = tx.one(_SWITCHES, {"newsroom": tx.newsroom})
    if row is None:
        raise NotFound(f"la base ne contient pas la rédaction « {tx.newsroom} » ; vérifiez newsroom.id")
    return Switches(
        world=row.world,
        epoch=row.epoch,
        stopped=row.stopped,
        stopped_reason=row.stopped_reason,
        restored_at=row.restored_at,
        restored_from_at=row.restored_from_at,
    )


def note_restored(tx: Tx, at: datetime, from_at: datetime) -> None:
    """Note that an older copy is in place: what left between these two times it does not know."""
    tx.run(update(_N).where(_N.c.id == tx.newsroom).values(restored_at=at, restored_from_at=from_at))


def set_stopped(tx: Tx, stopped: bool, reason: str = "") -> None:
    """Throw or lift the kill switch."""
    tx.run(update(_N).where(_N.c.id == tx.newsroom).values(stopped=stopped, stopped_reason=reason))


def set_epoch(tx: Tx, epoch: int) -> None:
    """Keep how often this database was used to send."""
    tx.run(update(_N).where(_N.c.id == tx.newsroom).values(epoch=epoch))


def people(tx: Tx, *, with_inactive: bool = False) -> list[Person]:
    """Return the people, by name."""
    rows = tx.all(_PEOPLE, {"newsroom": tx.newsroom})
    return [_person(row) for row in rows if row.active or with_inactive]


def get_person(tx: Tx, name: str) -> Person:
    """Return an active person.

    Raises:
        NotFound: nobody of this name, or no longer active.
    """
    row = tx.one(select(_P).where(_P.c.newsroom == tx.newsroom, _P.c.name == name))
    if row is None or not row.active:
        known = ", ".join(p.name for p in people(tx)) or "personne"
        raise NotFound(
            f"{name} : personne inconnue (connues : {known}) ; un administrateur l'ajoute : `broadcast people add {name} --role editor`",
            subject=name,
        )
    return _person(row)


def keep_person(tx: Tx, person: Person) -> None:
    """Add a person or replace what is known of one."""
    values = {
        "roles": ",".join(person.roles),
        "os_user": person.os_user,
        "active": person.active,
    }
    if not tx.did(update(_P).where(_P.c.newsroom == tx.newsroom, _P.c.name == person.name).values(**values)):
        tx.run(insert(_P).values(newsroom=tx.newsroom, name=person.name, **values))


def channel_states(tx: Tx) -> dict[str, ChannelState]:
    """Return what is known of the channels, by name."""
    return {row.name: _channel(row) for row in tx.all(_CHANNELS, {"newsroom": tx.newsroom})}


def channel_state(tx: Tx, name: str) -> ChannelState:
    """Return what is known of one channel."""
    row = tx.one(select(_C).where(_C.c.newsroom == tx.newsroom, _C.c.name == name))
    return ChannelState(name=name) if row is None else _channel(row)


def set_paused(tx: Tx, name: str, paused: bool, reason: str = "", by: str = "") -> None:
    """Pause or resume a channel."""
    _keep_channel(tx, name, paused=paused, paused_reason=reason if paused else "", paused_by=by)


def keep_probe(tx: Tx, name: str, limits: Limits | None, at: datetime, result: str) -> None:
    """Keep what a probe learnt; None leaves the limits as they were."""
    values: dict[str, Any] = {"probed_at": at, "probe_result": result}
    if limits is not None:
        values["limits"] = facts.limits_to_json(limits)
    _keep_channel(tx, name, **values)


def _keep_channel(tx: Tx, name: str, **values: Any) -> None:
    if not tx.did(update(_C).where(_C.c.newsroom == tx.newsroom, _C.c.name == name).values(**values)):
        blank = {
            "paused": False,
            "paused_reason": "",
            "paused_by": "",
            "limits": "",
            "probe_result": "",
        }
        tx.run(insert(_C).values(newsroom=tx.newsroom, name=name, **(blank | values)))


def _person(row: Any) -> Person:
    roles = tuple(role for role in row.roles.split(",") if role)
    return Person(name=row.name, roles=roles, os_user=row.os_user, active=row.active)


def _channel(row: Any) -> ChannelState:
    return ChannelState(
        name=row.name,
        paused=row.paused,
        paused_reason=row.paused_reason,
        limits=facts.limits_from_json(row.limits) if row.limits else None,
        probed_at=row.probed_at,
        probe_result=row.probe_result,
    )
