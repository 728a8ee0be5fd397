"""Sources that lie, stutter, repeat themselves or fall silent, and processes that end at the worst moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadcast import relay
from broadcast.model import EndedBecause
from broadcast.relay import documents
from broadcast.relay.choose import rules_in_force
from broadcast.relay.simulate import simulate
from broadcast.sources import ItemState
from broadcast.store import entries, messages, revisions, rules
from tests.caps import SENDER, atom, cap, triple
from tests.feed_server import FeedServer
from tests.integration.test_relay import HEAT, RULE, Room, vigilance

ANY = RULE.replace('events = ["inondation"]\n', "").replace("cap_per_hour = 2", "cap_per_hour = 20")
BOTH = RULE.replace('"prefecture"]', '"prefecture", "gouv"]')


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with FeedServer() as server:
        made = Room(tmp_path / "n", server)
        made.poll()
        yield made


def deeds(room: Room, feed: str = "prefecture") -> list[tuple[str, str]]:
    return [(d.act, d.reason) for d in room.poll(feed)[feed].relayed]


def published(room: Room, *documents: str, rule: str = RULE) -> str:
    """Publish an alert under a rule, send it, and return its message."""
    room.rule(rule)
    room.alerts(atom(*(documents or (cap("c1"),))))
    (first, *_) = room.poll("prefecture")["prefecture"].relayed
    assert first.act == "published"
    room.send()
    return first.slug


def shown(room: Room, slug: str) -> str:
    app = room.app()
    with app.db.read() as tx:
        message = messages.get_message(tx, slug)
        title = revisions.get_revision(tx, message, message.approved).draft.title
    app.close()
    return title


def update(identifier: str, at: str, of: str, of_at: str = "", **facts: str) -> str:
    named = triple(of, f"2026-11-26T{of_at}:00+01:00") if of_at else triple(of)
    return cap(identifier, f"2026-11-26T{at}:00+01:00", msg_type="Update", references=named, **facts)


def bare_cancel(identifier: str, at: str, *, sender: str = SENDER) -> str:
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>{sender}</sender>'
        f"<sent>2026-11-26T{at}:00+01:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope>"
        f"<references>{triple('c1')}</references></alert>"
    )


def test_a_cancel_that_says_nothing_more_ends_the_alert(room):
    slug = published(room)
    room.alerts(atom(cap("c1"), bare_cancel("c2", "08:00")))
    assert deeds(room) == [("ended", "fin annoncée par la source")]
    assert room.status(slug).ended_because is EndedBecause.ALL_CLEAR


def test_of_updates_told_newest_first_the_newest_counts(room):
    slug = published(room)
    old = update("u1", "07:40", "c1", headline="Ancienne vigilance", expires="2026-11-29T06:00:00+01:00")
    new = update("u2", "07:50", "u1", "07:40", severity="Extreme", headline="Nouvelle vigilance")
    room.alerts(atom(new, old, cap("c1")))
    assert deeds(room) == [("updated", "niveau changé")]
    assert shown(room, slug) == "Nouvelle vigilance"


def test_hundreds_of_updates_at_once_are_told_in_one_task_but_their_end_is_not_lost(room):
    slug = published(room)
    many = [update(f"u{n}", f"08:{n // 60:02}", "c1").replace("08:00:00", f"08:00:{n:02}") for n in range(40)]
    room.alerts(atom(cap("c1"), *many, bare_cancel("z", "09:00")))
    assert deeds(room) == [("ended", "fin annoncée par la source")]
    assert [t.kind for t in room.tasks()] == ["flood"]
    assert room.status(slug).ended_because is EndedBecause.ALL_CLEAR


def test_references_in_a_circle_end(room):
    room.rule()
    one, two = update("a", "07:40", "b", "07:40"), update("b", "07:40", "a", "07:40")
    room.alerts(atom(one, two))
    assert [act for act, _ in deeds(room)] in (["published"], ["published", "same"])


def test_an_update_that_leaves_our_area_is_told_to_a_person(room):
    slug = published(room)
    room.alerts(atom(cap("c1"), update("u1", "07:40", "c1", department="93")))
    assert deeds(room) == []
    (task,) = room.tasks()
    assert (task.kind, task.slug) == ("source_changed", slug) and "hors de la zone" in task.message


def test_a_cancel_after_the_rule_has_ended_is_told_to_a_person(room):
    from broadcast.desk.rules import withdraw_rule

    slug = published(room)
    app = room.app()
    withdraw_rule(app.desk, "crue", as_="bob", reason="fini")
    app.close()
    room.alerts(atom(cap("c1"), bare_cancel("c2", "08:00")))
    assert deeds(room) == []
    (task,) = room.tasks()
    assert (task.kind, task.slug) == ("source_ended", slug) and "plus en vigueur" in task.message
    assert f"broadcast all-clear {slug}" in task.message


def test_an_end_brought_forward_by_the_source_ends_the_message_sooner(room):
    slug = published(room)
    room.alerts(atom(cap("c1"), update("u1", "07:40", "c1", expires="2026-11-26T12:00:00+01:00")))
    assert deeds(room) == [("updated", "raccourci")]
    assert room.status(slug).expires.isoformat() == "2026-11-26T11:00:00+00:00"


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


def test_an_item_that_suddenly_speaks_for_another_sender_changes_nothing(room):
    slug = published(room)
    forged = bare_cancel("c9", "08:00", sender="pirate@example.org")
    room.alerts(atom(forged).replace(b"urn:c9", b"urn:c1"))
    assert deeds(room) == [] and room.status(slug).ended_because is None
    assert "pirate@example.org" in room.tasks()[0].message


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


def all_messages(room: Room) -> list[str]:
    app = room.app()
    with app.db.read() as tx:
        found = [m.slug for m in messages.all_messages(tx)]
    app.close()
    return found


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


def test_a_document_that_leaves_us_out_is_no_end_and_an_older_one_is_not_believed(room):
    room.rule(HEAT)
    room.alerts(vigilance(("2026-11-26", 3)))
    (first,) = room.poll("prefecture")["prefecture"].relayed
    room.send()
    empty = {"product": {"update_time": "2026-11-26T09:00:00+01:00", "periods": []}}
    room.alerts(json.dumps(empty).encode())
    assert deeds(room) == [] and [t.kind for t in room.tasks()] == ["source_gone"]
    room.alerts(vigilance(("2026-11-26", 4), department="93", at="2026-11-26T09:10:00+01:00"))
    assert deeds(room) == []
    room.alerts(vigilance(("2026-11-26", 4), at="2026-11-26T05:00:00+01:00"))
    assert deeds(room) == [] and room.status(first.slug).ended_because is None
    room.alerts(vigilance(("2026-11-26", 1), at="2026-11-26T09:20:00+01:00"))
    assert deeds(room) == [("ended", "la source ne le montre plus")]
    room.alerts(vigilance(("2026-11-26", 3)))
    assert deeds(room) == []  # the cache of 06:00 again


def test_today_that_rises_does_not_shorten_what_stands_for_tomorrow(room):
    room.rule(HEAT)
    room.alerts(vigilance(("2026-11-26", 3), ("2026-11-27", 3)))
    first, _ = room.poll("prefecture")["prefecture"].relayed
    room.alerts(vigilance(("2026-11-26", 4), ("2026-11-27", 3), at="2026-11-26T09:00:00+01:00"))
    assert deeds(room) == [("updated", "niveau changé")]
    assert room.status(first.slug).expires.isoformat() == "2026-11-27T22:59:59+00:00"
    room.send()
    assert "orange" in room.page_of(first.slug) and "rouge" in room.page_of(first.slug)
    room.alerts(vigilance(("2026-11-26", 1), ("2026-11-27", 3), at="2026-11-26T09:30:00+01:00"))
    assert deeds(room) == [("updated", "ce qui reste en vigueur")]
    assert "orange" in shown(room, first.slug)


SECTION = {"properties": {"CdEntCru": "SN12", "LbEntCru": "Seine à Paris", "NivInfViCr": 3}}


def rivers(level: int) -> bytes:
    feature = {"type": "Feature", "properties": SECTION["properties"] | {"NivInfViCr": level}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def test_a_flood_without_an_end_stays_published_for_as_long_as_it_is_shown(room):
    toml = room.folder.path / "broadcast.toml"
    toml.write_text(toml.read_text().replace("max_new = 5\n[feeds.gouv]", 'max_new = 5\nsections = ["SN12"]\n[feeds.gouv]'))
    room.rule(RULE.replace('["inondation"]', '["crues"]'))
    room.alerts(rivers(3))
    (first,) = room.poll("prefecture")["prefecture"].relayed
    room.send()
    for hour in (18, 9, 9):
        room.at(f"2026-11-27T{hour:02}:00:00+01:00" if hour == 9 else "2026-11-26T18:00:00+01:00")
        room.poll("prefecture")
        app = room.app()
        relay.housekeep(app)
        app.close()
    found = room.status(first.slug)
    assert found.ended_because is None and found.latest == 2  # prolonged once, when it was about to end
    assert found.expires.isoformat() == "2026-11-28T08:00:00+00:00"
    room.alerts(rivers(1))
    assert deeds(room) == [("ended", "la source ne le montre plus")]


def test_a_process_that_ends_before_the_rules_looked_is_followed_by_another(room, monkeypatch):
    room.rule()
    room.alerts(atom(cap("c1")))

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(documents, "follow", killed)
    app = room.app()
    with pytest.raises(KeyboardInterrupt):
        relay.poll(app, ["prefecture"])
    app.close()
    monkeypatch.undo()
    assert deeds(room) == []  # nothing new at the source
    app = room.app()
    (late,) = relay.housekeep(app)
    assert late.act == "published" and relay.housekeep(app) == []
    with app.db.read() as tx:
        assert entries.due_for_rules(tx) == []
    app.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_processes_that_look_at_once_publish_once(tmp_path, database, request):
    import threading

    from broadcast.relay.follow import follow

    url = request.getfixturevalue("postgres_url") if database == "postgresql" else ""
    with FeedServer() as server:
        room = Room(tmp_path / "n", server, database=url)
        toml = room.folder.path / "broadcast.toml"
        toml.write_text(toml.read_text().replace("max_new = 5", "max_new = 50"))
        room.poll()
        room.rule(ANY)
        room.alerts(atom(*(cap(f"c{n}", event=f"Risque {n % 3}") for n in range(6))))
        app = room.app()
        relay.poll(app, ["prefecture"])  # in force already: this is the first to look
        with app.db.write() as tx:
            entries.mark_due(tx, [i.uid for i in room.items(ItemState.RELAYED)])
        app.close()
        room.alerts(atom(*(cap(f"d{n}", event=f"Danger {n}") for n in range(5))))
        apps = [room.app() for _ in range(4)]
        work = [(relay.poll, apps[0]), (relay.poll, apps[1]), (follow, apps[2]), (follow, apps[3])]
        threads = [threading.Thread(target=do, args=(app,)) for do, app in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        follow(apps[0])
        for app in apps:
            app.close()
        assert len(all_messages(room)) == 3 + 5
        assert room.folder.json("audit", "verify", env=room.folder.env)["ok"]


def test_simulation_and_what_happened_agree_on_a_recorded_day(room):
    room.rule(HEAT)
    day = [
        ("10:01", vigilance(("2026-11-26", 3), ("2026-11-27", 3))),
        ("10:10", vigilance(("2026-11-26", 4), ("2026-11-27", 3), at="2026-11-26T08:00:00+01:00")),
        ("10:50", vigilance(("2026-11-26", 1), ("2026-11-27", 1), at="2026-11-26T09:00:00+01:00")),
    ]
    for at, document in day:
        room.at(f"2026-11-26T{at}:00+01:00")
        room.alerts(document)
        room.poll("prefecture")
    app = room.app()
    with app.db.read() as tx:
        (rule,) = rules_in_force(app, tx)
        done = [(d.entry_uid, d.act) for d in rules.deeds_since(tx, "crue", app.clock.now() - timedelta(hours=2))]
        words = {"publish": "published", "update": "updated", "end": "ended", "same": "same"}
        rows = simulate(app, tx, [rule], since=app.clock.now() - timedelta(hours=2))
    app.close()
    assert sorted((r["entry"], words[r["act"]]) for r in rows if r["act"] != "none") == sorted(done)
    assert [act for _, act in done] == ["published", "same", "updated", "ended", "same"]


def test_a_rule_whose_approver_was_removed_is_no_longer_in_force_and_that_is_told(room):
    from broadcast.desk.people import add_person, remove_person
    from broadcast.desk.rules import rule_standings, submit_rule, vote_rule
    from broadcast.model import VoteKind
    from broadcast.rules import rule_from_toml

    room.rule()
    app = room.app()
    add_person(app.desk, "dora", ("approver",))
    remove_person(app.desk, "bob")
    app.close()
    room.alerts(atom(cap("c1")))
    assert deeds(room) == []
    app = room.app()
    relay.housekeep(app)
    with app.db.read() as tx:
        (standing,) = rule_standings(tx)
        frozen = standing.rule
    assert (standing.missing, standing.approved_by) == (1, ("carol",))
    assert [(t.kind, t.subject) for t in room.tasks()] == [("rule_void", "crue")]
    again = rule_from_toml("crue", frozen.source_text, template_text=frozen.template_text)
    assert submit_rule(app.desk, again, as_="alice").missing == 2
    for voter in ("carol", "dora"):
        vote_rule(app.desk, "crue", VoteKind.APPROVE, as_=voter)
    relay.housekeep(app)
    app.close()
    assert room.tasks() == []
    room.alerts(atom(cap("c1"), cap("c2", event="Inondation 2")))
    assert [act for act, _ in deeds(room)] == ["published"]


def test_what_a_rule_has_not_sent_yet_is_held_when_its_approver_is_removed(room):
    from broadcast.desk.people import remove_person

    room.rule()
    room.alerts(atom(cap("c1")))
    (first,) = room.poll("prefecture")["prefecture"].relayed
    app = room.app()
    remove_person(app.desk, "bob")
    app.close()
    room.send()
    assert {d.state.value for d in room.status(first.slug).deliveries} == {"held"}


def test_what_has_no_title_or_too_long_a_one_is_adopted_whole(room):
    from broadcast import intake
    from tests.caps import news

    long = "Couvre-feu " * 1000
    room.news(news(("a2", "", ""), ("a3", long, "Le texte.")))
    room.poll("gouv")
    for item in room.items(ItemState.PROPOSED):
        app = room.app()
        done = relay.adopt(app, item.uid, as_="alice")
        draft = intake.parse(app, done.path)
        app.close()
        whole = " ".join(long.split())
        assert draft.title == "Sans titre" if not item.entry.title else draft.title.endswith(" …") and whole in draft.body
    assert len(room.items(ItemState.ADOPTED)) == 2


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


def test_a_clock_that_was_wrong_for_a_moment_does_not_silence_the_sources(room):
    room.at("2026-12-24T10:00:00+01:00")
    room.poll()
    room.at("2026-11-26T10:05:00+01:00")
    app = room.app()
    assert {p.feed for p in relay.poll_due(app)} == {"prefecture", "gouv"} and relay.poll_due(app) == []
    app.close()
