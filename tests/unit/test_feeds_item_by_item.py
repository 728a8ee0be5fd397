"""What is understood of a document is read; what is not is told; one does not cost the other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from broadcast.alerts import doubts_of
from broadcast.errors import FeedError
from broadcast.feeds.document import ParsedFeed
from broadcast.feeds.parse import parse_feed
from tests.caps import cap
from tests.unit.feed_documents import URL, rss

RED = {"phenomenon_id": "1", "phenomenon_max_color_id": 4, "timelaps_items": []}
DAY = ("2026-11-29T05:00:00Z", "2026-11-29T23:00:00Z")


def vigilance(*domains: Any, begins: Any = DAY[0], ends: Any = DAY[1], more: tuple[Any, ...] = (), **period: Any) -> ParsedFeed:
    first = {"begin_validity_time": begins, "end_validity_time": ends, "timelaps": {"domain_ids": list(domains)}, **period}
    product = {"update_time": "2026-11-29T08:00:00Z", "periods": [first, *more]}
    return parse_feed(json.dumps({"product": product}).encode(), url=URL)


def domain(code: Any, *items: Any) -> dict[str, Any]:
    return {"domain_id": code, "phenomenon_items": list(items)}


@pytest.mark.parametrize(
    "odd",
    [
        {"phenomenon_id": "10", "phenomenon_max_color_id": 4},
        {"phenomenon_id": "2", "phenomenon_max_color_id": 9},
        {"phenomenon_id": "2", "phenomenon_max_color_id": "rouge"},
        {"phenomenon_max_color_id": 3},
        None,
        "x",
        [],
    ],
)
def test_an_item_that_is_not_understood_costs_no_red_alert_beside_it(odd):
    for items in ((odd, RED), (RED, odd)):
        feed = vigilance(domain("92", *items), domain("13", RED))
        assert [e.id for e in feed.entries] == ["vigilance.92.1.2026-11-29", "vigilance.13.1.2026-11-29"]
        assert any("domaine 92" in problem for problem in feed.problems)
        # Nor is what is not understood taken for green, which would end an alert.
        assert "vigilance.92.2.2026-11-29" not in feed.speaks_of or (isinstance(odd, dict) and odd.get("phenomenon_id") == "10")
        assert "vigilance.13.2.2026-11-29" in feed.speaks_of


@pytest.mark.parametrize(
    "lap",
    [
        {"begin_time": "2026-11-29T06:00:00Z", "end_time": None, "color_id": 4},
        {"begin_time": "2026-11-29T06:00:00", "end_time": "2026-11-29T12:00:00Z", "color_id": 4},
        {"begin_time": "2026-11-29T12:00:00Z", "end_time": "2026-11-29T06:00:00Z", "color_id": 4},
        {"begin_time": "2026-11-29T06:00:00Z", "end_time": "2026-11-29T12:00:00Z"},
        None,
    ],
)
def test_an_interval_that_cannot_be_read_is_a_doubt_of_its_own_item(lap):
    feed = vigilance(domain("13", {**RED, "timelaps_items": [lap]}), domain("92", RED))
    first, second = feed.entries
    assert [d.bears_on for d in doubts_of(first)] == ["time"] and doubts_of(second) == ()
    assert first.alert.infos[0].expires.isoformat() in ("2026-11-29T23:00:00+00:00", "2026-11-29T12:00:00+00:00")


def test_a_period_without_times_is_the_day_that_its_name_tells_or_is_told():
    today = vigilance(domain("92", RED), begins=None, ends=None, echeance="J")
    (entry,) = today.entries
    assert entry.id == "vigilance.92.1.2026-11-29" and [d.bears_on for d in doubts_of(entry)] == ["time"]
    good = {"begin_validity_time": DAY[0], "end_validity_time": DAY[1], "timelaps": {"domain_ids": [domain("13", RED)]}}
    for more in ((good,), (None, good), (3, good, {"timelaps": None})):
        feed = vigilance(domain("92", RED), begins=None, ends=None, more=more)
        assert [e.id for e in feed.entries] == ["vigilance.13.1.2026-11-29"] and "période 1" in feed.problems[0]
    with pytest.raises(FeedError, match="rien de lisible"):
        vigilance(domain("92", RED), begins=None, ends=None)


@pytest.mark.parametrize(
    "odd", [None, 3, {}, {"domain_id": "75"}, {"domain_id": None, "phenomenon_items": [RED]}, domain("75", *[None] * 3)]
)
def test_a_department_that_cannot_be_read_costs_no_other(odd):
    feed = vigilance(odd, domain("92", RED))
    assert [e.id for e in feed.entries] == ["vigilance.92.1.2026-11-29"] and len(feed.problems) == 1


def section(**properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties}


@pytest.mark.parametrize("level", [9, "rouge", "inf", "1e400", -1, "2.7", [3], {"a": 1}])
def test_a_section_of_unknown_level_costs_no_other(level):
    for features in (
        [section(NivInfViCr=level, CdEntCru="A"), section(NivInfViCr=3, CdEntCru="B", LbEntCru="Seine")],
        [None, 7, {}, section(NivInfViCr=level, CdEntCru="A"), section(NivInfViCr=3, CdEntCru="B")],
    ):
        value = {"type": "FeatureCollection", "features": features}
        feed = parse_feed(json.dumps(value).encode(), url="https://www.vigicrues.gouv.fr/x")
        assert [e.id for e in feed.entries] == ["vigicrues.B"]
        assert feed.problems or isinstance(level, (list, dict))
        assert "vigicrues.A" not in feed.speaks_of


def json_feed(*items: Any) -> ParsedFeed:
    return parse_feed(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": list(items)}).encode(), url=URL
    )


@pytest.mark.parametrize("odd", [None, 3, [], "x", {"id": "a\ud83d", "title": "T"}, {"id": "b\x00", "title": "T"}])
def test_a_json_item_that_cannot_be_read_costs_no_other(odd):
    feed = json_feed(odd, {"id": "1", "title": "Crue", "content_text": "coupé \ud83d"})
    (entry,) = feed.entries
    assert (entry.id, entry.summary) == ("1", "coupé")
    assert "élément 1" in feed.problems[0]


def test_a_document_of_which_nothing_can_be_kept_is_refused():
    with pytest.raises(FeedError, match="aucun élément lisible"):
        json_feed({"id": "a\ud83d", "title": "T"})


def test_an_envelope_gives_every_alert_that_is_one():
    inside = "".join(f"<contentObject><xmlContent>{part}</xmlContent></contentObject>" for part in (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>', cap("a1"), cap("a2").replace("<severity>Severe", "<severity>Rouge")
    ))  # fmt: skip
    document = f'<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">{inside}</EDXLDistribution>'
    feed = parse_feed(document.encode(), url=URL)
    assert [e.alert.identifier for e in feed.entries] == ["a1", "a2"] and "vide" in feed.problems[0]
    assert [len(doubts_of(e)) for e in feed.entries] == [0, 1]


def test_items_that_share_an_identity_are_told_apart():
    page = "https://www.example.org/alertes"
    for identity in ("", "<guid isPermaLink='false'>N/A</guid>", "<guid isPermaLink='false'>x</guid>"):
        items = [
            f"<item><title>{title}</title>{identity}<link>{page}</link><description>{text}</description>"
            f"<pubDate>Sun, 29 Nov 2026 08:{n}0:00 +0100</pubDate></item>"
            for n, (title, text) in enumerate((("Eau coupée", "rue A"), ("Gaz", "rue B"), ("École", "lundi")))
        ]
        entries = parse_feed(rss("".join(items)), url=URL).entries
        assert len({e.id for e in entries}) == 3
        assert [e.id for e in parse_feed(rss("".join(items)), url=URL).entries] == [e.id for e in entries]
    twice = parse_feed(rss(items[0] + items[0]), url=URL).entries
    assert len(twice) == 1
    (one, two) = json_feed({"url": page, "title": "Un"}, {"url": page, "title": "Deux"}).entries
    assert one.id != two.id


def test_the_page_of_the_feed_is_no_identity_of_an_item_even_alone():
    page = "<link>https://www.example.org/</link>"
    ids = set()
    for title in ("Eau coupée", "Gaz : évacuez"):
        item = f"<item><title>{title}</title>{page}<pubDate>Sun, 29 Nov 2026 08:00:00 +0100</pubDate></item>"
        document = f'<rss version="2.0"><channel><title>T</title>{page}{item}</channel></rss>'
        ids.add(parse_feed(document.encode(), url=URL).entries[0].id)
    assert len(ids) == 2


def test_a_date_that_is_none_is_a_doubt_of_its_item():
    feed = parse_feed(rss("<item><title>T</title><guid>1</guid><pubDate>Sun, 12 Jul 2026 18:00:00 BST</pubDate></item>"), url=URL)
    assert feed.entries[0].published is None
    assert [(d.field, d.bears_on) for d in feed.entries[0].doubts] == [("pubDate", "time")]
