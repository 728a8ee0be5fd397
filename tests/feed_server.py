"""A feed server on loopback that behaves as told: well, slowly, wrongly or with ill will. Raw sockets, real bytes."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

#: Writes an answer; returns False if the connection is to be closed.
Behaviour = Callable[["Ask", socket.socket], bool]


@dataclass(frozen=True)
class Ask:
    """One request as it came."""

    method: str
    path: str
    #: Lower-case names.
    headers: Mapping[str, str]
    #: Number of the connection it came over.
    connection: int
    at: float = field(default_factory=time.monotonic)


def rss(items: int = 1, title: str = "Préfecture", first: int = 1, size: int = 40) -> bytes:
    """Return an RSS feed."""
    lines = "".join(
        f"<item><title>Nouvelle {n}</title><link>https://www.example.org/{n}</link><guid>https://www.example.org/{n}</guid>"
        f"<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate><description>{'x' * size}</description></item>"
        for n in range(first, first + items)
    )
    head = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title>'
    return f"{head}<link>https://www.example.org/</link><description>d</description>{lines}</channel></rss>".encode()


def whole(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """Return an answer as bytes; `content_type="x"` is the header Content-Type."""
    named = {"content_length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-').title()}: {value}" for name, value in named.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Reason", *lines, "", ""]).encode() + body


def page(body: bytes, **headers: str) -> Behaviour:
    """Always answer with a body, whatever the conditions."""
    answer = whole(200, body, **{"content_type": "application/rss+xml", **headers})
    return raw(answer, keep=True)


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Always answer with a status."""
    return raw(whole(code, body, **headers), keep=True)


def raw(answer: bytes, *, keep: bool = False, wait_s: float = 0.0) -> Behaviour:
    """Answer with these bytes, perhaps late."""

    def behave(ask: Ask, line: socket.socket) -> bool:
        time.sleep(wait_s)
        line.sendall(answer)
        return keep

    return behave


def conditional(body: bytes, *, etag: str = "", last_modified: str = "", **headers: str) -> Behaviour:
    """Answer 304 to who sends the validators back exactly."""
    named = {**({"etag": etag} if etag else {}), **({"last_modified": last_modified} if last_modified else {}), **headers}

    def behave(ask: Ask, line: socket.socket) -> bool:
        sent = ask.headers.get("if-none-match"), ask.headers.get("if-modified-since")
        if (etag and sent[0] == etag) or (not sent[0] and last_modified and sent[1] == last_modified):
            line.sendall(b"HTTP/1.1 304 Not Modified\r\n" + (f"ETag: {etag}\r\n".encode() if etag else b"") + b"\r\n")
        else:
            line.sendall(whole(200, body, **named))
        return True

    return behave


def pieces(parts: Iterable[bytes], *, every_s: float) -> Behaviour:
    """Send these parts with pauses between them, then hang up."""

    def behave(ask: Ask, line: socket.socket) -> bool:
        for part in parts:
            line.sendall(part)
            time.sleep(every_s)
        return False

    return behave


def drip(head: bytes, *, every_s: float = 0.05, for_s: float = 20.0, drop: bytes = b"x") -> Behaviour:
    """Send a head, then a drop now and then, for a long time."""
    return pieces([head, *[drop] * int(for_s / every_s)], every_s=every_s)


def hang(for_s: float = 20.0) -> Behaviour:
    """Read the request and say nothing."""

    def behave(ask: Ask, line: socket.socket) -> bool:
        line.settimeout(for_s)
        try:
            line.recv(1)  # until they give up
        except OSError:
            pass
        return False

    return behave


def hang_up(ask: Ask, line: socket.socket) -> bool:
    """Read the request and close."""
    return False


def redirect(location: str, code: int = 302) -> Behaviour:
    """Send elsewhere."""
    return status(code, b"ailleurs", location=location)


def packed(body: bytes, encoding: str = "gzip") -> Behaviour:
    """Send a body in a Content-Encoding."""
    return page(pack(body, encoding), content_encoding=encoding)


def pack(body: bytes, encoding: str = "gzip") -> bytes:
    """Return a body in a Content-Encoding."""
    return gzip.compress(body) if encoding == "gzip" else zlib.compress(body)


class FeedServer:
    """Answers on 127.0.0.1, or another loopback address, as its paths are told; remembers what it was asked."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.paths: dict[str, Behaviour] = {}
        self.asked: list[Ask] = []
        #: Most requests that were under way at a time.
        self.busiest = 0
        self._busy = 0
        self._context = context
        self._lock = threading.Lock()
        self._lines: list[socket.socket] = []
        self._listener = socket.create_server((host, port), backlog=300)
        self.host, self.port = self._listener.getsockname()[:2]
        self._connections = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def url(self, path: str = "/feed") -> str:
        """Return the address of a path."""
        return f"{'https' if self._context else 'http'}://{self.host}:{self.port}{path}"

    def on(self, path: str, behaviour: Behaviour) -> str:
        """Set what a path does, and return its address."""
        self.paths[path] = behaviour
        return self.url(path)

    def of(self, path: str) -> list[Ask]:
        """Return what was asked of a path."""
        return [ask for ask in self.asked if ask.path == path]

    def close(self) -> None:
        """Stop, and hang up on everybody."""
        self._listener.close()
        self.hang_up_all()

    def hang_up_all(self) -> None:
        """Close all connections, as a server does with idle ones."""
        with self._lock:
            lines, self._lines = self._lines, []
        for line in lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            line.close()

    def __enter__(self) -> FeedServer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            threading.Thread(target=self._serve, args=(line, self._connections), daemon=True).start()

    def _serve(self, line: socket.socket, number: int) -> None:
        try:
            if self._context:
                line = self._context.wrap_socket(line, server_side=True)
            with self._lock:
                self._lines.append(line)
            rest = b""
            while (read := self._read(line, number, rest)) is not None:
                ask, rest = read
                if not self._answer(ask, line):
                    break
        except OSError:
            pass
        finally:
            line.close()

    def _answer(self, ask: Ask, line: socket.socket) -> bool:
        with self._lock:
            self.asked.append(ask)
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            behave = self.paths.get(ask.path.partition("?")[0]) or status(404)
            return behave(ask, line)
        finally:
            with self._lock:
                self._busy -= 1

    @staticmethod
    def _read(line: socket.socket, number: int, rest: bytes) -> tuple[Ask, bytes] | None:
        while b"\r\n\r\n" not in rest:
            piece = line.recv(65536)
            if not piece:
                return None
            rest += piece
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
        length = int(headers.get("content-length", "0"))
        while len(rest) < length:
            rest += line.recv(65536)
        return Ask(method, path, headers, number), rest[length:]
