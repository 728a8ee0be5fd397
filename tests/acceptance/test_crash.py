"""The installed command, paused at each step and killed: one post, and `status` says what the network shows."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from broadcast.stands import stand_type
from broadcast.stands.base import Stand
from tests.newsroom import COMMAND, Folder

POINTS = ("claim", "attempt", "answer", "receipt")


def kill_at(folder: Folder, point: str) -> None:
    process = subprocess.Popen(
        [COMMAND, "--newsroom", str(folder.path), "send"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "BROADCAST_PAUSE_AT": point},
    )
    assert process.stdout is not None
    assert f"paused at {point}" in process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def a_stand(kind: str) -> Stand:
    type_ = stand_type(kind)
    assert type_ is not None
    return type_()


@pytest.mark.parametrize("ignores_keys", [False, True])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kind", ["mastodon", "x", "facebook"])
def test_killed_while_publishing(tmp_path: Path, kind: str, point: str, ignores_keys: bool):
    if ignores_keys and kind != "mastodon":
        pytest.skip(f"{kind} has no idempotency keys")
    with a_stand(kind) as stand:
        stand.ignores_keys = ignores_keys
        folder = Folder(tmp_path / "n", Folder.network("reseau", stand, tmp_path / "n")).people()
        folder.approved()
        kill_at(folder, point)
        folder.run("send", "--wait", "20")
        assert len(stand.live()) == 1
        status = folder.json("status", "crue-quais")
        assert [d["state"] for d in status["deliveries"]] == ["delivered"]
        assert status["deliveries"][0]["external_id"] == stand.live()[0].id
        assert [p["url"] for p in status["public"]] == [stand.live()[0].url]
        assert status["phase"] == "live"


@pytest.mark.parametrize("point", ["attempt", "answer"])
@pytest.mark.parametrize("kind", ["mastodon", "x", "facebook"])
def test_killed_while_taking_down(tmp_path: Path, kind: str, point: str):
    with a_stand(kind) as stand:
        folder = Folder(tmp_path / "n", Folder.network("reseau", stand, tmp_path / "n")).people()
        folder.approved()
        folder.run("send")
        process = subprocess.Popen(
            [COMMAND, "--newsroom", str(folder.path), "withdraw", "crue-quais", "--as", "bob", "--reason", "fini"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "BROADCAST_PAUSE_AT": point},
        )
        assert process.stdout is not None
        while f"paused at {point}" not in process.stdout.readline():
            assert process.poll() is None
        process.kill()
        process.wait()
        process.stdout.close()
        folder.run("send", "--wait", "20")
        assert stand.live() == []
        status = folder.json("status", "crue-quais")
        assert status["phase"] == "ended" and status["ended_because"] == "withdrawn" and status["public"] == []


def test_two_sends_at_once_never_double(tmp_path: Path):
    with a_stand("mastodon") as stand:
        stand.ignores_keys = True
        folder = Folder(tmp_path / "n", Folder.network("reseau", stand, tmp_path / "n")).people()
        for n in range(12):
            folder.approved(f"message-{n}", more=f"contact: {n}\n")
        processes = [
            subprocess.Popen([COMMAND, "--newsroom", str(folder.path), "send", "--wait", "5"], stdout=subprocess.DEVNULL)
            for _ in range(3)
        ]
        assert [p.wait() for p in processes] == [0, 0, 0]
        assert len(stand.live()) == 12
        assert len({p.text for p in stand.live()}) == 12
