"""Two processes that each made a post of one delivery: seen when it is recorded, or by a look afterwards; a task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from broadcast.channel import Published
from broadcast.dispatch.launch import launch
from broadcast.dispatch.streams import Result, call, write_results
from broadcast.errors import OutcomeUnknown
from broadcast.fence import Claim
from broadcast.model import DeliveryState
from broadcast.store import tasks
from tests.builders import sqlite_url
from tests.doubles import FullStream
from tests.integration.dispatch_room import a_room, status_of
from tests.room import Room


@pytest.fixture
def rooms() -> Iterator[list[Room]]:
    made: list[Room] = []
    yield made
    for room in made:
        room.close()


@pytest.fixture
def room(rooms: list[Room], tmp_path: Path) -> Room:
    room = a_room(rooms, sqlite_url(tmp_path), FullStream("eins"))
    room.publish()
    return room


def receipts(room: Room) -> list[str]:
    with room.db.read() as tx:
        return [row[0] for row in tx.all(text("SELECT outcome FROM receipt ORDER BY id"))]


def asked(room: Room) -> list[tuple[str, str]]:
    with room.db.read() as tx:
        return [(t.kind, t.message) for t in tasks.open_tasks(tx)]


def another_sends(room: Room) -> None:
    """Another process, on another machine, finds the claim lapsed, looks twice and sends."""
    room.clock.sleep(40)
    room.send(claimant="there/2/2")
    room.clock.sleep(130)
    room.send(claimant="there/2/2")


def test_a_late_answer_with_another_id_is_a_double_and_a_task(room: Room):
    d = room.dispatcher()
    ((one,),) = launch(d, {"eins": 1}).values()
    another_sends(room)
    assert list(room.channels["eins"].posts) == ["1"]
    published = Published(external_id="99", url="https://eins/99")
    write_results(d, [Result(delivery=one.delivery, published=published)])
    ((kind, words),) = asked(room)
    assert kind == "double"
    assert "https://eins/1 et https://eins/99" in words
    (delivery,) = status_of(room).deliveries
    assert (delivery.state, delivery.external_id) == (DeliveryState.DELIVERED, "1")
    assert receipts(room)[-1] == "double"


def test_a_late_answer_with_the_same_id_adds_nothing(room: Room):
    d = room.dispatcher()
    ((one,),) = launch(d, {"eins": 1}).values()
    result = call(d, room.channels["eins"], one)
    another_sends(room)
    assert receipts(room) == ["found"]
    write_results(d, [result])
    write_results(d, [result])
    assert receipts(room) == ["found"]
    assert asked(room) == []


def test_a_late_failure_leaves_what_another_process_wrote(room: Room):
    d = room.dispatcher()
    ((one,),) = launch(d, {"eins": 1}).values()
    another_sends(room)
    write_results(d, [Result(delivery=one.delivery, error=OutcomeUnknown("pas de réponse"))])
    (delivery,) = status_of(room).deliveries
    assert delivery.state is DeliveryState.DELIVERED
    assert receipts(room)[-1] == "unknown"


def test_a_first_post_that_shows_late_is_found_by_a_look_and_becomes_a_task(room: Room):
    d = room.dispatcher()
    ((one,),) = launch(d, {"eins": 1}).values()
    another_sends(room)
    network = room.channels["eins"]
    network.posts["77"] = network.posts["1"]  # what the first process had sent shows only now
    write_results(d, [Result(delivery=one.delivery, error=OutcomeUnknown("pas de réponse"))])
    room.clock.sleep(130)
    room.send()
    ((kind, words),) = asked(room)
    assert kind == "double"
    assert "https://eins/77" in words
    room.clock.sleep(130)
    room.send()
    assert len(asked(room)) == 1
    with room.db.read() as tx:
        assert tx.all(text("SELECT * FROM second_look")) == []


def test_a_call_is_not_made_under_a_claim_that_lapsed(room: Room):
    d = room.dispatcher(lease_s=0.0)
    ((one,),) = launch(d, {"eins": 1}).values()
    result = call(d, room.channels["eins"], one)
    assert isinstance(result.error, OutcomeUnknown)
    assert room.channels["eins"].calls == []


def test_a_look_that_was_overtaken_changes_nothing(room: Room):
    from broadcast.dispatch.look import settle_unknown
    from broadcast.store import deliveries

    network = room.channels["eins"]
    network.faults = [OutcomeUnknown("pas de réponse")]
    room.send()
    with room.db.read() as tx:
        (before,) = deliveries.of_message(tx, status_of(room).deliveries[0].message_uid)
    room.clock.sleep(130)
    room.send()
    room.clock.sleep(130)
    room.send()
    (after,) = status_of(room).deliveries
    assert after.state is DeliveryState.DELIVERED
    network.posts.clear()
    settle_unknown(room.dispatcher(), network, before)
    assert status_of(room).deliveries[0] == after


def test_a_claim_counts_both_clocks():
    assert Claim(30.0).holds
    assert not Claim(0.0).holds
