"""Sources that show a state and not its changes: vigilance of the weather and of the rivers."""

from __future__ import annotations

import json
from datetime import timedelta

from broadcast import relay
from broadcast.relay.choose import rules_in_force
from broadcast.relay.simulate import simulate
from broadcast.sources import ItemState
from broadcast.store import rules
from tests.integration.relay_room import HEAT, RULE, deeds, shown, vigilance


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
