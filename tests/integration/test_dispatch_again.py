"""A channel that refused is asked again once a person has lifted the cause: the same words, by the same approval."""

from __future__ import annotations

import pytest

from broadcast.desk.again import retry
from broadcast.desk.ending import withdraw
from broadcast.desk.resolve import resolve
from broadcast.desk.vote import approve, object_to
from broadcast.errors import BroadcastError, ChannelRefused, ChannelUnavailable, NotAllowed, NotFound, WorkflowError
from broadcast.model import VoteKind
from tests.doubles import FullStream, NoEditStream
from tests.integration.dispatch_room import a_room, status_of, v2


def refused(times: int = 1, **facts) -> FullStream:
    return FullStream("mastodon", faults=[ChannelRefused("compte limité")] * times, **facts)


@pytest.fixture
def mastodon() -> FullStream:
    return refused()


@pytest.fixture
def room(rooms, url, mastodon):
    made = a_room(rooms, url, mastodon)
    made.publish()
    made.send()
    assert made.states()[0][3] == "refused"
    return made


def test_what_was_refused_leaves_again_as_it_was_approved(room, mastodon):
    before = status_of(room).deliveries[0]
    (again,) = retry(room.desk, "crue-quais/mastodon", as_="bob")
    assert (again.uid, again.sha256, again.key) == (before.uid, before.sha256, before.key)
    room.send()
    assert len(mastodon.posts) == 1 and room.states()[0][3] == "delivered"
    assert status_of(room).phase.value == "live"


def test_it_can_be_named_by_its_id(room, mastodon):
    retry(room.desk, status_of(room).deliveries[0].uid[:8], as_="bob")
    room.send()
    assert len(mastodon.posts) == 1


def test_not_published_says_the_same_of_a_refusal(room, mastodon):
    resolve(room.desk, "crue-quais/mastodon", as_="bob", published=None, proof=None, not_published=True)
    room.send()
    assert len(mastodon.posts) == 1 and room.states()[0][3] == "delivered"


def test_a_newer_version_has_taken_its_place(room, mastodon):
    room.publish(v2())
    room.send()
    with pytest.raises(WorkflowError, match="dépassé"):
        retry(room.desk, "crue-quais/mastodon", as_="bob")
    assert len(mastodon.posts) == 1


@pytest.mark.parametrize(("approved", "leaves"), [(False, "Les quais sont fermés."), (True, "La passerelle aussi est fermée.")])
def test_while_a_newer_version_waits_for_its_vote_nothing_is_tried_again(room, mastodon, approved, leaves):
    room.submit(v2())
    retry(room.desk, "crue-quais/mastodon", as_="bob")
    room.send()
    assert mastodon.posts == {} and status_of(room).deliveries[0].state.value == "held"
    assert "la version 2 attend un vote" in status_of(room).deliveries[0].reason
    if approved:
        approve(room.desk, "crue-quais", 2, as_="bob")
    else:
        object_to(room.desk, "crue-quais", 2, VoteKind.REJECT, as_="bob", reason="non")
    room.send()
    assert list(mastodon.posts.values()) == [f"publish {leaves}"]


def test_a_version_that_is_not_approved_yet_changes_nothing_of_what_is_public(room, mastodon):
    retry(room.desk, "crue-quais/mastodon", as_="bob")
    room.send()
    room.submit(v2())
    room.send()
    assert list(mastodon.posts.values()) == ["publish Les quais sont fermés."]


def test_nothing_leaves_of_a_message_that_ended(room, mastodon):
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    with pytest.raises(BroadcastError):
        retry(room.desk, "crue-quais/mastodon", as_="bob")
    room.send()
    assert mastodon.posts == {}


def test_the_rest_of_a_thread_follows(rooms, url):
    x = refused()
    room = a_room(rooms, url, x)
    room.publish(parts=3)
    room.send()
    assert x.posts == {}
    retry(room.desk, "crue-quais/mastodon", as_="bob")
    room.send(wait_s=60)
    assert len(x.posts) == 3 and list(x.replies.values()) == ["1", "2"]


def test_an_edit_that_was_said_in_a_new_post_is_not_asked_again(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    mastodon.faults.append(ChannelRefused("trop tard"))
    room.publish(v2())
    room.send()
    assert len(mastodon.posts) == 2
    with pytest.raises(WorkflowError, match="rectificatif"):
        retry(room.desk, "crue-quais/mastodon", as_="bob")


def test_a_takedown_that_was_refused_is_asked_again(rooms, url):
    x = NoEditStream("x")
    room = a_room(rooms, url, x)
    room.publish()
    room.send()
    x.take_down = lambda published, *, key: (_ for _ in ()).throw(ChannelRefused("pas le droit"))
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    del x.take_down
    retry(room.desk, "crue-quais/x", as_="bob")
    room.send()
    assert x.posts == {} and status_of(room).phase.value == "ended"


def test_what_waits_for_its_next_try_is_tried_now(rooms, url):
    mastodon = FullStream("mastodon", faults=[ChannelUnavailable("occupé", retry_after_s=3600)])
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    retry(room.desk, "crue-quais/mastodon", as_="bob")
    room.send()
    assert len(mastodon.posts) == 1


def test_who_may_not_and_what_is_not_there_is_told(room):
    with pytest.raises(NotAllowed):
        retry(room.desk, "crue-quais/mastodon", as_="alice")
    with pytest.raises(NotFound, match="x"):
        retry(room.desk, "crue-quais/x", as_="bob")
    retry(room.desk, "crue-quais/mastodon", as_="bob")
    with pytest.raises(WorkflowError, match="broadcast send"):
        retry(room.desk, "crue-quais/mastodon", as_="bob")
