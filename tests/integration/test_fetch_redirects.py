"""Redirects: followed, reported where they are permanent, ended where they go round."""

from __future__ import annotations

import pytest

from broadcast.feeds.fetch import Fetcher
from tests.feed_server import FeedServer, conditional, page, redirect
from tests.integration.fetching import BODY, ask


def test_permanent_redirects_are_followed_and_reported(server: FeedServer, fetcher: Fetcher):
    server.on("/a", redirect("/b", 301))
    server.on("/b", redirect(server.url("/c?d=é"), 308))
    server.on("/c", conditional(BODY, etag='"c"'))
    fetched = fetcher.fetch(ask(server.url("/a"), etag='"a"'))
    assert (fetched.outcome, fetched.body) == ("new", BODY)
    assert fetched.final_url == fetched.moved_to == server.url("/c?d=é")
    assert server.asked[-1].path == "/c?d=%C3%A9"
    # What another address says of its age is neither asked nor kept.
    assert [asked.headers.get("if-none-match") for asked in server.asked] == ['"a"', None, None]
    assert fetched.etag == ""
    assert fetcher.fetch(ask(server.url("/a"), body_sha256=fetched.body_sha256)).outcome == "unchanged"


@pytest.mark.parametrize("codes", [(302,), (303,), (307,), (301, 302), (302, 301)])
def test_a_temporary_redirect_on_the_way_leaves_the_address(server: FeedServer, fetcher: Fetcher, codes: tuple[int, ...]):
    for n, code in enumerate(codes):
        server.on(f"/{n}", redirect(f"/{n + 1}", code))
    server.on(f"/{len(codes)}", page(BODY))
    fetched = fetcher.fetch(ask(server.url("/0")))
    assert (fetched.outcome, fetched.moved_to) == ("new", "")
    assert fetched.final_url == server.url(f"/{len(codes)}")


def test_redirects_in_a_circle_and_without_end_are_refused(server: FeedServer, fetcher: Fetcher):
    assert "boucle" in fetcher.fetch(ask(server.on("/self", redirect("/self#x")))).reason
    server.on("/a", redirect("/b"))
    assert "boucle" in fetcher.fetch(ask(server.on("/b", redirect("/a")))).reason
    for n in range(9):
        server.on(f"/{n}", redirect(f"/{n + 1}"))
    server.on("/9", page(BODY))
    assert fetcher.fetch(ask(server.url("/4"))).outcome == "new"
    assert "plus de 5 redirections" in fetcher.fetch(ask(server.url("/3"))).reason


def test_a_secret_header_stays_with_its_origin(server: FeedServer, fetcher: Fetcher):
    with FeedServer(host="127.0.0.2") as other:
        other.on("/feed", page(BODY))
        server.on("/here", redirect("/there"))
        server.on("/there", redirect(other.url()))
        assert fetcher.fetch(ask(server.url("/here"), headers={"apikey": "geheim"})).outcome == "new"
        assert [asked.headers.get("apikey") for asked in server.asked] == ["geheim", "geheim"]
        assert "apikey" not in other.asked[0].headers
