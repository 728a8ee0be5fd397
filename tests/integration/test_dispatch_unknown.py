"""Calls whose outcome nobody knows: looked up, asked of a person, never blindly repeated."""

from __future__ import annotations

from datetime import timedelta

from broadcast.desk.resolve import resolve
from tests.doubles import FakeStream, FullStream, unknown
from tests.integration.dispatch_room import a_room, status_of, v2


def test_after_an_unknown_the_post_is_looked_for_and_adopted(rooms, url):
    mastodon = FullStream("mastodon", faults=[unknown()], stores=True)
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    assert len(mastodon.posts) == 1
    assert mastodon.calls == [
        "publish publish Les quais sont fermés.",
        "find publish Les quais sont fermés.",
    ]
    assert room.states() == [("mastodon", "publish", 1, "delivered")]


def test_what_was_not_seen_is_sent_again_only_after_two_looks_and_the_delay(rooms, url):
    mastodon = FullStream("mastodon", faults=[unknown()])
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    assert room.states()[0][3] == "unknown"
    room.clock.at += timedelta(seconds=60)
    room.send()
    assert [c.split()[0] for c in mastodon.calls] == ["publish", "find"]
    room.clock.at += timedelta(seconds=61)
    room.send()
    assert [c.split()[0] for c in mastodon.calls] == [
        "publish",
        "find",
        "find",
        "publish",
    ]
    assert len(mastodon.posts) == 1


def test_send_with_wait_settles_an_unknown_by_itself(rooms, url):
    mastodon = FullStream("mastodon", faults=[unknown()])
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send(wait_s=300)
    assert len(mastodon.posts) == 1
    assert room.states()[0][3] == "delivered"


def test_a_channel_that_cannot_be_asked_goes_to_a_person(rooms, url):
    telegram = FakeStream("telegram", faults=[unknown()], stores=True)
    room = a_room(rooms, url, telegram)
    room.publish()
    room.send(wait_s=600)
    seen = status_of(room)
    assert len(telegram.posts) == 1
    assert seen.deliveries[0].needs_person
    assert seen.late[0].what == "needs_person"
    resolve(
        room.desk,
        "crue-quais/telegram",
        as_="bob",
        published="https://t.me/1",
        proof=None,
        not_published=False,
    )
    assert status_of(room).phase == "live"


def test_a_person_who_saw_nothing_frees_the_resend(rooms, url):
    telegram = FakeStream("telegram", faults=[unknown()])
    room = a_room(rooms, url, telegram)
    room.publish()
    room.send()
    resolve(
        room.desk,
        "crue-quais/telegram",
        as_="bob",
        published=None,
        proof=None,
        not_published=True,
    )
    room.send()
    assert len(telegram.posts) == 1


def test_a_doubtful_post_that_only_a_person_can_settle_does_not_hold_back_the_correction(rooms, url):
    telegram = FakeStream("telegram", faults=[unknown()], stores=True)
    room = a_room(rooms, url, telegram)
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    assert telegram.posts["2"] == "correction La passerelle aussi est fermée."


def test_an_open_idempotency_window_allows_the_same_key_again(rooms, url):
    sms = FakeStream("sms", faults=[unknown()], idempotent=timedelta(hours=1))
    room = a_room(rooms, url, sms)
    room.publish()
    room.send(wait_s=60)
    assert len(sms.posts) == 1
    assert room.states()[0][3] == "delivered"


def test_a_closed_idempotency_window_asks_a_person(rooms, url):
    sms = FakeStream("sms", faults=[unknown()], idempotent=timedelta(seconds=1))
    room = a_room(rooms, url, sms)
    room.publish()
    room.send()
    room.clock.at += timedelta(minutes=5)
    room.send()
    assert len(sms.calls) == 1
    assert status_of(room).deliveries[0].needs_person
