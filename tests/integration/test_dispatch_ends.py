"""What was withdrawn or has expired is taken down, does not leave any more, and can live again."""

from __future__ import annotations

from datetime import timedelta

from broadcast.desk.ending import withdraw
from broadcast.errors import ChannelUnavailable
from tests.builders import EVENING
from tests.doubles import FakeBoard, FullStream, NoEditStream
from tests.integration.dispatch_room import a_room, status_of, v2


def test_withdrawing_takes_down_everything_and_drops_what_has_not_left(rooms, url):
    site, mastodon, x = FakeBoard("website"), FullStream("mastodon"), NoEditStream("x")
    room = a_room(rooms, url, site, mastodon, x)
    room.publish()
    x.faults = [ChannelUnavailable("occupé", retry_after_s=600)]
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fausse alerte")
    room.send()
    assert mastodon.posts == {}
    assert x.posts == {}
    assert site.shown == {}
    assert site.ended == {"crue-quais": "withdrawn"}
    assert ("x", "publish", 1, "dropped") in room.states()
    seen = status_of(room)
    assert seen.phase == "ended"
    assert seen.ended_because == "withdrawn"
    assert not seen.public


def test_a_correction_and_its_root_are_both_taken_down(rooms, url):
    x = NoEditStream("x")
    room = a_room(rooms, url, x)
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    assert x.posts == {}
    assert x.calls[-2:] == ["take_down 2", "take_down 1"] or x.calls[-1] == "take_down 1"


def test_what_has_expired_is_taken_down_at_the_next_send(rooms, url):
    site, mastodon = FakeBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    room.publish()
    room.send()
    room.clock.at = EVENING
    room.send()
    assert mastodon.posts == {}
    assert site.shown == {}
    assert site.ended == {"crue-quais": "expired"}
    assert status_of(room).phase == "ended"


def test_an_expired_revision_is_not_sent_even_if_approved(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.clock.at = EVENING + timedelta(minutes=1)
    room.send()
    assert mastodon.calls == []
    assert room.states() == [("mastodon", "publish", 1, "dropped")]


def test_a_message_that_ended_can_live_again_when_reopened(rooms, url):
    site, mastodon = FakeBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    room.publish()
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    room.publish(v2(), reopen=True)
    room.send()
    assert site.shown == {"crue-quais": 2}
    assert len(mastodon.posts) == 1
    assert status_of(room).phase == "live"
