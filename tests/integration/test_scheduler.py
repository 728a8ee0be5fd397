"""The dispatcher of a running process: at once, on idle channels whatever others do, to the minute, and stopping cleanly."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from broadcast.channel import Published
from broadcast.clock import SystemClock
from broadcast.desk.ending import resume, stop
from broadcast.dispatch.serve import Serving
from broadcast.store import deliveries, messages
from tests.builders import NOON, a_draft
from tests.doubles import FakeBoard, FullStream, NoEditStream
from tests.room import Room


class SlowStream(FullStream):
    """A network whose calls last until they are let go."""

    def __init__(self, name: str, **facts: Any) -> None:
        super().__init__(name, **facts)
        self.entered, self.go = threading.Event(), threading.Event()

    def publish(self, part: Any, *, key: str, reply_to: Any) -> Published:
        self.entered.set()
        assert self.go.wait(20)
        return super().publish(part, key=key, reply_to=reply_to)


class ManyStream(SlowStream):
    """One that takes a repeated call without harm: many are claimed at once."""

    def __init__(self, name: str) -> None:
        super().__init__(name, idempotent="always")


def a_room(rooms: list[Room], url: str, *channels: object, begin: datetime = NOON) -> Room:
    """Return a newsroom whose clock runs."""
    room = Room(url, list(channels))
    room.clock = SystemClock(begin)  # type: ignore[assignment]  # other rooms have a clock that stands still
    room.desk = replace(room.desk, clock=room.clock)
    rooms.append(room)
    return room


@contextmanager
def serving(room: Room, **facts: Any) -> Iterator[tuple[Serving, threading.Event, list[bool]]]:
    over, ended = threading.Event(), []
    finish_s = facts.pop("finish_s", 10.0)
    made = Serving(room.dispatcher(stopping=over.is_set, claimant=f"here/{id(over)}/1", **facts))
    thread = threading.Thread(target=lambda: ended.append(made.run(finish_s)), daemon=True)
    thread.start()
    try:
        yield made, over, ended
    finally:
        over.set()
        made.ring()
        thread.join(20)
        assert not thread.is_alive()


def eventually(is_so: Callable[[], object], within_s: float = 3.0) -> float:
    """Wait until it is so, and return the seconds that it took."""
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < within_s, "not in time"
        time.sleep(0.005)
    return time.monotonic() - begin


def test_a_channel_that_hangs_holds_up_no_message_on_the_others(rooms, url):
    hanging, quick = SlowStream("a"), FullStream("b")
    room = a_room(rooms, url, hanging, quick)
    with serving(room) as (bell, _, _):
        room.publish(a_draft(slug="premier", body="Premier."))
        bell.ring()
        assert hanging.entered.wait(3)
        eventually(lambda: len(quick.posts) == 1)
        room.publish(a_draft(slug="second", source_text="2", body="Second."))
        bell.ring()
        assert eventually(lambda: len(quick.posts) == 2) < 1
        assert hanging.posts == {}
        hanging.go.set()
        eventually(lambda: len(hanging.posts) == 2)


def test_the_canonical_page_goes_first_but_one_that_hangs_holds_up_posts_for_its_head_start_only(rooms, url, monkeypatch):
    from broadcast.dispatch import turn

    monkeypatch.setattr(turn, "HEAD_START_S", 0.4)

    class SlowBoard(FakeBoard):
        go = threading.Event()

        def show(self, board: Any) -> list[Published]:
            self.go.wait(10)
            return super().show(board)

    site, mastodon = SlowBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    with serving(room, canonical="website") as (bell, _, _):
        room.publish()
        bell.ring()
        assert eventually(lambda: mastodon.posts) > 0.3
        room.publish(a_draft(slug="second", source_text="2"))
        bell.ring()
        assert eventually(lambda: len(mastodon.posts) == 2) < 0.3
        site.go.set()
        eventually(lambda: len(site.shown) == 2)


def test_an_embargo_ends_and_a_message_expires_to_the_second_without_a_ring(rooms, url):
    site, mastodon = FakeBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    now = room.clock.now()
    leaves, ends = now + timedelta(seconds=1.2), now + timedelta(seconds=2.4)
    ended: list[str] = []
    with serving(room, on_expired=ended.append) as (bell, _, _):
        room.publish(a_draft(embargo_until_at=leaves, expires_at=ends))
        bell.ring()
        eventually(lambda: mastodon.posts and site.shown)
        assert leaves <= room.clock.now() < leaves + timedelta(seconds=0.6)
        eventually(lambda: not mastodon.posts and not site.shown)
        assert ends <= room.clock.now() < ends + timedelta(seconds=0.6)
        eventually(lambda: ended == ["crue-quais"] and site.ended == {"crue-quais": "expired"})


def test_what_was_held_leaves_once_the_switch_is_lifted(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    stop(room.desk, as_="bob")
    with serving(room) as (bell, _, _):
        room.publish()
        bell.ring()
        eventually(lambda: room.events and room.events[-1].state == "held")
        resume(room.desk, as_="bob")
        bell.ring()
        eventually(lambda: mastodon.posts)


def test_a_busy_network_is_tried_again_without_a_ring(rooms, url):
    from broadcast.errors import ChannelUnavailable
    from broadcast.retry import RetryPolicy

    mastodon = FullStream("mastodon", faults=[ChannelUnavailable("occupé")])
    room = a_room(rooms, url, mastodon)
    with serving(room, retry=RetryPolicy(backoff_first_s=0.4)) as (bell, _, _):
        room.publish()
        bell.ring()
        eventually(lambda: mastodon.posts)
        assert len(mastodon.calls) == 2


def test_told_to_stop_it_ends_the_call_under_way_and_gives_the_others_back(rooms, url):
    slow = ManyStream("a")
    room = a_room(rooms, url, slow)
    for n in range(5):
        room.publish(a_draft(slug=f"m-{n}", source_text=str(n), body=f"Texte {n}."))
    with serving(room) as (bell, over, ended):
        assert slow.entered.wait(3)
        over.set()
        bell.ring()
        time.sleep(0.1)
        slow.go.set()
        eventually(lambda: ended)
        assert ended == [True]
    assert len(slow.posts) == 1
    with room.db.read() as tx:
        known = [d for n in range(5) for d in deliveries.of_message(tx, messages.get_message(tx, f"m-{n}").uid)]
    assert sorted((d.state.value, d.attempts, d.open_attempt) for d in known) == [("delivered", 1, False)] + 4 * [
        ("planned", 0, False)
    ]
    room.send(claimant="here/after/1")
    assert len(slow.posts) == 5


def test_a_call_that_outlasts_the_end_is_left_behind_and_looked_up(rooms, url):
    slow = SlowStream("a")
    room = a_room(rooms, url, slow)
    room.publish()
    with serving(room, finish_s=0.3) as (bell, over, ended):
        assert slow.entered.wait(3)
        over.set()
        bell.ring()
        eventually(lambda: ended)
        assert ended == [False]
    assert room.states() == [("a", "publish", 1, "claimed")]
    slow.go.set()


def test_a_database_that_refuses_for_a_while_costs_time_and_no_second_post(rooms, url, tmp_path):
    x = NoEditStream("x")
    room = a_room(rooms, url, x)
    room.publish()
    raw = sqlite3.connect(tmp_path / "newsroom.db")
    raw.execute("CREATE TRIGGER full BEFORE INSERT ON receipt BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    raw.commit()
    failures: list[BaseException] = []
    over = threading.Event()
    made = Serving(room.dispatcher(stopping=over.is_set), on_failure=failures.append)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    eventually(lambda: failures)
    assert "disque est plein" in str(failures[0])
    raw.execute("DROP TRIGGER full")
    raw.commit()
    raw.close()
    eventually(lambda: room.states() == [("x", "publish", 1, "delivered")], 5)
    over.set()
    made.ring()
    thread.join(5)
    assert len(x.posts) == 1 and len(x.calls) == 1


def test_a_job_that_fails_leaves_no_claim_behind(rooms, url):
    class Broken(FakeBoard):
        left = 1

        def show(self, board: Any) -> list[Published]:
            if self.left:
                self.left -= 1
                raise SystemExit  # what no adapter should do, and no `except Exception` takes
            return super().show(board)

    site = Broken("website")
    room = a_room(rooms, url, site)
    from broadcast.retry import RetryPolicy

    with serving(room, retry=RetryPolicy(backoff_first_s=0.3)) as (bell, _, _):
        room.publish()
        bell.ring()
        eventually(lambda: site.left == 0)
        bell.ring()
        eventually(lambda: site.shown, 5)


def test_two_processes_that_serve_never_send_twice(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    with serving(room) as (one, _, _), serving(room) as (two, _, _):
        for n in range(20):
            room.publish(a_draft(slug=f"m-{n}", source_text=str(n), body=f"Texte {n}."))
            one.ring()
            two.ring()
        eventually(lambda: len(mastodon.posts) >= 20, 10)
    assert sorted(mastodon.posts.values()) == sorted(f"publish Texte {n}." for n in range(20))
