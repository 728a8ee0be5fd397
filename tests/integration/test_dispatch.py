"""What leaves, where, when and in which form: approved, once, in order, never an older revision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadcast.desk.vote import approve
from broadcast.errors import ChannelUnavailable
from tests.builders import a_draft
from tests.doubles import FakeBoard, FullStream, NoEditStream, refused
from tests.integration.dispatch_room import a_room, status_of, v2


def test_an_approved_message_goes_out_on_every_channel_once(rooms, url):
    site, mastodon = FakeBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    room.publish()
    room.send()
    room.send()
    assert site.shown == {"crue-quais": 1}
    assert list(mastodon.posts.values()) == ["publish Les quais sont fermés."]
    seen = status_of(room)
    assert seen.phase == "live"
    assert {p.channel for p in seen.public} == {"website", "mastodon"}


def test_nothing_leaves_before_a_second_person_approves(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.submit()
    room.send()
    assert mastodon.calls == []
    assert status_of(room).phase == "in_review"


def test_approving_twice_plans_nothing_twice(rooms, url):
    room = a_room(rooms, url, FullStream("mastodon"))
    done = room.submit()
    approve(room.desk, "crue-quais", done.revision.number, as_="bob")
    with pytest.raises(Exception, match="n'attend plus"):
        approve(room.desk, "crue-quais", done.revision.number, as_="carol")
    room.send()
    assert len(room.states()) == 1


def test_an_embargo_is_kept(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish(a_draft(embargo_until_at=room.clock.now() + timedelta(hours=1)))
    room.send()
    assert mastodon.calls == []
    assert status_of(room).phase == "embargoed"
    room.clock.at += timedelta(hours=1)
    room.send()
    assert len(mastodon.posts) == 1


def test_a_second_revision_edits_in_place_or_corrects_in_reply(rooms, url):
    site, mastodon, x = FakeBoard("website"), FullStream("mastodon"), NoEditStream("x")
    room = a_room(rooms, url, site, mastodon, x)
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    assert site.shown == {"crue-quais": 2}
    assert mastodon.posts == {"1": "update La passerelle aussi est fermée."}
    assert x.posts == {
        "1": "publish Les quais sont fermés.",
        "2": "correction La passerelle aussi est fermée.",
    }
    assert x.replies == {"2": "1"}
    assert status_of(room).phase == "live"


def test_a_refused_edit_becomes_a_correction(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    room.publish(v2())
    mastodon.faults = [refused()]
    room.send()
    assert mastodon.posts["2"] == "correction La passerelle aussi est fermée."
    # It says the new version: nothing is missing there.
    seen = status_of(room)
    assert (seen.phase, seen.published, seen.wanted, seen.alarms) == ("live", 1, 1, ())


def test_an_older_revision_never_leaves_after_a_newer_one_was_approved(rooms, url):
    x = NoEditStream("x", faults=[ChannelUnavailable("503", retry_after_s=60)])
    room = a_room(rooms, url, x)
    room.publish()
    room.send()
    room.publish(v2())
    room.clock.at += timedelta(seconds=90)
    room.send()
    assert list(x.posts.values()) == ["publish La passerelle aussi est fermée."]


def test_a_thread_goes_out_in_order_and_resumes_at_the_missing_part(rooms, url):
    x = NoEditStream("x")
    room = a_room(rooms, url, x)
    room.publish(parts=3)

    trouble = iter([1])

    def fail_second(point: str) -> None:
        if point == "receipt" and next(trouble, None):
            x.faults = [ChannelUnavailable("503", retry_after_s=10)]

    room.send(pause=fail_second)
    assert len(x.posts) == 1
    room.clock.at += timedelta(seconds=11)
    room.send()
    assert [t[-1] for t in x.posts.values()] == ["0", "1", "2"]
    assert x.replies == {"2": "1", "3": "2"}


def test_a_rate_limit_is_obeyed_by_the_queue(rooms, url):
    x = NoEditStream("x", faults=[ChannelUnavailable("429", retry_after_s=60)])
    room = a_room(rooms, url, x)
    room.publish()
    room.send()
    room.clock.at += timedelta(seconds=59)
    room.send()
    assert len(x.calls) == 1
    room.clock.at += timedelta(seconds=2)
    room.send()
    assert len(x.posts) == 1


def test_a_board_that_fails_is_shown_again(rooms, url):
    site = FakeBoard("website", faults=[ChannelUnavailable("disque plein"), RuntimeError("faute")])
    room = a_room(rooms, url, site)
    room.publish()
    room.send()
    assert room.states()[0][3] == "waiting"
    room.clock.at += timedelta(minutes=1)
    room.send()
    room.clock.at += timedelta(minutes=1)
    room.send()
    assert site.shown == {"crue-quais": 1}
    assert room.states()[0][3] == "delivered"
