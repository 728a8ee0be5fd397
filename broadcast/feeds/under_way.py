"""Which sources are being asked by this process: none is asked twice at once, and a slow one holds up no other."""

from __future__ import annotations

import threading
from collections.abc import Iterable


class UnderWay:
    """Names taken by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[str] = set()

    def take(self, names: Iterable[str]) -> list[str]:
        """Return those of the names that nobody has taken; they are the caller's until given back."""
        with self._lock:
            free = [name for name in dict.fromkeys(names) if name not in self._names]
            self._names.update(free)
            return free

    @property
    def is_empty(self) -> bool:
        """True while no source is being asked."""
        return not self._names

    def give_back(self, names: Iterable[str]) -> None:
        """Let others take these names."""
        with self._lock:
            self._names.difference_update(names)
