"""Parsing in processes of their own: a body that kills or hangs its process costs its feed, and nothing else.

Not `ProcessPoolExecutor`: there the death of one worker ends the work of all, and one that hangs cannot
be ended. Here a thread watches over each process, knows what it works on, and replaces it.
Few and small bodies are parsed where they are; processes that have nothing to do end after a while.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any

from broadcast.feeds.worker import Parsed, Work, Worker, parsed_of

__all__ = ["Parsed", "Parsers", "Work"]

#: "module:name" of what parses; called with the bytes, `url` and `content_type`.
PARSER = "broadcast.feeds.parse:parse_feed"
#: Bodies that are parsed in place before processes are started for the rest of a pass.
FEW = 2
#: Largest body that is parsed in place, bytes.
SMALL_BYTES = 2**18
#: Time for one body, seconds.
PARSE_TIMEOUT_S = 20.0
#: How long a process waits for the next body before it ends, seconds.
KEEP_S = 10.0


class Parsers:
    """Processes that parse, started when there is something to do. Safe for threads."""

    def __init__(
        self,
        parser: str = PARSER,
        *,
        max_workers: int | None = None,
        timeout_s: float = PARSE_TIMEOUT_S,
        keep_s: float = KEEP_S,
    ) -> None:
        """Make one.

        Args:
            parser: "module:name".
            max_workers: processes at most; None: one for each core, at least two.
            timeout_s: time for one body.
            keep_s: how long a process is kept without work.
        """
        self._parser, self._timeout_s, self._keep_s = parser, timeout_s, keep_s
        self._max_workers = max_workers or max(2, os.cpu_count() or 2)
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Work, Future[Parsed]]] = deque()
        #: Threads, each with a process of its own.
        self._crew: set[threading.Thread] = set()
        #: Bodies that are waiting or being parsed.
        self._open = 0
        self._is_closed = False

    def parse_here(self, work: Work) -> Parsed:
        """Parse in this process: for what is small."""
        return parsed_of(self._parser, work)

    def submit(self, work: Work) -> Future[Parsed]:
        """Hand a body to a process; the future never fails."""
        future: Future[Parsed] = Future()
        with self._changed:
            if self._is_closed:
                raise RuntimeError("closed")
            self._waiting.append((work, future))
            self._open += 1
            if len(self._crew) < min(self._open, self._max_workers):
                watch = threading.Thread(target=self._watch, name=f"parse {len(self._crew)}", daemon=True)
                watch.start()
                self._crew.add(watch)
            self._changed.notify()
        return future

    def parse_all(self, works: Sequence[Work]) -> Iterator[tuple[int, Parsed]]:
        """Yield the number of each body and what came of it, as they come."""
        return ((n, parsed) for n, parsed in self.parse_arriving(enumerate(works)) if parsed is not None)

    def parse_arriving(self, arrivals: Iterable[tuple[int, Work | None]]) -> Iterator[tuple[int, Parsed | None]]:
        """Yield what came of bodies that are still arriving, as they come; a slow source holds up none.

        Args:
            arrivals: number and body, None where there is nothing to parse: passed on as it is.
        """
        done: SimpleQueue[tuple[int, Parsed | None] | int | BaseException] = SimpleQueue()
        is_over = threading.Event()

        def listen() -> None:
            count = here = 0
            try:
                for number, work in arrivals:
                    if is_over.is_set():
                        return
                    count += 1
                    if work is None:
                        done.put((number, None))
                    elif here < FEW and len(work.body) <= SMALL_BYTES:
                        here += 1
                        done.put((number, self.parse_here(work)))
                    else:
                        self.submit(work).add_done_callback(partial(_tell, done, number))
                done.put(count)
            except BaseException as error:  # noqa: BLE001  (raised by whoever listens)
                done.put(error)

        threading.Thread(target=listen, name="arrivals", daemon=True).start()
        expected, seen = -1, 0
        try:
            while seen != expected:
                item = done.get()
                if isinstance(item, BaseException):
                    raise item
                if isinstance(item, int):
                    expected = item
                else:
                    seen += 1
                    yield item
        finally:
            is_over.set()

    def close(self) -> None:
        """End the processes once they have done what was handed in. Nothing more can be."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            crew = list(self._crew)
        for watch in crew:
            watch.join()

    def _watch(self) -> None:
        """Give bodies to one process until there are none for a while."""
        worker = Worker(self._parser, self._timeout_s)
        try:
            while (item := self._next()) is not None:
                work, future = item
                parsed = worker.parse(work)
                with self._changed:
                    self._open -= 1
                future.set_result(parsed)
        finally:
            worker.end()

    def _next(self) -> tuple[Work, Future[Parsed]] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed, timeout=self._keep_s)
            if self._waiting:
                return self._waiting.popleft()
            self._crew.discard(threading.current_thread())
            return None


def _tell(done: SimpleQueue[Any], number: int, future: Future[Parsed]) -> None:
    done.put((number, future.result()))
