"""Senders that die half-way or work at the same time: one post all the same."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from broadcast.dispatch import claimant
from broadcast.errors import ChannelUnavailable, OutcomeUnknown
from broadcast.store import claims
from tests.builders import a_draft
from tests.doubles import FullStream
from tests.integration.dispatch_room import a_room, status_of
from tests.room import Room


def test_a_crash_before_the_call_leads_to_a_look_and_one_post(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "attempt":
            raise Killed

    with pytest.raises(Killed):
        room.send(pause=die, claimant="elsewhere+b/999999/1")
    assert mastodon.posts == {}
    room.clock.at += timedelta(seconds=31)
    room.send(wait_s=300)
    assert len(mastodon.posts) == 1
    assert room.states()[0][3] == "delivered"


@pytest.mark.parametrize("stores", [True, False])
def test_a_crash_after_the_call_never_doubles(rooms, url, stores):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "answer":
            raise Killed

    with pytest.raises(Killed):
        room.send(pause=die, claimant="elsewhere+b/999999/1")
    assert len(mastodon.posts) == 1
    room.clock.at += timedelta(seconds=31)
    room.send(wait_s=300)
    assert len(mastodon.posts) == 1
    assert room.states()[0][3] == "delivered"


def test_two_senders_at_once_never_double(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    for n in range(25):
        room.publish(a_draft(slug=f"m-{n}", source_text=str(n), body=f"Texte {n}."))
    threads = [threading.Thread(target=room.send, kwargs={"claimant": f"here/{n}/1"}, daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mastodon.posts.values()) == sorted(f"publish Texte {n}." for n in range(25))


def test_a_dead_process_of_this_machine_is_known_at_once():
    here = claimant.this_process()
    machine = here.partition("/")[0]
    assert not claimant.is_dead(here)
    assert claimant.is_dead(f"{machine}/{2**22 + 1}/1")
    assert claimant.is_dead(f"{machine}/1/0")
    assert not claimant.is_dead("another+boot/1/1")


def test_a_lapsed_claim_of_another_machine_is_looked_up_not_repeated(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    with room.db.write() as tx:
        taken = claims.claim(tx, "mastodon", "far+b/1/1", room.clock.now(), room.clock.now(), 5)
        claims.start_attempt(tx, taken[0], "far+b/1/1", room.clock.now(), room.clock.wall())
    mastodon.posts["7"] = "publish Les quais sont fermés."
    room.clock.at += timedelta(seconds=1)
    room.send()
    assert list(mastodon.posts) == ["7"]
    assert status_of(room).public[0].url == "https://mastodon/7"


def killed_at(room: Room, point: str) -> None:
    class Killed(BaseException):
        pass

    def die(at: str) -> None:
        if at == point:
            raise Killed

    with pytest.raises(Killed):
        room.send(pause=die, claimant="elsewhere+b/999999/1")
    room.clock.at += timedelta(seconds=31)


@pytest.mark.parametrize("point", ["attempt", "answer"])
def test_what_may_always_be_repeated_is_repeated_at_once_though_it_could_be_looked_for(rooms, url, point):
    bluesky = FullStream("bluesky", idempotent="always")
    room = a_room(rooms, url, bluesky)
    room.publish()
    killed_at(room, point)
    began = room.clock.now()
    room.send()
    assert room.states()[0][3] == "delivered" and room.clock.now() == began
    assert [c for c in bluesky.calls if c.startswith("find")] == []


def test_what_may_always_be_repeated_and_is_not_seen_after_a_fault_is_repeated_without_the_delay(rooms, url):
    bluesky = FullStream("bluesky", idempotent="always", faults=[OutcomeUnknown("500")])
    room = a_room(rooms, url, bluesky)
    room.publish()
    began = room.clock.now()
    room.send()
    assert room.states()[0][3] == "delivered" and room.clock.now() == began
    assert [c.partition(" ")[0] for c in bluesky.calls] == ["publish", "find", "publish"]


def test_an_open_window_of_a_key_is_no_reason_not_to_look(rooms, url):
    mastodon = FullStream("mastodon", idempotent=timedelta(hours=1))
    room = a_room(rooms, url, mastodon)
    room.publish()
    killed_at(room, "attempt")
    room.send()
    assert room.states()[0][3] == "unknown"
    assert [c.partition(" ")[0] for c in mastodon.calls] == ["find"]


def test_what_waits_says_until_when(rooms, url):
    mastodon = FullStream("mastodon", faults=[ChannelUnavailable("occupé", retry_after_s=90)])
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    one = status_of(room)
    assert one.deliveries[0].waits_until == room.clock.now() + timedelta(seconds=90)
    assert [late.until for late in one.late] == [one.deliveries[0].waits_until]
    room.clock.at += timedelta(seconds=90)
    room.send()
    assert status_of(room).deliveries[0].waits_until is None
