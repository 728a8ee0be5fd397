"""The command after something was sent: expiry, what is awaited, an altered audit, a restored copy."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

from tests.newsroom import Folder


def test_the_clock_can_be_set_for_tests_and_expiry_is_kept(folder: Folder):
    folder.run("submit", folder.message(), "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    folder.run("send", env={"BROADCAST_NOW": "2099-11-24T08:00:00+01:00"})
    status = folder.json("status", "crue-quais", env={"BROADCAST_NOW": "2099-11-24T08:00:00+01:00"})
    assert status["phase"] == "ended" and status["ended_because"] == "expired" and "BROADCAST_NOW" in str(status)
    assert "n’est plus valable" in (folder.path / "public/a/crue-quais/index.html").read_text()
    assert json.loads((folder.path / "signs/signs/playlist.json").read_text())["entries"] == []


def test_a_hand_over_that_was_replaced_or_withdrawn_is_no_longer_awaited(tmp_path: Path):
    folder = Folder(tmp_path / "n", '[channels.journal]\nkind = "print"\n').people()
    path = folder.message()
    for _ in range(2):
        folder.run("submit", path, "--as", "alice")
        folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
        path.write_text(path.read_text() + "\nEncore.\n")
    seen = folder.json("status", "crue-quais")
    assert (len(seen["to_confirm"]), seen["late"]) == (1, [])
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "fini")
    seen = folder.json("status", "crue-quais")
    assert (seen["to_confirm"], seen["late"]) == ([], [])


def test_an_altered_audit_row_is_named(folder: Folder):
    folder.approved()
    with sqlite3.connect(folder.path / "newsroom.db") as raw:
        raw.execute("UPDATE audit SET actor = 'eve' WHERE seq = 3")
    raw.close()
    verified = folder.json("audit", "verify", code=1)
    assert verified["ok"] is False and verified["bad_row"] == 3


def test_a_restored_copy_starts_stopped(folder: Folder):
    folder.approved()
    folder.run("send")
    for name in ("newsroom.db-wal", "newsroom.db-shm"):
        assert not (folder.path / name).exists() or (folder.path / name).stat().st_size == 0
    shutil.copy(folder.path / "newsroom.db", folder.path / "backup.db")
    folder.approved("autre")
    folder.run("send")
    shutil.copy(folder.path / "backup.db", folder.path / "newsroom.db")
    for name in ("newsroom.db-wal", "newsroom.db-shm"):
        (folder.path / name).unlink(missing_ok=True)
    assert folder.json("status")["stopped"] is True
    folder.approved("nouveau")
    folder.run("send", code=1)
    assert not (folder.path / "public/a/nouveau").exists()
    folder.run("resume", "--as", "bob")
    folder.run("send")
    assert (folder.path / "public/a/nouveau/index.html").exists()
