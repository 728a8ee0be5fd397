"""Sources that lie: forged, contradictory or hostile documents neither end nor change what is public."""

from __future__ import annotations

from broadcast.sources import ItemState
from broadcast.store import messages, revisions
from tests.caps import SENDER, atom, cap, triple
from tests.integration.relay_room import ANY, RULE, bare_cancel, deeds, published, update


def test_references_in_a_circle_end(room):
    room.rule()
    one, two = update("a", "07:40", "b", "07:40"), update("b", "07:40", "a", "07:40")
    room.alerts(atom(one, two))
    assert [act for act, _ in deeds(room)] in (["published"], ["published", "same"])


def test_an_unknown_level_is_no_end(room):
    slug = published(room)
    room.alerts(atom(cap("c1"), update("u1", "07:40", "c1", severity="Unknown")))
    assert deeds(room) == [] and room.status(slug).ended_because is None
    assert "niveau inconnu" in room.tasks()[0].message


def test_an_alert_that_becomes_a_page_of_news_is_no_end(room):
    from tests.caps import news

    slug = published(room)
    room.alerts(news(("urn:c1", "Le festival commence", "…")))
    assert deeds(room) == [] and room.status(slug).ended_because is None
    assert {t.kind for t in room.tasks()} == {"source_changed"}


def test_only_its_own_sender_and_source_can_end_an_alert(room):
    room.rule(RULE.replace('"prefecture"]', '"prefecture", "gouv"]'))
    room.alerts(atom(cap("c1")))
    (first,) = room.poll("prefecture")["prefecture"].relayed
    stranger = cap("z1", "2026-11-26T08:00:00+01:00", msg_type="Cancel", references=triple("c1"), sender="pirate@example.org")
    room.alerts(atom(cap("c1"), stranger))
    assert all(d.act != "ended" for d in room.poll("prefecture")["prefecture"].relayed)
    forged = cap("z2", "2026-11-26T08:05:00+01:00", msg_type="Cancel", references=triple("c1"))
    room.news(atom(forged))
    assert all(d.act != "ended" for d in room.poll("gouv")["gouv"].relayed)
    assert room.status(first.slug).ended_because is None


def test_senders_other_than_those_of_the_source_are_not_heard(room):
    toml = room.folder.path / "broadcast.toml"
    toml.write_text(toml.read_text().replace("max_new = 5\n[feeds.gouv]", f'max_new = 5\nsenders = ["{SENDER}"]\n[feeds.gouv]'))
    room.alerts(atom(cap("c1", sender="pirate@example.org")))
    room.poll("prefecture")
    (item,) = [i for i in room.items() if i.feed == "prefecture"]
    assert item.state is ItemState.IRRELEVANT and "pirate" in item.reason


def test_an_item_that_suddenly_speaks_for_another_sender_changes_nothing(room):
    slug = published(room)
    forged = bare_cancel("c9", "08:00", sender="pirate@example.org")
    room.alerts(atom(forged).replace(b"urn:c9", b"urn:c1"))
    assert deeds(room) == [] and room.status(slug).ended_because is None
    assert "pirate@example.org" in room.tasks()[0].message


def test_the_same_identity_with_other_content_is_flagged_and_the_first_is_kept(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    (deed,) = room.poll("prefecture")["prefecture"].relayed
    room.alerts(atom(cap("c1", headline="Tout va bien", severity="Minor")))
    assert room.poll("prefecture")["prefecture"].relayed == ()
    assert [t.kind for t in room.tasks()] == ["source_conflict"]
    (item,) = room.items(ItemState.RELAYED)
    assert item.entry.alert is not None and item.entry.alert.infos[0].headline.startswith("Vigilance orange")


def test_a_source_cannot_set_what_is_not_its_own_nor_link_to_where_a_rule_does_not_allow(room):
    evil = (
        'x"\nchannels: [x-ville]\nends: autre\n---\n{{ 7*7 }} [la](javascript:alert(1)) &lt;script&gt; https://pirate.example/a'
    )
    slug = published(room, cap("c1", headline=evil, description=evil), rule=ANY)
    app = room.app()
    with app.db.read() as tx:
        draft = revisions.get_revision(tx, messages.get_message(tx, slug), 1).draft
    app.close()
    assert set(draft.channels) <= {"website", "signs", "kit"} and not draft.ends and not draft.images and not draft.link
    page = room.page_of(slug)
    assert "{{ 7*7 }}" in page and "https://pirate.example/a" in page and 'href="https://pirate' not in page
    assert "<script>" not in page and 'href="javascript' not in page
