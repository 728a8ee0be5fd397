"""A newsroom without a running process: what its tests send, and how far a message is."""

from __future__ import annotations

from broadcast.status import message_status
from broadcast.store import messages
from tests.builders import a_draft
from tests.room import Room


def a_room(rooms: list[Room], url: str, *channels: object) -> Room:
    rooms.append(Room(url, list(channels)))
    return rooms[-1]


def v2(**facts: object) -> object:
    return a_draft(body="La passerelle aussi est fermée.", source_text="v2", **facts)


def status_of(room: Room, slug: str = "crue-quais"):
    with room.db.read() as tx:
        return message_status(tx, messages.get_message(tx, slug), room.places, room.clock.now())
