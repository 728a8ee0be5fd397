"""smtplib's connections, whose replies keep to a deadline, and which say nothing under a claim that has lapsed."""

from __future__ import annotations

import smtplib
import socket
import time
from typing import Any

from broadcast import http
from broadcast.errors import OutcomeUnknown

#: What is sent between two questions whether the claim holds, bytes: most mails are shorter.
_PIECE = 64 * 2**10


class _Lines:
    """Reads a socket line by line, within a deadline that a drip cannot stretch."""

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._sock, self._timeout_s, self._kept = sock, timeout_s, b""
        self.ends_at = 0.0

    def readline(self, limit: int = -1) -> bytes:
        """Return the next line, with what ends it; less at the end, or where it is longer than `limit`."""
        while b"\n" not in self._kept and not 0 < limit <= len(self._kept):
            left = self.ends_at - time.monotonic()
            if left <= 0:
                raise TimeoutError("délai dépassé")
            self._sock.settimeout(left)
            piece = self._sock.recv(4096)
            if not piece:
                break
            self._kept += piece
        self._sock.settimeout(self._timeout_s)
        end = self._kept.find(b"\n") + 1 or len(self._kept)
        end = min(end, limit) if limit > 0 else end
        line, self._kept = self._kept[:end], self._kept[end:]
        return line

    def close(self) -> None:
        """Nothing to give back: the socket is smtplib's."""


class _Punctual(smtplib.SMTP):
    """One reply takes at most the timeout; nothing is connected nor said once the claim on the mail has lapsed."""

    file: Any
    sock: Any
    timeout: Any

    def _get_socket(self, *args: Any) -> Any:
        http.still_claimed()
        made = super()._get_socket(*args)  # type: ignore[misc]  # typeshed does not know it
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the last piece does not wait for a receipt
        return made

    def send(self, s: Any) -> None:
        """Send what is said next, a long mail in pieces: its end leaves only while the claim holds."""
        for begin in range(0, len(s), _PIECE):
            try:
                http.still_claimed()
            except OutcomeUnknown:
                self.close()  # in the middle of a mail: without its end the relay forgets it
                raise
            super().send(s[begin : begin + _PIECE])

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply."""
        if self.file is None:
            self.file = _Lines(self.sock, self.timeout)
        self.file.ends_at = time.monotonic() + self.timeout
        return super().getreply()


class Plain(_Punctual):
    """From the first byte in clear, perhaps encrypted later."""


class Encrypted(_Punctual, smtplib.SMTP_SSL):
    """Encrypted from the first byte."""
