"""CAP out and in again: what we write reads back the same, and what is read leniently."""

from __future__ import annotations

from dataclasses import replace

from broadcast.alerts import Named, Reference
from broadcast.feeds import cap
from broadcast.feeds.own import cap_text
from broadcast.slots import fill_slots
from tests.builders import NOON, a_draft
from tests.unit.cap_alert import ROOM, an_alert


def test_what_is_written_reads_back_the_same():
    alert = an_alert(references=(Reference("a@b", "x", NOON),), msg_type="Update")
    assert cap.parse(cap.to_xml(alert)) == alert


def test_times_carry_a_numeric_offset_never_z():
    text = cap.to_xml(an_alert()).decode()
    assert "<sent>2026-11-23T12:00:00-00:00</sent>" in text
    assert "Z</" not in text


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


def test_what_is_read_leniently_is_read():
    text = cap.to_xml(an_alert()).decode()
    for old, new in (
        ("<sent>2026-11-23T12:00:00-00:00", "<sent>2026-11-23T12:00:00Z"),
        ("<sent>2026-11-23T12:00:00-00:00", "<sent>2026-11-23T12:00:00.250+00:00"),
        ("<status>Actual</status>\n  <msgType>Alert</msgType>", "<msgType>Alert</msgType><status>Actual</status>"),
        ("</alert>", '<x xmlns="urn:other">y</x></alert>'),
        ("<status>Actual", "<status>\n  Actual "),
        ("a.1</identifier>", "a<!-- b -->.1</identifier>"),
    ):
        assert old in text
        assert cap.parse(text.replace(old, new).encode()) == an_alert()
    old_version = text.replace("cap:1.2", "cap:1.1").replace("<certainty>Observed", "<certainty>Very Likely")
    assert cap.parse(old_version.encode()).infos[0].certainty == "Likely"
