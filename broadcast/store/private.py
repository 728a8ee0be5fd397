"""The database's files are its owner's: made so whatever the umask, and made so again where everybody may read them."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

#: What SQLite lays beside its file; it gives them the rights that the file has.
COMPANIONS = ("-wal", "-shm", "-journal")
_OWNER = stat.S_IRUSR | stat.S_IWUSR


def make_private(path: Path, *, is_new: bool) -> None:
    """Make a new database's file for its owner alone, and take from everybody what they were given of one that is there.

    A group that may write was let in on purpose (two logins that share a newsroom), and stays; one that may only read
    came from the umask, and does not. What cannot be changed is left: opening it will say why.
    """
    if is_new:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER))
    for file in (path, *(path.with_name(path.name + ending) for ending in COMPANIONS)):
        with contextlib.suppress(OSError):
            _tighten(file)


def _tighten(file: Path) -> None:
    mode = stat.S_IMODE(file.stat().st_mode)
    shared = _OWNER | stat.S_IRGRP | stat.S_IWGRP if mode & stat.S_IWGRP else _OWNER
    if mode & ~shared:
        file.chmod(mode & shared)
