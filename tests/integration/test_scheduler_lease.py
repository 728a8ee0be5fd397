"""One process is active: a lease by compare-and-set, on SQLite and PostgreSQL; and what wakes it."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcast.app import App
from broadcast.store import leases
from broadcast.store import newsroom as newsrooms
from broadcast.store.base import Database
from broadcast.wake import LEASE, Bell, holder, is_running, socket_path, wake
from scheduler.lease import Keeper
from tests.builders import sqlite_url
from tests.newsroom import Folder

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SOON = timedelta(seconds=10)


def a_database(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> str:
    if kind == "sqlite":
        return sqlite_url(tmp_path)
    from sqlalchemy import create_engine, text

    url: str = request.getfixturevalue("postgres_url")
    name = f"b{uuid.uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    made = Database(a_database(request, request.param, tmp_path), "ville")
    made.open()
    with made.write() as tx:
        newsrooms.ensure_newsroom(tx, "live")
    yield made
    made.close()


def hold(db: Database, who: str, now: datetime, dead: tuple[str, ...] = (), facts: dict[str, object] | None = None) -> bool:
    with db.write() as tx:
        return leases.hold(tx, "l", who, now, now + SOON, is_dead=lambda h: h in dead, facts=facts)


def test_one_holds_and_keeps_it_while_it_renews(db: Database):
    assert hold(db, "a", NOW, facts={"url": "http://a"})
    assert not hold(db, "b", NOW + timedelta(seconds=9))
    assert hold(db, "a", NOW + timedelta(seconds=9))
    assert not hold(db, "b", NOW + timedelta(seconds=18))
    with db.read() as tx:
        lease = leases.read(tx, "l")
    assert lease is not None and (lease.holder, lease.since_at, lease.facts) == ("a", NOW, {"url": "http://a"})
    assert lease.until_at == NOW + timedelta(seconds=19)


def test_a_lease_that_lapsed_is_taken_over_and_not_taken_back(db: Database):
    assert hold(db, "a", NOW, facts={"url": "http://a"})
    assert hold(db, "b", NOW + SOON)
    assert not hold(db, "a", NOW + SOON)
    with db.read() as tx:
        lease = leases.read(tx, "l")
    assert lease is not None and (lease.holder, lease.since_at, lease.facts) == ("b", NOW + SOON, {})


def test_one_that_is_known_to_be_dead_is_replaced_at_once(db: Database):
    assert hold(db, "a", NOW)
    assert hold(db, "b", NOW, dead=("a",))


def test_what_is_given_back_is_free_and_only_its_holder_gives_it_back(db: Database):
    assert hold(db, "a", NOW)
    with db.write() as tx:
        assert not leases.release(tx, "l", "b")
        assert leases.release(tx, "l", "a")
        assert leases.read(tx, "l") is None
    assert hold(db, "b", NOW)


def test_of_many_who_try_at_once_one_wins(db: Database):
    for begin in (NOW, NOW + timedelta(hours=1)):  # a free lease, then one that lapsed
        won: list[str] = []
        gate = threading.Barrier(8)

        def attempt(who: str, begin: datetime = begin, won: list[str] = won, gate: threading.Barrier = gate) -> None:
            gate.wait()
            if hold(db, who, begin):
                won.append(who)

        threads = [threading.Thread(target=attempt, args=(f"{begin}{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1


def test_many_machines_judge_by_the_clock_of_the_server(db: Database):
    ahead = datetime.now(UTC) + timedelta(hours=1)
    with db.read() as tx:
        off = abs((leases.now(tx, ahead) - datetime.now(UTC)).total_seconds())
    assert (off < 60) == (not db.is_sqlite)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = App(Folder(tmp_path / "n", '[channels.site]\nkind = "website"\n').path)
    yield made
    made.close()


def test_a_keeper_holds_until_another_takes_it_and_then_says_so(app: App):
    keeper = Keeper(app, lease_s=5, beat_s=0.05)
    assert not is_running(app)
    assert keeper.take({"url": "http://x"})
    lease = holder(app)
    assert lease is not None and lease.facts["pid"] == os.getpid() and lease.facts["url"] == "http://x"
    lost: list[str] = []
    keeper.keep(lost.append)
    time.sleep(0.3)
    assert lost == [] and is_running(app)
    with app.db.write() as tx:
        leases.release(tx, LEASE, lease.holder)
        leases.hold(tx, LEASE, "elsewhere+x/1/1", app.clock.wall(), app.clock.wall() + SOON)
    deadline = time.monotonic() + 3
    while not lost:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    keeper.release()
    assert len(lost) == 1
    other = holder(app)
    assert other is not None and other.holder == "elsewhere+x/1/1"


def test_a_bell_is_rung_by_a_datagram_and_nobody_fails_when_there_is_none(app: App):
    wake(app)
    rung = threading.Event()
    bell = Bell(app, rung.set)
    path = socket_path(app.dir)
    assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(b"anything at all, however long: nothing of it is read as an order", str(path))
    assert rung.wait(2)
    rung.clear()
    wake(app)
    assert rung.wait(2)
    bell.close()
    assert not path.exists()
    wake(app)


def test_a_bell_replaces_the_socket_that_a_killed_process_left(app: App):
    path = socket_path(app.dir)
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
        left.bind(str(path))
    wake(app)  # nobody listens: refused at once
    rung = threading.Event()
    bell = Bell(app, rung.set)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(b"", str(path))
    assert rung.wait(2)
    bell.close()


def test_one_that_lost_its_place_leaves_the_socket_of_its_successor(app: App):
    first, second = threading.Event(), threading.Event()
    old = Bell(app, first.set)
    new = Bell(app, second.set)
    old.close()
    assert socket_path(app.dir).exists()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(b"", str(socket_path(app.dir)))
    assert second.wait(2) and not first.is_set()
    new.close()


def test_a_folder_whose_path_is_too_long_gets_a_short_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path_before = socket_path(tmp_path / ("d" * 100))
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/elsewhere")
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    assert socket_path(tmp_path / ("d" * 100)) == path_before  # a service and a terminal find the same
    deep = tmp_path / ("d" * 100)
    app = App(Folder(deep, '[channels.site]\nkind = "website"\n').path)
    path = socket_path(app.dir)
    assert len(os.fsencode(path)) <= 107 and deep not in path.parents
    rung = threading.Event()
    bell = Bell(app, rung.set)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(b"", str(path))
    assert rung.wait(2)
    assert path.parent.stat().st_mode & 0o077 == 0
    bell.close()
    app.close()


def test_a_bell_on_postgresql_hears_what_another_machine_says(postgres_url: str, tmp_path: Path, request: pytest.FixtureRequest):
    url = a_database(request, "postgresql", tmp_path)
    here = App(Folder(tmp_path / "a", newsroom=f'database = "{url}"').path)
    there = App(Folder(tmp_path / "b", newsroom=f'database = "{url}"').path)
    rung = threading.Event()
    bell = Bell(here, rung.set)
    deadline = time.monotonic() + 5
    while not rung.wait(0.05):
        assert time.monotonic() < deadline
        wake(there)
    bell.close()
    here.close()
    there.close()
