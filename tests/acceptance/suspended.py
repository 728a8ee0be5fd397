"""A `broadcast` that suspends itself (SIGSTOP) at a chosen moment of its first call, once: run as a program.

`STOP_AT`: "attempt" (the attempt is committed, nothing is connected) or "connected" (the connection stands,
nothing is said).
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

_done: list[str] = []


def suspend(point: str) -> None:
    if os.environ["STOP_AT"] == point and not _done:
        _done.append(point)
        # To this thread, not to the process: the main thread would take it, and this one could go on for an
        # instant and say its request before it stands still. One thread that takes it stops them all.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def main() -> None:
    from broadcast.app import App
    from broadcast.cli.__main__ import main as broadcast

    plain = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        plain(self, address)  # type: ignore[arg-type]
        if self.family != socket.AF_UNIX:
            suspend("connected")

    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    App._pause = lambda self: suspend  # type: ignore[method-assign]
    sys.argv[0] = "broadcast"
    broadcast()


if __name__ == "__main__":
    main()
