"""The threads of the active process: the dispatcher's loop, and the clock of the jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from broadcast.dispatch.serve import Serving
from scheduler.ticking import Ticking
from scheduler.watched import Watched


class Sending(Watched):
    """The dispatcher's loop in a thread of its own: the main thread is kept for signals."""

    def __init__(self, serving: Serving, finish_s: float, **watched: Any) -> None:
        self._is_done = False

        def run() -> None:
            self._is_done = serving.run(finish_s)

        super().__init__("dispatcher", run, **watched)

    def end(self, timeout_s: float) -> bool:
        """Wait for its end; False if calls were left behind."""
        return self.join(timeout_s) and self._is_done


class Jobs:
    """The clock of the jobs; one that has stopped is replaced."""

    def __init__(self, make: Callable[[], Ticking], tell: Callable[[str], None]) -> None:
        self._make, self._tell = make, tell
        self._ticking: Ticking | None = None

    def start(self) -> None:
        """Begin."""
        self._ticking = self._make()
        self._ticking.start()

    def look(self) -> None:
        """Replace the clock if its thread has ended."""
        if self._ticking is not None and not self._ticking.is_alive:
            self._tell("PANNE : l'horloge des tâches s'est arrêtée ; relancée")
            self.stop()
            self.start()

    def stop(self) -> None:
        """Start no job any more."""
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
