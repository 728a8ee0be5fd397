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
    assert HEAD == "0004"


def test_no_row_brings_naive_times_back():
    for name in ("rows.py", "rows_relay.py"):
        assert "DateTime(timezone=True)" not in (Path(__file__).parents[2] / "broadcast/store" / name).read_text()
