"""The pages of a running process over real sockets: health, state without a word that is not public, hubs."""

from __future__ import annotations

import http.client
import json
import logging
import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from broadcast.app import App
from broadcast.dispatch.send import send
from broadcast.feeds.websub import signature_of
from broadcast.relay import path_of
from broadcast.sources import FeedState
from broadcast.store import feeds
from broadcast.web import routes, server
from broadcast.web.facts import Reader
from tests.newsroom import Folder

CHANNELS = '[channels.website]\nkind = "website"\npath = "public"\n'
FEED = '[feeds.gouv]\nurl = "https://feeds.example.org/a.xml"\npoll_every = "10m"\n'
TOPIC, SECRET = "https://feeds.example.org/a.xml", "x" * 40


class Place:
    """A newsroom and its pages."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = Folder(tmp_path / "n", CHANNELS + FEED).people()
        self.app = App(self.folder.path)
        self.state, self.told = "active", []
        self.pages = server.Pages(self.app, host="127.0.0.1", port=0, state=lambda: self.state, tell=self.told.append)
        self.url = self.pages.start()
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        told = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        connection.close()
        return told

    def know_feed(self, **facts: Any) -> str:
        """Let the source be known, and return the path of its callback."""
        state = FeedState(
            name="gouv", url=TOPIC, next_poll_at=self.app.clock.now(), topic_url=TOPIC, websub_secret=SECRET, **facts
        )
        with self.app.db.write() as tx:
            feeds.add_feeds(tx, [state])
        return path_of("gouv", SECRET)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.pages.stop()
    made.app.close()


def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadcast.web.facts.KEPT_S", 0.0)


def test_health_says_state_database_and_queue(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    status, headers, body = place.ask("/healthz")
    assert status == 200 and headers["content-type"] == "application/json"
    assert json.loads(body) == {"state": "active", "database": True, "oldest_due_s": None, "late": 0, "feeds_stale": 0}
    place.state = "standby"
    place.folder.approved()
    told = json.loads(place.ask("/healthz")[2])
    assert told["state"] == "standby" and 0 <= told["oldest_due_s"] < 60


def test_a_queue_older_than_five_minutes_is_unhealthy(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    place.folder.approved()
    now = place.app.clock.now()
    monkeypatch.setattr(place.app.clock, "now", lambda: now + timedelta(minutes=6))
    status, _, body = place.ask("/healthz")
    assert status == 503 and json.loads(body)["oldest_due_s"] >= 300
    assert "en retard de 6 minutes" in place.ask("/")[2].decode()


def test_a_database_that_fails_is_unhealthy_and_the_page_says_so(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    place.app.db.close()
    for file in place.folder.path.glob("newsroom.db*"):
        file.write_bytes(b"no database " * 1000)
    status, _, body = place.ask("/healthz")
    assert status == 503 and json.loads(body)["database"] is False
    status, _, page = place.ask("/")
    assert status == 503 and "Base de données indisponible" in page.decode()


def test_a_silent_source_is_stale_after_three_intervals(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    now = place.app.clock.now()
    place.know_feed(success_at=now - timedelta(minutes=29))
    assert json.loads(place.ask("/healthz")[2])["feeds_stale"] == 0
    monkeypatch.setattr(place.app.clock, "now", lambda: now + timedelta(minutes=2))
    assert json.loads(place.ask("/healthz")[2])["feeds_stale"] == 1
    assert "muette" in place.ask("/")[2].decode()


def test_the_page_shows_what_is_public_and_no_word_of_what_is_not(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    place.folder.approved()
    send(place.app.dispatcher())
    place.folder.approved("secret-usine", more="embargo_until: 2099-01-01T08:00:00+01:00\n")
    text = (place.folder.path / "content/messages/crue-quais.md").read_text()
    newer = text.replace("Crue de la Seine : évitez les quais", "Titre encore secret")
    place.folder.approved(
        "crue-quais", text=newer.replace("kind: alert", "kind: alert\nembargo_until: 2099-01-01T08:00:00+01:00")
    )
    status, headers, body = place.ask("/")
    page = body.decode()
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    assert "Crue de la Seine : évitez les quais" in page and "website" in page
    assert "secret" not in page
    assert "<script" not in page and 'lang="fr"' in page and page.count("<h1>") == 1


def test_what_is_late_on_a_message_that_is_not_public_is_told_without_its_name(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    (place.folder.path / "public").write_text("in the way")
    place.folder.approved("secret-usine")
    send(place.app.dispatcher())
    page = place.ask("/")[2].decode()
    assert "message non public" in page and "secret-usine" not in page
    assert json.loads(place.ask("/healthz")[2])["late"] >= 1


def test_every_answer_carries_the_headers_of_safety(place: Place):
    for path in ("/", "/healthz", "/nowhere", "/websub/gouv/x"):
        _, headers, _ = place.ask(path)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer" and "server" not in headers


def test_the_policy_allows_exactly_the_style_of_the_page(place: Place):
    import base64
    import hashlib

    _, headers, body = place.ask("/")
    style = re.search(r"<style>(.*?)</style>", body.decode(), re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/nowhere", "/index.html", "/../broadcast.toml", "/healthz/", "/websub", "/websub/gouv/", "//"])
def test_what_is_not_there_is_not_found(place: Place, path: str):
    assert place.ask(path)[0] == 404


def test_head_answers_without_a_body_and_other_methods_are_refused(place: Place):
    status, headers, body = place.ask("/", "HEAD")
    assert (status, body) == (200, b"") and int(headers["content-length"]) > 100
    assert place.ask("/healthz", "HEAD")[0] == 200
    assert place.ask("/", "POST", b"x")[0] == 405
    assert place.ask("/healthz", "DELETE")[0] == 405


def test_a_taken_port_is_a_sentence_and_no_end(place: Place):
    other = server.Pages(place.app, host="127.0.0.1", port=place.port, state=lambda: "standby", tell=place.told.append)
    assert other.start() == ""
    assert "changez --port" in place.told[-1]
    other.stop()


def test_who_sends_no_request_is_hung_up_on(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "MAX_REQUEST_S", 0.3)
    for first in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "):
        with socket.create_connection(("127.0.0.1", place.port)) as slow:
            slow.sendall(first)
            slow.settimeout(3)
            begin = time.monotonic()
            try:
                assert slow.recv(100) == b""
            except ConnectionResetError:
                pass
            assert time.monotonic() - begin < 2
    assert place.ask("/healthz")[0] == 200


def test_headers_without_end_are_refused(place: Place):
    with socket.create_connection(("127.0.0.1", place.port)) as rude:
        rude.settimeout(5)
        try:
            rude.sendall(b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 100_000)
            assert rude.recv(100).startswith(b"HTTP/1.1 4")
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert place.ask("/healthz")[0] == 200


# WebSub.
Relay = list[tuple[str, bytes, str]]


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Relay:
    """What is pushed to the relay desk: its own tests say what becomes of it."""
    pushed: Relay = []

    def push(app: App, feed: str, body: bytes, content_type: str = "") -> SimpleNamespace:
        pushed.append((feed, body, content_type))
        return SimpleNamespace(outcome="new")

    monkeypatch.setattr("broadcast.relay.push", push)
    return pushed


def eventually(is_so: Any) -> None:
    deadline = time.monotonic() + 3
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def query(mode: str = "subscribe", topic: str = TOPIC) -> str:
    from urllib.parse import urlencode

    return "?" + urlencode({"hub.mode": mode, "hub.topic": topic, "hub.challenge": "<b>défi</b>", "hub.lease_seconds": "86400"})


def test_a_hub_is_confirmed_only_what_was_asked_for(place: Place):
    path = place.know_feed(websub_asked_at=place.app.clock.now())
    status, headers, body = place.ask(path + query())
    assert (status, body.decode()) == (200, "<b>défi</b>") and headers["content-type"].startswith("text/plain")
    with place.app.db.read() as tx:
        state = feeds.feed_state(tx, "gouv")
    assert state is not None and state.websub_until_at is not None
    assert 0.5 * 86400 < (state.websub_until_at - place.app.clock.now()).total_seconds() < 86400
    assert place.ask(path + query(topic="https://other.example.org/"))[0] == 404
    assert place.ask(path + query(mode="unsubscribe"))[0] == 404
    assert place.ask(path[:-1] + ("0" if path[-1] != "0" else "1") + query())[0] == 404
    assert place.ask(path.replace("gouv", "other") + query())[0] == 404


def test_a_subscription_that_nobody_asked_for_is_refused(place: Place):
    assert place.ask("/websub/gouv/" + "0" * 32 + query())[0] == 404


def test_what_a_hub_brings_is_handed_over_if_its_signature_is_right(place: Place, relay: Relay, caplog: pytest.LogCaptureFixture):
    path = place.know_feed(websub_asked_at=place.app.clock.now())
    body = b"<feed/>"
    with caplog.at_level(logging.INFO, "broadcast.web"):
        assert (
            place.ask(path, "POST", body, Content_Type="application/atom+xml", X_Hub_Signature=signature_of(body, SECRET))[0]
            == 202
        )
        eventually(lambda: relay)
        for signature in ("", signature_of(body, "another"), signature_of(body, SECRET, "sha1")):
            assert place.ask(path, "POST", body, X_Hub_Signature=signature)[0] == 202
        eventually(lambda: len(caplog.records) == 4)
    assert relay == [("gouv", body, "application/atom+xml")]
    assert all(SECRET not in r.getMessage() for r in caplog.records)


def test_an_unknown_token_a_process_in_standby_and_too_many_bytes_are_refused(place: Place, relay: Relay, monkeypatch):
    path = place.know_feed()
    assert place.ask("/websub/gouv/" + "0" * 32, "POST", b"x")[0] == 404
    monkeypatch.setattr(routes, "MAX_BODY_BYTES", 1000)
    assert place.ask(path, "POST", b"x" * 1001)[0] == 413
    place.state = "standby"
    status, headers, _ = place.ask(path, "POST", b"x")
    assert status == 503 and headers["retry-after"]
    assert relay == []


def test_bytes_without_a_stated_length_are_counted_and_slow_ones_cut_off(place: Place, relay: Relay, monkeypatch):
    path = place.know_feed()
    monkeypatch.setattr(routes, "MAX_BODY_BYTES", 1000)
    monkeypatch.setattr(routes, "MAX_BODY_S", 0.3)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    for more, wanted in ((b"7d0\r\n" + b"x" * 2000 + b"\r\n", b"413"), (b"5\r\nxxxxx\r\n", b"408")):
        with socket.create_connection(("127.0.0.1", place.port)) as hub:
            hub.settimeout(5)
            hub.sendall(head + more)
            assert hub.recv(100).startswith(b"HTTP/1.1 " + wanted)
    # What was refused is not counted as under way for ever.
    for _ in range(routes.MAX_PUSHES + 1):
        place.ask(path, "POST", b"x" * 2000)
    body = b"<feed/>"
    assert place.ask(path, "POST", body, X_Hub_Signature=signature_of(body, SECRET))[0] == 202
    eventually(lambda: relay)


def test_facts_are_read_once_for_many_readers(place: Place):
    reader = Reader(place.app)
    assert reader.facts() is reader.facts()
