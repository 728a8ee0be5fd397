"""Renditions and media, frozen at submission."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select

from broadcast.errors import NotFound
from broadcast.model import (
    Form,
    Media,
    Part,
    Rendition,
    Revision,
    canonical_json,
    part_facts,
)
from broadcast.outbox import Delivery
from broadcast.store.base import Database, Tx, batched
from broadcast.store.facts import part_from_facts
from broadcast.store.rows import MediaRow, RenditionRow

_D: Any = RenditionRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
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
        return bytes(row[0])

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
    """Return the stored renditions that deliveries carry, by the delivery's uid, in few statements."""
    found: dict[tuple[str, int, str, str], Rendition] = {}
    for some in batched(wanted, _CHUNK):
        keys = {(w.message_uid, w.number, w.channel, w.form.value) for w in some}
        columns = [sorted(set(column)) for column in zip(*keys, strict=True)]
        # SQLite finds rows by the key's first column; it would walk the whole table for tuples.
        for row in tx.all(_OF_DELIVERIES, dict(zip(("messages", "numbers", "channels", "forms"), columns, strict=True))):
            if (key := (row.message_uid, row.number, row.channel, row.form)) in keys:
                found[key] = _rendition(row, read)
    pairs = ((w.uid, found.get((w.message_uid, w.number, w.channel, w.form.value))) for w in wanted)
    return {uid: rendition for uid, rendition in pairs if rendition is not None}


_OF_DELIVERIES = select(_D).where(
    _D.c.message_uid.in_(bindparam("messages", expanding=True)),
    _D.c.number.in_(bindparam("numbers", expanding=True)),
    _D.c.channel.in_(bindparam("channels", expanding=True)),
    _D.c.form.in_(bindparam("forms", expanding=True)),
)


def of_revisions(
    tx: Tx, wanted: Sequence[tuple[str, int]], read: Callable[[str], bytes], *, channel: str
) -> dict[tuple[str, int], dict[Form, Rendition]]:
    """Return the renditions of revisions, given as (message, number), for one channel, in few statements."""
    found: dict[tuple[str, int], dict[Form, Rendition]] = {key: {} for key in wanted}
    for some in batched(wanted, _CHUNK):
        # SQLite finds rows by the key's first column; it would walk the whole table for pairs.
        query = select(_D).where(
            _D.c.message_uid.in_([uid for uid, _ in some]),
            _D.c.number.in_({number for _, number in some}),
            _D.c.channel == channel,
        )
        for row in tx.all(query):
            if (row.message_uid, row.number) in found:
                found[row.message_uid, row.number][Form(row.form)] = _rendition(row, read)
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
    return [_rendition(row, read) for row in tx.all(query.order_by(_D.c.channel, _D.c.form))]


def _rendition(row: Any, read: Callable[[str], bytes]) -> Rendition:
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
