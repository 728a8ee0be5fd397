"""An edit voids an approval: what is not public yet waits for the vote on it, what is public stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadcast.desk.vote import approve, object_to
from broadcast.errors import ChannelUnavailable
from broadcast.model import EndedBecause, VoteKind
from tests.builders import NOON, a_draft
from tests.doubles import FakeBoard, FullStream, NoEditStream
from tests.integration.dispatch_room import a_room, status_of, v2


def after(count: int, publish):
    """Let only the first `count` posts through."""
    left = [None] * count

    def once(part, **more):
        if not left:
            raise ChannelUnavailable("503")
        left.pop()
        return publish(part, **more)

    return once


def test_an_approved_version_that_has_not_left_waits_for_the_vote_on_the_next(rooms, url):
    mastodon, site = FullStream("mastodon"), FakeBoard("website")
    room = a_room(rooms, url, mastodon, site)
    room.publish()
    done = room.submit(v2())
    assert (set(done.held), done.held_number) == ({"mastodon", "website"}, 1)
    assert {s[3] for s in room.states()} == {"held"}
    room.send()
    room.send()
    assert mastodon.calls == [] and site.shown == {}
    (late, *_) = status_of(room).late
    assert "la version 2 attend un vote" in late.message and "broadcast show crue-quais@2" in late.message
    approve(room.desk, "crue-quais", 2, as_="bob")
    room.send()
    assert list(mastodon.posts.values()) == ["publish La passerelle aussi est fermée."]


@pytest.mark.parametrize("kind", [VoteKind.RETURN, VoteKind.REJECT])
def test_once_the_next_is_voted_down_the_approved_one_leaves(rooms, url, kind):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.submit(v2())
    room.send()
    object_to(room.desk, "crue-quais", 2, kind, as_="bob", reason="non")
    room.send()
    assert list(mastodon.posts.values()) == ["publish Les quais sont fermés."]


def test_what_is_public_stays_while_the_next_is_read(rooms, url):
    mastodon, x = FullStream("mastodon"), NoEditStream("x", faults=[ChannelUnavailable("503")])
    room = a_room(rooms, url, mastodon, x)
    room.publish()
    room.send()
    done = room.submit(v2())
    assert done.held == ("x",)
    room.clock.sleep(1800)
    room.send()
    assert list(mastodon.posts.values()) == ["publish Les quais sont fermés."] and x.posts == {}


def test_a_thread_half_said_is_said_to_its_end(rooms, url):
    x = NoEditStream("x")
    room = a_room(rooms, url, x)
    room.publish(parts=3)
    x.publish = after(1, x.publish)
    room.send()
    begun = len(x.posts)
    del x.publish
    room.submit(v2())
    room.clock.sleep(1800)
    room.send()
    assert begun and len(x.posts) == 3


def test_an_embargo_does_not_outrun_the_vote(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    at = NOON + timedelta(hours=1)
    room.publish(a_draft(embargo_until_at=at))
    room.submit(v2(embargo_until_at=at))
    room.clock.sleep(3700)
    room.send()
    assert mastodon.calls == []


def test_approved_never_published_and_over_is_red_with_why(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish(a_draft(expires_at=NOON + timedelta(hours=1)))
    room.submit(v2(expires_at=NOON + timedelta(hours=1)))
    room.clock.sleep(3700)
    room.send()
    one = status_of(room)
    (late,) = [item for item in one.late if item.what == "never_published"]
    assert one.ended_because is EndedBecause.EXPIRED and mastodon.calls == []
    assert "JAMAIS PUBLIÉ" in late.message and "la version 2 attend un vote" in late.message, late.message


def test_approved_and_over_because_nobody_sent_says_so_and_what_was_published_does_not(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish(a_draft(expires_at=NOON + timedelta(hours=1)))
    room.publish(a_draft(slug="partie", source_text="p", expires_at=NOON + timedelta(hours=2)))
    room.clock.sleep(3700)
    room.send()
    room.clock.sleep(3700)
    room.send()
    assert "aucun envoi n'a tourné à temps" in [i.message for i in status_of(room).late if i.what == "never_published"][0]
    assert not [i for i in status_of(room, "partie").late if i.what == "never_published"]
