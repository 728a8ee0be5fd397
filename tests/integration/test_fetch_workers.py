"""Parsing in processes that die, hang and eat: each costs its feed, the others are read."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broadcast.feeds.fetch import FeedRequest, Fetcher
from broadcast.feeds.workers import SMALL_BYTES, Parsed, Parsers, Work
from tests.feed_server import FeedServer, page, raw, rss, whole


@pytest.fixture
def make() -> Iterator[Callable[..., Parsers]]:
    made: list[Parsers] = []

    def parsers(**facts: Any) -> Parsers:
        made.append(Parsers("tests.feed_parsers:shout", **({"max_workers": 2} | facts)))
        return made[-1]

    yield parsers
    for one in made:
        one.close()


def work(text: str, size: int = 0) -> Work:
    return Work(
        body=f"{text} {'x' * size}".encode() if size else text.encode(), url="https://x.example/", content_type="text/xml"
    )


def crew() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("parse ")]


def test_few_small_bodies_are_parsed_in_place(make: Callable[..., Parsers]):
    done = dict(make().parse_all([work("a"), work("b")]))
    assert [done[n].feed["text"] for n in range(2)] == ["a", "b"]
    assert {parsed.feed["pid"] for parsed in done.values()} == {os.getpid()}
    assert done[0].feed["url"] == "https://x.example/" and done[0].feed["content_type"] == "text/xml"
    assert not crew()


def test_many_bodies_are_parsed_in_processes(make: Callable[..., Parsers]):
    done = dict(make().parse_all([work(f"n{n}") for n in range(40)]))
    assert [done[n].feed["text"] for n in range(40)] == [f"n{n}" for n in range(40)]
    pids = {parsed.feed["pid"] for parsed in done.values()} - {os.getpid()}
    assert 1 <= len(pids) <= 2


def test_a_large_body_is_never_parsed_in_place(make: Callable[..., Parsers]):
    parsed = dict(make().parse_all([work("a", SMALL_BYTES)]))[0]
    assert parsed.feed["pid"] != os.getpid()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("die", "fait échouer le lecteur"),
        ("exit", "fait échouer le lecteur"),
        ("hang", "interrompue après 1 s"),
        ("spin", "interrompue après 1 s"),
        ("eat", "mémoire"),
        ("deep", "imbriqués"),
        ("refuse", "format inconnu"),
        ("fail", "KeyError"),
        ("lock", "TypeError"),
    ],
)
def test_a_body_that_kills_or_hangs_its_process_costs_only_its_feed(make: Callable[..., Parsers], body: str, why: str):
    parsers = make(timeout_s=1.0)
    futures = [parsers.submit(work(text)) for text in ("a", body, "b", "c", body, "d")]
    done = [future.result(30) for future in futures]
    assert [parsed.feed and parsed.feed["text"] for parsed in done] == ["a", None, "b", "c", None, "d"]
    assert why in done[1].reason and why in done[4].reason
    assert "geheim" not in done[1].reason
    # What may befall a good feed on a busy machine is told from what the body is guilty of.
    assert done[1].is_interrupted == (body in ("die", "exit", "hang", "spin", "eat"))


def test_a_process_that_was_killed_while_it_waited_costs_nothing(make: Callable[..., Parsers]):
    parsers = make(max_workers=1)
    pid = parsers.submit(work("a")).result(30).feed["pid"]
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    after = parsers.submit(work("b")).result(30)
    assert after.feed["text"] == "b" and after.feed["pid"] != pid


def test_processes_without_work_end_and_come_back(make: Callable[..., Parsers]):
    parsers = make(keep_s=0.2, max_workers=1)
    pid = parsers.submit(work("a")).result(30).feed["pid"]
    deadline = time.monotonic() + 5
    while crew() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not crew()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert parsers.submit(work("b")).result(30).feed["text"] == "b"


@pytest.mark.parametrize("error", [BlockingIOError("no more processes"), RuntimeError("not from here"), MemoryError()])
def test_where_no_process_can_be_had_the_body_is_parsed_in_place(
    make: Callable[..., Parsers], monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def no(*args: object) -> None:
        raise error

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", no)
    assert make().submit(work("a")).result(30).feed["pid"] == os.getpid()


def test_closing_ends_the_processes_and_takes_nothing_more(make: Callable[..., Parsers]):
    parsers = make(keep_s=60)
    futures = [parsers.submit(work(f"n{n}")) for n in range(5)]
    parsers.close()
    assert [future.result(0).feed["text"] for future in futures] == [f"n{n}" for n in range(5)]
    assert not crew()
    with pytest.raises(RuntimeError):
        parsers.submit(work("a"))


def test_bodies_are_parsed_while_others_are_on_their_way(make: Callable[..., Parsers]):
    servers = [FeedServer(host=f"127.0.0.{n}") for n in range(1, 8)]
    for n, server in enumerate(servers):
        server.on("/feed", page(rss(n + 1)))
    servers[0].on("/feed", raw(whole(200, rss(1)), wait_s=3.0))
    servers[1].on("/feed", raw(b"nonsense"))
    fetcher = Fetcher()
    requests = [FeedRequest(url=server.url(), allow_private=True, timeout_s=10) for server in servers]
    fetched = {}

    def arrivals() -> Iterator[tuple[int, Work | None]]:
        for number, one in fetcher.fetch_all(requests):
            fetched[number] = one
            yield number, Work(body=one.body, url=one.final_url) if one.outcome == "new" else None

    begin = time.monotonic()
    came: list[tuple[int, Parsed | None, float]] = [
        (number, parsed, time.monotonic() - begin) for number, parsed in make().parse_arriving(arrivals())
    ]
    assert sorted(number for number, *_ in came) == list(range(7))
    assert max(at for number, _, at in came if number) < 2.9 < came[-1][2]
    assert {number for number, parsed, _ in came if parsed is None} == {1}
    assert fetched[1].outcome == "failed"
    assert all(parsed.feed["text"].count("<item>") == number + 1 for number, parsed, _ in came if parsed)
    fetcher.close()
    for server in servers:
        server.close()


def test_an_error_of_the_source_reaches_who_listens_and_who_stops_listening_ends_it(make: Callable[..., Parsers]):
    def broken() -> Iterator[tuple[int, Work | None]]:
        yield 0, None
        raise ValueError("broken")

    results = make().parse_arriving(broken())
    assert next(results) == (0, None)
    with pytest.raises(ValueError, match="broken"):
        next(results)
    taken: list[int] = []

    def endless() -> Iterator[tuple[int, Work | None]]:
        for n in range(1000):
            taken.append(n)
            time.sleep(0.01)
            yield n, None

    listening = make().parse_arriving(endless())
    next(listening)
    listening.close()
    time.sleep(0.2)
    assert len(taken) < 20


def test_a_real_feed_is_read_by_the_real_parser():
    parsers = Parsers(max_workers=1)
    parsed = parsers.submit(Work(body=rss(3), url="https://x.example/feed")).result(60)
    assert parsed.reason == ""
    assert len(parsed.feed.entries) == 3
    refused = parsers.submit(Work(body=b"<html><body>Erreur</body></html>", url="https://x.example/feed")).result(60)
    assert refused.feed is None and refused.reason
    parsers.close()
