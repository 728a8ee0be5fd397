"""One source costs only itself: what is hostile or silent in it neither stops nor hides the others."""

from __future__ import annotations

import json

import pytest

from broadcast.relay import documents, follow
from broadcast.sources import ItemState
from tests.caps import atom, cap, news
from tests.feed_server import page, status
from tests.integration.relay_room import ANY, deeds

HOSTILE = {"version": "https://jsonfeed.org/version/1.1", "title": "J\ud800", "items": [{"id": "a\ud800", "title": "T"}]}


def both(room) -> dict[str, str]:
    return {name: polled.outcome for name, polled in room.poll().items()}


def test_half_a_sign_in_an_identity_costs_its_own_document(room):
    room.poll()
    room.server.on("/actus", page(json.dumps(HOSTILE).encode()))
    room.alerts(atom(cap("c1")))
    assert both(room) == {"prefecture": "new", "gouv": "quarantined"}
    assert [i.feed for i in room.items(ItemState.PROPOSED)] == ["prefecture"]
    assert [t.kind for t in room.tasks()] == ["quarantine"]
    assert both(room)["gouv"] == "quarantined"  # asked again, told once
    assert len(room.tasks()) == 1


def test_any_fault_in_taking_in_costs_its_own_source(room, monkeypatch):
    room.poll()
    real = documents.take_in

    def faulty(app, tx, parsed, state, now):
        if state.name == "gouv":
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        return real(app, tx, parsed, state, now)

    monkeypatch.setattr(documents, "take_in", faulty)
    room.news(news(("b1", "Nouveau", "…")))
    room.alerts(atom(cap("c1")))
    assert both(room) == {"prefecture": "new", "gouv": "quarantined"}
    assert [i.entry.id for i in room.items(ItemState.PROPOSED)] == ["urn:c1"]


def test_a_fault_in_a_rule_is_told_and_holds_up_no_other_item(room, monkeypatch):
    room.rule(ANY)
    real = follow.choose

    def faulty(app, tx, rule, item, now, **more):
        if item.entry.id == "urn:c1":
            raise OverflowError("date value out of range")
        return real(app, tx, rule, item, now, **more)

    monkeypatch.setattr(follow, "choose", faulty)
    room.alerts(atom(cap("c1"), cap("c2", event="Séisme")))
    assert [act for act, _ in deeds(room)] == ["published"]
    assert any(t.kind == "rule_failed" and "OverflowError" in t.message for t in room.tasks())
    assert deeds(room) == []


def test_a_source_with_nothing_to_tell_is_no_failure_and_its_first_alert_is_news(room):
    room.rule(ANY)
    room.server.on("/alertes", status(204))
    for _ in range(4):
        assert room.poll("prefecture")["prefecture"].outcome == "unchanged"
    assert [t for t in room.tasks() if t.kind == "stale"] == []
    room.alerts(atom(cap("c1")))
    assert [act for act, _ in deeds(room)] == ["published"]


@pytest.mark.parametrize("guid", ["", "<guid isPermaLink='false'>N/A</guid>"])
def test_items_without_an_identity_of_their_own_all_reach_the_desk(room, guid):
    def feed(*texts: str) -> bytes:
        items = "".join(
            f"<item><title>{t}</title>{guid}<link>https://www.example.org/infos#n{n}</link><description>Rue {t}</description>"
            f"<pubDate>Thu, 26 Nov 2026 07:{n}0:00 +0100</pubDate></item>"
            for n, t in enumerate(texts)
        )
        return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()

    room.poll()
    room.news(feed("Eau", "Gaz", "École"))
    room.poll("gouv")
    assert sorted(i.entry.title for i in room.items(ItemState.PROPOSED)) == ["Eau", "Gaz", "École"]
    room.news(feed("Eau"))
    room.poll("gouv")
    assert len(room.items(ItemState.PROPOSED)) == 3


def test_the_same_link_title_and_day_with_other_words_is_no_duplicate(room):
    room.poll()

    def page_of_items(*items: tuple[str, str]) -> bytes:
        return news(*((guid, "Coupure d'eau", text) for guid, text in items)).replace(
            b"www.info.example/n", b"www.info.example/infos#"
        )

    room.news(page_of_items(("n1", "Rue A jusqu'à 18 h"), ("n2", "Rue Z jusqu'à 23 h")))
    room.poll("gouv")
    room.news(page_of_items(("n3", "Rue A jusqu'à 18 h")))
    room.poll("gouv")
    states = {i.entry.id: i.state.value for i in room.items() if i.entry.id.startswith("n")}
    assert states == {"n1": "proposed", "n2": "proposed", "n3": "duplicate"}
