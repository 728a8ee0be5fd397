"""Who is told what became of a delivery: whatever a listener does, one call, one receipt, and the others go on."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from sqlalchemy import text

from broadcast.dispatch.serve import Serving
from broadcast.errors import StoreError
from tests.builders import a_draft, sqlite_url
from tests.doubles import FakeBoard, FakeStream, FullStream
from tests.integration.dispatch_room import a_room
from tests.room import Room


class Told(Exception):
    """Raised by a listener."""


def raises(*_: object) -> None:
    raise Told


@pytest.fixture
def rooms():
    made: list[Room] = []
    yield made
    for room in made:
        room.close()


@pytest.fixture
def room(rooms: list[Room], tmp_path) -> Room:
    return a_room(rooms, sqlite_url(tmp_path), FakeStream("eins"), FullStream("zwei"), FakeBoard("brett"))


def receipts(room: Room) -> list[tuple[str, str]]:
    with room.db.read() as tx:
        rows = tx.connection.execute(
            text("SELECT d.channel, r.outcome FROM receipt r JOIN delivery d ON d.uid = r.delivery_uid ORDER BY d.channel, r.id")
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("error", [Told(), BrokenPipeError(), OSError(28, "full"), ValueError("closed file"), StoreError("x")])
def test_a_listener_that_raises_costs_no_delivery_and_leaves_one_receipt(room: Room, error: Exception):
    def listener(_: object) -> None:
        raise error

    room.publish()
    room.send(on_event=listener)
    assert receipts(room) == [(name, "published") for name in ("brett", "eins", "zwei")]
    assert {state for *_, state in room.states()} == {"delivered"}
    assert len(room.channels["eins"].posts) == 1


def test_a_logger_that_raises_costs_nothing_either(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logging.getLogger("broadcast.dispatch"), "warning", raises)
    room.publish()
    room.send(on_event=raises, on_expired=raises)
    assert {state for *_, state in room.states()} == {"delivered"}


def test_the_end_of_a_message_is_carried_out_though_nobody_can_be_told(room: Room):
    room.publish()
    room.send()
    room.clock.sleep(30 * 86_400)
    room.send(on_expired=raises, on_event=raises)
    assert {(c, s) for c, action, _, s in room.states() if action == "take_down"} == {
        ("zwei", "delivered"),
        ("brett", "delivered"),
    }


def test_the_loop_goes_on_whatever_its_listeners_raise(room: Room):
    over = threading.Event()
    serving = Serving(
        room.dispatcher(stopping=over.is_set, on_event=raises, on_expired=raises), on_failure=raises, on_burst=raises
    )
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        for number in range(3):
            room.publish(a_draft(slug=f"m{number}"))
            serving.ring()
            until(lambda n=number: {s for *_, s in room.states(f"m{n}")} == {"delivered"})
    finally:
        over.set()
        serving.ring()
        thread.join(10)
    assert not thread.is_alive()
    assert len(receipts(room)) == 9


def until(is_so, within_s: float = 20.0) -> None:
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < within_s
        time.sleep(0.02)
