"""A door in front of a server that passes bytes, and can stop at a chosen request: before it, or once its answer began."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Gate:
    """Where the door stops: at the first request that matches."""

    pattern: re.Pattern[bytes]
    #: True: the server gets the request, and its answer is held; False: the server never sees it.
    passes: bool
    reached: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Listens at a port of its own and passes bytes on to the server's; `port` stays the same while it is closed."""

    def __init__(self, port: int, server_port: int) -> None:
        self.port, self._server_port = port, server_port
        self._gate: Gate | None = None
        self._door: socket.socket | None = None
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        #: First lines of the requests that came.
        self.requests: list[str] = []
        self.open()

    def open(self) -> None:
        """Let connections in."""
        door = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self._door = door
        threading.Thread(target=self._accept, args=(door,), daemon=True).start()

    def close(self) -> None:
        """Refuse connections and end those that are open, as a server that is away."""
        if self._door is not None:
            with suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            self._door = None
        self.drop()

    def stop_at(self, request: bytes, *, passes: bool) -> Gate:
        """Stop at the next request whose beginning matches `request`, a regular expression."""
        self._gate = Gate(re.compile(request), passes)
        return self._gate

    def drop(self) -> None:
        """Forget the gate and end every connection; what was held is lost."""
        self._gate = None
        with self._lock:
            held, self._open = self._open, []
        for each in held:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, door: socket.socket) -> None:
        while True:
            try:
                client, _ = door.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port), 5.0)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._lock:
                self._open += [client, server]
            held = threading.Event()
            threading.Thread(target=self._requests, args=(client, server, held), daemon=True).start()
            threading.Thread(target=self._answers, args=(server, client, held), daemon=True).start()

    def _requests(self, client: socket.socket, server: socket.socket, held: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if first := re.match(rb"[A-Z]{3,7} \S+|[A-Z]{4} [A-Z]+:\S+", data):
                    self.requests.append(first[0].decode(errors="replace"))
                gate = self._gate
                if gate is not None and not gate.reached.is_set() and gate.pattern.search(data):
                    if not gate.passes:
                        gate.reached.set()
                        return  # the connection stays open, and silent
                    held.gate = gate  # type: ignore[attr-defined]
                    held.set()
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _answers(self, server: socket.socket, client: socket.socket, held: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if held.is_set():
                    held.gate.reached.set()  # type: ignore[attr-defined]
                    return
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_WR)
