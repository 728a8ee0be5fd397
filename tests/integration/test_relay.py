"""What a poll takes in from its sources: new, known, doubled, unreadable, late or far too much."""

from __future__ import annotations

import pytest

from broadcast import relay
from broadcast.errors import BroadcastError
from broadcast.sources import ItemState
from broadcast.store import feeds
from tests.caps import atom, cap, news, triple
from tests.feed_server import page, status


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


def test_a_source_without_address_of_ours_is_refused_by_name(room):
    app = room.app()
    with pytest.raises(BroadcastError, match="inconnue"):
        relay.poll(app, ["rien"])
    app.close()


def test_a_clock_that_was_wrong_for_a_moment_does_not_silence_the_sources(room):
    room.at("2026-12-24T10:00:00+01:00")
    room.poll()
    room.at("2026-11-26T10:05:00+01:00")
    app = room.app()
    assert {p.feed for p in relay.poll_due(app)} == {"prefecture", "gouv"} and relay.poll_due(app) == []
    app.close()
