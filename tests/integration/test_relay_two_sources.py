"""One event in two sources: one message, and only its own source changes or ends it."""

from __future__ import annotations

from broadcast.sources import ItemState
from tests.caps import atom, cap
from tests.integration.relay_room import BOTH, all_messages, bare_cancel, deeds, published, update


def test_one_alert_in_two_sources_is_one_message_and_its_own_source_ends_it(room):
    slug = published(room, rule=BOTH)
    room.news(atom(cap("c1")))
    assert deeds(room, "gouv") == []
    room.news(atom(cap("c1"), bare_cancel("c2", "08:00")))
    assert deeds(room, "gouv") == [] and room.status(slug).ended_because is None
    (task,) = room.tasks()
    assert (task.kind, task.slug) == ("source_ended", slug) and "autre source (prefecture)" in task.message
    room.alerts(atom(cap("c1"), bare_cancel("c2", "08:00")))
    assert deeds(room) == [("ended", "fin annoncée par la source")]


def test_an_update_from_the_other_source_is_no_second_message(room):
    slug = published(room, rule=BOTH)
    room.news(atom(cap("c1"), update("u1", "08:00", "c1", severity="Extreme")))
    assert deeds(room, "gouv") == []
    room.alerts(atom(cap("c1"), update("u1", "08:00", "c1", severity="Extreme")))
    assert deeds(room) == [("updated", "niveau changé")]
    assert all_messages(room) == [slug]


def test_a_source_without_a_rule_that_is_quicker_silences_no_rule(room):
    room.rule()
    room.news(atom(cap("c1")))
    assert deeds(room, "gouv") == []
    room.alerts(atom(cap("c1")))
    assert [act for act, _ in deeds(room)] == ["published"]


def test_another_source_that_takes_an_identity_for_other_words_hides_nothing(room):
    room.news(atom(cap("c1", severity="Minor", headline="Tout va bien")))
    room.poll("gouv")
    room.alerts(atom(cap("c1")))
    room.poll("prefecture")
    assert {i.feed for i in room.items(ItemState.PROPOSED)} == {"prefecture", "gouv"}
    assert [t.kind for t in room.tasks()] == ["source_conflict"]
