"""Noticing that the settings, secrets or templates of a newsroom were changed while a process runs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from broadcast.settings import FILE

_Mark = tuple[tuple[str, int, int, int], ...]


class Watch:
    """Compares the files that a running process read at its start with what they are now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._named: tuple[str, ...] = ()
        self._in_force = self._last = self._mark()
        self._refused: _Mark | None = None

    def is_changed(self) -> bool:
        """True once the files differ from those in force, and have stood still since the last look.

        What was refused is asked for again only after a further change.
        """
        now = self._mark()
        is_still, self._last = now == self._last, now
        return is_still and now not in (self._in_force, self._refused)

    def accept(self) -> None:
        """What the last look saw is in force now."""
        self._in_force, self._refused = self._last, None

    def refuse(self) -> None:
        """What the last look saw cannot be used."""
        self._refused = self._last

    def _mark(self) -> _Mark:
        marks = []
        for path in self._files():
            try:
                facts = path.stat()
                marks.append((str(path), facts.st_mtime_ns, facts.st_size, facts.st_ino))
            except OSError:
                marks.append((str(path), 0, 0, 0))
        return tuple(marks)

    def _files(self) -> Iterator[Path]:
        yield self._folder / FILE
        with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):  # half written: those that it named before
            self._named = tuple(_files_in(tomllib.loads((self._folder / FILE).read_text(encoding="utf-8"))))
        for name in self._named:
            yield self._folder / name
        # Rules are frozen in the database; phrases are read whenever they are needed.
        yield from sorted(path for path in (self._folder / "templates").rglob("*") if path.is_file())


def _files_in(section: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files that settings name: secrets, recipients."""
    for key, value in section.items():
        if isinstance(value, Mapping):
            yield from _files_in(value)
        elif key.endswith("_file") and isinstance(value, str):
            yield value
