"""The relay desk and standing rules, from a feed server on loopback to what residents read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from broadcast import intake, relay
from broadcast.app import App
from broadcast.desk.rules import submit_rule, vote_rule, withdraw_rule
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.dispatch.send import send
from broadcast.errors import BroadcastError, Conflict, NotAllowed, WorkflowError
from broadcast.model import EndedBecause, VoteKind
from broadcast.relay.rule_files import TEMPLATE_BREAK
from broadcast.relay.simulate import simulate
from broadcast.rules import rule_from_toml
from broadcast.shipped import shipped
from broadcast.sources import Item, ItemState, Task
from broadcast.status import message_status
from broadcast.store import entries, feeds, messages, rules, tasks
from tests.caps import SENDER, atom, cap, news, triple
from tests.feed_server import FeedServer, page, status
from tests.newsroom import Folder

SECTIONS = """
[channels.website]
kind = "website"
required_for = ["alert"]
[channels.signs]
kind = "sign"
columns = 16
rows = 4
[channels.kit]
kind = "copykit"
label = "Groupe des commerçants"
[feeds.prefecture]
url = "{alerts}"
allow_private = true
label = "Préfecture des Hauts-de-Seine"
max_new = 5
[feeds.gouv]
url = "{news}"
allow_private = true
scope = "national"
max_new = 5
"""
RULE = """
feeds = ["prefecture"]
levels = ["severe", "extreme"]
events = ["inondation"]
channels = ["website", "signs", "kit"]
cap_per_hour = 2
until = 2027-06-30
"""


class Room:
    """A newsroom whose sources are served on loopback, its clock set by hand."""

    def __init__(self, path: Path, server: FeedServer, database: str = "") -> None:
        self.server = server
        sections = SECTIONS.format(alerts=server.url("/alertes"), news=server.url("/actus"))
        self.folder = Folder(path, sections, newsroom=f'database = "{database}"\n' if database else "")
        self.at("2026-11-26T10:00:00+01:00")
        self.folder.people()
        self.alerts(atom())
        self.news(news(("a1", "Déjà là", "…")))

    def at(self, now: str) -> None:
        self.folder.env["BROADCAST_NOW"] = now

    def alerts(self, body: bytes) -> None:
        self.server.on("/alertes", page(body))

    def news(self, body: bytes) -> None:
        self.server.on("/actus", page(body))

    def app(self) -> App:
        return App(self.folder.path, self.folder.env)

    def poll(self, *names: str) -> dict[str, relay.Polled]:
        app = self.app()
        done = {p.feed: p for p in relay.poll(app, names)}
        app.close()
        return done

    def send(self) -> None:
        app = self.app()
        send(app.dispatcher())
        app.close()

    def items(self, state: ItemState | None = None) -> list[Item]:
        app = self.app()
        with app.db.read() as tx:
            found = entries.items(tx, states=[state] if state else ())
        app.close()
        return found

    def tasks(self) -> list[Task]:
        app = self.app()
        with app.db.read() as tx:
            found = tasks.open_tasks(tx)
        app.close()
        return found

    def status(self, slug: str) -> Any:
        app = self.app()
        with app.db.read() as tx:
            found = message_status(tx, messages.get_message(tx, slug), app.places, app.clock.now())
        app.close()
        return found

    def rule(self, text: str = RULE, name: str = "crue", *, approved: bool = True) -> None:
        app = self.app()
        both = TEMPLATE_BREAK.join((shipped("content/models") / "relay" / f"{n}.md").read_text() for n in ("alert", "all-clear"))
        submit_rule(app.desk, rule_from_toml(name, text, template_text=both), as_="alice")
        for voter in ("bob", "carol") if approved else ():
            vote_rule(app.desk, name, VoteKind.APPROVE, as_=voter)
        app.close()

    def page_of(self, slug: str) -> str:
        return (self.folder.path / "public" / "a" / slug / "index.html").read_text()

    def playlist(self) -> list[str]:
        return [e["slug"] for e in json.loads((self.folder.path / "signs/signs/playlist.json").read_text())["entries"]]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with FeedServer() as server:
        made = Room(tmp_path / "n", server)
        made.poll()
        yield made


def adopt(room: Room, uid: str, as_: str = "alice", **more: Any) -> relay.Adopted:
    app = room.app()
    try:
        return relay.adopt(app, uid, as_=as_, **more)
    finally:
        app.close()


def publish(room: Room, slug: str, as_: str = "alice") -> None:
    app = room.app()
    path = room.folder.path / "content/messages" / f"{slug}.md"
    reading = intake.read(app, path)
    submit(
        app.desk,
        reading.draft,
        as_=as_,
        path=str(path),
        media=reading.media,
        made=reading.proof.renditions,
        findings=reading.proof.findings,
    )
    approve(app.desk, slug, None, as_="bob")
    app.close()
    room.send()


def test_what_was_there_before_we_looked_is_seen_not_proposed(room):
    assert [i.state for i in room.items()] == [ItemState.SEEN]
    room.news(news(("a1", "Déjà là", "…"), ("a2", "Nouveau", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    assert item.entry.title == "Nouveau" and item.concern == "source nationale"


def test_nothing_new_costs_a_304_and_writes_no_item(room):
    from tests.feed_server import conditional

    room.server.on("/actus", conditional(news(("a1", "Déjà là", "…")), etag='"v1"'))
    assert room.poll("gouv")["gouv"].outcome == "unchanged"  # the same bytes as before
    assert room.poll("gouv")["gouv"].outcome == "unchanged"
    assert room.server.of("/actus")[-1].headers["if-none-match"] == '"v1"'
    assert len(room.items()) == 1


def test_the_same_item_under_a_new_guid_is_a_duplicate(room):
    room.news(news(("a1", "Déjà là", "…")).replace(b">a1<", b">autre-guid<"))
    room.poll("gouv")
    (twin,) = room.items(ItemState.DUPLICATE)
    assert twin.entry.id == "autre-guid" and twin.duplicate_of and not room.items(ItemState.PROPOSED)


def test_an_alert_for_another_department_is_kept_but_not_proposed(room):
    room.alerts(atom(cap("c93", department="93"), cap("c92")))
    room.poll("prefecture")
    (item,) = room.items(ItemState.PROPOSED)
    assert item.alert is not None and item.alert.identifier == "c92"
    (other,) = room.items(ItemState.IRRELEVANT)
    assert other.alert is not None and other.alert.identifier == "c93"


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


def test_an_adopted_item_names_its_source_time_and_link_by_itself(room):
    room.news(news(("a2", "Couvre-feu à 18 h", "Le &lt;b&gt;couvre-feu&lt;/b&gt; # avance")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    done = adopt(room, item.uid)
    app = room.app()
    draft = intake.parse(app, done.path)
    app.close()
    assert draft.title == "Couvre-feu à 18 h" and draft.source is not None
    assert (draft.source.name, draft.source.url) == ("Actualités", "https://www.info.example/a2")
    assert draft.source.published_at is not None and draft.source.published_at == datetime.fromisoformat(
        "2026-11-26T07:00:00+01:00"
    )
    assert "couvre-feu # avance" in draft.body and "<b>" not in draft.body
    publish(room, done.slug)
    assert "Source" in room.page_of(done.slug) and "https://www.info.example/a2" in room.page_of(done.slug)


def test_the_second_adopter_sees_the_claim(room):
    room.news(news(("a2", "Couvre-feu", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    app = room.app()
    relay.claim(app, item.uid, as_="carol")
    app.close()
    with pytest.raises(Conflict, match=r"carol s'en occupe depuis 2026-11-26T10:00"):
        adopt(room, item.uid, "alice")
    adopt(room, item.uid, "carol")
    with pytest.raises(WorkflowError, match="déjà repris par carol"):
        adopt(room, item.uid, "carol")


def test_changed_at_the_source_raises_a_task_and_keeps_both_texts(room):
    room.news(news(("a2", "Couvre-feu à 18 h", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    adopt(room, item.uid)
    room.news(news(("a2", "Couvre-feu à 17 h", "…")))
    room.poll("gouv")
    (task,) = room.tasks()
    assert task.kind == "source_changed" and "17 h" in task.message
    (changed,) = room.items(ItemState.ADOPTED)
    assert changed.first_entry is not None and changed.first_entry.title == "Couvre-feu à 18 h"
    assert changed.entry.title == "Couvre-feu à 17 h"


def test_gone_at_the_source_raises_a_task_only_where_it_should_still_be_shown(room):
    room.news(news(("a2", "Couvre-feu à 18 h", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    publish(room, adopt(room, item.uid).slug)
    room.news(news(("b1", "Plus récent", "…"), day="Thu, 26 Nov 2026 09:00:00 +0100"))
    room.poll("gouv")
    assert not room.tasks()  # it has simply moved on
    room.news(news(("a0", "Plus ancien", "…"), day="Wed, 25 Nov 2026 09:00:00 +0100"))
    room.poll("gouv")
    (task,) = room.tasks()
    assert task.kind == "source_gone" and "Couvre-feu" in task.message


def test_a_thousand_new_items_are_one_task_and_nothing_is_relayed(room):
    room.rule()
    room.alerts(atom(*[cap(f"m{n}", event=f"Inondation {n}") for n in range(1000)]))
    done = room.poll("prefecture")["prefecture"]
    assert done.relayed == ()
    (task,) = room.tasks()
    assert task.kind == "flood" and "1000" in task.message
    assert not room.items(ItemState.PROPOSED)


def test_what_cannot_be_read_is_kept_with_the_reason_and_the_rest_goes_on(room):
    room.server.on("/actus", page(b"<html><title>503</title></html>"))
    room.alerts(atom(cap("c1")))
    done = room.poll()
    assert done["gouv"].outcome == "quarantined" and done["prefecture"].outcome == "new"
    app = room.app()
    with app.db.read() as tx:
        (kept,) = feeds.quarantined(tx)
    assert "HTML" in kept.reason and app.read_media(kept.sha256) == b"<html><title>503</title></html>"
    app.close()
    assert [t.kind for t in room.tasks()] == ["quarantine"]
    assert room.poll("gouv")["gouv"].outcome == "quarantined"  # the same bytes are no better the second time
    assert len(room.tasks()) == 1
    room.news(news(("a3", "Revenu", "…")))
    room.poll("gouv")
    assert not room.tasks()  # it settles itself


def test_a_source_that_is_silent_for_three_intervals_is_told_and_taken_back(room):
    room.server.on("/actus", status(500))
    for minute in (20, 35, 55):
        room.at(f"2026-11-26T10:{minute}:00+01:00")
        room.poll("gouv")
    app = room.app()
    relay.housekeep(app)
    app.close()
    (task,) = [t for t in room.tasks() if t.feed == "gouv"]
    assert task.kind == "stale" and "500" in task.message
    room.news(news(("a3", "Revenu", "…")))
    room.poll("gouv")
    assert not [t for t in room.tasks() if t.feed == "gouv"]


def test_a_failing_source_is_asked_less_often_and_holds_up_no_other(room):
    room.server.on("/actus", status(503, retry_after="3600"))
    done = room.poll()
    assert done["gouv"].outcome == "failed" and done["prefecture"].outcome in ("new", "unchanged")
    app = room.app()
    assert (relay.known_feeds(app)["gouv"].next_poll_at - app.clock.now()).total_seconds() > 3500
    assert relay.poll_due(app) == []
    app.close()


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


def test_an_alert_under_a_rule_is_public_with_its_source_and_the_hash_of_the_rule(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    (deed,) = room.poll("prefecture")["prefecture"].relayed
    assert (deed.act, deed.number) == ("published", 1)
    room.send()
    page_ = room.page_of(deed.slug)
    assert "Vigilance orange crues" in page_ and "Préfecture des Hauts-de-Seine" in page_ and "La Seine va déborder." in page_
    assert deed.slug in room.playlist()
    found = room.status(deed.slug)
    assert {d.channel for d in found.deliveries} == {"website", "signs", "kit"}
    log = room.folder.json("audit", "export", env=room.folder.env)
    votes = [e for e in log["entries"] if e["act"] == "approve"]
    assert votes[-1]["actor"] == "rule:crue" and deed.sha256 in str(votes[-1]["detail"])
    assert room.folder.json("audit", "verify", env=room.folder.env)["ok"]


def test_the_same_level_again_publishes_nothing_and_an_update_updates(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    (first,) = room.poll("prefecture")["prefecture"].relayed
    room.alerts(atom(cap("c1"), cap("c2", "2026-11-26T07:40:00+01:00")))
    (same,) = room.poll("prefecture")["prefecture"].relayed
    assert (same.act, same.slug) == ("same", first.slug)
    update = cap(
        "c3",
        "2026-11-26T07:50:00+01:00",
        msg_type="Update",
        references=triple("c1"),
        severity="Extreme",
        headline="Vigilance rouge crues : Seine",
    )
    room.alerts(atom(cap("c1"), update))
    (updated,) = room.poll("prefecture")["prefecture"].relayed
    assert (updated.act, updated.slug, updated.number) == ("updated", first.slug, 2)
    room.send()
    assert "Vigilance rouge" in room.page_of(first.slug)


def test_a_longer_life_is_an_update(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    room.poll("prefecture")
    later = cap("c2", "2026-11-26T09:00:00+01:00", expires="2026-11-29T06:00:00+01:00")
    room.alerts(atom(later))
    (deed,) = room.poll("prefecture")["prefecture"].relayed
    assert (deed.act, deed.reason) == ("updated", "prolongé")


def test_a_cancel_gives_the_all_clear_to_every_channel_that_carried_it(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    (first,) = room.poll("prefecture")["prefecture"].relayed
    room.send()
    room.alerts(atom(cap("c4", "2026-11-26T08:00:00+01:00", msg_type="Cancel", references=triple("c1"))))
    (ended,) = room.poll("prefecture")["prefecture"].relayed
    assert (ended.act, ended.slug) == ("ended", first.slug)
    room.send()
    found = room.status(first.slug)
    assert found.ended_because is EndedBecause.ALL_CLEAR
    slug = f"fin-{first.slug}"
    end = room.status(slug)
    assert {d.channel for d in end.deliveries} == {"website", "signs", "kit"}
    assert first.slug not in room.playlist() and slug in room.playlist()
    assert "n’est plus valable" in room.page_of(first.slug)
    capped = sorted(p.name for p in (room.folder.path / "public/cap").iterdir())
    last = (room.folder.path / "public/cap" / [n for n in capped if n.startswith(first.slug)][-1]).read_text()
    assert "<msgType>Cancel</msgType>" in last
    # A channel of people is told red until it is confirmed.
    assert [late.channel for late in found.late if late.what == "all_clear_unconfirmed"] == ["kit"]


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


def test_the_same_identity_with_other_content_is_flagged_and_the_first_is_kept(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    (deed,) = room.poll("prefecture")["prefecture"].relayed
    room.alerts(atom(cap("c1", headline="Tout va bien", severity="Minor")))
    assert room.poll("prefecture")["prefecture"].relayed == ()
    assert [t.kind for t in room.tasks()] == ["source_conflict"]
    (item,) = room.items(ItemState.RELAYED)
    assert item.entry.alert is not None and item.entry.alert.infos[0].headline.startswith("Vigilance orange")


def test_a_cancel_that_comes_before_its_alert_is_put_in_place_later(room):
    room.alerts(atom(cap("c4", "2026-11-26T08:00:00+01:00", msg_type="Cancel", references=triple("c1"))))
    room.poll("prefecture")
    (item,) = [i for i in room.items() if i.feed == "prefecture"]
    assert item.is_dangling
    room.alerts(atom(cap("c1"), cap("c4", "2026-11-26T08:00:00+01:00", msg_type="Cancel", references=triple("c1"))))
    room.poll("prefecture")
    chain = [i for i in room.items() if i.feed == "prefecture"]
    first = next(i for i in chain if i.entry.alert.identifier == "c1")
    assert {i.lineage for i in chain} == {first.uid} and not any(i.is_dangling for i in chain)


def test_an_update_of_what_was_adopted_by_hand_is_told_and_adopted_into_the_same_message(room):
    room.alerts(atom(cap("c1")))
    room.poll("prefecture")
    (item,) = room.items(ItemState.PROPOSED)
    done = adopt(room, item.uid)
    publish(room, done.slug)
    update = cap("c2", "2026-11-26T08:00:00+01:00", msg_type="Update", references=triple("c1"), headline="La crue baisse")
    room.alerts(atom(cap("c1"), update))
    room.poll("prefecture")
    (task,) = room.tasks()
    assert task.kind == "source_changed" and task.slug == done.slug
    mine = done.path.read_text() + "Une phrase à moi.\n"
    done.path.write_text(mine)
    (newer,) = room.items(ItemState.PROPOSED)
    again = adopt(room, newer.uid)
    assert again.slug == done.slug and again.kept is not None and again.kept.read_text() == mine
    publish(room, again.slug)
    assert "La crue baisse" in room.page_of(done.slug) and not room.tasks()
    room.alerts(
        atom(cap("c3", "2026-11-26T09:00:00+01:00", msg_type="Cancel", references=triple("c2", "2026-11-26T08:00:00+01:00")))
    )
    room.poll("prefecture")
    (end,) = room.items(ItemState.PROPOSED)
    closing = adopt(room, end.uid)
    assert closing.slug == f"fin-{done.slug}" and f"ends: {done.slug}" in closing.path.read_text()
    publish(room, closing.slug)
    assert room.status(done.slug).ended_because is EndedBecause.ALL_CLEAR


def test_a_person_who_went_on_with_a_relayed_message_is_not_overwritten(room):
    room.rule()
    room.alerts(atom(cap("c1")))
    (deed,) = room.poll("prefecture")["prefecture"].relayed
    room.send()
    path = room.folder.path / "content/messages" / f"{deed.slug}.md"
    path.write_text(path.read_text().replace("La Seine va déborder.", "La Seine va déborder. Le gymnase est ouvert."))
    publish(room, deed.slug)
    worse = cap("c2", "2026-11-26T08:00:00+01:00", msg_type="Update", references=triple("c1"), severity="Extreme")
    room.alerts(atom(worse))
    (failed,) = room.poll("prefecture")["prefecture"].relayed
    assert failed.act == "failed" and "alice l'a repris" in failed.reason
    assert [t.kind for t in room.tasks() if t.kind == "rule_failed"] == ["rule_failed"]
    assert "Le gymnase est ouvert" in room.page_of(deed.slug)


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


def test_a_hub_that_brings_the_feed_is_taken_in_like_a_poll(room):
    room.rule()
    app = room.app()
    done = relay.push(app, "prefecture", atom(cap("c1")), "application/atom+xml")
    app.close()
    assert [d.act for d in done.relayed] == ["published"]


def test_a_new_address_in_the_settings_begins_anew(room):
    toml = room.folder.path / "broadcast.toml"
    room.server.on("/autre", page(news(("n1", "Là avant", "…"))))
    toml.write_text(toml.read_text().replace(room.server.url("/actus"), room.server.url("/autre")))
    room.poll("gouv")
    assert not room.items(ItemState.PROPOSED)


def test_an_item_is_dismissed_with_its_reason_and_not_asked_again(room):
    room.news(news(("a2", "Recette", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    app = room.app()
    relay.dismiss(app, item.uid, as_="alice", reason="hors sujet")
    app.close()
    room.poll("gouv")
    assert not room.items(ItemState.PROPOSED) and room.items(ItemState.DISMISSED)[0].reason == "hors sujet"


def test_senders_other_than_those_of_the_source_are_not_heard(room):
    toml = room.folder.path / "broadcast.toml"
    toml.write_text(toml.read_text().replace("max_new = 5\n[feeds.gouv]", f'max_new = 5\nsenders = ["{SENDER}"]\n[feeds.gouv]'))
    room.alerts(atom(cap("c1", sender="pirate@example.org")))
    room.poll("prefecture")
    (item,) = [i for i in room.items() if i.feed == "prefecture"]
    assert item.state is ItemState.IRRELEVANT and "pirate" in item.reason


def test_a_source_without_address_of_ours_is_refused_by_name(room):
    app = room.app()
    with pytest.raises(BroadcastError, match="inconnue"):
        relay.poll(app, ["rien"])
    app.close()


def vigilance(*days: tuple[str, int], at: str = "2026-11-26T06:00:00+01:00", department: str = "92") -> bytes:
    """Return Météo-France's vigilance: (day, colour) of the heat in one department."""
    periods = [
        {
            "begin_validity_time": f"{day}T00:00:00+01:00",
            "end_validity_time": f"{day}T23:59:59+01:00",
            "timelaps": {
                "domain_ids": [
                    {
                        "domain_id": department,
                        "phenomenon_items": [{"phenomenon_id": "6", "phenomenon_max_color_id": colour, "timelaps_items": []}],
                    }
                ]
            },
        }
        for day, colour in days
    ]
    return json.dumps({"product": {"update_time": at, "periods": periods}}).encode()


HEAT = RULE.replace('["inondation"]', '["canicule"]')


def test_orange_heat_on_92_publishes_once_and_the_same_level_again_nothing(room):
    room.rule(HEAT)
    room.alerts(vigilance(("2026-11-26", 3), ("2026-11-27", 3)))
    deeds = room.poll("prefecture")["prefecture"].relayed
    assert [d.act for d in deeds] == ["published", "same"] and deeds[0].slug == deeds[1].slug
    room.send()
    assert room.page_of(deeds[0].slug).count("Vigilance orange canicule") >= 2  # both days are said
    assert room.status(deeds[0].slug).expires.isoformat() == "2026-11-27T22:59:59+00:00"
    room.alerts(vigilance(("2026-11-26", 3), ("2026-11-27", 3), at="2026-11-26T09:00:00+01:00"))
    assert room.poll("prefecture")["prefecture"].relayed == ()
    assert len(room.items(ItemState.RELAYED)) == 2 and room.status(deeds[0].slug).latest == 1


def test_a_vigilance_that_rises_updates_and_one_that_falls_below_the_rule_ends(room):
    room.rule(HEAT)
    room.alerts(vigilance(("2026-11-26", 3)))
    (first,) = room.poll("prefecture")["prefecture"].relayed
    room.alerts(vigilance(("2026-11-26", 4), at="2026-11-26T09:00:00+01:00"))
    (risen,) = room.poll("prefecture")["prefecture"].relayed
    assert (risen.act, risen.slug) == ("updated", first.slug)
    room.send()
    assert "Vigilance rouge" in room.page_of(first.slug)
    room.alerts(vigilance(("2026-11-26", 2), at="2026-11-26T09:30:00+01:00"))
    (ended,) = room.poll("prefecture")["prefecture"].relayed
    assert (ended.act, ended.slug) == ("ended", first.slug)
    room.send()
    assert "Vigilance jaune" in room.page_of(f"fin-{first.slug}")


def test_a_vigilance_that_is_no_longer_shown_ends_but_not_while_tomorrow_still_stands(room):
    room.rule(HEAT)
    room.alerts(vigilance(("2026-11-26", 3), ("2026-11-27", 3)))
    first, _ = room.poll("prefecture")["prefecture"].relayed
    room.alerts(vigilance(("2026-11-26", 1), ("2026-11-27", 3), at="2026-11-26T09:00:00+01:00"))
    assert all(d.act == "same" for d in room.poll("prefecture")["prefecture"].relayed)
    assert room.status(first.slug).ended_because is None
    room.alerts(vigilance(("2026-11-26", 1), ("2026-11-27", 1), at="2026-11-26T09:30:00+01:00"))
    (ended,) = room.poll("prefecture")["prefecture"].relayed
    assert (ended.act, ended.slug) == ("ended", first.slug)


def test_the_vigilance_of_another_department_publishes_nothing(room):
    room.rule(HEAT)
    room.alerts(vigilance(("2026-11-26", 4), department="93"))
    assert room.poll("prefecture")["prefecture"].relayed == ()


def test_a_source_that_hangs_holds_up_neither_the_others_nor_the_next_time(room):
    import threading

    from tests.feed_server import hang

    room.server.on("/alertes", hang(3.0))
    room.news(news(("a2", "Nouveau", "…")))
    app = room.app()
    told: list[str] = []
    slow = threading.Thread(target=lambda: relay.poll(app, (), lambda p: told.append(p.feed)))
    slow.start()
    for _ in range(200):
        if told:
            break
        slow.join(0.02)
    assert told == ["gouv"] and slow.is_alive()  # taken in while the other still hangs
    room.news(news(("a2", "Nouveau", "…"), ("a3", "Encore", "…")))
    done = {p.feed for p in relay.poll(app)}
    assert done == {"gouv"} and slow.is_alive()  # and asked again, the slow one not twice
    slow.join()
    app.close()
    assert {i.entry.title for i in room.items(ItemState.PROPOSED)} == {"Nouveau", "Encore"}
