"""The nightly check: damaged pages, contents and audits are found before anybody touches them, and told everywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from broadcast.app import App
from broadcast.clock import FrozenClock
from broadcast.soundness import Keeper
from broadcast.store import integrity
from broadcast.store.base import Database
from scheduler.jobs import check_soundness
from tests.builders import NOON
from tests.doubles import FullStream
from tests.integration.scheduler_place import Place
from tests.newsroom import SITE, Folder
from tests.room import Room

PAGE = 4096


def a_folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "n", SITE).people()
    folder.approved()
    return folder


def flipped(database: Path, *pages: int) -> None:
    """Turn bits in the middle of pages (the first is number 1), and let no log stand in for them."""
    with sqlite3.connect(database) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    with database.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            whole = file.read(PAGE)
            file.seek((page - 1) * PAGE)
            file.write(bytes(b ^ 0xFF for b in whole[:64]) + whole[64:])


def root_page(database: Path, name: str) -> int:
    with sqlite3.connect(database) as raw:
        found = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    raw.close()
    return int(found)


def test_a_sound_newsroom_has_no_faults(tmp_path: Path):
    folder = a_folder(tmp_path)
    app = App(folder.path)
    assert integrity.faults(app.db) == []
    assert app.soundness.check().faults == ()
    app.close()


@pytest.mark.parametrize("name", ["vote", "ix_delivery_ready", "sqlite_autoindex_message_1", "audit"])
def test_a_page_that_was_damaged_is_found_before_it_is_touched(tmp_path: Path, name: str):
    folder = a_folder(tmp_path)
    copy = tmp_path / "copy.db"
    with sqlite3.connect(folder.path / "newsroom.db") as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    shutil.copyfile(folder.path / "newsroom.db", copy)
    flipped(copy, root_page(copy, name))
    assert integrity.faults(Database(f"sqlite:///{copy}", "ville"))


@pytest.mark.parametrize("change", ["replace(parts, 'quais', 'quaiz')", "'[{'"])
def test_a_frozen_text_that_changed_in_place_is_found_though_every_page_is_well(tmp_path: Path, change: str):
    folder = a_folder(tmp_path)
    with sqlite3.connect(folder.path / "newsroom.db") as raw:
        raw.execute(f"UPDATE rendition SET parts = {change} WHERE channel = 'website'")
    raw.close()
    app = App(folder.path)
    found = integrity.faults(app.db)
    assert found and "website" in found[0]
    app.close()


def test_writers_go_on_during_the_check(tmp_path: Path):
    folder = a_folder(tmp_path)
    app = App(folder.path)
    with app.db.write() as tx:
        tx.connection.exec_driver_sql("UPDATE newsroom SET epoch = epoch")
        assert integrity._sqlite(app.db) == []  # looked at while a writer is at work: neither waits
    app.close()


def test_a_fault_is_a_red_task_on_the_page_and_in_healthz_until_a_check_finds_all_well(tmp_path: Path):
    place = Place(tmp_path)
    try:
        assert json.loads(place.ask("/healthz")[2])["sound"] is True
        with place.app.db.write() as tx:
            first = tx.connection.exec_driver_sql("SELECT actor FROM audit WHERE seq = 1").scalar()
            tx.connection.exec_driver_sql("UPDATE audit SET actor = 'mallory' WHERE seq = 1")
        place.app.soundness.file.unlink(missing_ok=True)
        check_soundness(place.app)
        seen = place.folder.run("status")
        assert "journal altéré, première mauvaise ligne : 1" in seen.stderr
        assert [t["kind"] for t in place.folder.json("status")["tasks"]] == ["audit_altered"]
        place.pages.show(place.app)
        status, _, body = place.ask("/healthz")
        assert (status, json.loads(body)["sound"]) == (503, False)
        assert "Journal des actes altéré" in place.ask("/")[2].decode()
        with place.app.db.write() as tx:
            tx.connection.exec_driver_sql(f"UPDATE audit SET actor = '{first}' WHERE seq = 1")
        assert place.app.soundness.check().faults == ()
        assert place.folder.json("status")["tasks"] == []
    finally:
        place.pages.stop()
        place.app.close()


def test_the_check_is_done_at_night_and_at_the_latest_after_a_day_and_a_half(tmp_path: Path):
    app, clock = App(Folder(tmp_path / "n", SITE).people().path), FrozenClock(NOON)
    keeper = Keeper(app.db, app.heads, clock, app.dir)
    assert keeper.is_due(12)  # never done: at once
    keeper.check()
    clock.sleep(11 * 3600)
    assert not keeper.is_due(3)
    clock.sleep(3 * 3600)
    assert (keeper.is_due(3), keeper.is_due(12)) == (True, False)
    clock.sleep(23 * 3600)
    assert keeper.is_due(12)
    app.close()


def test_postgresql_reads_every_table_and_names_what_it_cannot_read(postgres_url: str):
    name = f"b{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    room = Room(postgres_url.replace("/postgres?", f"/{name}?"), [FullStream("mastodon")])
    room.publish()
    assert integrity.faults(room.db) == []
    with room.db.write() as tx:
        place = tx.connection.exec_driver_sql("SELECT pg_relation_filepath('vote')").scalar()
        folder = tx.connection.exec_driver_sql("SHOW data_directory").scalar()
    room.db.close()
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
    file = Path(str(folder)) / str(place)
    file.write_bytes(b"\xa5" * 64 + file.read_bytes()[64:])
    with engine.connect() as connection:  # what the server keeps in memory would hide the page
        connection.execute(text(f"ALTER DATABASE {name} RENAME TO {name}x"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {name}x STRATEGY file_copy"))
    engine.dispose()
    found = integrity.faults(room.db)
    assert found and "table vote" in found[0]
    room.close()
