"""After an older copy of the database, nothing is said twice: the networks are read back first."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from broadcast.channel import NotSeen
from broadcast.errors import ChannelUnavailable
from broadcast.model import DeliveryState, Form
from broadcast.store import deliveries, messages, outcomes, renditions
from broadcast.store import newsroom as newsrooms
from tests.builders import NOON, a_draft, sqlite_url
from tests.doubles import FakeStream, FullStream
from tests.integration.lab import Lab
from tests.room import Room


def a_restored_room(tmp_path: Path, *streams: FakeStream) -> Room:
    """A message left after the copy was made; the copy is in place, and the message is approved anew."""
    room = Room(sqlite_url(tmp_path), list(streams))
    room.close()
    copy = tmp_path / "copy.db"
    shutil.copyfile(tmp_path / "newsroom.db", copy)
    room = Room(sqlite_url(tmp_path), list(streams))
    room.publish()
    room.send()
    room.close()
    for file in tmp_path.glob("newsroom.db*"):
        file.unlink()
    shutil.copyfile(copy, tmp_path / "newsroom.db")
    room = Room(sqlite_url(tmp_path), list(streams))
    with room.db.write() as tx:
        newsrooms.note_restored(tx, NOON, NOON)
    return room


def test_a_message_approved_anew_is_adopted_where_it_stands(tmp_path: Path):
    stream = FullStream("mastodon")
    room = a_restored_room(tmp_path, stream)
    room.publish()
    room.send()
    assert list(stream.posts.values()) == ["publish Les quais sont fermés."]
    assert room.states() == [("mastodon", "publish", 1, "delivered")]
    with room.db.read() as tx:
        (delivery,) = deliveries.of_message(tx, messages.get_message(tx, "crue-quais").uid)
    assert delivery.external_id == "1"
    room.close()


def test_what_does_not_stand_is_posted(tmp_path: Path):
    stream = FullStream("mastodon")
    room = a_restored_room(tmp_path, stream)
    room.publish(a_draft(slug="autre", body="Autre chose."))
    room.send()
    assert sorted(stream.posts.values()) == ["publish Autre chose.", "publish Les quais sont fermés."]
    room.close()


def test_two_equal_messages_adopt_one_post_once(tmp_path: Path):
    stream = FullStream("mastodon")
    room = a_restored_room(tmp_path, stream)
    for slug in ("crue-quais", "crue-bis"):
        room.publish(a_draft(slug=slug))
        room.send()
    assert len(stream.posts) == 2
    room.close()


def test_nothing_leaves_while_the_network_cannot_be_read_back(tmp_path: Path):
    stream = FullStream("mastodon")
    room = a_restored_room(tmp_path, stream)
    find, down = stream.find, [True]

    def look(*args: object, **facts: object) -> object:
        if down:
            raise ChannelUnavailable("503", retry_after_s=60)
        return find(*args, **facts)

    stream.find = look
    room.publish()
    room.send()
    assert room.states() == [("mastodon", "publish", 1, "waiting")]
    down.clear()
    room.send(wait_s=300)
    assert room.states() == [("mastodon", "publish", 1, "delivered")]
    assert len(stream.posts) == 1
    room.close()


def test_long_after_the_copy_nothing_is_looked_for_any_more(tmp_path: Path):
    stream = FullStream("mastodon")
    room = a_restored_room(tmp_path, stream)
    room.clock.sleep(31 * 86400)
    room.publish(a_draft(slug="autre", body="Autre.", expires_at=None, owner="alice"))
    stream.calls.clear()
    room.send()
    assert stream.calls == ["publish publish Autre."]
    room.close()


def test_what_was_about_to_leave_where_nobody_can_look_is_asked_of_a_person(tmp_path: Path):
    room = Room(sqlite_url(tmp_path), [FakeStream("courriel")])
    room.publish()
    with room.db.write() as tx:
        outcomes.doubt_unsent(tx, ["courriel"], "base restaurée")
    room.send()
    with room.db.read() as tx:
        (delivery,) = deliveries.of_message(tx, messages.get_message(tx, "crue-quais").uid)
    assert (delivery.state, delivery.needs_person) == (DeliveryState.UNKNOWN, True)
    assert room.channels["courriel"].posts == {}
    room.close()


def test_an_older_copy_put_back_posts_nothing_twice(lab: Callable[..., Lab]):
    kinds = ("mastodon", "bluesky", "wordpress")
    here = lab(*kinds)
    database = here.folder.path / "newsroom.db"
    copy = database.read_bytes()

    def say() -> None:
        here.folder.message("crue-quais")
        here.folder.run("submit", "content/messages/crue-quais.md", "--as", "alice")
        here.folder.run("approve", "crue-quais", "--as", "bob", "--yes")
        here.send()

    say()
    before = {kind: len(here.live(kind)) for kind in kinds}
    for file in here.folder.path.glob("newsroom.db*"):
        file.unlink()
    database.write_bytes(copy)
    here.now = "2026-11-24T09:00:00+01:00"
    assert here.folder.json("status")["stopped"] is True
    here.folder.run("resume", "--as", "bob")
    say()
    assert {kind: len(here.live(kind)) for kind in kinds} == before
    assert {p["channel"].partition("-")[0] for p in here.folder.json("status", "crue-quais")["public"]} >= {"mastodon", "bluesky"}


def test_bluesky_finds_a_record_of_the_same_words_that_another_key_led_to(lab: Callable[..., Lab]):
    here = lab("bluesky")
    here.folder.message("crue-quais")
    here.folder.run("submit", "content/messages/crue-quais.md", "--as", "alice")
    here.folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    here.send()
    app = here.app()
    name = next(iter(app.places))
    adapter = app.open_channel(name)
    with app.db.read() as tx:
        message = messages.get_message(tx, "crue-quais")
        (made,) = renditions.renditions(tx, message.uid, 1, app.read_media, channel=name, form=Form.PUBLISH)
        (known,) = {d.external_id for d in deliveries.of_message(tx, message.uid) if d.external_id}
    part = made.parts[0]
    since, key = app.clock.now(), "1763971200000-" + "0" * 40
    assert adapter.find(part, key=key, since=since, known_ids=frozenset()).published.external_id == known
    assert isinstance(adapter.find(part, key=key, since=since, known_ids=frozenset([known])), NotSeen)
    assert isinstance(adapter.find(replace(part, text="Autre."), key=key, since=since, known_ids=frozenset()), NotSeen)
    app.close()
