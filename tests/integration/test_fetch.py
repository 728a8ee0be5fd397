"""Fetching from a good server on loopback: facts, conditions, connections and encodings."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from broadcast import __version__
from broadcast.feeds.fetch import Fetcher
from tests.feed_server import FeedServer, conditional, packed, page, raw, status, whole
from tests.integration.fetching import BODY, DATE, again, ask


def test_a_feed_is_fetched_with_its_facts(server: FeedServer, fetcher: Fetcher):
    links = '<https://hub.example/>; rel="hub", </feed>; rel="self"'
    url = server.on(
        "/feed", conditional(BODY, etag='W/"a b"', last_modified=DATE, content_type="application/rss+xml", link=links)
    )
    fetched = fetcher.fetch(ask(url, headers={"apikey": "k"}))
    assert (fetched.outcome, fetched.status, fetched.body, fetched.reason) == ("new", 200, BODY, "")
    assert (fetched.etag, fetched.last_modified, fetched.content_type) == ('W/"a b"', DATE, "application/rss+xml")
    assert (fetched.final_url, fetched.moved_to) == (url, "")
    assert (fetched.hub_urls, fetched.self_url) == (("https://hub.example/",), url)
    assert 0 < fetched.took_s < 5
    sent = server.asked[0].headers
    assert sent["user-agent"] == f"Broadcast/{__version__}"
    assert sent["apikey"] == "k"
    assert "cookie" not in sent
    assert sent["host"] == f"127.0.0.1:{server.port}"


def test_validators_go_back_exactly_and_an_unchanged_feed_has_no_body(server: FeedServer, fetcher: Fetcher):
    for etag, date in (('W/"a b"', ""), ("unquoted", ""), ("", DATE), ("", "hier soir"), ('"x"', DATE)):
        url = server.on("/feed", conditional(BODY, etag=etag, last_modified=date))
        before = fetcher.fetch(ask(url))
        after = fetcher.fetch(again(url, before))
        assert (after.outcome, after.status, after.body) == ("unchanged", 304, b"")
        assert (after.etag, after.last_modified, after.body_sha256) == (etag, date, before.body_sha256)
        assert server.asked[-1].headers.get("if-none-match", "") == etag
        assert server.asked[-1].headers.get("if-modified-since", "") == date


def test_the_same_body_is_no_change_where_the_server_ignores_conditions(server: FeedServer, fetcher: Fetcher):
    url = server.on("/feed", page(BODY, set_cookie="a=b"))
    before = fetcher.fetch(ask(url))
    after = fetcher.fetch(again(url, before))
    assert (after.outcome, after.status, after.body) == ("unchanged", 200, b"")
    server.on("/feed", page(BODY + b" "))
    assert fetcher.fetch(again(url, before)).outcome == "new"
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_not_modified_without_a_condition_is_a_failure(server: FeedServer, fetcher: Fetcher):
    url = server.on("/feed", raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert fetcher.fetch(ask(url)).outcome == "failed"
    assert fetcher.fetch(ask(url, body_sha256="f" * 64)).outcome == "failed"


def test_connections_are_used_again_and_a_closed_one_costs_nothing(server: FeedServer, fetcher: Fetcher):
    url = server.on("/feed", page(BODY))
    assert [fetcher.fetch(ask(url)).outcome for _ in range(3)] == ["new"] * 3
    assert {asked.connection for asked in server.asked} == {1}
    server.hang_up_all()
    assert fetcher.fetch(ask(url)).outcome == "new"


def test_a_connection_that_closes_on_the_second_request_is_replaced(server: FeedServer, fetcher: Fetcher):
    first = threading.Event()

    def once_a_connection(asked: object, line: socket.socket) -> bool:
        if first.is_set():
            first.clear()
            return False
        first.set()
        line.sendall(whole(200, BODY))
        return True

    url = server.on("/feed", once_a_connection)
    assert fetcher.fetch(ask(url)).outcome == "new"
    assert fetcher.fetch(ask(url)).outcome == "new"
    assert [asked.connection for asked in server.asked] == [1, 1, 2]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_packed_bodies_are_unpacked(server: FeedServer, fetcher: Fetcher, encoding: str):
    assert fetcher.fetch(ask(server.on("/feed", packed(BODY, encoding)))).body == BODY


def test_a_body_in_chunks_or_without_length_is_read(server: FeedServer, fetcher: Fetcher):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(BODY[n : n + 99]), BODY[n : n + 99]) for n in range(0, len(BODY), 99))
    server.on("/chunked", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n", keep=True))
    server.on("/bare", raw(b"HTTP/1.0 200 OK\r\n\r\n" + BODY))
    for path in ("/chunked", "/chunked", "/bare"):
        assert fetcher.fetch(ask(server.url(path))).body == BODY


def test_busy_sources_say_when_to_come_back(server: FeedServer, fetcher: Fetcher):
    fetched = fetcher.fetch(ask(server.on("/feed", status(429, retry_after="120"))))
    assert (fetched.outcome, fetched.status, fetched.retry_after_s) == ("failed", 429, 120)
    date = {"retry_after": "Sun, 22 Nov 2026 10:05:00 GMT", "date": DATE}
    assert fetcher.fetch(ask(server.on("/feed", status(503, **date)))).retry_after_s == 300
    fetched = fetcher.fetch(ask(server.on("/feed", status(410))))
    assert (fetched.outcome, fetched.status) == ("gone", 410)


def test_the_environment_names_no_proxy(server: FeedServer, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Fetcher]):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert make().fetch(ask(server.on("/feed", page(BODY)))).outcome == "new"
