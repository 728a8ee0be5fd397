"""Durable files for boards and hand-overs: whole or not at all, and only where something changed."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from broadcast.errors import ChannelMisconfigured, ChannelUnavailable, DeliveryError


def write(path: Path, data: bytes) -> bool:
    """Write a file atomically and durably; False if it already held exactly this.

    Raises:
        OSError: nothing was changed.
    """
    with contextlib.suppress(OSError):
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    sync(path.parent)
    return True


def sync(folder: Path) -> None:
    """Make renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
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
    return ChannelUnavailable(f"{who} : {place} : {error.strerror or error}", subject=who)
