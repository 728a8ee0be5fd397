"""What CAP forbids is never written; what is no CAP alert is not read either."""

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


def test_a_doubtful_outline_is_never_written():
    info = an_alert().infos[0]
    doubtful = replace(info, areas=(replace(info.areas[0], unsure=("1,2 3,4 5,6 1,2",)),))
    with pytest.raises(BroadcastError, match="douteux"):
        cap.to_xml(an_alert(infos=(doubtful,)))


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
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>',
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:9"><identifier>x</identifier></alert>',
    ],
)
def test_hostile_or_broken_documents_are_refused(data):
    with pytest.raises(BroadcastError):
        cap.parse(data)
