"""`broadcast run` whose log cannot be written, or whose database is busy: what is approved leaves, and it is told."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcast.stands.base import Stand
from tests.acceptance.running import Running, a_folder, eventually
from tests.newsroom import COMMAND, MESSAGE, Folder


def receipts(folder: Folder) -> list[str]:
    with sqlite3.connect(folder.path / "newsroom.db") as connection:
        return [row[0] for row in connection.execute("SELECT outcome FROM receipt ORDER BY id")]


def approved(folder: Folder, slug: str) -> None:
    folder.approved(slug, text=MESSAGE.format(more="").replace("Crue de la Seine", f"Crue {slug}"))


@pytest.fixture
def starts() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    made: list[subprocess.Popen[bytes]] = []

    def start(folder: Folder, *args: str, **facts: object) -> subprocess.Popen[bytes]:
        command = [COMMAND, "--newsroom", str(folder.path), "run", *args]
        made.append(subprocess.Popen(command, env={**os.environ, **folder.env}, **facts))  # type: ignore[call-overload]
        return made[-1]

    yield start
    for each in made:
        each.kill()
        each.wait()


def messages_leave(folder: Folder, mastodon: Stand, count: int = 3) -> None:
    for number in range(count):
        approved(folder, f"m{number}")
        eventually(lambda n=number: len(mastodon.live()) == n + 1, 15, lambda: receipts(folder))
    eventually(lambda: len(receipts(folder)) == 3 * count, 15, lambda: receipts(folder))
    assert set(receipts(folder)) == {"published"}


def test_a_pipe_that_closes_after_two_lines_costs_lines_only(tmp_path: Path, mastodon: Stand, starts):
    folder = a_folder(tmp_path / "n", mastodon)
    process = starts(folder, "--no-web", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    first = [process.stdout.readline().decode() for _ in range(2)]
    assert "actif :" in first[1]
    process.stdout.close()
    messages_leave(folder, mastodon)
    eventually(lambda: json.loads(folder.run("status", "--json").stdout)["running"]["log_lost"] > 0)
    told = folder.run("status")
    assert "JOURNAL" in told.stderr
    assert "tube fermé" in told.stderr
    process.terminate()
    assert process.wait(15) == 0


def test_a_full_disk_under_the_log_costs_lines_only(tmp_path: Path, mastodon: Stand, starts):
    folder = a_folder(tmp_path / "n", mastodon)
    with Path("/dev/full").open("w") as full, (tmp_path / "err").open("w") as err:
        process = starts(folder, "--no-web", stdout=full, stderr=err)
        messages_leave(folder, mastodon)
        process.terminate()
        assert process.wait(15) == 0
    assert (tmp_path / "err").read_text().count("disque plein") == 1


def test_a_log_that_nobody_reads_any_more_holds_nothing_up(tmp_path: Path, mastodon: Stand, starts):
    folder = a_folder(tmp_path / "n", mastodon)
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    try:
        while True:
            os.write(writes, b"x" * 65536)
    except BlockingIOError:
        os.set_blocking(writes, True)
    process = starts(folder, "--no-web", stdout=writes, stderr=subprocess.DEVNULL)
    messages_leave(folder, mastodon)
    process.terminate()
    assert process.wait(15) == 0
    os.close(reads)
    os.close(writes)


def test_the_pages_tell_what_the_log_lost(tmp_path: Path, mastodon: Stand, starts):
    import socket
    import urllib.request

    folder = a_folder(tmp_path / "n", mastodon)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Path("/dev/full").open("w") as full:
        starts(folder, "--port", str(port), stdout=full, stderr=subprocess.DEVNULL)

        def health() -> dict[str, object]:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    return json.load(answer)
            except OSError:
                return {}

        eventually(lambda: health().get("state") == "active", 15)
        told = health()
        assert told["log_lost"]
        assert "disque plein" in str(told["log_fault"])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            assert "journal" in page.read().decode()


def test_a_database_that_stays_locked_ends_one_activity_and_not_two(tmp_path: Path, mastodon: Stand, runs):
    folder = a_folder(tmp_path / "n", mastodon)
    first: Running = runs(folder)
    first.says("actif :")
    second: Running = runs(folder)
    second.says("en veille")
    with sqlite3.connect(folder.path / "newsroom.db", isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        first.says("relais perdu", 40)
        connection.execute("ROLLBACK")
    eventually(lambda: sorted([first.health()["state"], second.health()["state"]]) == ["active", "standby"], 40)
    approved(folder, "apres")
    eventually(lambda: len(mastodon.live()) == 1, 30)
    eventually(lambda: len(receipts(folder)) == 3, 15, lambda: receipts(folder))
    assert sorted([first.health()["state"], second.health()["state"]]) == ["active", "standby"]
    assert (first.stop(), second.stop()) == (0, 0)
