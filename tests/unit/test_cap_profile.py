"""Google's profile as a lint, and our own alerts through it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broadcast.alerts import Alert, Area, Named, Reference
from broadcast.errors import BroadcastError
from broadcast.feeds import cap
from broadcast.feeds.own import alert_of, cap_text
from broadcast.feeds.profile import google_profile
from broadcast.model import Level, MessageKind
from broadcast.slots import fill_slots
from tests.builders import NOON, a_draft
from tests.unit.cap_alert import ROOM, an_alert

FIRST = replace(an_alert().infos[0], web="https://example.org/", description="Texte", instruction="Partez")


def codes(alert: Alert, *, errors: bool = True) -> set[str]:
    return {code for code, is_error, _ in google_profile(alert) if is_error is errors}


def test_a_whole_alert_has_no_error():
    assert codes(an_alert(infos=(FIRST,))) == set()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"infos": ()}, {"info_missing"}),
        ({"infos": (FIRST,), "msg_type": "Update"}, {"references_missing"}),
        ({"infos": (FIRST,), "msg_type": "Cancel"}, {"references_missing"}),
        ({"infos": (FIRST, replace(FIRST, categories=("Fire",)))}, {"categories_differ"}),
        ({"infos": (FIRST, replace(FIRST, event_codes=(Named("a", "b"),)))}, {"event_codes_differ"}),
        ({"infos": (FIRST, replace(FIRST, language="en-GB"))}, set()),
    ],
)
def test_errors_of_the_whole(facts, expected):
    assert codes(an_alert(**facts)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"description": ""}, "description_missing"),
        ({"web": ""}, "web_missing"),
        ({"expires": None}, "expires_missing"),
        ({"urgency": ""}, "urgency_missing"),
        ({"severity": ""}, "severity_missing"),
        ({"certainty": ""}, "certainty_missing"),
        ({"areas": ()}, "area_missing"),
        ({"areas": (Area(area_desc="partout"),)}, "area_without_place"),
        ({"effective": NOON + timedelta(hours=9)}, "effective_after_expires"),
    ],
)
def test_errors_of_an_info(facts, expected):
    assert codes(an_alert(infos=(replace(FIRST, **facts),))) == {expected}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"sender_name": ""}, "senderName_missing"),
        ({"response_types": ()}, "responseType_missing"),
        ({"instruction": ""}, "instruction_missing"),
        ({"contact": ""}, "contact_missing"),
        ({"headline": "a" * 140}, "headline_long"),
        ({"headline": "Texte"}, "headline_is_description"),
        ({"instruction": "Texte"}, "description_is_instruction"),
        ({"urgency": "Unknown"}, "urgency_unknown"),
        ({"areas": (Area(area_desc="a", circles=("1,2 0",)),)}, "circle_zero"),
    ],
)
def test_recommendations(facts, expected):
    alert = an_alert(infos=(replace(FIRST, **facts),))
    assert expected in codes(alert, errors=False)
    assert codes(alert) == set()


def test_utc_and_test_are_remarked_and_errors_come_first():
    alert = an_alert(status="Test", infos=(replace(FIRST, web=""),))
    assert {"sent_in_utc", "status_test"} <= codes(alert, errors=False)
    assert google_profile(alert)[0][:2] == ("web_missing", True)


@pytest.mark.parametrize(
    ("draft", "msg_type"),
    [
        (
            a_draft(kind=MessageKind.ALERT, level=Level.SEVERE, expires_at=NOON + timedelta(hours=5), instruction="Partez"),
            "Alert",
        ),
        (a_draft(kind=MessageKind.ALERT, level=Level.SEVERE, expires_at=NOON + timedelta(hours=5)), "Update"),
        (a_draft(kind=MessageKind.ALERT, level=Level.SEVERE, expires_at=NOON + timedelta(hours=5)), "Cancel"),
        (a_draft(kind=MessageKind.ALL_CLEAR), "Alert"),
        (a_draft(kind=MessageKind.INFORMATION), "Alert"),
        (a_draft(kind=MessageKind.HOLDING, onset_at=NOON), "Alert"),
    ],
)
def test_our_own_alerts_have_no_error(draft, msg_type):
    facts = {"link": "https://example.org/a/x/", "msg_type": msg_type, "description": "Texte"}
    references = () if msg_type == "Alert" else (Reference("com@example.org", "ville.x.1", NOON),)
    made = alert_of(draft, ROOM, sent=NOON, identifier="ville.x.2", references=references, **facts)
    assert codes(made) == set()
    filled = fill_slots(
        cap_text(draft, ROOM, **facts),
        {
            "sent": "2026-11-23T13:00:00+01:00",
            "identifier": "ville.x.2",
            "references": "com@example.org,ville.x.1,2026-11-23T12:00:00+01:00",
            "expires_day": "2026-11-24T13:00:00+01:00",
            "expires_week": "2026-11-30T13:00:00+01:00",
        },
    )
    read = cap.parse(filled.encode())
    assert codes(read) == set()
    assert "sent_in_utc" not in codes(read, errors=False)
    assert read.infos[0].expires > read.sent


@pytest.mark.conformance
def test_the_profile_on_the_validators_cases(conformance: Path):
    """What the profile must say of the cases that are CAP: they are bare, and the profile wants more."""
    found: dict[str, set[str]] = {}
    for case in json.loads((conformance / "cap/google-validator-cases.json").read_text())["cases"]:
        try:
            found.setdefault(case["test"], codes(cap.parse(case["xml"].encode())))
        except BroadcastError:
            continue
    assert found["testParseAlert"] == {"info_missing"}
    assert found["testParseInfo"] >= {"categories_differ", "event_codes_differ", "effective_after_expires", "area_missing"}
    assert found["testParseArea"] >= {"expires_missing"}
    assert found["testCap11"] == {"description_missing", "web_missing", "expires_missing", "area_missing"}
    canada = cap.parse((conformance / "cap/google/canada.cap").read_bytes())
    assert "area_without_place" not in codes(canada)
