"""A database that is lost is said to be lost, never taken for a new one or an older copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.newsroom import Folder

CHANNELS = ""


def vanished(database: Path) -> None:
    database.unlink()


def emptied(database: Path) -> None:
    database.write_bytes(b"")


def without_tables(database: Path) -> None:
    database.unlink()
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE of_others (a)")
    connection.close()


def tables(database: Path) -> list[str]:
    if not database.exists() or not database.stat().st_size:
        return []
    connection = sqlite3.connect(database)
    found = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    connection.close()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "n", CHANNELS).people()


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (vanished, "elle a disparu"),
        (emptied, "elle est vide (0 octet)"),
        (without_tables, "elle est vide (aucune de nos tables)"),
    ],
)
def test_a_lost_database_is_named_with_the_way_out(folder: Folder, lose: Callable[[Path], None], words: str):
    database = folder.path / "newsroom.db"
    kept = database.read_bytes()
    lose(database)
    left = tables(database)
    for _ in range(2):
        error = folder.run("status", code=None)
        assert error.returncode != 0
        assert f"{database} : {words} ; remettez-la en place ou restaurez une sauvegarde" in error.stderr
        assert str(folder.path / ".broadcast" / "epoch") in error.stderr
        assert "plus ancienne" not in error.stderr
    assert tables(database) == left
    database.write_bytes(kept)
    assert "alice" in folder.run("people", "list").stdout


def test_the_log_beside_an_emptied_database_is_kept(folder: Folder):
    database = folder.path / "newsroom.db"
    log = database.with_name("newsroom.db-wal")
    emptied(database)
    log.write_bytes(b"what may be saved")
    assert folder.run("status", code=None).returncode != 0
    assert log.read_bytes() == b"what may be saved"


def test_without_the_mark_an_emptied_database_is_a_new_newsroom(folder: Folder):
    emptied(folder.path / "newsroom.db")
    (folder.path / ".broadcast" / "epoch").unlink()
    folder.run("status", code=None)
    assert (folder.path / ".broadcast" / "epoch").read_text() == "1\n"
    assert "alice" not in folder.run("people", "list").stdout
