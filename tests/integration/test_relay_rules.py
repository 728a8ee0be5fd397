"""Standing rules: who approves one, when it is in force, and what it never publishes."""

from __future__ import annotations

import pytest

from broadcast import relay
from broadcast.desk.rules import submit_rule, vote_rule, withdraw_rule
from broadcast.errors import NotAllowed, WorkflowError
from broadcast.model import VoteKind
from broadcast.relay.simulate import simulate
from broadcast.rules import rule_from_toml
from broadcast.sources import ItemState
from broadcast.store import messages, rules
from tests.caps import atom, cap, triple
from tests.integration.relay_room import RULE, adopt, bare_cancel, deeds, published


def test_a_rule_needs_two_approvals_and_never_its_author(room):
    room.rule(approved=False)
    app = room.app()
    with pytest.raises(NotAllowed, match="rôle editor"):
        vote_rule(app.desk, "crue", VoteKind.APPROVE, as_="alice")
    assert vote_rule(app.desk, "crue", VoteKind.APPROVE, as_="bob").missing == 1
    assert vote_rule(app.desk, "crue", VoteKind.APPROVE, as_="bob").missing == 1  # the same voice twice is one
    app.close()
    room.alerts(atom(cap("c1")))
    assert room.poll("prefecture")["prefecture"].relayed == ()
    app = room.app()
    standing = vote_rule(app.desk, "crue", VoteKind.APPROVE, as_="carol")
    assert standing.rule.state == "approved" and standing.approved_by == ("bob", "carol")
    app.close()


def test_its_own_author_cannot_approve_a_rule_even_with_a_vote(room):
    app = room.app()
    submit_rule(app.desk, rule_from_toml("crue", RULE, template_text="x"), as_="carol")
    with pytest.raises(NotAllowed, match="deux autres personnes"):
        vote_rule(app.desk, "crue", VoteKind.APPROVE, as_="carol")
    app.close()


def test_a_changed_rule_is_another_rule_until_two_people_approve_it(room):
    room.rule()
    room.rule(RULE.replace("severe", "minor"), approved=False)
    room.alerts(atom(cap("c1", severity="Minor")))
    assert room.poll("prefecture")["prefecture"].relayed == ()
    app = room.app()
    with app.db.read() as tx:
        assert [r.state for r in rules.versions(tx, "crue")] == ["approved", "submitted"]
    app.close()


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


def test_a_rule_that_is_over_or_withdrawn_publishes_nothing_and_what_waits_is_held(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    (deed,) = room.poll("prefecture")["prefecture"].relayed
    app = room.app()
    withdraw_rule(app.desk, "crue", as_="bob", reason="erreur")
    app.close()
    room.send()
    found = room.status(deed.slug)
    assert {d.state.value for d in found.deliveries} == {"held"}
    assert not (room.folder.path / "public/a" / deed.slug).exists()
    room.alerts(atom(cap("c1"), cap("c2", event="Inondation ailleurs")))
    assert room.poll("prefecture")["prefecture"].relayed == ()


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


def test_the_cap_per_hour_stops_a_rule_and_tells_a_person(room):
    room.rule()
    documents = [cap(f"c{n}", event=f"Inondation secteur {n}") for n in range(3)]
    for n in range(1, 4):
        room.alerts(atom(*documents[:n]))
        deeds = room.poll("prefecture")["prefecture"].relayed
    assert [d.act for d in deeds] == ["capped"]
    assert [t.kind for t in room.tasks()] == ["rule_capped"]
    assert len(room.items(ItemState.PROPOSED)) == 1
    room.at("2026-11-26T12:00:00+01:00")
    room.alerts(atom(*documents, cap("c9", "2026-11-26T11:50:00+01:00", event="Inondation secteur 9")))
    assert [d.act for d in room.poll("prefecture")["prefecture"].relayed] == ["published"]


@pytest.mark.parametrize(
    ("facts", "word"),
    [({"status": "Exercise"}, "Exercise"), ({"status": "Test"}, "Test"), ({"scope": "Restricted"}, "Restricted")],
)
def test_what_is_not_real_or_not_public_is_never_relayed(room, facts, word):
    room.rule()
    document = cap("x1", **facts)
    if word == "Restricted":
        document = document.replace("</scope>", "</scope><restriction>interne</restriction>")
    room.alerts(atom(document))
    room.poll("prefecture")
    (item,) = [i for i in room.items() if i.feed == "prefecture"]
    assert item.state is ItemState.IRRELEVANT and word in item.reason
    with pytest.raises(WorkflowError, match=word):
        adopt(room, item.uid)


def test_simulate_replays_what_was_received_and_says_what_each_rule_would_have_done(room):
    room.alerts(atom(cap("c1"), cap("c93", department="93")))
    room.poll("prefecture")
    room.at("2026-11-26T10:05:00+01:00")
    later = "2026-11-26T07:40:00+01:00"
    room.alerts(
        atom(
            cap("c2", later),
            cap("c4", "2026-11-26T08:00:00+01:00", msg_type="Cancel", references=f"{triple('c1')} {triple('c2', later)}"),
        )
    )
    room.poll("prefecture")
    app = room.app()
    with app.db.read() as tx:
        begin = app.clock.now().replace(hour=0)
        rows = simulate(app, tx, [rule_from_toml("crue", RULE)], since=begin)
        assert messages.all_messages(tx) == []
    app.close()
    would = {r["entry"]: (r["act"], r["reason"]) for r in rows}
    by_id = {i.entry.alert.identifier: would[i.uid][0] for i in room.items() if i.entry.alert}
    assert by_id == {"c1": "publish", "c93": "none", "c2": "none", "c4": "end"}
