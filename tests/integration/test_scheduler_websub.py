"""Hubs at the pages of a running process: confirmed what was asked for, heard if the signature is right."""

from __future__ import annotations

import logging
import socket
import time
from types import SimpleNamespace
from typing import Any

import pytest

from broadcast.app import App
from broadcast.feeds.websub import signature_of
from broadcast.store import feeds
from broadcast.web import routes
from tests.integration.scheduler_place import SECRET, TOPIC, Place

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
