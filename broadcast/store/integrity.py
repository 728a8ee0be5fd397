"""Whether the database can be read as it was written: every page, every index, every frozen text and picture."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from broadcast.errors import StoreError
from broadcast.model import sha256_of
from broadcast.store.address import file_address
from broadcast.store.base import Database, store_error
from broadcast.store.damage import is_damage
from broadcast.store.renditions import media_reader, rendition_of
from broadcast.store.rows import MediaRow, RenditionRow

_B: Any = MediaRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_D: Any = RenditionRow.__table__  # type: ignore[attr-defined]  # as above

#: No more faults than these are named; one is enough to restore a backup.
MOST = 20
#: Rows that are read in one transaction: a long one would keep the log of SQLite from being emptied.
_PAGE = 50
#: What SQLite says where it cannot look now, which is no fault of the pages.
_NOT_NOW = ("locked", "busy", "unable to open")
#: What an account that may not look into indexes or tables is told (PostgreSQL).
_NOT_ALLOWED = "42501"


def faults(db: Database) -> list[str]:
    """Return what is damaged, in sentences; nothing where all is as it was written. Writers are not held up.

    Raises:
        StoreError: the database cannot be looked at now.
    """
    found = _sqlite(db) if db.is_sqlite else _postgres(db)
    return found[:MOST] or list(islice(_contents(db), MOST))


def _sqlite(db: Database) -> list[str]:
    """Let SQLite read all its pages, on a connection of its own that may only read."""
    path = db.path or Path()
    try:
        with closing(sqlite3.connect(file_address(path, "ro"), uri=True, timeout=15)) as raw:
            said = [str(row[0]) for row in raw.execute(f"PRAGMA integrity_check({MOST})")]
            said += [f"référence sans objet dans {row[0]}" for row in raw.execute("PRAGMA foreign_key_check")]
    except sqlite3.DatabaseError as error:
        if any(word in str(error).lower() for word in _NOT_NOW):
            raise StoreError(f"base de données : {path} : ne peut pas être contrôlée maintenant ({error})") from error
        return [f"{path} : {error}"]
    return [f"{path} : {' '.join(line.split())}" for line in said if line != "ok"]


def _postgres(db: Database) -> list[str]:
    """Read every table whole, and let amcheck walk the indexes where it is installed and allowed."""
    found = []
    with db.engine.connect() as bare:
        connection = bare.execution_options(isolation_level="AUTOCOMMIT")
        names = [row[0] for row in connection.execute(_TABLES) if row[0] in SQLModel.metadata.tables]
        for name in names:
            # The text of a row needs every one of its pages, those of long values too.
            found += _asked(connection, db, f"table {name}", text(f'SELECT count(length(t::text)) FROM "{name}" t'), {})  # noqa: S608  (a name of ours)
        has_amcheck = connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")).first() is not None
        for row in connection.execute(_INDEXES).all() if has_amcheck else ():
            if row.relation in SQLModel.metadata.tables:
                found += _asked(connection, db, f"index {row.name}", _CHECK_INDEX, {"index": row.oid})
    return found


_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
_INDEXES = text(
    "SELECT c.oid::bigint AS oid, c.relname AS name, r.relname AS relation FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_class r ON r.oid = i.indrelid JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = r.relnamespace"
    " WHERE a.amname = 'btree' AND i.indisvalid AND n.nspname = current_schema()"
)
_CHECK_INDEX = text("SELECT bt_index_check(CAST(CAST(:index AS bigint) AS oid)::regclass)")


def _asked(connection: Any, db: Database, what: str, statement: Any, values: dict[str, Any]) -> list[str]:
    """Return why the server refuses to read something, as a list; what this account may not look at is not told."""
    try:
        connection.execute(statement, values).all()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise store_error(db.url, error) from error
        if getattr(error.orig, "sqlstate", None) == _NOT_ALLOWED:
            return []
        return [f"{what} : {str(error.orig).splitlines()[0]}"]
    return []


def _contents(db: Database) -> Iterator[str]:
    """Compare frozen texts and pictures with their hashes: no page has a sum of its own, so that only this sees them change."""
    after: tuple[Any, ...] | None = ("",)
    while after:
        with db.read() as tx:
            rows = tx.all(_MEDIA, {"after": after[0], "size": _PAGE})
        yield from (f"média {r.sha256[:12]}… : contenu abîmé" for r in rows if sha256_of(bytes(r.content)) != r.sha256)
        after = (rows[-1].sha256,) if rows else None
    read, after = media_reader(db), ("", 0, "", "")
    while after:
        with db.read() as tx:
            rows = tx.all(_RENDITIONS.where(_beyond(after)))
        yield from (
            f"déclinaison pour {row.channel}, version {row.number}, message {row.message_uid[:8]} : contenu abîmé"
            for row in rows
            if not _is_as_frozen(row, read)
        )
        after = (rows[-1].message_uid, rows[-1].number, rows[-1].channel, rows[-1].form) if rows else None


_MEDIA = select(_B).where(_B.c.sha256 > bindparam("after")).order_by(_B.c.sha256).limit(bindparam("size"))
_KEY = (_D.c.message_uid, _D.c.number, _D.c.channel, _D.c.form)
_RENDITIONS = select(_D).order_by(*_KEY).limit(_PAGE)


def _beyond(key: tuple[Any, ...]) -> Any:
    steps = []
    for n, column in enumerate(_KEY):
        steps.append(and_(*(c == value for c, value in zip(_KEY[:n], key[:n], strict=True)), column > key[n]))
    return or_(*steps)


def _is_as_frozen(row: Any, read: Any) -> bool:
    try:
        return bool(rendition_of(row, read).sha256 == row.sha256)
    except Exception as error:
        if not is_damage(error):
            raise
        return False
