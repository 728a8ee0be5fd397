"""Encrypted connections: checked, within the deadline, never left for a plain one."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from broadcast.feeds.fetch import Fetcher
from tests.certificates import a_certificate
from tests.feed_server import FeedServer, drip, page, redirect
from tests.integration.fetching import BODY, ask


def test_https_is_checked_and_never_left(tmp_path: Path, server: FeedServer, make: Callable[..., Fetcher]):
    _, context = a_certificate(tmp_path)
    plain = server.on("/feed", page(BODY))
    with FeedServer(context=context) as safe:
        url = safe.on("/feed", page(BODY))
        fetcher = make(context=ssl.create_default_context(cafile=str(tmp_path / "cert.pem")))
        assert [fetcher.fetch(ask(url)).outcome for _ in range(2)] == ["new", "new"]
        assert {asked.connection for asked in safe.asked} == {1}
        assert "en 0.4 s" in fetcher.fetch(ask(safe.on("/drip", drip(b"HTTP/1.1 200 OK\r\nX: ")), timeout_s=0.4)).reason
        assert "non chiffrée" in fetcher.fetch(ask(safe.on("/down", redirect(plain)))).reason
        server.on("/up", redirect(url, 301))
        assert fetcher.fetch(ask(server.url("/up"))).moved_to == url
        stranger = make(context=ssl.create_default_context()).fetch(ask(url))
        assert "certificat signé par lui-même" in stranger.reason
    assert server.of("/feed") == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, make: Callable[..., Fetcher]):
    _, context = a_certificate(tmp_path, "DNS:other.example")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with FeedServer(context=context) as safe:
        safe.on("/feed", page(BODY))
        by_address = make(context=trusting).fetch(ask(safe.url()))
        named = make(context=trusting, resolve=lambda host, port: ["127.0.0.1"])
        by_name = named.fetch(ask(f"https://feed.example:{safe.port}/feed"))
        assert "certificat établi pour une autre adresse" in by_address.reason
        assert "certificat établi pour un autre nom" in by_name.reason
        assert named.fetch(ask(f"https://other.example:{safe.port}/feed")).outcome == "new"


def test_a_handshake_that_hangs_or_is_none_is_told(server: FeedServer, make: Callable[..., Fetcher]):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert "en 0.3 s" in make().fetch(ask(url, timeout_s=0.3)).reason
    server.on("/feed", page(BODY))
    fetched = make().fetch(ask(server.url().replace("http:", "https:"), timeout_s=2.0))
    assert fetched.outcome == "failed"
