"""Tolerant in: what is flawed in an alert is read as far as it can be, and told as a doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from broadcast.alerts import Alert, Doubt, Reference
from broadcast.feeds import cap
from tests.builders import NOON
from tests.unit.cap_alert import an_alert


def read(*changes: tuple[str, str]) -> Alert:
    text = cap.to_xml(an_alert()).decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return cap.parse(text.encode())


def doubts(alert: Alert) -> list[tuple[str, str]]:
    return [(doubt.field, doubt.bears_on) for doubt in alert.doubts]


@pytest.mark.parametrize(
    ("old", "new", "field", "bears_on"),
    [
        ("<scope>Public", "<scope>Everyone", "scope", "public"),
        ("<scope>Public</scope>", "", "scope", "public"),
        ("<status>Actual", "<status>Real", "status", "public"),
        ("<msgType>Alert", "<msgType>Notice", "msgType", "lineage"),
        ("<scope>", "<scoep>x</scoep><scope>", "scoep", "public"),
        ("<event>", "<colour>red</colour><event>", "colour", ""),
        ("<severity>", "<severty>Minor</severty><severity>", "severty", "level"),
        ("<areaDesc>", "<shape>x</shape><areaDesc>", "shape", "area"),
        ("<sender>", "<sender>b@b</sender><sender>", "sender", "lineage"),
        ("</scope>", "</scope><references>a,b</references>", "references", "lineage"),
        ("</scope>", "</scope><references>a,b,2026-02-30T00:00:00+01:00</references>", "references", "lineage"),
        ("2026-11-23T12:00:00-00:00", "2026-11-23T12:00:00", "sent", "time"),
        ("<sent>2026-11-23T12:00:00-00:00</sent>", "", "sent", "lineage"),
        ("</area>", "<altitude>-1</altitude></area>", "altitude", "area"),
        ("</area>", "<ceiling>3</ceiling></area>", "ceiling", "area"),
        ("48.8,2.2 3<", "48.8,2.2 -3<", "circle", "area"),
        ("48.8,2.2 3<", "48.8, 2.2 3<", "circle", "area"),
        ("2.3 48.8,2.2<", "2.3 48.8,2.1<", "polygon", "area"),
        ("<polygon>48.8", "<polygon>98.8", "polygon", "area"),
        ("2.3 48.8,2.2<", "2.3 nord<", "polygon", "area"),
        ("<resourceDesc>carte</resourceDesc>", "", "resourceDesc", ""),
        ("<event>Crue</event>", "", "event", "event"),
        ("<identifier>a.1</identifier>", "", "identifier", "lineage"),
        ("<identifier>a.1", "<identifier>a 1", "identifier", "lineage"),
        ("<areaDesc>Issy</areaDesc>", "", "areaDesc", "area"),
        ("<urgency>Immediate", "<urgency>", "urgency", "level"),
        ("<urgency>Immediate</urgency>", "", "urgency", "level"),
        ("<severity>Severe", "<severity>Rouge", "severity", "level"),
        ("<category>Met</category>", "<category>Weather</category>", "category", ""),
        ("<instruction>", "<instruction>Montez</instruction><instruction>", "instruction", ""),
        ("<expires>2026-11-23T17:00:00-00:00", "<expires>Mon, 23 Nov 2026 17:00:00 GMT", "expires", "time"),
        ("<expires>2026-11-23T17:00:00-00:00", "<expires>9999-12-31T23:59:59-00:00", "expires", "time"),
        ("<expires>2026-11-23T17:00:00-00:00", "<expires>0001-01-01T00:00:00+14:00", "expires", "time"),
        ("<expires>2026-11-23T17:00:00-00:00", "<expires>2026-11-23T17:00:00", "expires", "time"),
        ("<expires>2026-11-23T17:00:00-00:00", "<expires>2026-11-23T11:00:00-00:00", "expires", "time"),
    ],
)
def test_a_flaw_costs_itself_and_is_told(old, new, field, bears_on):
    alert = read((old, new))
    assert (field, bears_on) in doubts(alert)
    assert all(doubt.wrong and doubt.assumed for doubt in alert.doubts)
    assert alert.infos[0].headline == "Crue <grave> & rapide"


def test_what_is_written_well_has_no_doubt():
    assert cap.parse(cap.to_xml(an_alert())).doubts == ()


def test_what_can_be_read_is_kept():
    assert read(("<expires>2026-11-23T17:00:00-00:00", "<expires>Mon, 23 Nov 2026 18:00:00 CET")).infos[
        0
    ].expires == NOON + timedelta(hours=5)
    assert read(("<expires>2026-11-23T17:00:00-00:00", "<expires>9999-12-31T23:59:59-00:00")).infos[0].expires is None
    assert read(("<severity>Severe", "<severity>severe")).infos[0].severity == "Severe"
    assert read(("<severity>Severe", "<severity>")).infos[0].severity == "Unknown"
    assert (
        read(("<instruction>", "<instruction>Montez</instruction><instruction>")).infos[0].instruction
        == "Montez\n\nÉvitez les quais"
    )
    assert read(("<status>Actual", "<status>TEST ONLY")).status == "Test"
    assert read(("<scope>Public", "<scope>private")).scope == "Private"
    assert read(("<msgType>Alert", "<msgType>Cancelled")).msg_type == "Cancel"
    assert read(("<event>Crue</event>", "")).infos[0].event == "Crue <grave> & rapide"


def test_a_flawed_outline_is_no_outline_but_not_forgotten():
    (area,) = read(("2.3 48.8,2.2<", "2.3<")).infos[0].areas
    assert area.polygons == () and area.circles == ("48.8,2.2 3",)
    assert area.unsure == ("48.8,2.2 48.9,2.2 48.9,2.3 48.8,2.2",)
    (swapped,) = read(("48.8,2.2 48.9,2.2 48.9,2.3 48.8,2.2", "178.8,2.2 178.9,2.2 178.9,2.3 178.8,2.2")).infos[0].areas
    assert swapped.unsure == ("2.2,178.8 2.2,178.9 2.3,178.9 2.2,178.8",)
    (beyond,) = read(("48.8,2.2 48.9,2.2 48.9,2.3 48.8,2.2", "-10,-179 -11,-179 -11,-182 -10,-179")).infos[0].areas
    assert beyond.polygons == () and beyond.unsure == ("-10,-179 -11,-179 -11,-182 -10,-179",)


@pytest.mark.parametrize(
    ("written", "references", "unclear"),
    [
        ("com@example.org,a.0,2026-11-23T11:00:00-00:00", [("com@example.org", "a.0")], ()),
        ("com@example.org, a.0, 2026-11-23T11:00:00Z", [("com@example.org", "a.0")], ()),
        ("com@example.org,a.0", [], (("com@example.org", "a.0"),)),
        ("a.0", [], (("com@example.org", "a.0"),)),
        ("a.0,2026-11-23T11:00:00-00:00", [("com@example.org", "a.0")], ()),
        ("com@example.org,a.0,hier", [], (("com@example.org", "a.0"),)),
        ("a.0 a.1", [], (("com@example.org", "a.0"), ("com@example.org", "a.1"))),
        (",,", [], ()),
        ("", [], ()),
    ],
)
def test_references_are_read_as_far_as_they_say(written, references, unclear):
    alert = read(("<msgType>Alert", "<msgType>Update"), ("</scope>", f"</scope><references>{written}</references>"))
    assert [(r.sender, r.identifier) for r in alert.references] == references
    assert all(r == Reference(r.sender, r.identifier, NOON - timedelta(hours=1)) for r in alert.references)
    assert alert.unclear_references == unclear
    assert bool(alert.doubts) == (written.count(",") != 2 or written == ",," or "hier" in written)


def test_an_empty_time_of_sending_is_reckoned_from_what_else_there_is():
    alert = read(
        ("<sent>2026-11-23T12:00:00-00:00</sent>", ""), ("<expires>", "<onset>2026-11-23T13:00:00-00:00</onset><expires>")
    )
    assert alert.sent == NOON + timedelta(hours=1)
    assert read(("<sent>2026-11-23T12:00:00-00:00</sent>", "")).sent == datetime(1970, 1, 1, tzinfo=UTC)


def test_html_in_texts_for_people_is_read_as_html():
    alert = read(
        ("Ligne 1\nLigne 2", 'Rafales&lt;br/&gt;&lt;br/&gt;&lt;a href="tel:112"&gt;112&lt;/a&gt; d&amp;#39;urgence &lt;5 m'),
        ("<instruction>Évitez les quais", "<instruction>Restez chez vous<br/>Fermez <b>tout</b>"),
        ("<areaDesc>Issy", "<areaDesc>C&amp;ocirc;te-d&amp;#039;Or"),
        ("<event>Crue", "<event>&lt;b&gt;Crue&lt;/b&gt;"),
    )
    info = alert.infos[0]
    assert info.description == "Rafales\n\n112 d'urgence <5 m"
    assert info.instruction == "Restez chez vous\nFermez tout"
    assert (info.areas[0].area_desc, info.event) == ("Côte-d'Or", "Crue")
    assert info.headline == "Crue <grave> & rapide"


def test_a_doubt_says_what_is_wrong_and_what_was_assumed():
    doubt = Doubt("expires", "« demain » n'est pas une date", "aucune heure retenue", "time")
    assert str(doubt) == "expires : « demain » n'est pas une date ; aucune heure retenue"


def test_a_thousand_flaws_are_some_doubts():
    flaws = "".join(f"<x{n}>1</x{n}>" for n in range(3_000)) + "<polygon>x</polygon>" * 3_000
    assert len(read(("<polygon>", f"{flaws}<polygon>")).doubts) == 40
