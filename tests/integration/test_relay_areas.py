"""What is told to another department is neither proposed nor published here, nor is it our level."""

from __future__ import annotations

from broadcast import relay
from broadcast.sources import ItemState
from tests.caps import atom, cap
from tests.integration.relay_room import ANY, deeds, published, shown, update


def test_an_alert_for_another_department_is_kept_but_not_proposed(room):
    room.alerts(atom(cap("c93", department="93"), cap("c92")))
    room.poll("prefecture")
    (item,) = room.items(ItemState.PROPOSED)
    assert item.alert is not None and item.alert.identifier == "c92"
    (other,) = room.items(ItemState.IRRELEVANT)
    assert other.alert is not None and other.alert.identifier == "c93"


def test_an_update_that_leaves_our_area_is_told_to_a_person(room):
    slug = published(room)
    room.alerts(atom(cap("c1"), update("u1", "07:40", "c1", department="93")))
    assert deeds(room) == []
    (task,) = room.tasks()
    assert (task.kind, task.slug) == ("source_changed", slug) and "hors de la zone" in task.message


def two_infos(severity: str) -> str:
    other = cap("m1", severity="Extreme", department="93", headline="Rouge pour le 93", description="Texte du 93.")
    ours = cap("m1", severity=severity, headline="Orange pour le 92", description="Texte du 92.")
    info = ours[ours.index("<info>") : ours.index("</info>") + len("</info>")]
    return other.replace("</alert>", f"{info}</alert>")


def test_what_one_alert_tells_another_department_is_not_told_to_ours(room):
    slug = published(room, two_infos("Severe"), rule=ANY)
    assert shown(room, slug) == "Orange pour le 92"
    page = room.page_of(slug)
    assert "Texte du 92." in page and "Texte du 93." not in page and "extrême" not in page


def test_the_level_of_another_department_publishes_nothing(room):
    room.rule(ANY)
    room.alerts(atom(two_infos("Minor")))
    assert deeds(room) == []


def test_a_draft_by_hand_holds_what_is_said_to_us_alone(room):
    room.alerts(atom(two_infos("Severe")))
    room.poll("prefecture")
    (item,) = room.items(ItemState.PROPOSED)
    app = room.app()
    done = relay.adopt(app, item.uid, as_="alice")
    app.close()
    text = done.path.read_text()
    assert "level: severe" in text and "Texte du 93" not in text
