"""Encryption that fails: before anything was sent nothing happened, afterwards nobody knows."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from broadcast import http
from broadcast.errors import ChannelUnavailable, OutcomeUnknown
from tests.certificates import a_certificate


def a_tls_server(folder, after_request: Callable[[ssl.SSLSocket], None] | None) -> tuple[int, threading.Thread]:
    cert, context = a_certificate(folder)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def serve() -> None:
        with listening:
            plain, _ = listening.accept()
        with plain, suppress(OSError):
            if after_request is None:
                plain.sendall(b"220 this is no TLS\r\n")
                plain.recv(1000)
                return
            with context.wrap_socket(plain, server_side=True) as safe:
                safe.recv(65536)
                after_request(safe)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    http.trust().load_verify_locations(cert)
    return port, thread


def test_encryption_that_fails_before_anything_was_sent_is_unavailable_and_later_unknown(tmp_path):
    def garbage(safe: ssl.SSLSocket) -> None:
        import os

        os.write(safe.fileno(), b"HTTP/1.1 200 OK\r\n\r\nthis is no TLS record")

    port, thread = a_tls_server(tmp_path, None)
    with pytest.raises(ChannelUnavailable):
        http.request("POST", f"https://127.0.0.1:{port}/", json={})
    thread.join(5)
    port, thread = a_tls_server(tmp_path, garbage)
    with pytest.raises(OutcomeUnknown):
        http.request("POST", f"https://127.0.0.1:{port}/", json={})
    thread.join(5)
