"""CAP in and out: what we write passes the schema, what is wrong is refused with a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from broadcast.alerts import Alert, Area, Info, Named, Reference, Resource
from broadcast.errors import BroadcastError
from broadcast.feeds import cap
from broadcast.feeds.own import alert_of, cap_text
from broadcast.model import Newsroom, fill_slots
from tests.builders import NOON, a_draft

ROOM = Newsroom(
    id="ville",
    name="Ville d'Exemple",
    cap_sender="com@example.org",
    base_url="https://example.org",
    areas=("92040",),
    area_names={"92040": "Issy-les-Moulineaux"},
)


def an_alert(**facts: object) -> Alert:
    info = Info(
        language="fr-FR",
        event="Crue",
        categories=("Met", "Safety"),
        urgency="Immediate",
        severity="Severe",
        certainty="Observed",
        response_types=("Avoid",),
        event_codes=(Named("code", "CRUE"),),
        headline="Crue <grave> & rapide",
        description="Ligne 1\nLigne 2",
        instruction="Évitez les quais",
        expires=NOON + timedelta(hours=5),
        resources=(
            Resource(
                resource_desc="carte",
                mime_type="image/png",
                size=12,
                uri="https://example.org/a.png",
            ),
        ),
        areas=(
            Area(
                area_desc="Issy",
                polygons=("48.8,2.2 48.9,2.2 48.9,2.3 48.8,2.2",),
                circles=("48.8,2.2 3",),
                geocodes=(Named("FR-INSEE-COMMUNE", "92040"),),
            ),
        ),
    )
    values = {
        "identifier": "a.1",
        "sender": "com@example.org",
        "sent": NOON,
        "status": "Actual",
        "msg_type": "Alert",
        "scope": "Public",
        "infos": (info,),
    }
    return Alert(**(values | facts))


def test_what_is_written_reads_back_the_same():
    alert = an_alert(references=(Reference("a@b", "x", NOON),), msg_type="Update")
    assert cap.parse(cap.to_xml(alert)) == alert


def test_times_carry_a_numeric_offset_never_z():
    text = cap.to_xml(an_alert()).decode()
    assert "<sent>2026-11-23T12:00:00-00:00</sent>" in text
    assert "Z</" not in text


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"status": "Real"}, "status"),
        ({"msg_type": "Update"}, "references"),
        ({"identifier": "a b"}, "identifier"),
        ({"sender": "a,b"}, "sender"),
        ({"scope": "Private"}, "addresses"),
        ({"scope": "Restricted"}, "restriction"),
        ({"sent": datetime(2026, 1, 1)}, "sent"),
        ({"infos": (replace(an_alert().infos[0], urgency="Now"),)}, "urgency"),
        (
            {"infos": (replace(an_alert().infos[0], expires=NOON - timedelta(hours=1)),)},
            "expires",
        ),
        ({"infos": (replace(an_alert().infos[0], headline="a\x01"),)}, "U\\+0001"),
    ],
)
def test_what_cap_forbids_is_not_written(facts, word):
    with pytest.raises(BroadcastError, match=word):
        cap.to_xml(an_alert(**facts))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a/>",
        b"not xml",
        b"<alert/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>',
        b"<html><body>maintenance</body></html>",
        b"\xff\xfe\x00",
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sent>',
    ],
)
def test_hostile_or_broken_documents_are_refused(data):
    with pytest.raises(BroadcastError):
        cap.parse(data)


def test_our_message_has_slots_for_what_is_known_only_at_publication():
    text = cap_text(
        a_draft(instruction="Partez"),
        ROOM,
        link="https://example.org/a/x/",
        msg_type="Update",
        description="Texte",
    )
    filled = fill_slots(
        text,
        {
            "sent": "2026-11-23T13:00:00+01:00",
            "identifier": "ville.x.2",
            "references": "com@example.org,ville.x.1,2026-11-23T12:00:00+01:00",
        },
    )
    alert = cap.parse(filled.encode())
    assert alert.identifier == "ville.x.2"
    assert alert.references[0].identifier == "ville.x.1"
    assert alert.infos[0].areas[0].geocodes == (Named("FR-INSEE-COMMUNE", "92040"),)


def test_an_exercise_is_never_actual():
    text = cap_text(
        a_draft(),
        replace(ROOM, world="exercise"),
        link="",
        msg_type="Alert",
        description="T",
    )
    assert "<status>Exercise</status>" in text


@pytest.mark.conformance
def test_our_documents_pass_the_schema(conformance: Path):
    schema = etree.XMLSchema(etree.parse(conformance / "cap/CAP-v1.2.xsd"))
    for alert in (
        an_alert(),
        an_alert(msg_type="Update", references=(Reference("a@b", "x", NOON),)),
        alert_of(
            a_draft(),
            ROOM,
            link="https://e.org",
            msg_type="Alert",
            description="T",
            sent=NOON,
            identifier="i",
        ),
    ):
        schema.assertValid(etree.fromstring(cap.to_xml(alert)))


@pytest.mark.conformance
def test_real_alerts_are_read(conformance: Path):
    for path in sorted((conformance / "cap").rglob("*")):
        if path.suffix not in (".cap", ".xml") or path.name in (
            "invalid.cap",
            "dwd-update.xml",
        ):
            continue
        assert cap.parse(path.read_bytes()).identifier


@pytest.mark.conformance
def test_invalid_documents_of_the_validator_are_refused(conformance: Path):
    cases = json.loads((conformance / "cap/google-validator-cases.json").read_text())["cases"]
    assert cases
    for case in cases:
        document = case.get("xml") or case.get("document") or ""
        if not document:
            continue
        try:
            cap.parse(document.encode())
        except BroadcastError:
            continue
