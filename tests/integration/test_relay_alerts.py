"""The life of an alert under a rule: published, updated, prolonged or shortened, ended."""

from __future__ import annotations

from broadcast.model import EndedBecause
from tests.caps import atom, cap, triple
from tests.integration.relay_room import bare_cancel, deeds, publish, published, shown, update


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


def test_an_end_brought_forward_by_the_source_ends_the_message_sooner(room):
    slug = published(room)
    room.alerts(atom(cap("c1"), update("u1", "07:40", "c1", expires="2026-11-26T12:00:00+01:00")))
    assert deeds(room) == [("updated", "raccourci")]
    assert room.status(slug).expires.isoformat() == "2026-11-26T11:00:00+00:00"


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
