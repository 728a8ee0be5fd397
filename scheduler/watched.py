"""A thread that must live as long as the process is active: a fault starts it anew, too many faults give it up."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

#: So many faults within so many seconds, and the thread is given up.
MAX_FAULTS, WITHIN_S = 5, 60.0
#: Wait before it is started anew, seconds.
NAP_S = 0.2


class Watched:
    """Runs a piece of work in a thread until it is over, whatever it raises."""

    def __init__(
        self,
        name: str,
        work: Callable[[], None],
        *,
        over: threading.Event,
        tell: Callable[[str], None],
        on_given_up: Callable[[str], None],
    ) -> None:
        """Prepare; nothing begins before `start`.

        Args:
            name: how people know the thread.
            work: returns once `over` is set; that it returns before is a fault, too.
            over: set when the work is to end.
            tell: told each fault, in a line.
            on_given_up: told once that the thread cannot be kept.
        """
        self.name, self._work, self._over = name, work, over
        self._tell, self._on_given_up = tell, on_given_up
        self._faults: deque[float] = deque(maxlen=MAX_FAULTS)
        self._thread: threading.Thread | None = None
        self._is_given_up = False
        #: How often it was started anew.
        self.restarts = 0

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:  # the machine gives no more threads
            self._thread = None
            self._count(f"ne peut pas démarrer : {error}")

    def look(self) -> None:
        """Start the thread anew if it lives no longer though it should: what ended it passed by every guard."""
        if self._over.is_set() or self._is_given_up or (self._thread is not None and self._thread.is_alive()):
            return
        if self._thread is None or self._count("a disparu"):
            self.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False if it did not come in time."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            try:
                self._work()
                why = "s'est terminé tout seul"
            except BaseException as error:  # noqa: BLE001  (whatever it is, the work must go on)
                why = f"s'est arrêté : {error!r}"
            if self._over.is_set() or not self._count(why):
                return
            self._over.wait(NAP_S)

    def _count(self, why: str) -> bool:
        """Count a fault, and tell it; False if it was one too many."""
        self._faults.append(time.monotonic())
        self._is_given_up = len(self._faults) == MAX_FAULTS and self._faults[-1] - self._faults[0] < WITHIN_S
        if self._is_given_up:
            self._on_given_up(f"PANNE : {self.name} {why} ; {MAX_FAULTS} fois en moins d'une minute : abandon")
            return False
        self.restarts += 1
        self._tell(f"PANNE : {self.name} {why} ; relancé")
        return True
