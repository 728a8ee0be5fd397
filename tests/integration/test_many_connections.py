"""Hundreds of connections that never finish a request: the pages, and health first of all, are answered all the same."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from broadcast.web import listening, pulse
from broadcast.web.crowd import MAX_OF_ALL, MAX_OF_ONE
from broadcast.web.facts import Facts
from tests.acceptance.running import eventually
from tests.integration.scheduler_place import Place

HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
SLOW_BODY = b"POST /websub/gouv/guessed HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx"


class Crowd:
    """Connections that are kept open."""

    def __init__(self, port: int) -> None:
        self._port, self._open = port, ExitStack()
        self.all: list[socket.socket] = []

    def come(self, count: int, said: bytes, source: str = "127.0.0.1") -> None:
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", self._port), timeout=10, source_address=(source, 0))
            self._open.enter_context(one)
            self.all.append(one)
            _say(one, said)

    def say(self, more: bytes) -> None:
        for one in self.all:
            _say(one, more)

    @property
    def still_open(self) -> int:
        return sum(_is_open(one) for one in self.all)

    def go(self) -> None:
        self._open.close()


def _say(one: socket.socket, said: bytes) -> None:
    try:
        one.sendall(said)
    except OSError:
        pass  # hung up on


def _is_open(one: socket.socket) -> bool:
    one.setblocking(False)
    try:
        while one.recv(1 << 16):
            pass
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


@pytest.fixture
def crowd(place: Place) -> Iterator[Crowd]:
    made = Crowd(place.port)
    yield made
    made.go()


def health(place: Place, source: str = "127.0.0.1") -> dict[str, Any]:
    status, _, body = place.ask("/healthz", source=source)
    assert status == 200, body
    told: dict[str, Any] = json.loads(body)
    return told


@pytest.mark.parametrize("said", [b"", b"GET", HALF, SLOW_BODY], ids=["nothing", "a word", "half a head", "half a body"])
def test_five_hundred_unfinished_requests_of_one_address_hinder_nobody(place: Place, crowd: Crowd, said: bytes):
    crowd.come(500, said)
    for source in ("127.0.0.1", "127.0.0.9"):
        assert health(place, source)["state"] == "active"
        assert place.ask("/", source=source)[0] == 200
    eventually(lambda: crowd.still_open <= MAX_OF_ONE, 10)


def test_heads_that_drip_hinder_nobody(place: Place, crowd: Crowd):
    for letter in (b"a", b"b", b"c"):
        crowd.come(100, HALF)
        crowd.say(letter)
        assert health(place)["database"] is True
        assert place.ask("/")[0] == 200


def test_health_is_answered_while_the_crowd_is_coming(place: Place, crowd: Crowd):
    coming = threading.Thread(target=crowd.come, args=(600, HALF), daemon=True)
    coming.start()
    asked = 0
    while coming.is_alive() or not asked:
        health(place)
        asked += 1
    coming.join()
    assert asked


def test_many_addresses_hold_no_more_than_the_house_has(place: Place, crowd: Crowd):
    for number in range(1, 11):
        crowd.come(40, HALF, source=f"127.0.2.{number}")
    assert health(place, "127.0.0.9")["state"] == "active"
    assert place.ask("/", source="127.0.0.9")[0] == 200
    eventually(lambda: crowd.still_open <= MAX_OF_ALL, 10)


def test_two_hundred_addresses_with_one_connection_each_hinder_nobody(place: Place, crowd: Crowd):
    for number in range(200):
        crowd.come(1, HALF, source=f"127.0.3.{number + 1}")
    assert health(place, "127.0.0.9")["state"] == "active"
    eventually(lambda: crowd.still_open <= MAX_OF_ALL, 10)


def test_a_crowd_of_one_address_costs_no_other_address_its_place(place: Place, crowd: Crowd):
    other = Crowd(place.port)
    other.come(3, HALF, source="127.0.0.9")
    crowd.come(400, HALF)
    assert health(place)["state"] == "active"
    still_open = other.still_open
    other.go()
    assert still_open == 3


def test_an_answer_that_nobody_fetches_is_given_up(place: Place, crowd: Crowd, monkeypatch: pytest.MonkeyPatch):
    size = 8_000_000
    monkeypatch.setattr("broadcast.web.routes.status_page", lambda *a, **k: "x" * size)
    monkeypatch.setattr(listening, "MAX_CONNECTION_S", 2.0)
    crowd.come(3, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert health(place)["state"] == "active"
    time.sleep(2.5)
    assert all(_fetched(one) < size for one in crowd.all)


def _fetched(one: socket.socket) -> int:
    size = 0
    try:
        while piece := one.recv(1 << 20):
            size += len(piece)
    except OSError:
        pass
    return size


def test_it_is_told_once_that_connections_are_closed(place: Place, crowd: Crowd, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", "broadcast.web")
    crowd.come(300, HALF)
    health(place)
    told = [r.getMessage() for r in caplog.records if "trop de connexions" in r.getMessage()]
    assert len(told) == 1 and "127.0.0.1" in told[0]


def test_health_keeps_its_place_while_every_reader_of_the_page_waits(place: Place, crowd: Crowd, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("broadcast.web.facts.KEPT_S", 0.0)
    monkeypatch.setattr(pulse, "MAX_WAIT_S", 0.3)
    assert health(place)["database"] is True
    go, reading = threading.Event(), threading.Event()

    def slow(reader: Any) -> Facts:
        reading.set()
        go.wait(30)
        return Facts(at=place.app.clock.now(), is_database_well=True)

    monkeypatch.setattr("broadcast.web.facts.Reader._read", slow)
    try:
        crowd.come(60, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert reading.wait(10)
        assert health(place)["database"] is True, "what was read last is still young"
        monkeypatch.setattr(pulse, "MAX_AGE_S", 0.0)
        status, _, body = place.ask("/healthz")
        assert status == 503 and json.loads(body)["database"] is False
    finally:
        go.set()
    assert health(place)["database"] is True
