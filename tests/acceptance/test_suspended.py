"""A process that is suspended in the middle of a call, for longer than its claim holds, while another one sends."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcast.stands import stand_type
from broadcast.stands.base import Stand
from tests.acceptance.running import eventually
from tests.newsroom import Folder

LEASE_S = 2
KINDS = ["mastodon", "bluesky", "x", "facebook", "wordpress", "telegram", "email"]
#: Where nobody can look and no key protects, another process asks a person instead of sending again.
ASKS_A_PERSON = {"telegram", "email"}


class Suspended:
    """One process that stops itself at a point."""

    def __init__(self, folder: Folder, point: str, *args: str, out: Path) -> None:
        self.out = out
        with out.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.acceptance.suspended", "--newsroom", str(folder.path), *args],
                env={**os.environ, "STOP_AT": point},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def is_stopped(self) -> bool:
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    type_ = stand_type(request.param)
    assert type_ is not None
    with type_() as made:
        if hasattr(made, "ignores_keys"):
            made.ignores_keys = True
        yield made


@pytest.fixture
def processes() -> Iterator[list[Suspended]]:
    made: list[Suspended] = []
    yield made
    for each in made:
        each.process.kill()
        each.process.wait()


def a_folder(path: Path, stand: Stand) -> Folder:
    folder = Folder(path, Folder.network("reseau", stand, path)).people()
    settings = folder.path / "broadcast.toml"
    settings.write_text(settings.read_text().replace("[dispatch]\n", f'[dispatch]\nlease = "{LEASE_S}s"\n'))
    folder.approved()
    return folder


def query(folder: Folder, statement: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(folder.path / "newsroom.db", timeout=20) as connection:
        return list(connection.execute(statement))


def outcomes(folder: Folder) -> list[str]:
    return [row[0] for row in query(folder, "SELECT outcome FROM receipt ORDER BY id")]


@pytest.mark.parametrize("point", ["attempt", "connected"])
@pytest.mark.parametrize("stand", KINDS, indirect=True)
def test_a_suspended_send_posts_nothing_after_another_has(tmp_path: Path, stand: Stand, processes: list[Suspended], point: str):
    folder = a_folder(tmp_path / "n", stand)
    first = Suspended(folder, point, "send", out=tmp_path / "out")
    processes.append(first)
    eventually(lambda: first.is_stopped, 60, first.out.read_text)
    time.sleep(LEASE_S + 0.5)
    other = folder.run("send", "--wait", "8", code=None)
    sent = len(stand.live())
    assert sent == (0 if stand.kind in ASKS_A_PERSON else 1), other.stdout
    first.wake()
    assert first.process.wait(60) in (0, 1)
    assert len(stand.live()) == sent, first.out.read_text()
    assert "unknown" in outcomes(folder)
    assert outcomes(folder).count("published") + outcomes(folder).count("found") == sent
    state = folder.json("status", "crue-quais")["deliveries"][0]
    if sent:
        assert state["state"] == "delivered"
    else:
        assert state["state"] in ("unknown", "delivered")


@pytest.mark.parametrize("stand", ["mastodon"], indirect=True)
def test_a_suspended_run_posts_nothing_after_another_has(tmp_path: Path, stand: Stand, processes: list[Suspended]):
    folder = a_folder(tmp_path / "n", stand)
    first = Suspended(folder, "attempt", "run", "--no-web", out=tmp_path / "out")
    processes.append(first)
    eventually(lambda: first.is_stopped, 60, first.out.read_text)
    time.sleep(LEASE_S + 0.5)
    folder.run("send", "--wait", "8")
    assert len(stand.live()) == 1
    first.wake()
    eventually(lambda: "unknown" in outcomes(folder), 30, first.out.read_text)
    # It goes on: what is approved next leaves, once.
    folder.approved("autre", text=(folder.path / "content/messages/crue-quais.md").read_text().replace("Crue", "Vent"))
    eventually(lambda: len(stand.live()) == 2, 30, first.out.read_text)
    first.process.terminate()
    assert first.process.wait(30) == 0
    assert len(stand.live()) == 2


@pytest.mark.parametrize("stand", ["mastodon"], indirect=True)
def test_a_process_that_nobody_replaced_looks_and_then_sends_once(tmp_path: Path, stand: Stand, processes: list[Suspended]):
    folder = a_folder(tmp_path / "n", stand)
    first = Suspended(folder, "attempt", "send", "--wait", "20", out=tmp_path / "out")
    processes.append(first)
    eventually(lambda: first.is_stopped, 60, first.out.read_text)
    time.sleep(LEASE_S + 0.5)
    first.wake()
    assert first.process.wait(60) == 0, first.out.read_text()
    assert len(stand.live()) == 1
    assert outcomes(folder)[0] == "unknown"
    assert outcomes(folder)[-1] == "published"
