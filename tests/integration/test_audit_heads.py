"""Heads of the audit outside the database: cutting or rewriting its end is noticed though the newsroom's row agrees."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.newsroom import Folder

CHANNELS = '[channels.website]\nkind = "website"\npath = "public"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "n", CHANNELS).people()


def run_sql(folder: Folder, *statements: str) -> None:
    with sqlite3.connect(folder.path / "newsroom.db") as raw:
        for statement in statements:
            raw.execute(statement)
    raw.close()


def cut_tail(folder: Folder, count: int = 1) -> None:
    """As somebody would who knows how the head is kept in the newsroom's row."""
    run_sql(
        folder,
        f"DELETE FROM audit WHERE seq > (SELECT max(seq) FROM audit) - {count}",
        "UPDATE newsroom SET audit_seq = (SELECT max(seq) FROM audit),"
        " audit_hash = (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1)",
    )


def verify(folder: Folder, *more: str, code: int = 0) -> str:
    return folder.run("audit", "verify", *more, code=code).stdout


def test_a_tail_that_is_cut_is_noticed_though_the_newsrooms_row_agrees(folder: Folder):
    assert "intact" in verify(folder)
    cut_tail(folder)
    assert "les dernières lignes manquent" in verify(folder, code=1)
    assert "les dernières lignes manquent" in verify(folder, "--all", code=1)


def test_a_tail_that_is_cut_and_grown_again_is_noticed(folder: Folder):
    cut_tail(folder)
    folder.run("stop", "--as", "bob", "--reason", "x")
    folder.run("resume", "--as", "bob")
    assert "gardée hors de la base" in verify(folder, "--all", code=1)


def test_the_site_keeps_a_head_that_all_can_see(folder: Folder):
    folder.message("crue-quais")
    folder.run("submit", "content/messages/crue-quais.md", "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    number, digest, newsroom = (folder.path / "public" / "audit.txt").read_text().strip().split("\t")
    assert (len(digest), newsroom) == (64, "ville")
    (folder.path / ".broadcast" / "audit-heads").unlink()
    assert "intact" in verify(folder, "--all")
    (folder.path / ".broadcast" / "audit-heads").unlink()
    run_sql(folder, f"UPDATE audit SET hash = 'x' WHERE seq = {number}")
    cut_tail(folder, 2 + int(run_max(folder)) - int(number))
    assert verify(folder, "--all", code=1)


def run_max(folder: Folder) -> int:
    with sqlite3.connect(folder.path / "newsroom.db") as raw:
        found = raw.execute("SELECT max(seq) FROM audit").fetchone()[0]
    raw.close()
    return int(found)


def test_verification_goes_on_from_the_last_verified_row_and_reads_all_on_demand(folder: Folder):
    first = folder.json("audit", "verify")
    folder.run("stop", "--as", "bob", "--reason", "x")
    second = folder.json("audit", "verify")
    assert first["since"] == 0
    assert (second["since"], second["count"]) == (first["count"], 1)
    assert folder.json("audit", "verify", "--all")["count"] == first["count"] + 1
    run_sql(folder, "UPDATE audit SET actor = 'eve' WHERE seq = 1")
    assert "intact" in verify(folder)
    assert "contenu modifié" in verify(folder, "--all", code=1)
    run_sql(folder, f"UPDATE audit SET hash = 'x' WHERE seq = {first['count'] + 1}")
    assert verify(folder, code=1)


def test_after_an_older_copy_what_was_lost_is_told_and_is_no_tampering(folder: Folder):
    database = folder.path / "newsroom.db"
    copy = database.read_bytes()
    folder.message("crue-quais")
    folder.run("submit", "content/messages/crue-quais.md", "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    for file in folder.path.glob("newsroom.db*"):
        file.unlink()
    database.write_bytes(copy)
    folder.run("status", code=None)
    seen = folder.json("audit", "verify", "--all")
    assert seen["ok"] is True
    assert seen["lost_heads"] > 0
    assert "perdu" in (folder.path / ".broadcast" / "audit-heads").read_text()
