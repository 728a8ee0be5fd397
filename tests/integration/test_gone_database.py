"""A database whose file goes away while it is used: whoever opens a further connection says so, and lays no new file there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcast.errors import StoreError
from broadcast.store import integrity
from broadcast.store.base import Database
from broadcast.store.changes import Changes
from broadcast.store.newsroom import ensure_newsroom, switches


@pytest.fixture(params=["newsroom.db", "salle n° 1 #%41.db"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "n"
    folder.mkdir()
    made = Database(f"sqlite:///{folder}/{request.param}", "ville")
    made.open()
    with made.write() as tx:
        ensure_newsroom(tx, "live")
    yield made
    made.close()


def read(db: Database) -> None:
    with db.read() as tx:
        switches(tx)


def read_twice_at_once(db: Database) -> None:
    with db.read() as tx:
        switches(tx)
        read(db)


def write(db: Database) -> None:
    with db.write() as tx:
        ensure_newsroom(tx, "live")


def open_existing(db: Database) -> None:
    Database(db.url, "ville").open(is_new=False)


@pytest.mark.parametrize("use", [read, read_twice_at_once, write, open_existing, integrity.faults])
def test_a_further_connection_to_a_file_that_is_gone_is_an_error_and_makes_none(
    db: Database, tmp_path: Path, use: Callable[[Database], object]
):
    assert db.path is not None
    db.close()
    db.path.rename(tmp_path / "away.db")
    with pytest.raises(StoreError):
        use(db)
    assert not list(db.path.parent.iterdir())
    (tmp_path / "away.db").rename(db.path)
    read(db)


def test_looking_for_changes_makes_none_and_sees_them_once_it_is_back(db: Database, tmp_path: Path):
    assert db.path is not None
    changes = Changes(db)
    db.close()
    db.path.rename(tmp_path / "away.db")
    assert changes.any()
    changes.tidy()
    assert not list(db.path.parent.iterdir())
    (tmp_path / "away.db").rename(db.path)
    assert (changes.any(), changes.any()) == (True, False)
    changes.close()


def test_a_new_newsroom_gets_its_file_where_its_name_says(db: Database):
    assert db.path is not None and db.path.exists()
    with sqlite3.connect(db.path) as raw:
        assert raw.execute("SELECT count(*) FROM newsroom").fetchone() == (1,)
    raw.close()
