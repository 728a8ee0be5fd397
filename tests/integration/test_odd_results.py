"""What an adapter returns against its contract costs its own delivery, and no other its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from broadcast.model import DeliveryState
from tests.builders import a_draft, sqlite_url
from tests.doubles import FakeStream, FullStream
from tests.room import Room


class Odd(FullStream):
    """Posts, and returns no `Published`."""

    def publish(self, part: Any, *, key: str, reply_to: Any) -> Any:
        super().publish(part, key=key, reply_to=reply_to)
        return "fait"


def test_a_result_that_cannot_be_written_is_unknown_and_the_others_are_kept(tmp_path: Path):
    odd, well = Odd("odd"), [FullStream(f"c{n}") for n in range(4)]
    room = Room(sqlite_url(tmp_path), [odd, *well, FakeStream("blind")])
    room.publish()
    room.publish(a_draft(slug="second", title="Second"))
    room.send()
    told = [e for e in room.events if "ne peut pas être noté" in e.reason]
    assert [(e.channel, e.state) for e in told] == [("odd", DeliveryState.UNKNOWN)] * 2
    others = [state for slug in ("crue-quais", "second") for channel, _, _, state in room.states(slug) if channel != "odd"]
    assert others == [DeliveryState.DELIVERED.value] * 10
    # It is looked for, found, and never posted twice.
    room.clock.sleep(120)
    room.send()
    assert all(state == "delivered" for _, _, _, state in room.states())
    assert len(odd.posts) == 2 and all(len(c.posts) == 2 for c in well)
    room.close()
