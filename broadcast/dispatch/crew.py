"""Threads that are kept: starting a hundred anew for each alert would cost more than the calls."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue


class Crew:
    """As many threads as jobs ever ran at once; a job never waits for another."""

    def __init__(self) -> None:
        self._forget()
        # Threads do not live on in a child process: it begins with none.
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[SimpleQueue[Callable[[], None]]] = []

    def do(self, job: Callable[[], None]) -> None:
        """Run a job in a thread of its own; it must not raise."""
        with self._lock:
            box = self._idle.pop() if self._idle else None
        if box is None:
            box = SimpleQueue()
            # Daemons: a call that hangs must not keep a program that was told to stop.
            threading.Thread(target=self._serve, args=(box,), name="channel", daemon=True).start()
        box.put(job)

    def _serve(self, box: SimpleQueue[Callable[[], None]]) -> None:
        while True:
            box.get()()
            with self._lock:
                self._idle.append(box)
