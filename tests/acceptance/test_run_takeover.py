"""Several `broadcast run` on one newsroom: one works, the others stand by and take over."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable
from pathlib import Path

from broadcast.stands.base import Stand
from tests.acceptance.running import PLACES, Running, a_folder, eventually
from tests.newsroom import Folder


def two_of_them(folder: Folder, other: Folder, runs: Callable[..., Running], mastodon: Stand) -> None:
    first = runs(folder)
    first.says("actif :")
    second = runs(other)
    second.says(f"en veille : processus {first.process.pid} sur")
    assert (first.health()["state"], second.health()["state"]) == ("active", "standby")
    first.process.kill()
    first.process.wait()
    assert second.says("actif :") < 4
    assert second.health()["state"] == "active"
    folder.approved()
    eventually(lambda: mastodon.live(), 8)
    third = runs(folder)
    third.says("en veille")
    assert second.stop() == 0
    assert third.says("actif :") < 4
    assert third.stop(signal.SIGINT) == 0
    assert len(mastodon.live()) == 1


def test_a_second_one_stands_by_and_takes_over_when_the_first_is_killed(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon)
    two_of_them(folder, folder, runs, mastodon)


def test_on_postgresql_too(tmp_path: Path, runs, mastodon: Stand, postgres_url: str):
    from sqlalchemy import create_engine, text

    name = f"b{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    database = f'database = "{postgres_url.replace("/postgres?", f"/{name}?")}"'
    folder = a_folder(tmp_path / "n", mastodon, newsroom=database)
    other = Folder(tmp_path / "o", PLACES + Folder.network("reseau", mastodon, tmp_path / "o"), newsroom=database)
    two_of_them(folder, other, runs, mastodon)


def test_on_one_port_the_second_gets_the_pages_with_the_work(tmp_path: Path, runs):
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folder = a_folder(tmp_path / "n")
    first = runs(folder, "--port", port)
    first.says("actif :")
    second = runs(folder, "--port", port)
    second.says("changez --port")
    second.says("en veille")
    assert first.stop() == 0
    second.says("page d'état : http", 20)
    assert second.health()["state"] == "active"
