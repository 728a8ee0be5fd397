"""What arrives, in as many pieces as it comes in: what comes together shares transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import TypeVar

#: Pieces that are handed on together at most.
TOGETHER = 32

T = TypeVar("T")


def batches(arriving: Iterator[T]) -> Iterator[list[T]]:
    """Yield what has come; waits for the first of each batch, never for the second.

    Raises:
        BaseException: what the source of it raised.
    """
    ready: SimpleQueue[tuple[T, ...] | BaseException | None] = SimpleQueue()

    def listen() -> None:
        try:
            for item in arriving:
                ready.put((item,))
            ready.put(None)
        except BaseException as error:  # noqa: BLE001  (raised by whoever waits)
            ready.put(error)

    threading.Thread(target=listen, name="arriving", daemon=True).start()
    is_over = False
    while not is_over:
        batch: list[T] = []
        while not batch or (len(batch) < TOGETHER and not ready.empty()):
            piece = ready.get()
            if isinstance(piece, BaseException):
                raise piece
            if piece is None:
                is_over = True
                break
            batch += piece
        if batch:
            yield batch
