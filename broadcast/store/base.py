"""Opening the database, its transactions, and its errors in one sentence each."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, literal_column, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError

from broadcast.errors import StoreAway, StoreError
from broadcast.store.address import existing_only
from broadcast.store.bulk import run_many
from broadcast.store.private import make_private

#: Latest migration; `Database.open` upgrades older databases.
HEAD = "0011"
#: How long a writer waits for another one, milliseconds.
BUSY_TIMEOUT_MS = 15_000

_T = TypeVar("_T")
_ONE: Any = literal_column("1")

_CAUSES = (
    (
        "malformed",
        "la base est abîmée ; restaurez une sauvegarde",
    ),
    (
        "not a database",
        "ce fichier n'est pas une base de données ; restaurez une sauvegarde",
    ),
    ("disk is full", "le disque est plein ; libérez de la place"),
    # What SQLite says of a full disk, too: it has no room for its own bookkeeping.
    ("disk i/o error", "le disque est plein ou ne répond pas ; libérez de la place, ou vérifiez-le"),
    ("readonly", "la base ne peut pas être modifiée ; vérifiez les droits du dossier"),
    ("read-only", "la base ne peut pas être modifiée ; vérifiez les droits du dossier"),
    (
        "unable to open",
        "la base ne peut pas être ouverte ; vérifiez le chemin et les droits",
    ),
    ("locked", "la base est occupée par un autre programme ; réessayez"),
    (
        "connection",
        "le serveur de base de données ne répond pas ; vérifiez `newsroom.database`",
    ),
)


def batched(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """Yield the items in pieces of at most `size`."""
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction of one newsroom; what every function of the store takes first."""

    connection: Connection
    #: Id of the newsroom.
    newsroom: str

    def all(self, statement: Any, *args: Any) -> list[Any]:
        """Return all result rows."""
        return list(self.connection.execute(statement, *args).all())

    def one(self, statement: Any, *args: Any) -> Any:
        """Return the first row or None."""
        return self.connection.execute(statement, *args).first()

    def run(self, statement: Any, *args: Any) -> int:
        """Execute, and return how many rows the driver says were touched; nothing may be decided by it (see `did`)."""
        return int(self.connection.execute(statement, *args).rowcount)

    def did(self, statement: Any, *args: Any) -> bool:
        """Execute an update or delete, and return whether it found a row: by the rows, since not every driver counts."""
        return bool(self.all(statement.returning(_ONE), *args))

    def many(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a statement that is made once a process for each of the rows."""
        run_many(self.connection, statement, rows)


class Database:
    """A database of newsrooms; safe to share between threads."""

    def __init__(self, url: str, newsroom: str) -> None:
        try:
            make_url(url)
        except ArgumentError as error:
            raise StoreError("newsroom.database : adresse illisible ; écrivez sqlite:///newsroom.db") from error
        self.url = url
        self.newsroom = newsroom
        self._engine: Engine | None = None
        #: Device and number of the file that was opened, and whether its log was seen beside it.
        self._file: tuple[int, int] | None = None
        self._had_log = False
        #: Writers of this process take turns here: SQLite's own waiting sleeps, and some would sleep long.
        self._turn = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The engine, made on first use."""
        if self._engine is None:
            try:
                self._engine = _engine_of(self.url)
            except (ModuleNotFoundError, ArgumentError) as error:
                shown = self.url.partition("@")[0].partition(":")[0]
                raise StoreError(
                    f"newsroom.database : « {shown}… » ne peut pas être ouvert ({error}) ; écrivez "
                    "sqlite:///newsroom.db, ou postgresql+psycopg://… après pip install 'broadcast-cityhall[cluster]'"
                ) from error
        return self._engine

    @cached_property
    def is_sqlite(self) -> bool:
        """True for a file on this machine."""
        return make_url(self.url).get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """File of an SQLite database."""
        name = make_url(self.url).database
        return Path(name) if self.is_sqlite and name else None

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Open a writing transaction: all or nothing, one writer at a time on SQLite.

        Raises:
            StoreError: the database refused; nothing was changed.
        """
        with self._translated(), self._turns(), self.engine.connect() as bare:
            connection = bare.execution_options(writes=True)
            with connection.begin():
                yield Tx(connection, self.newsroom)

    def _turns(self) -> AbstractContextManager[Any]:
        return self._turn if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a reading transaction: one consistent picture.

        Raises:
            StoreError: the database cannot be read.
        """
        with self._translated(), self.engine.connect() as connection, connection.begin():
            yield Tx(connection, self.newsroom)

    def lost(self) -> str:
        """Say in what way the file of a database that was used is lost; "" where it holds our tables, or is no file.

        Raises:
            StoreError: it cannot be read.
        """
        path = self.path
        if path is None:
            return ""
        if not path.exists():
            return "elle a disparu"
        if not path.stat().st_size:  # not opened: SQLite would throw away the log that may still lie beside it
            return "elle est vide (0 octet)"
        with self._translated():
            return "elle est vide (aucune de nos tables)" if self._version() is None else ""

    def displaced(self) -> str:
        """Say in what way the file that is used here is no longer the one at its place; "" if it is, or is no file."""
        path = self.path
        if path is None or self._file is None:
            return ""
        try:
            seen = path.stat()
        except OSError:
            return "le fichier a disparu"
        if (seen.st_dev, seen.st_ino) != self._file:
            return "le fichier a été remplacé par un autre"
        log = path.with_name(f"{path.name}-wal").exists()
        self._had_log, lost = self._had_log or log, self._had_log and not log
        return "son fichier -wal a été effacé" if lost else ""

    def rescue(self) -> None:
        """Write into the database what only its log holds, as long as it is open here though somebody deleted it."""
        with suppress(StoreError), self._translated(), self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def open(self, *, is_new: bool = True) -> bool:
        """Create or upgrade the tables if need be; True if the database was empty.

        Only here is the file of a database made: a connection that finds none says so.

        Args:
            is_new: whether there may have been none before, so that it may be made.

        Raises:
            StoreError: it cannot be opened, or was written by a newer Broadcast.
        """
        if self.path is not None and str(self.path) != ":memory:":
            make_private(self.path, is_new=is_new)
        with self._translated():
            version = self._version()
            if version != HEAD:
                from broadcast.store.migrate import upgrade

                upgrade(self.engine, version)
        if self.path is not None and self.path.exists():
            self._file = (self.path.stat().st_dev, self.path.stat().st_ino)
        return version is None

    def close(self) -> None:
        """Give the connections back."""
        if self._engine is not None:
            self._engine.dispose()

    def _version(self) -> str | None:
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            from sqlalchemy import column, table

            row = connection.execute(select(table("alembic_version", column("version_num")))).first()
            return None if row is None else str(row[0])

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise store_error(self.url, error) from error


def store_error(url: str, error: SQLAlchemyError) -> StoreError:
    """Return the sentence for a database error; passwords in the address are hidden."""
    shown = make_url(url).render_as_string(hide_password=True)
    if make_url(url).get_backend_name() != "sqlite" and _is_away(error):
        sentence = "le serveur de base de données ne répond pas ; vérifiez qu'il tourne, et `newsroom.database`"
        return StoreAway(f"base de données : {shown} : {sentence}", subject=shown)
    cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    for word, sentence in _CAUSES:
        if word in cause.lower():
            return StoreError(f"base de données : {shown} : {sentence}", subject=shown)
    return StoreError(f"base de données : {shown} : {cause.splitlines()[0]}", subject=shown)


def _is_away(error: SQLAlchemyError) -> bool:
    # PostgreSQL's own words are in the server's language; a server that answers gives a code, also while it starts (57P03).
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, OperationalError) and (code is None or code[:2] in ("08", "57"))


def _engine_of(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=8, max_overflow=-1, pool_pre_ping=True)
    engine = create_engine(existing_only(make_url(url)), max_overflow=-1, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late (before the first write); ours is explicit.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
