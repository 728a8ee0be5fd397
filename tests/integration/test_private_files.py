"""The database and what lies beside it are for its owner alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from broadcast.store.base import Database
from broadcast.store.newsroom import ensure_newsroom


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(p.stat().st_mode) for p in folder.glob("newsroom.db*")}


def opened(folder: Path) -> Database:
    db = Database(f"sqlite:///{folder / 'newsroom.db'}", "ville")
    db.open()
    with db.write() as tx:
        ensure_newsroom(tx, "live")
    return db


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o002])
def test_a_new_database_is_its_owners(tmp_path: Path, umask: int):
    before = os.umask(umask)
    try:
        db = opened(tmp_path)
        assert (tmp_path / "newsroom.db-wal").exists() and modes(tmp_path) == {0o600}
        db.close()
    finally:
        os.umask(before)


@pytest.mark.parametrize(("was", "becomes"), [(0o644, 0o600), (0o666, 0o660), (0o640, 0o600), (0o660, 0o660), (0o600, 0o600)])
def test_one_that_everybody_may_read_is_closed_and_one_shared_with_a_group_stays_so(tmp_path: Path, was: int, becomes: int):
    opened(tmp_path).close()
    (tmp_path / "newsroom.db").chmod(was)
    db = opened(tmp_path)
    assert modes(tmp_path) == {becomes}
    db.close()


def test_a_folder_that_is_not_there_is_said_as_before(tmp_path: Path):
    with pytest.raises(Exception, match="ne peut pas être ouverte"):
        Database(f"sqlite:///{tmp_path}/nulle-part/newsroom.db", "ville").open()
