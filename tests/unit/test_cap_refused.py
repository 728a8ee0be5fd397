"""What CAP forbids is neither written nor read: refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broadcast.alerts import Named, Resource
from broadcast.errors import BroadcastError
from broadcast.feeds import cap
from tests.builders import NOON
from tests.unit.cap_alert import an_alert


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
    "facts",
    [
        {"web": "http://a b"},
        {"web": "pas une adresse"},
        {"language": "français"},
        {"resources": (Resource(resource_desc="x", mime_type=""),)},
        {"resources": (Resource(resource_desc="x", mime_type="a/b", uri="::"),)},
        {"parameters": (Named("a\x00", "b"),)},
    ],
)
def test_what_the_schema_alone_forbids_is_not_written(facts):
    with pytest.raises(BroadcastError):
        cap.to_xml(an_alert(infos=(replace(an_alert().infos[0], **facts),)))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("<scope>Public", "<scope>Everyone", "scope"),
        ("<msgType>Alert", "<msgType>Notice", "msgType"),
        ("<status>Actual", "<status>Real", "status"),
        ("<scope>", "<scoep>x</scoep><scope>", "scoep"),
        ("<event>", "<colour>red</colour><event>", "colour"),
        ("<sender>", "<sender>b@b</sender><sender>", "2 fois"),
        ("</scope>", "</scope><references>a,b</references>", "references"),
        ("</scope>", "</scope><references>a,b,2026-02-30T00:00:00+01:00</references>", "references"),
        ("2026-11-23T12:00:00-00:00", "2026-02-30T12:00:00-00:00", "sent"),
        ("2026-11-23T12:00:00-00:00", "2026-11-23T12:00:00", "sent"),
        ("</area>", "<altitude>-1</altitude></area>", "altitude"),
        ("</area>", "<ceiling>3</ceiling></area>", "sans altitude"),
        ("</area>", "<altitude>3</altitude><ceiling>2</ceiling></area>", "plus bas"),
        ("48.8,2.2 3<", "48.8,2.2 -3<", "circle"),
        ("48.8,2.2 3<", "48.8, 2.2 3<", "circle"),
        ("2.3 48.8,2.2<", "2.3 48.8,2.1<", "polygon"),
        ("<polygon>48.8", "<polygon>98.8", "polygon"),
        ("<resourceDesc>carte</resourceDesc>", "", "resourceDesc"),
        ("<event>Crue</event>", "", "event"),
        ("<identifier>a.1</identifier>", "", "identifier"),
        ("<areaDesc>Issy</areaDesc>", "", "areaDesc"),
        ("2.3 48.8,2.2<", "2.3 nord<", "polygon"),
        ("<urgency>Immediate", "<urgency>Now", "urgency"),
        ("<category>Met</category>", "<category>Weather</category>", "category"),
        ("<sent>2026-11-23T12:00:00-00:00</sent>", "", "sent"),
    ],
)
def test_what_cap_forbids_is_not_read(old, new, word):
    text = cap.to_xml(an_alert()).decode()
    assert old in text
    with pytest.raises(BroadcastError, match=word):
        cap.parse(text.replace(old, new, 1).encode())


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
