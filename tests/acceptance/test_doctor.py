"""`broadcast doctor` on newsrooms that lack something: each fault has its line, its way out, and exit code 1."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.newsroom import SITE, Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "n", SITE).people()


def states(folder: Folder, code: int) -> dict[str, set[str]]:
    seen = folder.json("doctor", code=code)
    assert seen["ok"] is (code == 0)
    found: dict[str, set[str]] = {}
    for check in seen["checks"]:
        assert set(check) == {"check", "state", "subject", "message", "way_out"}
        found.setdefault(check["check"], set()).add(check["state"])
    return found


def test_a_newsroom_in_order_has_no_fault_and_every_part_is_looked_at(folder: Folder):
    found = states(folder, 0)
    assert {"database", "audit", "files", "channel", "clock", "disk", "run", "fonts"} == found.keys()
    assert "aucun défaut" in folder.run("doctor").stdout


def test_a_damaged_page_is_named_with_the_way_out(folder: Folder):
    database = folder.path / "newsroom.db"
    with sqlite3.connect(database) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'vote'").fetchone()[0]
    raw.close()
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 64)
    said = folder.run("doctor", code=1).stdout
    assert "DÉFAUT" in said and "restaurez une sauvegarde" in said
    assert "base de données abîmée" in folder.run("status").stderr


def test_a_database_that_is_none_is_a_fault_and_the_files_are_looked_at_all_the_same(folder: Folder):
    (folder.path / "newsroom.db").write_bytes(b"\xa5" * 8192)
    found = states(folder, 1)
    assert found["database"] == {"fault"} and found["files"] == {"ok"}


def test_a_stale_head_is_a_fault_of_the_audit(folder: Folder):
    folder.run("audit", "verify")
    heads = folder.path / ".broadcast" / "audit-heads"
    heads.write_text(f"1\t{'a' * 64}\n" + heads.read_text())
    assert states(folder, 1)["audit"] == {"fault"}


def test_files_that_others_may_read_are_named_with_the_command_that_closes_them(folder: Folder):
    secret = folder.path / "secrets" / "x-token"
    secret.write_text("s")
    secret.chmod(0o644)
    said = folder.run("doctor", code=1).stdout
    assert f"chmod 600 '{secret}'" in said
    secret.chmod(0o600)
    assert states(folder, 0)["files"] == {"ok"}


def test_settings_that_cannot_be_read_and_channels_that_cannot_be_opened_are_faults(folder: Folder):
    file = folder.path / "broadcast.toml"
    whole = file.read_text()
    file.write_text(whole + '[channels.x]\nkind = "x"\n')
    assert "fault" in states(folder, 1)["channel"]
    file.write_text(whole + "[[[")
    assert states(folder, 1)["settings"] == {"fault"}


def test_a_channel_in_pause_and_a_general_stop_are_faults(folder: Folder):
    folder.run("channels", "pause", "website", "--as", "bob")
    assert "fault" in states(folder, 1)["channel"]
    folder.run("channels", "resume", "website", "--as", "bob")
    folder.run("stop", "--as", "bob", "--reason", "essai")
    assert "broadcast" in folder.run("doctor", code=1).stdout
