"""What a running process asks of the database: what is due, and whether another has changed something."""

from __future__ import annotations

from datetime import timedelta

from broadcast.planner import plan_message
from broadcast.store import agenda, messages
from broadcast.store.changes import Changes
from tests.builders import NOON, a_draft
from tests.doubles import FullStream
from tests.room import Room


def test_the_oldest_due_counts_neither_what_waits_nor_what_rests(rooms, url):
    from broadcast.desk.people import set_paused
    from broadcast.errors import ChannelUnavailable

    mastodon = FullStream("mastodon", faults=[ChannelUnavailable("occupé", retry_after_s=600)])
    room = Room(url, [mastodon])
    rooms.append(room)
    with room.db.read() as tx:
        assert agenda.oldest_due_at(tx, NOON) is None
    room.publish()
    with room.db.read() as tx:
        assert agenda.oldest_due_at(tx, NOON + timedelta(minutes=9)) == NOON
    room.send()
    with room.db.read() as tx:
        assert agenda.oldest_due_at(tx, NOON + timedelta(minutes=9)) is None
        assert agenda.oldest_due_at(tx, NOON + timedelta(minutes=11)) == NOON + timedelta(minutes=10)
    set_paused(room.desk, "mastodon", True, as_="bob")
    with room.db.read() as tx:
        assert agenda.oldest_due_at(tx, NOON + timedelta(minutes=11)) is None
        assert agenda.next_at(tx, NOON) == min(NOON + timedelta(minutes=10), a_draft().expires_at)


def test_a_change_by_another_process_is_seen_once(rooms, url):
    room = Room(url, [FullStream("mastodon")])
    rooms.append(room)
    changes = Changes(room.db)
    assert changes.any()
    assert not changes.any()
    room.publish()
    assert changes.any()
    assert not changes.any()
    changes.tidy()
    changes.close()
    with room.db.write() as tx:
        assert plan_message(tx, messages.get_message(tx, "crue-quais"), room.places, NOON) == 0
