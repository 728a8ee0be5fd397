"""Standing rules: how they are read, what they take, what they do. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broadcast.alerts import Alert, Area, Entry, Info, Named
from broadcast.errors import ContentError
from broadcast.relay.deeds import Deed, capped, deed_of
from broadcast.rules import (
    allowed_link,
    ends_alert,
    level_refusal,
    refusal,
    rule_from_toml,
    subject_of,
)
from broadcast.sources import Relayed

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TEXT = 'feeds = ["meteo"]\nlevels = ["severe", "extreme"]\nevents = ["Canicule"]\nuntil = 2027-06-30\n'


def a_rule(text: str = TEXT, **more: str):
    return rule_from_toml("canicule", text, file="canicule.toml", **more)


def an_entry(severity: str = "Severe", **facts: object) -> Entry:
    info = {
        "event": "Canicule",
        "categories": ("Met",),
        "urgency": "Expected",
        "severity": severity,
        "certainty": "Likely",
        "language": "fr-FR",
        "expires": NOW + timedelta(hours=12),
        "areas": (Area(area_desc="Hauts-de-Seine", geocodes=(Named("FR-INSEE-DEPARTEMENT", "92"),)),),
    } | {k: v for k, v in facts.items() if k in Info.__dataclass_fields__}
    head = {"status": "Actual", "msg_type": "Alert", "scope": "Public"}
    head |= {k: v for k, v in facts.items() if k in ("status", "msg_type", "scope")}
    alert = Alert(identifier="a", sender="meteo@example.org", sent=NOW, infos=(Info(**info),), **head)
    return Entry(id="a", title="Vigilance", alert=alert)


def a_deed(act: str = "published", **facts: object) -> Relayed:
    values = {"rule": "canicule", "sha256": "x", "entry_uid": "e", "subject": "s", "level": "severe", "at": NOW, "slug": "m"}
    return Relayed(act=act, **(values | facts))


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        (TEXT + 'chanels = ["x"]\n', "clé inconnue", 5),
        (TEXT.replace("severe", "orange"), "« orange »", 2),
        (TEXT.replace('"severe", "extreme"', ""), "levels", 2),
        (TEXT.replace('feeds = ["meteo"]\n', ""), "feeds", None),
        (TEXT.replace("until = 2027-06-30\n", ""), "date de fin est obligatoire", None),
        (TEXT.replace("2027-06-30", '"demain"'), "date de fin est obligatoire", 4),
        (TEXT + "cap_per_hour = 0\n", "entre 1 et 60", 5),
        (TEXT + "cap_per_hour = true\n", "entre 1 et 60", 5),
        (TEXT + 'kind = "urgence"\n', "« urgence »", 5),
        (TEXT + "channels = [1]\n", "textes entre guillemets", 5),
        (TEXT + 'template = "../../etc/passwd"\n', "message préparé", 5),
        (TEXT + "a = [\n", "TOML illisible", 5),
    ],
)
def test_a_faulty_rule_is_told_with_its_line_and_the_way_out(text, words, line):
    with pytest.raises(ContentError, match=words) as caught:
        a_rule(text)
    assert caught.value.line == line and caught.value.file == "canicule.toml"


def test_its_last_day_counts_whole_in_the_newsrooms_zone():
    assert a_rule().until_at == datetime(2027, 6, 30, 22, tzinfo=UTC)


def test_its_hash_covers_the_prepared_messages():
    assert a_rule(template_text="a").sha256 != a_rule(template_text="b").sha256
    assert a_rule(template_text="a").sha256 == a_rule(template_text="a").sha256


@pytest.mark.parametrize(
    ("facts", "feed", "concerned", "words"),
    [
        ({}, "meteo", True, ""),
        ({}, "autre", True, "autre source"),
        ({}, "meteo", False, "hors de la zone"),
        ({"status": "Exercise"}, "meteo", True, "Exercise"),
        ({"scope": "Private"}, "meteo", True, "Private"),
        ({"event": "Vent violent"}, "meteo", True, "autre phénomène"),
        ({"event": "vigilance CANICULE"}, "meteo", True, ""),
    ],
)
def test_what_a_rule_looks_at(facts, feed, concerned, words):
    said = refusal(a_rule(), feed, an_entry(**facts), concerned=concerned, now=NOW)
    assert words in said and bool(said) == bool(words)


def test_after_its_end_a_rule_takes_nothing():
    assert refusal(a_rule(), "meteo", an_entry(), concerned=True, now=datetime(2027, 7, 1, tzinfo=UTC)) == "règle échue"


def test_the_level_decides_but_an_end_is_taken_at_any_level():
    assert level_refusal(a_rule(), an_entry("Moderate")) == "niveau moderate"
    assert level_refusal(a_rule(), an_entry("Minor", msg_type="Cancel")) == ""
    assert ends_alert(an_entry(response_types=("AllClear",))) and ends_alert(an_entry(urgency="Past"))
    assert not ends_alert(an_entry())


def test_the_subject_is_the_event_and_its_area_not_the_bulletin():
    assert subject_of("meteo", an_entry()) == subject_of("meteo", an_entry("Extreme", headline="autre"))
    other = (Area(area_desc="Paris", geocodes=(Named("FR-INSEE-DEPARTEMENT", "75"),)),)
    assert subject_of("meteo", an_entry()) != subject_of("meteo", an_entry(areas=other))


def decided(entry: Entry, history: list[Relayed], ends_in_h: int = 12, **facts: object) -> Deed | None:
    live = frozenset(r.slug for r in history)
    ends = dict.fromkeys(live, NOW + timedelta(hours=ends_in_h))
    return deed_of(a_rule(), entry, history, live=live, now=NOW, expires_of=ends, **facts)


def test_what_becomes_of_an_item():
    assert decided(an_entry(), []) == Deed("publish")
    assert decided(an_entry("Moderate"), []) is None
    assert decided(an_entry(), [a_deed()]).act == "same"
    assert decided(an_entry(), [a_deed()], ends_in_h=6) == Deed("update", "m", "prolongé")
    assert decided(an_entry("Extreme"), [a_deed()]) == Deed("update", "m", "niveau changé")
    assert decided(an_entry(msg_type="Cancel"), [a_deed()]).act == "end"
    assert decided(an_entry(msg_type="Cancel"), []).act == "same"
    assert decided(an_entry("Moderate"), [a_deed()]) == Deed("end", "m", "niveau moderate")
    assert decided(an_entry(), [a_deed()], gone=True).act == "end"
    assert decided(an_entry(), [a_deed()], gone=True, still=True).act == "same"
    assert decided(an_entry(expires=NOW), []).act == "same"


def test_a_message_that_is_over_is_followed_by_a_new_one():
    assert deed_of(a_rule(), an_entry(), [a_deed()], live=frozenset(), now=NOW, expires_of={}) == Deed("publish")


def test_the_cap_counts_what_was_published_within_the_hour():
    rule = a_rule(TEXT + "cap_per_hour = 2\n")
    recent = [a_deed(at=NOW - timedelta(minutes=m)) for m in (10, 50, 70)]
    assert capped(rule, recent, NOW) and not capped(rule, recent[1:], NOW)
    assert not capped(rule, [a_deed("same"), a_deed("ended"), a_deed("capped")], NOW)


@pytest.mark.parametrize(
    ("link", "published"),
    [
        ("https://www.meteo.example/92", True),
        ("https://vigilance.meteo.example/92", True),
        ("https://sante.example/canicule", True),
        ("http://www.meteo.example/92", False),
        ("https://meteo.example.pirate.org/", False),
        ("https://notmeteo.example/", False),
        ("", False),
    ],
)
def test_links_go_to_the_source_and_to_named_hosts_only(link, published):
    rule = a_rule(TEXT + 'domains = ["sante.example"]\n')
    assert bool(allowed_link(rule, link, "https://www.meteo.example/feed.xml")) is published


@pytest.mark.parametrize("never", ["9999-12-31", "9999-12-31T23:59:59-10:00", "0001-01-01", "0001-01-01T00:00:00+14:00"])
def test_a_rule_cannot_end_in_a_year_that_nobody_means(never):
    with pytest.raises(ContentError, match="until : l'année") as refused:
        rule_from_toml("x", TEXT.replace("2027-06-30", never), file="x.toml")
    assert refused.value.line == 4
