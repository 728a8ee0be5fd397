"""The migrations make exactly the tables of the rows, and a newer database is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from broadcast.errors import StoreError
from broadcast.store.base import HEAD, Database
from tests.builders import sqlite_url


def test_the_migrations_make_the_tables_of_the_rows(tmp_path: Path):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    import broadcast.store.rows
    import broadcast.store.rows_outbox
    import broadcast.store.rows_relay  # noqa: F401  (they fill the metadata)

    database = Database(sqlite_url(tmp_path), "ville")
    assert database.open() is True
    assert database.open() is False
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    database.close()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path):
    database = Database(sqlite_url(tmp_path), "ville")
    database.open()
    database.close()
    raw = sqlite3.connect(tmp_path / "newsroom.db")
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()
    with pytest.raises(StoreError, match="9999"):
        Database(sqlite_url(tmp_path), "ville").open()


def test_the_latest_migration_is_the_one_that_databases_are_brought_to():
    import broadcast.store.migrations

    folder = Path(next(iter(broadcast.store.migrations.__path__))) / "versions"
    numbers = sorted(path.name[:4] for path in folder.glob("[0-9]*.py"))
    assert numbers == [f"{n:04}" for n in range(1, int(HEAD) + 1)], "two of one number, or one left out"


def at_version(database: Database, version: str) -> None:
    """Make the tables of an older release."""
    from alembic import command
    from alembic.config import Config

    import broadcast.store.migrate

    config = Config()
    config.set_main_option("script_location", str(Path(broadcast.store.migrate.__file__).parent / "migrations"))
    assert database.path is not None
    database.path.touch()  # `open` would make it, with the newest tables
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def test_receipts_of_an_older_release_know_their_batch_and_those_that_were_passed_over_enter(tmp_path: Path):
    database = Database(sqlite_url(tmp_path), "ville")
    at_version(database, "0004")
    at, none = "2026-11-23 12:00:00.000000", "''"
    with database.write() as tx:
        run = tx.connection.exec_driver_sql
        run(f"INSERT INTO newsroom VALUES ('ville', 'live', 1, 0, {none}, 0, {none}, 4)")
        columns = (
            "uid, newsroom, message_uid, slug, number, channel, channel_kind, action, form, round, part, slot, seq, priority,"
        )
        columns += " key, sha256, state, reason, needs_person, planned_at, not_before_at, claimed_by, attempts, open_attempt,"
        columns += " unknowns, looks, failed_looks, external_id, url"
        values = (
            f"'d', 'ville', 'm', 's', 1, 'x', 'x', 'publish', 'publish', 0, 0, '0', 0, 1, 'k', {none}, 'delivered', {none}, 0,"
        )
        values += f" '{at}', '{at}', {none}, 1, 0, 0, 0, 0, {none}, {none}"
        run(f"INSERT INTO delivery ({columns}) VALUES ({values})")
        for n in range(1, 6):
            run(f"INSERT INTO receipt VALUES ({n}, 'd', '{at}', 'not_seen', {none}, {none}, {none})")
        for seq, (first, last, count) in enumerate([(1, 2, 2), (3, 5, 2)], 1):
            detail = f'{{"count":{count},"first":{first},"last":{last},"sha256":"?"}}'
            run(
                f"INSERT INTO audit VALUES ('ville', {seq}, '{at}', 'dispatcher', {none}, 'receipts', 'ville', '{detail}', '', '')"
            )
    database.open()
    with database.read() as tx:
        found = [row[0] for row in tx.connection.exec_driver_sql("SELECT audit_seq FROM receipt ORDER BY id").all()]
    assert found == [1, 1, None, None, None]
    database.close()


def test_no_row_brings_naive_times_back():
    for name in ("rows.py", "rows_relay.py"):
        assert "DateTime(timezone=True)" not in (Path(__file__).parents[2] / "broadcast/store" / name).read_text()
