"""Many feeds at a time: a few of each host, and what hangs or fails holds up nobody."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from broadcast.feeds.fetch import Fetcher
from tests.feed_server import FeedServer, hang, page, raw, redirect, whole
from tests.integration.fetching import BODY, ask


def test_hundreds_are_fetched_at_a_time_and_hanging_ones_hold_up_nobody(fetcher: Fetcher, make: Callable[..., Fetcher]):
    servers = [FeedServer(host=f"127.0.0.{n}") for n in range(1, 11)]
    for server in servers:
        server.on("/feed", raw(whole(200, BODY), keep=True, wait_s=0.2))
        server.on("/hang", hang())
    slow = make(per_host=20)
    requests = [ask(server.url("/feed")) for server in servers for _ in range(15)]
    requests += [ask(server.url("/hang"), timeout_s=2.0) for server in servers]
    begin = time.monotonic()
    came = [(n, fetched.outcome, time.monotonic() - begin) for n, fetched in slow.fetch_all(requests)]
    assert sorted(n for n, *_ in came) == list(range(160))
    good = [(outcome, at) for n, outcome, at in came if n < 150]
    assert {outcome for outcome, _ in good} == {"new"}
    assert max(at for _, at in good) < 1.5
    assert {outcome for n, outcome, _ in came if n >= 150} == {"failed"}
    assert came[-1][2] < 3.0
    for server in servers:
        server.close()


def test_a_host_is_asked_four_at_a_time_also_by_redirects_and_queueing_costs_no_deadline(server: FeedServer, fetcher: Fetcher):
    server.on("/feed", raw(whole(200, BODY), keep=True, wait_s=0.1))
    done = list(fetcher.fetch_all([ask(server.url(), timeout_s=0.6)] * 40))
    assert {fetched.outcome for _, fetched in done} == {"new"}
    assert server.busiest == 4
    server.busiest = 0
    senders = [FeedServer(host=f"127.0.0.{n}") for n in range(2, 12)]
    requests = [ask(sender.on("/feed", redirect(server.url()))) for sender in senders for _ in range(2)]
    assert {fetched.outcome for _, fetched in fetcher.fetch_all(requests)} == {"new"}
    assert server.busiest <= 4
    for sender in senders:
        sender.close()


def test_more_feeds_than_threads_and_bad_addresses_among_them(server: FeedServer, make: Callable[..., Fetcher]):
    url = server.on("/feed", page(BODY))
    requests = [ask(url if n % 3 else "nonsense") for n in range(50)]
    done = dict(make(max_threads=3, per_host=2).fetch_all(requests))
    assert [done[n].outcome for n in range(50)] == ["new" if n % 3 else "failed" for n in range(50)]
    assert list(make().fetch_all([])) == []


def test_who_stops_listening_begins_nothing_more(server: FeedServer, make: Callable[..., Fetcher]):
    server.on("/feed", raw(whole(200, BODY), keep=True, wait_s=0.05))
    results = make(per_host=1).fetch_all([ask(server.url())] * 50)
    next(results)
    results.close()  # type: ignore[attr-defined]  # a generator, of which only the iterator is promised
    time.sleep(0.3)
    assert len(server.asked) <= 3


def test_a_defect_of_ours_costs_one_feed(server: FeedServer, make: Callable[..., Fetcher]):
    def broken(host: str, port: int) -> list[str]:
        raise RuntimeError("geheim")

    url = server.on("/feed", page(BODY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("broadcast.feeds.fetch.fetched_of", lambda *a, **k: 1 / 0)
        done = list(make().fetch_all([ask(url)]))
    assert "défaut de Broadcast (ZeroDivisionError)" in done[0][1].reason
