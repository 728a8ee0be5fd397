"""Renditions and media, frozen at submission."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, select

from broadcast.errors import DamagedRow, NotFound
from broadcast.model import (
    Form,
    Media,
    Part,
    Rendition,
    Revision,
    canonical_json,
    part_facts,
    sha256_of,
)
from broadcast.outbox import Delivery
from broadcast.store.base import Database, Tx, batched
from broadcast.store.damage import damage, is_damage
from broadcast.store.facts import part_from_facts
from broadcast.store.rows import MediaRow, RenditionRow

_D: Any = RenditionRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_Key = TypeVar("_Key")
#: Message, number, channel and form.
_Form = tuple[str, int, str, str]
#: Renditions read by one statement.
_CHUNK = 200
_B: Any = MediaRow.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionKey:
    """A stored rendition without its content."""

    channel: str
    channel_kind: str
    form: Form
    sha256: str
    parts: int


def keep_renditions(tx: Tx, revision: Revision, renditions: Iterable[Rendition]) -> None:
    """Freeze the renditions of a revision, and the bytes that they need."""
    rows = [_rendition_values(revision, rendition) for rendition in renditions]
    if rows:
        tx.run(insert(_D), [values for values, _ in rows])
    for media in {m.sha256: m for _, rendition in rows for part in rendition.parts for m in part.media}.values():
        keep_media(tx, media)


def _rendition_values(revision: Revision, rendition: Rendition) -> tuple[dict[str, Any], Rendition]:
    return {
        "message_uid": revision.message_uid,
        "number": revision.number,
        "channel": rendition.channel,
        "form": rendition.form.value,
        "channel_kind": rendition.channel_kind,
        "world": rendition.world,
        "sha256": rendition.sha256,
        "parts": canonical_json([part_facts(p) for p in rendition.parts]),
        "limits": canonical_json(dict(rendition.limits)),
        "part_count": len(rendition.parts),
        "destination": canonical_json(dict(rendition.destination)),
    }, rendition


def keep_media(tx: Tx, media: Media) -> None:
    """Keep the bytes of a picture or file, once."""
    if tx.one(select(_B.c.sha256).where(_B.c.sha256 == media.sha256)) is None:
        tx.run(insert(_B).values(sha256=media.sha256, content=media.read()))


def media_reader(database: Database) -> Callable[[str], bytes]:
    """Return a function that gives the bytes of a media hash, in a transaction of its own."""

    def read(sha256: str) -> bytes:
        with database.read() as tx:
            row = tx.one(select(_B.c.content).where(_B.c.sha256 == sha256))
        if row is None:
            raise NotFound(f"média {sha256[:12]}… absent de la base", subject=sha256)
        content = bytes(row[0])
        if sha256_of(content) != sha256:
            raise DamagedRow(f"média {sha256[:12]}… : abîmé dans la base ; restaurez une sauvegarde", subject=sha256)
        return content

    return read


def rendition_keys(tx: Tx, message_uid: str, number: int) -> list[RenditionKey]:
    """Return what renditions a revision has, without their content."""
    return [
        RenditionKey(
            channel=r.channel,
            channel_kind=r.channel_kind,
            form=Form(r.form),
            sha256=r.sha256,
            parts=r.part_count,
        )
        for r in tx.all(_KEYS, {"message": message_uid, "number": number})
    ]


_KEYS = (
    select(_D.c.channel, _D.c.channel_kind, _D.c.form, _D.c.sha256, _D.c.part_count)
    .where(_D.c.message_uid == bindparam("message"), _D.c.number == bindparam("number"))
    .order_by(_D.c.channel, _D.c.form)
)


def destinations(tx: Tx, message_uid: str, number: int) -> dict[str, dict[str, str]]:
    """Return where, and in whose name, the renditions of a revision were to leave, by channel."""
    query = select(_D.c.channel, _D.c.destination).where(_D.c.message_uid == message_uid, _D.c.number == number)
    return {row.channel: json.loads(row.destination) for row in tx.all(query.distinct())}


def hashes(tx: Tx, message_uid: str, number: int) -> list[str]:
    """Return the hashes of all renditions of a revision."""
    return [row[0] for row in tx.all(_HASHES, {"message": message_uid, "number": number})]


_HASHES = select(_D.c.sha256).where(_D.c.message_uid == bindparam("message"), _D.c.number == bindparam("number"))


def of_deliveries(tx: Tx, wanted: Sequence[Delivery], read: Callable[[str], bytes]) -> dict[str, Rendition]:
    """Return the stored renditions that deliveries carry, by the delivery's uid; what cannot be read is left out."""
    return read_for(tx, wanted, read)[0]


def read_for(
    tx: Tx, wanted: Sequence[Delivery], read: Callable[[str], bytes]
) -> tuple[dict[str, Rendition], dict[str, DamagedRow]]:
    """Return the stored renditions that deliveries carry, by the delivery's uid, in few statements; and what is unreadable."""
    found: dict[_Form, Rendition | DamagedRow] = {}
    for some in batched(wanted, _CHUNK):
        keys = {(w.message_uid, w.number, w.channel, w.form.value) for w in some}
        try:
            found |= _read_at_once(tx, keys, read)
        except Exception as error:
            if not is_damage(error):
                raise
            for key in keys:  # a text that is none stops the statement that reads it: each alone
                found |= _read_alone(tx, key, read)
    _note_lost_media(tx, found)
    pairs = [(w.uid, found.get((w.message_uid, w.number, w.channel, w.form.value))) for w in wanted]
    return (
        {uid: rendition for uid, rendition in pairs if isinstance(rendition, Rendition)},
        {uid: rendition for uid, rendition in pairs if isinstance(rendition, DamagedRow)},
    )


def _read_at_once(tx: Tx, keys: Collection[_Form], read: Callable[[str], bytes]) -> dict[_Form, Rendition | DamagedRow]:
    columns = [sorted(set(column)) for column in zip(*keys, strict=True)]
    # SQLite finds rows by the key's first column; it would walk the whole table for tuples.
    rows = tx.all(_OF_DELIVERIES, dict(zip(("messages", "numbers", "channels", "forms"), columns, strict=True)))
    named = (((row.message_uid, row.number, row.channel, row.form), row) for row in rows)
    return {key: _readable(row, read) for key, row in named if key in keys}


def _read_alone(tx: Tx, key: _Form, read: Callable[[str], bytes]) -> dict[_Form, Rendition | DamagedRow]:
    try:
        return _read_at_once(tx, [key], read)
    except Exception as error:  # noqa: BLE001  (raised again unless the row is to blame)
        return {key: damage(error, f"déclinaison pour {key[2]}, version {key[1]}")}


def _readable(row: Any, read: Callable[[str], bytes]) -> Rendition | DamagedRow:
    try:
        return rendition_of(row, read)
    except Exception as error:  # noqa: BLE001  (raised again unless the row is to blame)
        return damage(error, f"déclinaison pour {row.channel}, version {row.number}")


def _note_lost_media(tx: Tx, found: dict[_Key, Rendition | DamagedRow]) -> None:
    """Put the damage in the place of the renditions whose pictures or files are no longer there."""
    wanted = {m.sha256 for r in found.values() if isinstance(r, Rendition) for p in r.parts for m in p.media}
    if not wanted:
        return
    there = {row.sha256 for some in batched(sorted(wanted), _CHUNK) for row in tx.all(_THERE, {"hashes": some})}
    for key, rendition in found.items():
        if not isinstance(rendition, Rendition):
            continue
        lost = next((m for p in rendition.parts for m in p.media if m.sha256 not in there), None)
        if lost is not None:
            found[key] = DamagedRow(f"média {lost.name} absent de la base ; restaurez une sauvegarde")


_THERE = select(_B.c.sha256).where(_B.c.sha256.in_(bindparam("hashes", expanding=True)))


_OF_DELIVERIES = select(_D).where(
    _D.c.message_uid.in_(bindparam("messages", expanding=True)),
    _D.c.number.in_(bindparam("numbers", expanding=True)),
    _D.c.channel.in_(bindparam("channels", expanding=True)),
    _D.c.form.in_(bindparam("forms", expanding=True)),
)


def of_revisions(
    tx: Tx, wanted: Sequence[tuple[str, int]], read: Callable[[str], bytes], *, channel: str
) -> dict[tuple[str, int], dict[Form, Rendition]]:
    """Return the renditions of revisions, given as (message, number), for one channel, in few statements.

    What cannot be read is left out.
    """
    read_ones: dict[tuple[str, int, str], Rendition | DamagedRow] = {}
    for some in batched(wanted, _CHUNK):
        # SQLite finds rows by the key's first column; it would walk the whole table for pairs.
        query = select(_D).where(
            _D.c.message_uid.in_([uid for uid, _ in some]),
            _D.c.number.in_({number for _, number in some}),
            _D.c.channel == channel,
        )
        try:
            read_ones |= {(row.message_uid, row.number, row.form): _readable(row, read) for row in tx.all(query)}
        except Exception as error:
            if not is_damage(error):
                raise
            keys = [(uid, number, channel, form.value) for uid, number in some for form in Form]
            alone = {k: r for key in keys for k, r in _read_alone(tx, key, read).items()}
            read_ones |= {(uid, number, form): rendition for (uid, number, _, form), rendition in alone.items()}
    _note_lost_media(tx, read_ones)
    found: dict[tuple[str, int], dict[Form, Rendition]] = {key: {} for key in wanted}
    for (uid, number, _), rendition in read_ones.items():
        if (uid, number) in found and isinstance(rendition, Rendition):
            found[uid, number][rendition.form] = rendition
    return found


def renditions(
    tx: Tx,
    message_uid: str,
    number: int,
    read: Callable[[str], bytes],
    *,
    channel: str | None = None,
    form: Form | None = None,
) -> list[Rendition]:
    """Return stored renditions, as they were frozen."""
    query = select(_D).where(_D.c.message_uid == message_uid, _D.c.number == number)
    if channel is not None:
        query = query.where(_D.c.channel == channel)
    if form is not None:
        query = query.where(_D.c.form == form.value)
    return [rendition_of(row, read) for row in tx.all(query.order_by(_D.c.channel, _D.c.form))]


def rendition_of(row: Any, read: Callable[[str], bytes]) -> Rendition:
    """Return the rendition of a row, its media read on demand."""
    parts: tuple[Part, ...] = tuple(part_from_facts(p, read) for p in json.loads(row.parts))
    return Rendition(
        channel=row.channel,
        channel_kind=row.channel_kind,
        form=Form(row.form),
        parts=parts,
        world=row.world,
        limits=json.loads(row.limits),
        destination=json.loads(row.destination),
    )
