"""Durable files for boards and hand-overs: whole or not at all, and only where something changed."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from broadcast import fence
from broadcast.errors import ChannelMisconfigured, ChannelUnavailable, ClaimLost, DeliveryError, os_reason

#: Files that the disk is asked to keep at the same time.
_AT_ONCE = 8


def read_plain(path: Path, limit: int) -> bytes:
    """Return what a file holds, one byte beyond the limit at the most.

    Only a plain file is opened for good: a pipe or a device would hold the reader for ever.

    Args:
        path: the file; links are followed.
        limit: most that is wanted, bytes; a longer answer says that there is more.

    Raises:
        OSError: it cannot be read; EINVAL where it is no plain file.
    """
    number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, "ce n'est pas un fichier ordinaire ; copiez-en le contenu dans un fichier", str(path))
        return file.read(limit + 1)


def write(path: Path, data: bytes) -> bool:
    """Write a file atomically and durably; False if it already held exactly this.

    Raises:
        OSError: nothing was changed.
    """
    return bool(write_all([(path, data)]))


def write_all(wanted: Sequence[tuple[Path, bytes]]) -> list[Path]:
    """Write files atomically and durably, and return those that changed.

    They appear in the order given, each whole; all are on disk when this returns. It costs about as
    much as one: the disk is asked for all of them at once.

    Raises:
        OSError: of those given, none or only the first ones have appeared.
        ClaimLost: likewise, because the claim for which they are written has lapsed.
    """
    changed = [(path, data) for path, data in dict(wanted).items() if not _holds(path, data)]
    parts = [(path, path.with_name(f".{path.name}.{os.getpid()}.part")) for path, _ in changed]
    folders = {path.parent: None for path, _ in changed}
    try:
        for folder in list(folders):
            folders |= dict.fromkeys(_make(folder))
        for (_, data), (_, part) in zip(changed, parts, strict=True):
            part.write_bytes(data)
        _sync_all([part for _, part in parts])
        for path, part in parts:
            fence.ask()  # what another process has shown since must not be covered by an older picture
            part.replace(path)
    except (OSError, ClaimLost):
        for _, part in parts:
            with contextlib.suppress(OSError):
                part.unlink()
        raise
    _sync_all(list(folders))
    return [path for path, _ in parts]


def _make(folder: Path) -> list[Path]:
    """Make a folder, and return those that got a new entry."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
    return [new.parent for new in missing]


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _sync_all(paths: Sequence[Path]) -> None:
    if len(paths) < 3:
        for path in paths:
            sync(path)
        return
    with ThreadPoolExecutor(min(len(paths), _AT_ONCE)) as pool:
        list(pool.map(sync, paths))


def sync(path: Path) -> None:
    """Make a file's content, or the renames in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def failure(error: OSError, who: str) -> DeliveryError:
    """Return what a file error means for a delivery: wait for room, or have the rights mended."""
    place = error.filename or ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ChannelUnavailable(f"{who} : disque plein ({place}) ; libérez de la place", subject=who)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ChannelMisconfigured(
            f"{who} : écriture interdite dans {place} ; vérifiez les droits du dossier, puis `broadcast channels resume {who}`",
            subject=who,
        )
    return ChannelUnavailable(f"{who} : {place} : {os_reason(error)}", subject=who)
