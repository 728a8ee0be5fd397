"""A row that cannot be read holds what it belongs to, with its reason; everything else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from broadcast.model import DeliveryState, Media, Rendition, sha256_of
from broadcast.status import message_status, overview
from broadcast.store import messages, tasks
from tests.builders import a_draft, sqlite_url
from tests.doubles import FakeBoard, FakeStream, FullStream
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
    return a_room(rooms, sqlite_url(tmp_path), FakeStream("eins"), FullStream("zwei"), FakeBoard("brett"))


def damage(room: Room, statement: str, **facts: object) -> None:
    with room.db.write() as tx:
        assert tx.connection.execute(text(statement), facts).rowcount


def states(room: Room, slug: str) -> dict[str, str]:
    return {channel: state for channel, _, _, state in room.states(slug)}


def reason_of(room: Room, slug: str, channel: str) -> str:
    return next(d.reason for d in status_of(room, slug).deliveries if d.channel == channel)


@pytest.mark.parametrize("parts", ["{", "x", "null", "[{}]", '[{"slug": 3}]', "\udcff"])
@pytest.mark.parametrize("channel", ["eins", "zwei", "brett"])
def test_a_damaged_rendition_holds_its_delivery_and_no_other(room: Room, channel: str, parts: str):
    room.publish()
    room.publish(a_draft(slug="anderes"))
    value = f"'{parts}'" if parts != "\udcff" else "CAST(X'5BFF' AS TEXT)"
    damage(
        room,
        f"UPDATE rendition SET parts = {value} WHERE channel = :channel"  # noqa: S608  (values of this file)
        " AND message_uid = (SELECT uid FROM message WHERE slug = 'crue-quais')",
        channel=channel,
    )
    room.send()
    assert states(room, "anderes") == {"eins": "delivered", "zwei": "delivered", "brett": "delivered"}
    others = {name: "delivered" for name in ("eins", "zwei", "brett") if name != channel}
    assert states(room, "crue-quais") == others | {channel: "held"}
    assert "illisible" in reason_of(room, "crue-quais", channel)
    assert any(i.what == "held" and i.channel == channel for i in status_of(room).late)


def test_what_stands_behind_a_held_one_on_its_channel_leaves_in_the_same_turn(room: Room):
    from broadcast.dispatch.due import prepare
    from broadcast.dispatch.turn import Turn

    for number in range(3):
        room.publish(a_draft(slug=f"m{number}"))
    damage(room, "UPDATE rendition SET parts = '{' WHERE message_uid IN (SELECT uid FROM message WHERE slug IN ('m0', 'm1'))")
    d = room.dispatcher()
    Turn(d).run(prepare(d))
    assert states(room, "m2") == {"eins": "delivered", "zwei": "delivered", "brett": "delivered"}


def test_what_was_held_leaves_once_the_row_is_mended(room: Room):
    room.publish()
    with room.db.read() as tx:
        whole = tx.one(text("SELECT parts FROM rendition WHERE channel='eins' AND form='publish'"))[0]
    damage(room, "UPDATE rendition SET parts = '{' WHERE channel = 'eins' AND form = 'publish'")
    room.send()
    assert states(room, "crue-quais")["eins"] == "held"
    damage(room, "UPDATE rendition SET parts = :whole WHERE channel = 'eins' AND form = 'publish'", whole=whole)
    room.send()
    assert states(room, "crue-quais")["eins"] == "delivered"
    assert len(room.channels["eins"].posts) == 1


@pytest.mark.parametrize("column", ["action = 'x'", "form = 'x'", "planned_at = 'x'"])
def test_a_damaged_delivery_is_held_and_shown(room: Room, column: str):
    room.publish()
    room.publish(a_draft(slug="anderes"))
    damage(room, f"UPDATE delivery SET {column} WHERE channel = 'eins' AND slug = 'crue-quais'")  # noqa: S608  (as above)
    room.send()
    assert states(room, "anderes") == {"eins": "delivered", "zwei": "delivered", "brett": "delivered"}
    with room.db.read() as tx:
        seen = message_status(tx, messages.get_message(tx, "crue-quais"), room.places, room.clock.now())
        state = tx.one(text("SELECT state, reason FROM delivery WHERE channel = 'eins' AND slug = 'crue-quais'"))
    assert {(d.channel, d.state) for d in seen.deliveries} == {
        ("zwei", DeliveryState.DELIVERED),
        ("brett", DeliveryState.DELIVERED),
    }
    assert state[0] == "held"
    assert "illisible" in state[1]
    assert [item.what for item in seen.late] == ["damaged"]


@pytest.mark.parametrize("column", ["draft = '{'", "draft = '{}'", "state = 'x'", "submitted_at = 'x'"])
def test_a_damaged_revision_costs_status_and_planning_one_message(room: Room, column: str):
    room.publish()
    room.publish(a_draft(slug="anderes"))
    damage(
        room,
        f"UPDATE revision SET {column} WHERE message_uid = (SELECT uid FROM message WHERE slug = 'crue-quais')",  # noqa: S608
    )
    damage(room, "UPDATE message SET needs_plan = 1")
    room.send()
    assert states(room, "anderes") == {"eins": "delivered", "zwei": "delivered", "brett": "delivered"}
    with room.db.read() as tx:
        seen = {m.message: m for m in overview(tx, room.places, room.clock.now()).messages}
    assert [item.what for item in seen["crue-quais"].late] == ["damaged"]
    assert seen["anderes"].phase == "live"


@pytest.mark.parametrize("parts", ["'{'", "CAST(X'5BFF' AS TEXT)"])
def test_a_board_is_shown_without_what_cannot_be_read_and_a_person_is_asked(room: Room, parts: str):
    room.publish()
    room.send()
    damage(room, f"UPDATE rendition SET parts = {parts} WHERE channel = 'brett'")  # noqa: S608  (as above)
    room.publish(a_draft(slug="anderes"))
    room.send()
    assert room.channels["brett"].shown == {"anderes": 1}
    assert states(room, "anderes")["brett"] == "delivered"
    with room.db.read() as tx:
        assert [(t.kind, t.slug) for t in tasks.open_tasks(tx)] == [("damaged", "crue-quais")]


@pytest.mark.parametrize("column", ["ended_because = 'x'", "first_published_at = 'x'"])
def test_a_damaged_row_of_a_board_costs_its_message_only(room: Room, column: str):
    room.publish()
    room.send()
    damage(room, f"UPDATE board_entry SET {column}")  # noqa: S608  (as above)
    room.publish(a_draft(slug="anderes"))
    room.send()
    assert room.channels["brett"].shown == {"anderes": 1}
    assert states(room, "anderes")["brett"] == "delivered"


@pytest.mark.parametrize("column", ["created_at = 'x'", "ended_because = 'x'"])
def test_a_damaged_message_row_costs_its_own_deliveries_only(room: Room, column: str):
    room.publish()
    room.publish(a_draft(slug="anderes"))
    damage(room, f"UPDATE message SET {column} WHERE slug = 'crue-quais'")  # noqa: S608  (as above)
    room.send()
    assert states(room, "anderes") == {"eins": "delivered", "zwei": "delivered", "brett": "delivered"}
    with room.db.read() as tx:
        held = [tuple(r) for r in tx.all(text("SELECT channel, state FROM delivery WHERE slug = 'crue-quais' ORDER BY channel"))]
        seen = overview(tx, room.places, room.clock.now())
    assert held == [("brett", "held"), ("eins", "held"), ("zwei", "held")]
    assert [m.message for m in seen.messages] == ["anderes"]


def pictured(rendition: Rendition, picture: Media) -> Rendition:
    if rendition.channel != "eins":
        return rendition
    return replace(rendition, parts=tuple(replace(part, media=(picture,)) for part in rendition.parts))


@pytest.mark.parametrize("act", ["DELETE FROM media", "UPDATE media SET content = X'00'"])
def test_a_picture_that_is_gone_or_changed_never_leaves(rooms: list[Room], tmp_path: Path, act: str):
    class Shower(FakeStream):
        def publish(self, part, *, key, reply_to):
            assert part.media[0].read()
            return super().publish(part, key=key, reply_to=reply_to)

    room = a_room(rooms, sqlite_url(tmp_path), Shower("eins"), FakeStream("zwei"))
    picture = Media(name="a.png", media_type="image/png", sha256=sha256_of(b"bild"), size_bytes=4, alt="x", read=lambda: b"bild")
    bare = room.made
    room.made = lambda *args: [pictured(r, picture) for r in bare(*args)]  # type: ignore[method-assign]
    room.publish()
    room.publish(a_draft(slug="anderes"))
    damage(room, act)
    room.send()
    assert room.channels["eins"].posts == {}
    assert states(room, "crue-quais")["zwei"] == states(room, "anderes")["zwei"] == "delivered"
    assert states(room, "crue-quais")["eins"] in ("held", "waiting")
