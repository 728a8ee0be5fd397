"""Which addresses are connected to: the own network only where it was allowed, and none but the one that was checked."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from broadcast.feeds.connections import system_resolve
from broadcast.feeds.fetch import Fetcher
from tests.feed_server import FeedServer, page, redirect
from tests.integration.fetching import BODY, ask


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
def test_this_machine_is_refused_without_allow_private(server: FeedServer, fetcher: Fetcher, host: str):
    server.on("/feed", page(BODY))
    fetched = fetcher.fetch(ask(f"http://{host}:{server.port}/feed", allow_private=False))
    assert fetched.outcome == "failed"
    assert "adresse refusée" in fetched.reason and "allow_private" in fetched.reason
    assert server.asked == []


def test_the_addresses_of_hosting_services_are_refused_without_allow_private(fetcher: Fetcher):
    for host in ("169.254.169.254", "[fd00:ec2::254]", "168.63.129.16", "10.0.0.1", "[fe80::1]"):
        begin = time.monotonic()
        fetched = fetcher.fetch(ask(f"http://{host}/latest/meta-data/", allow_private=False))
        assert "adresse refusée" in fetched.reason
        assert time.monotonic() - begin < 0.2


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe"])
def test_a_name_that_leads_to_such_an_address_is_refused(server: FeedServer, address: str, make: Callable[..., Fetcher]):
    server.on("/feed", page(BODY))
    fetched = make(resolve=lambda host, port: [address]).fetch(
        ask(f"http://feed.example:{server.port}/feed", allow_private=False)
    )
    assert "feed.example" in fetched.reason and "adresse refusée" in fetched.reason
    assert server.asked == []


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Fetcher]
):
    """DNS rebinding: a second look-up would give loopback; there is none. No public address can be reached in a test."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    reached: list[str] = []

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    fetcher = make(resolve=lambda host, port: next(answers))
    assert "refusée" in fetcher.fetch(ask("http://feed.example/", allow_private=False)).reason
    assert reached == ["93.184.216.34"]
    assert "adresse refusée" in fetcher.fetch(ask("http://feed.example/", allow_private=False)).reason
    assert reached == ["93.184.216.34"]


def test_a_redirect_into_the_own_network_is_refused(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Fetcher]
):
    """The first hop pretends that loopback is public: no test can have a public server."""
    inner = server.on("/inner", page(BODY))
    server.on("/feed", redirect(inner.replace("127.0.0.1", "inner.example")))
    monkeypatch.setattr("broadcast.feeds.addresses.is_public", lambda address: address == "127.0.0.1")
    fetcher = make(resolve=lambda host, port: ["127.0.0.1"] if host == "outer.example" else ["127.0.0.2", "169.254.169.254"])
    fetched = fetcher.fetch(ask(f"http://outer.example:{server.port}/feed", allow_private=False))
    assert "inner.example" in fetched.reason and "adresse refusée" in fetched.reason
    assert [asked.path for asked in server.asked] == ["/feed"]


def test_a_connection_made_under_allow_private_serves_nobody_else(server: FeedServer, make: Callable[..., Fetcher]):
    url = server.on("/feed", page(BODY))
    fetcher = make()
    assert fetcher.fetch(ask(url)).outcome == "new"
    assert "adresse refusée" in fetcher.fetch(ask(url, allow_private=False)).reason
    assert len(server.asked) == 1


def test_a_dead_address_of_a_name_leaves_time_for_the_next(server: FeedServer, make: Callable[..., Fetcher]):
    server.on("/feed", page(BODY))
    fetcher = make(resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"])
    assert fetcher.fetch(ask(f"http://feed.example:{server.port}/feed")).outcome == "new"


def test_names_are_asked_of_the_system(server: FeedServer, fetcher: Fetcher):
    server.on("/feed", page(BODY))
    assert "127.0.0.1" in system_resolve("localhost", server.port)
    assert fetcher.fetch(ask(f"http://localhost:{server.port}/feed")).outcome == "new"
