"""After publication: what each channel's policy does to what stands, and what status says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcast.channel import Published
from broadcast.desk.ending import withdraw
from broadcast.desk.resolve import resolve
from broadcast.errors import ChannelMisconfigured, ChannelRefused, NotFound, UsageError
from broadcast.model import MessageKind
from broadcast.planner import plans_of
from broadcast.status import message_status
from broadcast.store import deliveries, messages
from tests.builders import EVENING, a_draft, sqlite_url
from tests.doubles import FakeBoard, FakeStream, FullStream, NoEditStream
from tests.room import Room


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Any]:
    made: list[Room] = []

    def make(*channels: Any, **policies: dict[str, Any]) -> Room:
        room = Room(sqlite_url(tmp_path), list(channels))
        places = {name: replace(place, **policies.get(name, {})) for name, place in room.places.items()}
        room.places = places
        room.desk = replace(room.desk, places=places)
        made.append(room)
        return room

    yield make
    for room in made:
        room.close()


def v2(**facts: Any) -> Any:
    return a_draft(body="La passerelle aussi est fermée.", source_text="v2", **facts)


def status_of(room: Room, slug: str = "crue-quais") -> Any:
    with room.db.read() as tx:
        return message_status(tx, messages.get_message(tx, slug), room.places, room.clock.now())


def plans(room: Room, **facts: Any) -> Any:
    with room.db.read() as tx:
        return plans_of(tx, messages.get_message(tx, "crue-quais"), room.places, room.clock.now(), **facts)


def test_a_repost_takes_the_old_one_down_before_the_new_one_goes_up(rooms):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon, mastodon={"on_correction": "repost"})
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    assert list(mastodon.posts.values()) == ["publish La passerelle aussi est fermée."]
    assert mastodon.calls == [
        "publish publish Les quais sont fermés.",
        "take_down 1",
        "publish publish La passerelle aussi est fermée.",
    ]


def test_a_policy_of_nothing_leaves_the_post_and_says_so_beforehand(rooms):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon, mastodon={"on_correction": "nothing"})
    room.publish()
    room.send()
    room.publish(v2())
    assert "on_correction = nothing" in plans(room)["mastodon"].leaves
    room.send()
    assert list(mastodon.posts.values()) == ["publish Les quais sont fermés."]
    assert status_of(room).published == 0


def test_a_policy_of_reply_corrects_in_reply_though_the_network_could_edit(rooms):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon, mastodon={"on_correction": "reply"})
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    assert mastodon.posts["1"] == "publish Les quais sont fermés."
    assert mastodon.replies == {"2": "1"}


@pytest.mark.parametrize(("policy", "posts"), [("take_down", 0), ("say", 2), ("nothing", 1), ("auto", 0)])
def test_the_end_is_a_takedown_a_last_word_or_nothing_as_the_policy_says(rooms, policy, posts):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon, mastodon={"on_end": policy})
    room.publish()
    room.send()
    room.clock.at = EVENING + timedelta(minutes=1)
    room.send()
    assert len(mastodon.posts) == posts
    if policy == "say":
        assert mastodon.posts["2"] == "ending Les quais sont fermés." and mastodon.replies == {"2": "1"}
    assert status_of(room).phase == "ended"


def test_what_was_withdrawn_comes_down_whatever_the_policy_says(rooms):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon, mastodon={"on_end": "nothing"})
    room.publish()
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fausse alerte")
    room.send()
    assert mastodon.posts == {}


def test_where_nothing_can_be_taken_down_an_alert_ends_with_a_word_and_an_activity_in_silence(rooms):
    wire = FakeStream("wire")
    room = rooms(wire)
    room.publish()
    room.publish(a_draft(slug="concours", kind=MessageKind.ACTIVITY, body="Concours."))
    room.send()
    room.clock.at = EVENING + timedelta(minutes=1)
    room.send()
    assert [t for t in wire.posts.values() if t.startswith("ending")] == ["ending Les quais sont fermés."]


@pytest.mark.parametrize(("before", "after"), [(3, 2), (2, 3), (3, 1), (1, 3)])
@pytest.mark.parametrize("policy", ["auto", "repost"])
def test_a_thread_grows_and_shrinks_with_its_revision(rooms, before, after, policy):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon, mastodon={"on_correction": policy})
    room.publish(parts=before)
    room.send()
    room.publish(v2(), parts=after)
    room.send()
    room.send()
    texts = list(mastodon.posts.values())
    assert len(texts) == after
    assert all("passerelle" in text for text in texts)
    ends = [text[-1] for text in texts] if after > 1 else []
    assert ends == [str(n) for n in range(after)][: len(ends)]
    assert status_of(room).phase == "live"


def test_nothing_unsent_of_an_older_revision_leaves(rooms):
    mastodon = FullStream("mastodon", faults=[ChannelMisconfigured("jeton refusé")])
    room = rooms(mastodon)
    room.publish(parts=3)
    room.send()
    assert mastodon.posts == {}
    room.publish(v2())
    from broadcast.desk.people import set_paused

    set_paused(room.desk, "mastodon", False, as_="bob", reason="")
    room.send()
    room.send()
    assert list(mastodon.posts.values()) == ["publish La passerelle aussi est fermée."]


class ByHand(FakeStream):
    """A place that only people serve: all is handed over, a takedown too."""

    idempotent = "always"

    def publish(self, part: Any, *, key: str, reply_to: Any = None) -> Published:
        return replace(super().publish(part, key=key, reply_to=reply_to), public=False)

    def take_down(self, published: Published, *, key: str) -> Published:
        self.calls.append(f"asked to remove {published.external_id}")
        return Published(external_id=published.external_id, url=published.url, public=False)


def test_what_is_handed_over_counts_when_a_person_proves_it_and_is_late_after_the_deadline(rooms):
    hand, site = ByHand("groupe"), FakeBoard("website")
    room = rooms(hand, site, groupe={"deadline_s": 1800.0})
    room.publish()
    room.send()
    seen = status_of(room)
    assert (seen.published, seen.wanted) == (1, 2)
    assert [(one.channel, one.what) for one in seen.to_confirm] == [("groupe", "handed_over")]
    assert seen.late == ()
    room.clock.at += timedelta(minutes=31)
    (late,) = status_of(room).late
    assert status_of(room).to_confirm == ()
    assert late.what == "overdue" and "EN RETARD" in late.message and "--proof" in late.message
    with room.db.read() as tx:
        message = messages.get_message(tx, "crue-quais")
        (row,) = deliveries.of_message(tx, message.uid, "groupe")
    resolve(
        room.desk, row.uid, as_="bob", published="https://facebook.com/groups/1", not_published=False, proof="Carole, 18 h 40"
    )
    seen = status_of(room)
    assert (seen.published, seen.wanted, seen.late) == (2, 2, ())


def test_a_takedown_by_hand_is_not_over_until_a_person_says_so(rooms):
    hand = ByHand("groupe")
    room = rooms(hand)
    room.publish()
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fausse alerte")
    room.send()
    assert hand.calls[-1] == "asked to remove 1"
    assert status_of(room).phase == "ending"
    (late,) = status_of(room).late
    assert late.what == "handed_over" and "`broadcast resolve crue-quais/groupe" in late.message
    assert "broadcast send" not in late.message
    with room.db.read() as tx:
        message = messages.get_message(tx, "crue-quais")
        row = deliveries.of_message(tx, message.uid, "groupe")[-1]
    with pytest.raises(UsageError, match="--proof"):
        resolve(room.desk, row.uid, as_="bob", published="https://groupe/1", not_published=False, proof=None)
    resolve(room.desk, row.uid, as_="bob", published=None, not_published=False, proof="retiré par Carole")
    assert status_of(room).phase == "ended"
    room.send()
    assert hand.calls.count("asked to remove 1") == 1


def test_a_refused_takedown_is_over_once_who_removed_the_post_says_so(rooms):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon)
    room.publish()
    room.send()
    mastodon.faults = [ChannelRefused("message trop ancien")]
    withdraw(room.desk, "crue-quais", as_="bob", reason="fausse alerte")
    room.send()
    (late,) = status_of(room).late
    assert late.what == "refused" and "message trop ancien" in late.message and "--proof" in late.message
    resolve(room.desk, "crue-quais/mastodon", as_="bob", published=None, not_published=False, proof="supprimé par Carole")
    seen = status_of(room)
    assert (seen.phase, seen.late, seen.public) == ("ended", (), ())
    room.send()
    assert mastodon.calls.count("take_down 1") == 1
    with pytest.raises(NotFound):
        resolve(room.desk, "crue-quais/mastodon", as_="bob", published=None, not_published=False, proof="encore")


def test_a_required_channel_that_fails_raises_an_alarm_with_a_substitute(rooms):
    names = ["a", "b", "c", "d", "e"]
    streams = [NoEditStream(name) for name in names]
    site, main, spare = FakeBoard("website"), NoEditStream("main", kind="sms"), NoEditStream("spare", kind="sms")
    room = rooms(site, main, *streams, spare, main={"required_for": ("alert",)})
    room.channels["main"].faults = [ChannelMisconfigured("jeton révoqué")]
    used = {name: place for name, place in room.places.items() if name != "spare"}
    room.desk = replace(room.desk, places=used)
    whole, room.places = room.places, used
    room.publish()
    room.places = whole
    room.send()
    seen = status_of(room)
    assert (seen.published, seen.wanted) == (6, 7)
    (alarm,) = seen.alarms
    assert alarm.channel == "main" and "jeton révoqué" in alarm.message and "ajoutez spare" in alarm.message
    assert seen.phase == "partly_live"


def test_a_required_channel_that_carries_the_message_raises_no_alarm(rooms):
    site = FakeBoard("website")
    room = rooms(site, website={"required_for": ("alert",)})
    room.publish()
    room.send()
    assert status_of(room).alarms == ()


def test_what_a_policy_leaves_as_it_is_stands_in_the_status_and_is_no_unfinished_sending(rooms):
    mastodon = FullStream("mastodon")
    room = rooms(mastodon, mastodon={"on_correction": "nothing", "on_end": "nothing"})
    room.publish()
    room.send()
    room.publish(a_draft(body="Le pont est fermé aussi."))
    room.send()
    status = status_of(room)
    assert status.phase == "live"
    assert [(left.channel, left.message) for left in status.left] == [
        ("mastodon", "la version 1 y reste (on_correction = nothing)")
    ]
    room.clock.at = EVENING + timedelta(minutes=1)
    room.send()
    assert [left.message for left in status_of(room).left] == ["ce qui est publié y reste (on_end = nothing)"]
