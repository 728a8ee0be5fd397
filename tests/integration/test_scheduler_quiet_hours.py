"""Quiet hours: the alert leaves in the night, the rest waits for the morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from broadcast.model import MessageKind
from broadcast.quiet import QuietHours
from broadcast.store import agenda, deliveries, messages
from tests.builders import NOON, a_draft
from tests.doubles import FullStream
from tests.room import Room

# Quiet hours (E8): 12:00 UTC is 13:00 in Paris, so this night is in the middle of the day.
NIGHT = QuietHours((NOON + timedelta(minutes=30)).time(), (NOON + timedelta(hours=3)).time(), "Europe/Paris")
MORNING = NOON + timedelta(hours=2)


def quiet(room: Room) -> Room:
    room.places = {n: replace(p, quiet=NIGHT) for n, p in room.places.items()}
    room.desk = replace(room.desk, places=room.places)
    return room


def test_in_quiet_hours_the_alert_leaves_and_the_rest_waits_for_the_morning(rooms, url):
    mastodon = FullStream("mastodon")
    room = quiet(Room(url, [mastodon]))
    rooms.append(room)
    room.publish(a_draft(slug="alerte", body="Alerte."))
    room.publish(a_draft(slug="fin", source_text="f", body="Fin.", kind=MessageKind.ALL_CLEAR))
    room.publish(a_draft(slug="marche", source_text="m", body="Marché.", kind=MessageKind.INFORMATION))
    room.send()
    assert sorted(mastodon.posts.values()) == ["publish Alerte.", "publish Fin."]
    with room.db.read() as tx:
        (waits,) = deliveries.of_message(tx, messages.get_message(tx, "marche").uid)
        assert (waits.reason, waits.not_before_at) == ("heures calmes jusqu'à 15:00", MORNING)
        assert agenda.next_at(tx, room.clock.now()) == MORNING
    room.clock.at = MORNING
    room.send()
    assert "publish Marché." in mastodon.posts.values()


def test_what_was_planned_before_the_night_is_asked_again_when_it_would_leave(rooms, url):
    mastodon = FullStream("mastodon")
    room = Room(url, [mastodon])
    rooms.append(room)
    room.publish(a_draft(slug="marche", body="Marché.", kind=MessageKind.INFORMATION))
    quiet(room).send()
    assert mastodon.posts == {} and room.events[-1].reason == "heures calmes jusqu'à 15:00"
    room.clock.at = MORNING
    room.send()
    assert len(mastodon.posts) == 1


def test_a_withdrawal_does_not_wait_for_the_morning(rooms, url):
    from broadcast.desk.ending import withdraw

    mastodon = FullStream("mastodon")
    room = Room(url, [mastodon])
    rooms.append(room)
    room.publish(a_draft(slug="marche", body="Marché.", kind=MessageKind.INFORMATION))
    room.send()
    quiet(room)
    withdraw(room.desk, "marche", as_="bob", reason="annulé")
    room.send()
    assert mastodon.posts == {}


def test_a_correction_by_reposting_waits_as_a_whole(rooms, url):
    mastodon = FullStream("mastodon")
    room = Room(url, [mastodon])
    rooms.append(room)
    room.places = {n: replace(p, on_correction="repost") for n, p in room.places.items()}
    room.desk = replace(room.desk, places=room.places)
    room.publish(a_draft(slug="marche", body="Marché.", kind=MessageKind.INFORMATION))
    room.send()
    quiet(room)
    room.publish(a_draft(slug="marche", source_text="2", body="Marché déplacé.", kind=MessageKind.INFORMATION))
    room.send()
    assert list(mastodon.posts.values()) == ["publish Marché."]
    room.clock.at = MORNING
    room.send()
    assert list(mastodon.posts.values()) == ["publish Marché déplacé."]


def test_an_embargo_that_ends_in_the_night_waits_for_the_morning(rooms, url):
    room = quiet(Room(url, [FullStream("mastodon")]))
    rooms.append(room)
    room.clock.at = NOON - timedelta(hours=5)
    room.publish(a_draft(slug="marche", kind=MessageKind.INFORMATION, embargo_until_at=NOON))
    with room.db.read() as tx:
        (waits,) = deliveries.of_message(tx, messages.get_message(tx, "marche").uid)
    assert waits.not_before_at == MORNING
