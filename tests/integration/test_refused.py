"""What a platform refused: a phase of its own, late until a person settles it, and exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadcast.errors import ChannelRefused, ChannelUnavailable
from broadcast.status import refused_ones
from tests.builders import a_draft, sqlite_url
from tests.doubles import FullStream
from tests.integration.dispatch_room import a_room, status_of
from tests.room import Room

REFUSED = ChannelRefused("texte refusé")


@pytest.fixture
def rooms() -> Iterator[list[Room]]:
    made: list[Room] = []
    yield made
    for room in made:
        room.close()


@pytest.fixture
def room(rooms: list[Room], tmp_path: Path) -> Room:
    return a_room(rooms, sqlite_url(tmp_path), FullStream("eins"), FullStream("zwei"))


def open_refusals(room: Room) -> list[tuple[str, int]]:
    with room.db.read() as tx:
        return [(d.channel, d.number) for d in refused_ones(tx)]


def test_what_every_channel_refused_has_a_phase_of_its_own(room: Room):
    for name in ("eins", "zwei"):
        room.channels[name].faults = [REFUSED]
    room.publish()
    assert status_of(room).phase == "sending"
    room.send()
    assert status_of(room).phase == "refused"
    assert open_refusals(room) == [("eins", 1), ("zwei", 1)]


def test_what_one_channel_refused_is_partly_live_and_open(room: Room):
    room.channels["eins"].faults = [REFUSED]
    room.publish()
    room.send()
    assert status_of(room).phase == "partly_live"
    assert open_refusals(room) == [("eins", 1)]


def test_while_one_channel_still_tries_it_is_being_sent(room: Room):
    room.channels["eins"].faults = [REFUSED]
    room.channels["zwei"].faults = [ChannelUnavailable("503")]
    room.publish()
    room.send()
    assert status_of(room).phase == "sending"


def test_a_new_version_that_stands_answers_the_refusal(room: Room):
    for name in ("eins", "zwei"):
        room.channels[name].faults = [REFUSED]
    room.publish()
    room.send()
    room.publish(a_draft(body="Autrement dit.", source_text="v2"))
    room.send()
    assert status_of(room).phase == "live"
    assert open_refusals(room) == []


def test_the_end_of_the_message_answers_the_refusal_of_what_never_stood(room: Room):
    for name in ("eins", "zwei"):
        room.channels[name].faults = [REFUSED]
    room.publish()
    room.send()
    room.clock.sleep(timedelta(days=30).total_seconds())
    room.send()
    assert status_of(room).phase == "ended"
    assert open_refusals(room) == []


def test_a_refused_takedown_stays_open_after_the_end(room: Room):
    room.publish()
    room.send()
    room.channels["eins"].faults = [REFUSED]
    room.clock.sleep(timedelta(days=30).total_seconds())
    room.send()
    assert status_of(room).phase == "ending"
    assert open_refusals(room) == [("eins", 1)]


def test_an_edit_whose_correction_stands_is_answered(room: Room):
    room.publish()
    room.send()
    room.channels["eins"].faults = [REFUSED]
    room.publish(a_draft(body="La passerelle aussi.", source_text="v2"))
    room.send()
    room.send()
    assert [d.form.value for d in status_of(room).deliveries if d.channel == "eins"][-1] == "correction"
    assert open_refusals(room) == []
    assert status_of(room).phase == "live"


def test_what_should_have_left_is_late_whoever_should_have_sent_it(room: Room):
    room.publish(a_draft(embargo_until_at=room.clock.now() + timedelta(hours=1)))
    assert status_of(room).late == ()
    room.clock.sleep(3600 + 59)
    assert status_of(room).late == ()
    room.clock.sleep(2)
    late = status_of(room).late
    assert [(item.channel, item.what) for item in late] == [("eins", "planned"), ("zwei", "planned")]
    assert all("`broadcast send`" in item.message for item in late)
    assert {item.since for item in late} == {room.clock.now() - timedelta(seconds=61)}


def test_what_a_process_took_and_never_finished_is_late(room: Room):
    from broadcast.dispatch.launch import launch

    room.publish()
    launch(room.dispatcher(), {"eins": 1})
    room.clock.sleep(89)
    assert [item.what for item in status_of(room).late] == ["planned"]
    room.clock.sleep(2)
    assert [(item.channel, item.what) for item in status_of(room).late] == [("eins", "claimed"), ("zwei", "planned")]


def test_the_rest_of_a_thread_that_waits_for_its_first_post_is_one_line(room: Room):
    room.publish(parts=3)
    room.clock.sleep(120)
    assert [(item.channel, item.what) for item in status_of(room).late] == [("eins", "planned"), ("zwei", "planned")]
