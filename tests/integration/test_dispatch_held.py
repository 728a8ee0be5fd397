"""What is held back: by the switch, by a channel without its rights, by votes and texts that no longer count."""

from __future__ import annotations

import sqlite3

from broadcast.desk.ending import resume, stop, withdraw
from broadcast.desk.people import remove_person, set_paused
from broadcast.errors import ChannelMisconfigured
from tests.builders import a_draft
from tests.doubles import FullStream, NoEditStream
from tests.integration.dispatch_room import a_room, v2


def test_the_kill_switch_holds_what_is_new_and_lets_takedowns_and_corrections_out(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    stop(room.desk, as_="bob", reason="piratage")
    room.publish(a_draft(slug="neuf", source_text="n", body="Neuf."))
    room.publish(v2())
    room.send()
    assert list(mastodon.posts.values()) == ["update La passerelle aussi est fermée."]
    assert room.states("neuf") == [("mastodon", "publish", 1, "held")]
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    assert mastodon.posts == {}
    resume(room.desk, as_="bob")
    room.send()
    assert list(mastodon.posts.values()) == ["publish Neuf."]


def test_revoked_credentials_pause_the_channel_and_hold_the_rest(rooms, url):
    x, mastodon = (
        NoEditStream("x", faults=[ChannelMisconfigured("401")]),
        FullStream("mastodon"),
    )
    room = a_room(rooms, url, x, mastodon)
    room.publish()
    room.publish(a_draft(slug="deux", source_text="d"))
    room.send()
    assert len(x.calls) == 1
    assert {s[3] for slug in ("crue-quais", "deux") for s in room.states(slug) if s[0] == "x"} == {"held"}
    assert len(mastodon.posts) == 2
    set_paused(room.desk, "x", False, as_="bob")
    room.send()
    assert len(x.posts) == 2


def test_a_vote_no_longer_counts_when_its_author_has_left(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    remove_person(room.desk, "bob")
    room.send()
    assert mastodon.calls == []
    assert room.states()[0][3] == "held"


def test_a_rendition_altered_in_the_database_does_not_leave(rooms, url, tmp_path):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    with sqlite3.connect(tmp_path / "newsroom.db") as raw:
        raw.execute("UPDATE rendition SET parts = replace(parts, 'fermés', 'ouverts')")
    raw.close()
    room.send()
    assert mastodon.calls == []
    assert room.states()[0][3] == "held"
