"""CAP alone, in feeds and in EDXL-DE; MeteoAlarm, Météo-France, Vigicrues: the same values for all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadcast.alerts import Named, doubts_of
from broadcast.errors import FeedError
from broadcast.feeds import cap
from broadcast.feeds.cap_entry import identity_text
from broadcast.feeds.document import ParsedFeed
from broadcast.feeds.parse import parse, parse_feed

DATA = Path(__file__).parents[1] / "data/feeds"
URL = "https://feeds.example.org/france"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALERT = (DATA / "edxl-1.xml").read_text().partition("<alert")[2].partition("</alert>")[0]
ALERT = f"<alert{ALERT}</alert>"


def read(name: str, **changes: str) -> ParsedFeed:
    text = (DATA / name).read_text()
    for old, new in changes.items():
        text = text.replace(old, new)
    return parse_feed(text.encode(), url=URL, received_at=NOON)


def test_meteoalarms_atom_gives_alerts():
    feed = read("meteoalarm.atom")
    assert feed.hub_urls == ("https://hub.example.org/",)
    assert [e.id for e in feed.entries] == [f"{URL}/orange-92", f"{URL}/faulty"]
    entry = feed.entries[0]
    assert entry.rights == "CC BY 4.0"
    alert = entry.alert
    assert (alert.identifier, alert.msg_type, alert.status) == ("2.49.0.0.250.0.FR.1", "Update", "Actual")
    (info,) = alert.infos
    assert (info.event, info.severity, info.urgency, info.certainty) == ("Vent violent", "Severe", "Future", "Likely")
    assert info.expires == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert info.areas[0].geocodes == (Named("EMMA_ID", "FR999"),)
    assert Named("awareness_type", "1; Wind") in info.parameters
    assert info.web == "https://feeds.example.org/api/orange-92"


def test_green_is_nothing_in_force_and_a_faulty_alert_is_read_and_doubted():
    feed = read("meteoalarm.atom")
    assert not any(e.title == "Green" for e in feed.entries)
    faulty = feed.entries[1]
    assert faulty.alert is not None and feed.problems == ()
    assert any("tomorrow" in str(doubt) for doubt in doubts_of(faulty))


@pytest.mark.parametrize(
    "feed",
    [
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:1</id><title>Alerte</title>'
        '<content type="text/xml">{}</content></entry></feed>',
        '<rss version="2.0"><channel><title>T</title><item><guid>urn:1</guid><title>Alerte</title>{}</item></channel></rss>',
    ],
)
def test_a_whole_alert_inside_a_feed_is_read(feed):
    (entry,) = parse(feed.format(ALERT).encode(), url=URL, content_type=None)
    assert entry.id == "urn:1"
    assert entry.alert.identifier == "pref92.42"
    assert entry.alert == cap.parse(ALERT.encode())


def test_an_alert_alone_is_one_entry_in_the_newsrooms_language():
    (entry,) = parse(ALERT.encode(), url=URL, content_type="application/xml")
    assert entry.id == "astreinte@prefecture.example.org,pref92.42,2026-11-24T18:40:00+01:00" == identity_text(entry.alert)
    assert entry.title == "Couvre-feu ce soir"
    assert entry.summary == "De 21 h à 6 h.\n\nRestez chez vous."
    assert entry.link == "https://prefecture.example.org/couvre-feu"
    assert entry.language == "fr-FR"
    assert entry.published == datetime(2026, 11, 24, 17, 40, tzinfo=UTC)
    assert [i.language for i in entry.alert.infos] == ["en-GB", "fr-FR"]
    area = entry.alert.infos[0].areas[0]
    assert area.circles == ("48.82,2.27 5",)
    assert len(area.polygons) == 1


def test_an_alert_that_ends_before_it_begins_is_read_and_told():
    never = ALERT.replace("<headline>Curfew", "<expires>2026-11-24T18:00:00+01:00</expires><headline>Curfew")
    feed = parse_feed(never.encode(), url=URL)
    wrapped = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content>{never}</content></entry></feed>'
    for document in (feed, parse_feed(wrapped.encode(), url=URL)):
        (entry,) = document.entries
        assert document.problems == ()
        assert [(d.field, d.bears_on) for d in doubts_of(entry)] == [("expires", "time")]


def test_a_green_alert_ends_something_only_with_references():
    green = ALERT.replace(
        "<area>", "<parameter><valueName>awareness_level</valueName><value>1; green; Minor</value></parameter><area>"
    )
    assert parse(green.encode(), url=URL, content_type=None) == []
    update = green.replace("<msgType>Alert", "<msgType>Update").replace(
        "<info>", "<references>astreinte@prefecture.example.org,pref92.41,2026-11-24T17:40:00+01:00</references><info>", 1
    )
    assert len(parse(update.encode(), url=URL, content_type=None)) == 1


@pytest.mark.parametrize(("name", "status"), [("edxl-1.xml", "Actual"), ("edxl-2.xml", "Exercise")])
def test_an_alert_inside_edxl_is_read_and_an_exercise_outside_is_one_inside(name, status):
    feed = read(name)
    (entry,) = feed.entries
    assert (feed.format, feed.title) == ("edxl", "pref-92-0042")
    assert (entry.alert.identifier, entry.alert.status) == ("pref92.42", status)


def test_an_envelope_without_an_alert_is_refused():
    with pytest.raises(FeedError, match="aucune alerte"):
        read("edxl-1.xml", **{'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">': "<alert>"})
    doubted = read("edxl-1.xml", **{"<status>Actual": "<status>Real"}).entries[0]
    assert doubted.alert is not None and [d.field for d in doubted.alert.doubts] == ["status"]


def vigilance(**changes: str) -> dict[str, object]:
    return {e.id: e for e in read("vigilance.json", **changes).entries}


def test_vigilance_gives_an_alert_per_department_phenomenon_and_day():
    feed = read("vigilance.json")
    assert feed.is_state
    assert feed.problems == ()
    assert [e.id for e in feed.entries] == [
        "vigilance.92.1.2026-11-24",
        "vigilance.2A.6.2026-11-24",
        "vigilance.2910.9.2026-11-24",
        "vigilance.92.1.2026-11-25",
    ]
    wind, heat, coast, tomorrow = feed.entries
    assert wind.title == "Vigilance orange vent violent : Hauts-de-Seine (92)"
    assert [e.alert.infos[0].severity for e in feed.entries] == ["Severe", "Extreme", "Moderate", "Moderate"]
    info = wind.alert.infos[0]
    assert (info.onset, info.expires) == (datetime(2026, 11, 24, 11, tzinfo=UTC), datetime(2026, 11, 24, 20, tzinfo=UTC))
    assert info.areas[0].geocodes == (Named("FR-INSEE-DEPARTEMENT", "92"),)
    assert heat.alert.infos[0].expires == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert Named("METEOFRANCE-LITTORAL", "2910") in coast.alert.infos[0].areas[0].geocodes
    assert Named("FR-INSEE-DEPARTEMENT", "29") in coast.alert.infos[0].areas[0].geocodes
    assert tomorrow.alert.infos[0].urgency == "Expected"
    assert wind.published == datetime(2026, 11, 24, 5, tzinfo=UTC)
    for entry in feed.entries:
        assert cap.parse(cap.to_xml(entry.alert)) == entry.alert


def test_a_new_issue_that_says_the_same_is_the_same_and_a_new_level_is_not():
    first = vigilance()
    same = vigilance(**{'"update_time": "2026-11-24T05:00:00Z"': '"update_time": "2026-11-24T15:00:00Z"'})
    assert {i: e.digest for i, e in first.items()} == {i: e.digest for i, e in same.items()}
    red = vigilance(**{'"phenomenon_max_color_id": 3': '"phenomenon_max_color_id": 4', '"color_id": 3}': '"color_id": 4}'})
    assert red["vigilance.92.1.2026-11-24"].digest != first["vigilance.92.1.2026-11-24"].digest
    longer = vigilance(**{"2026-11-24T20:00:00Z": "2026-11-24T22:00:00Z"})
    assert longer["vigilance.92.1.2026-11-24"].digest != first["vigilance.92.1.2026-11-24"].digest


def test_a_vigilance_that_cannot_be_understood_is_told():
    assert "couleur 5" in read("vigilance.json", **{'"phenomenon_max_color_id": 4': '"phenomenon_max_color_id": 5'}).problems[0]
    late = read("vigilance.json", **{'"begin_validity_time": "2026-11-24T05:00:00Z"': '"begin_validity_time": "demain"'})
    assert len(late.entries) == len(read("vigilance.json").entries)
    assert {d.field for e in late.entries for d in doubts_of(e)} == {"end_validity_time"}
    with pytest.raises(FeedError, match="update_time"):
        parse(b'{"product": {"periods": []}}', url=URL, content_type=None)
    with pytest.raises(FeedError):
        parse(b'{"product": {"update_time": "2026-11-24T05:00:00Z", "periods": [1]}}', url=URL, content_type=None)


def test_vigicrues_gives_an_alert_per_section_at_yellow_and_above():
    feed = read("vigicrues.geojson")
    assert feed.is_state
    seine, loire = feed.entries
    assert (seine.id, seine.title) == ("vigicrues.SN12", "Vigilance orange crues : Seine à Paris")
    assert seine.alert.infos[0].areas[0].geocodes == (Named("VIGICRUES-TRONCON", "SN12"),)
    assert (seine.alert.sent, seine.published) == (NOON, NOON)
    assert (loire.title, loire.alert.infos[0].severity) == ("Vigilance jaune crues : Loire moyenne", "Moderate")
    assert "niveau 7" in feed.problems[0]
    later = parse_feed((DATA / "vigicrues.geojson").read_bytes(), url=URL, received_at=datetime(2026, 11, 25, tzinfo=UTC))
    assert [e.digest for e in later.entries] == [e.digest for e in feed.entries]


def test_a_section_without_a_code_is_told():
    feed = read("vigicrues.geojson", **{'"gid": 1, "CdEntCru": "SN12"': '"CdEntCru": ""'})
    assert [e.id for e in feed.entries] == ["vigicrues.LO7"]
    assert "tronçon 1 : sans code" in feed.problems[0]


def test_a_calm_country_is_an_empty_state_not_an_error():
    calm = json.dumps({"type": "FeatureCollection", "features": []}).encode()
    assert parse(calm, url="https://www.vigicrues.gouv.fr/services/InfoVigiCru.geojson", content_type=None) == []
    with pytest.raises(FeedError, match="format inconnu"):
        parse(calm, url="https://e.org/shops.geojson", content_type=None)


@pytest.mark.conformance
def test_real_cap_feeds_are_read(conformance: Path):
    for name, count in (("amber.atom", 1), ("weather.atom", 1), ("ny_index.rss", 2)):
        feed = parse_feed((conformance / "cap/google" / name).read_bytes(), url=URL)
        assert len(feed.entries) == count
        assert feed.problems == ()
        if name != "ny_index.rss":
            assert feed.entries[0].alert is not None
    weather = parse((conformance / "cap/google/weather.atom").read_bytes(), url=URL, content_type=None)[0].alert
    assert Named("UGC", "MTZ014") in weather.infos[0].areas[0].geocodes
