"""Fetching from servers that are slow, wrong, hostile or not there: a failure with a reason, within the deadline."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
import time
from collections.abc import Callable

import pytest

from broadcast.feeds.fetch import Fetcher
from tests.feed_server import FeedServer, drip, hang, hang_up, pack, page, pieces, raw, whole
from tests.integration.fetching import BODY, ask


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (hang_up, "coupée"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>"), "5 octets reçus sur 500"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"), "coupée"),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "coupée"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "illisible"),
        (raw(b"<html>"), "illisible"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500 + b"\r\n"), "illisible"),
        (raw(b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n"), "illisible"),
        (raw(whole(200, b"")), "vide"),
        (page(pack(b"\0" * 2**26), content_encoding="gzip"), "plus de 1 Mio"),
        (page(gzip.compress(BODY)[:-5], content_encoding="gzip"), "coupée"),
        (page(BODY, content_encoding="br"), "inconnue"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"), "plus de 1 Mio"),
        (pieces([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 2**16] * 20], every_s=0), "plus de 1 Mio"),
        (raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "302"),
        (raw(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"), "file://"),
        (raw(b"HTTP/1.1 302 Found\r\nLocation: http://[x/\r\nContent-Length: 0\r\n\r\n"), "redirection illisible"),
        (raw(b"HTTP/1.1 302 Found\r\nLocation: http://a:b@c/\r\nContent-Length: 0\r\n\r\n"), "mot de passe"),
    ],
)
def test_a_wrong_or_hostile_answer_is_a_failure_with_a_reason(server: FeedServer, fetcher: Fetcher, behaviour: object, why: str):
    fetched = fetcher.fetch(ask(server.on("/feed", behaviour)))
    assert (fetched.outcome, fetched.body) == ("failed", b"")
    assert why in fetched.reason
    assert fetcher.fetch(ask(server.on("/good", page(BODY)))).outcome == "new"


def test_a_wrong_length_of_a_body_that_goes_on_gives_what_was_announced_and_no_second_answer(
    server: FeedServer, fetcher: Fetcher
):
    length = len(BODY)
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    url = server.on("/feed", raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + BODY + smuggled, keep=True))
    assert [fetcher.fetch(ask(url)).body for _ in range(2)] == [BODY, BODY]


def test_http_client_keeps_its_limits():
    """The limits on heads that we rely on are those of the standard library."""
    assert (http.client._MAXHEADERS, http.client._MAXLINE) == (100, 65536)  # type: ignore[attr-defined]  # private names of the standard library


@pytest.mark.parametrize(
    "behaviour",
    [
        hang(),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", drop=b"1\r\nx\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX-A: "),
        drip(b"HTTP/1.1 200 OK\r\n", drop=b"X: y\r\n", every_s=0.1),
        drip(b"", drop=b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 5000\r\n\r\n"),
        drip(b"HTTP/1.1 500 No\r\nContent-Length: 5000\r\n\r\n"),
    ],
)
def test_nobody_outlives_the_deadline(server: FeedServer, fetcher: Fetcher, behaviour: object):
    begin = time.monotonic()
    fetched = fetcher.fetch(ask(server.on("/feed", behaviour), timeout_s=0.5))
    assert time.monotonic() - begin < 1.0
    assert fetched.outcome == "failed"
    assert "en 0.5 s" in fetched.reason


def test_a_chain_of_slow_redirects_does_not_outlive_the_deadline(server: FeedServer, fetcher: Fetcher):
    for n in range(5):
        server.on(f"/{n}", raw(whole(302, location=f"/{n + 1}"), keep=True, wait_s=0.3))
    begin = time.monotonic()
    assert "en 0.7 s" in fetcher.fetch(ask(server.url("/0"), timeout_s=0.7)).reason
    assert time.monotonic() - begin < 1.2


def test_a_name_server_that_hangs_does_not_outlive_the_deadline(make: Callable[..., Fetcher]):
    woken = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        woken.wait(10)
        return ["127.0.0.1"]

    begin = time.monotonic()
    assert "en 0.3 s" in make(resolve=resolve).fetch(ask("http://slow.example/", timeout_s=0.3)).reason
    assert time.monotonic() - begin < 0.8
    woken.set()


def test_what_is_not_there_is_told(server: FeedServer, fetcher: Fetcher, make: Callable[..., Fetcher]):
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "x")

    assert "nom introuvable" in make(resolve=nowhere).fetch(ask("http://nowhere.example/")).reason
    assert "nom introuvable" in make(resolve=lambda host, port: []).fetch(ask("http://nowhere.example/")).reason
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "connexion refusée" in fetcher.fetch(ask(f"http://127.0.0.1:{port}/")).reason
    assert "adresse" in fetcher.fetch(ask("")).reason
