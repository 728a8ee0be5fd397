"""Calls to recipients side by side: a few threads, each with a connection of its own, fed by the one that keeps the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from broadcast.channel import Published
from broadcast.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one recipient; neither published nor an error: the call was never made."""

    address: str
    published: Published | None = None
    error: DeliveryError | None = None


class Lanes:
    """Threads that call; each address goes to one of them."""

    def __init__(self, count: int, call: Callable[[str], Answer], close: Callable[[], None]) -> None:
        """Prepare; threads begin when they are needed.

        Args:
            count: threads at most.
            call: sends to one recipient; must not raise.
            close: gives the connection of the calling thread back.
        """
        self._count, self._call, self._close = count, call, close
        self._wanted: SimpleQueue[str | None] = SimpleQueue()
        self._answers: list[Answer] = []
        self._enough, self._awaited = threading.Condition(), 1
        self._threads: list[threading.Thread] = []
        self._halted = threading.Event()
        #: Recipients of whom no answer was taken yet.
        self.in_flight = 0

    def send(self, addresses: list[str]) -> None:
        """Call each, as soon as a thread is free."""
        self.in_flight += len(addresses)
        for _ in range(min(self._count, self.in_flight) - len(self._threads)):
            thread = threading.Thread(target=self._serve, name="recipients", daemon=True)
            self._threads.append(thread)
            thread.start()
        for address in addresses:
            self._wanted.put(address)

    def halt(self, halted: bool) -> None:
        """Say whether what waits comes back without a call."""
        if halted:
            self._halted.set()
        else:
            self._halted.clear()

    def take(self, at_least: int = 1) -> list[Answer]:
        """Wait for so many answers, and return all that are there; whoever waits is not woken by each of them."""
        at_least = min(max(at_least, 1), self.in_flight)
        with self._enough:
            self._awaited = at_least
            self._enough.wait_for(lambda: len(self._answers) >= at_least)
            found, self._answers = self._answers, []
        self.in_flight -= len(found)
        return found

    def close(self) -> None:
        """End the threads; they give their connections back."""
        for _ in self._threads:
            self._wanted.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        try:
            while (address := self._wanted.get()) is not None:
                answer = Answer(address) if self._halted.is_set() else self._call(address)
                with self._enough:
                    self._answers.append(answer)
                    if len(self._answers) >= self._awaited:
                        self._enough.notify()
        finally:
            self._close()
