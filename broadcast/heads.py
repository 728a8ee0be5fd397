"""Heads of the audit kept outside the database: whoever cuts or rewrites its end must also find and change these."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from broadcast.store import audit
from broadcast.store.audit import Head
from broadcast.store.base import Database

#: File that a board may keep among its own, for everybody to see.
PUBLIC = "audit.txt"
#: The last line of the file is sought among so many bytes.
_TAIL_BYTES = 4096
_LOST = "perdu"


class Heads:
    """The heads of one newsroom in `.broadcast/audit-heads`, one a line, and how far the chain was verified."""

    def __init__(self, db: Database, folder: Path, public: Iterable[Path] = ()) -> None:
        """Read nothing yet.

        Args:
            db: the database.
            folder: of the newsroom.
            public: folders in which boards may keep a head of their own.
        """
        self._db, self._public = db, tuple(public)
        self.file = folder / ".broadcast" / "audit-heads"
        self._verified = folder / ".broadcast" / "audit-verified"

    def keep(self, now: datetime) -> None:
        """Add the head as it is now, if it is a new one; a disk that refuses costs a line, and `doctor` tells."""
        with self._db.read() as tx:
            head = audit.head(tx)
        last = _heads(self._tail())
        if head.seq and head.seq > max((h.seq for h in last), default=0):
            with suppress(OSError):
                self._add(f"{head.seq}\t{head.hash}\t{now.isoformat(timespec='seconds')}")

    def lose(self) -> None:
        """An older copy of the database is in place: what lies after its head is lost, and stays readable as such."""
        with self._db.read() as tx:
            head = audit.head(tx)
        lines = _lines(self.file)
        kept = [line if h is None or h.seq <= head.seq else f"{_LOST}\t{line}" for line, h in ((n, _head(n)) for n in lines)]
        kept += [f"{_LOST}\t{h.seq}\t{h.hash}\t{h.newsroom}" for h in self._shown() if h.seq > head.seq]
        if kept != lines:
            part = self.file.with_suffix(f".{os.getpid()}")
            part.write_text("".join(f"{line}\n" for line in kept))
            part.chmod(0o600)
            part.replace(self.file)
        with suppress(OSError):
            self._verified.unlink(missing_ok=True)

    def known(self) -> list[Head]:
        """Return the heads that are kept beside the database and by its boards, in order."""
        lines = _lines(self.file)
        lost = {h.hash for h in _heads(line.removeprefix(f"{_LOST}\t") for line in lines if line.startswith(_LOST))}
        shown = [h for h in self._shown() if h.hash not in lost]
        return sorted([*_heads(lines), *shown], key=lambda h: h.seq)

    def _shown(self) -> list[Head]:
        found = [h for folder in self._public for h in _heads(_lines(folder / PUBLIC))]
        return [h for h in found if h.newsroom == self._db.newsroom]

    def lost(self) -> int:
        """Return how many heads were lost with databases that an older copy replaced."""
        return sum(line.startswith(_LOST) for line in _lines(self.file))

    def verify(self, *, whole: bool) -> audit.Verification:
        """Verify the chain against the heads: all of it, or from the last head that was verified.

        Raises:
            StoreError: the database cannot be read.
        """
        after = None if whole else next(iter(_heads(_lines(self._verified))), None)
        known: Sequence[Head] = [h for h in self.known() if after is None or h.seq >= after.seq]
        with self._db.read() as tx:
            seen = audit.verify(tx, heads=known, after=after)
        if seen.bad_seq is None and seen.head is not None:
            with suppress(OSError):
                part = self._verified.with_suffix(f".{os.getpid()}")
                part.write_text(f"{seen.head.seq}\t{seen.head.hash}\n")
                part.replace(self._verified)
        return seen

    def _add(self, line: str) -> None:
        self.file.parent.mkdir(mode=0o700, exist_ok=True)
        # One call a line: two processes that end at once write two lines, not a mixture.
        file = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, f"{line}\n".encode())
        finally:
            os.close(file)

    def _tail(self) -> list[str]:
        try:
            with self.file.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
                return file.read().decode(errors="replace").splitlines()
        except OSError:
            return []


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []


def _heads(lines: Iterable[str]) -> list[Head]:
    return [head for head in map(_head, lines) if head is not None]


def _head(line: str) -> Head | None:
    seq, _, rest = line.partition("\t")
    digest, _, more = rest.partition("\t")
    if not seq.isdecimal() or len(digest) != len(audit.GENESIS):
        return None
    return Head(seq=int(seq), hash=digest, newsroom=more.rpartition("\t")[2])
