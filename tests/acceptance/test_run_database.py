"""What happens to the database under a running process is said within a tick, and nothing leaves into a file that is gone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broadcast.errors import StoreAway, StoreError
from broadcast.store.base import Database
from scheduler.start import waiting_for_database
from tests.acceptance.running import PLACES, Running, eventually
from tests.newsroom import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "n", PLACES).people()


def replaced(database: Path, copy: Path) -> None:
    shutil.copyfile(copy, copy.with_suffix(".new"))
    copy.with_suffix(".new").replace(database)
    for end in ("-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)


def test_an_older_copy_put_in_place_under_a_running_process_is_taken_on_and_stopped(
    folder: Folder, tmp_path: Path, runs: Callable[..., Running]
):
    database, copy = folder.path / "newsroom.db", tmp_path / "copy.db"
    with sqlite3.connect(database) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    shutil.copyfile(database, copy)
    process = runs(folder, "--no-web")
    process.says("actif")
    folder.message("crue-quais")
    folder.run("submit", "content/messages/crue-quais.md", "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    process.says("crue-quais")
    replaced(database, copy)
    process.says("remplacé par un autre")
    process.says("arrêt général")
    assert folder.json("status")["stopped"] is True


def test_a_log_that_was_deleted_is_named_and_what_it_held_is_kept(folder: Folder, tmp_path: Path, runs: Callable[..., Running]):
    process = runs(folder, "--no-web")
    process.says("actif")
    folder.message("crue-quais")
    folder.run("submit", "content/messages/crue-quais.md", "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    process.says("crue-quais")
    (folder.path / "newsroom.db-wal").unlink()
    process.says("-wal a été effacé")
    process.says("base de données reprise")
    assert "disque est plein" not in process.text
    assert folder.json("status", "crue-quais")["phase"] == "live"


def test_a_database_that_is_gone_is_said_and_taken_on_when_it_is_back(
    folder: Folder, tmp_path: Path, runs: Callable[..., Running]
):
    database = folder.path / "newsroom.db"
    process = runs(folder, "--no-web")
    process.says("actif")
    database.rename(tmp_path / "away.db")
    process.says("le fichier a disparu")
    process.says("INUTILISABLE")
    for end in ("-wal", "-shm"):
        away = database.with_name(database.name + end)
        if away.exists():
            away.rename(tmp_path / f"away.db{end}")
    for file in tmp_path.glob("away.db*"):
        file.rename(database.with_name(file.name.replace("away.db", "newsroom.db")))
    eventually(lambda: process.text.count("actif : envois") == 2, 15.0)


def test_run_waits_for_a_server_that_is_away_and_says_so():
    tries: list[int] = []
    told: list[str] = []

    @contextmanager
    def opened() -> Iterator[str]:
        tries.append(1)
        if len(tries) < 3:
            Database("postgresql+psycopg://nobody:secret@127.0.0.1:9/none", "ville").open()
        yield "the newsroom"

    with waiting_for_database(opened, told.append, nap_s=0.01) as app:  # type: ignore[arg-type]
        assert app == "the newsroom"
    assert (len(tries), len(told)) == (3, 2)
    assert "ne répond pas" in told[0]
    assert "secret" not in told[0]


@pytest.mark.parametrize("raises", [lambda: StoreError("elle a disparu"), lambda: StoreError("version plus récente")])
def test_run_does_not_wait_for_what_only_a_person_mends(raises: Callable[[], Exception]):
    @contextmanager
    def opened() -> Iterator[str]:
        raise raises()
        yield ""

    with pytest.raises(StoreError), waiting_for_database(opened, print, nap_s=0.01):  # type: ignore[arg-type]
        pass
    assert issubclass(StoreAway, StoreError)
