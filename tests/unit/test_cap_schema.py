"""Whatever the words, what we write passes the schema of CAP and reads back the same."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from broadcast import alerts
from broadcast.alerts import Alert, Area, Info, Named, Reference, Resource
from broadcast.feeds import cap
from broadcast.feeds.own import alert_of
from tests.builders import NOON, a_draft
from tests.unit.cap_alert import ROOM, an_alert

_chars = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="\ufffe\uffff")
_words = st.lists(st.text(_chars, min_size=1, max_size=8), max_size=3).map(" ".join)
_token = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=12)
_times = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(lambda t: t.replace(microsecond=0))
_aware = st.builds(
    lambda t, minutes: t.replace(tzinfo=timezone(timedelta(minutes=minutes))), _times, st.integers(-14 * 60, 14 * 60)
)
_named = st.lists(st.builds(Named, _words, _words), max_size=2).map(tuple)
_info = st.builds(
    Info,
    event=_token,
    categories=st.lists(st.sampled_from(alerts.CATEGORIES), min_size=1, max_size=3).map(tuple),
    urgency=st.sampled_from(alerts.URGENCIES),
    severity=st.sampled_from(alerts.SEVERITIES),
    certainty=st.sampled_from(alerts.CERTAINTIES),
    language=st.sampled_from(["fr-FR", "en", "de-CH-1996"]),
    response_types=st.lists(st.sampled_from(alerts.RESPONSES), max_size=2).map(tuple),
    event_codes=_named,
    parameters=_named,
    onset=st.none() | _aware,
    sender_name=_words,
    headline=_words,
    description=_words,
    instruction=_words,
    web=st.sampled_from(["", "https://e.org/a?b=c&d=é#f", "http://localhost:8080/%20"]),
    contact=_words,
    resources=st.lists(
        st.builds(Resource, resource_desc=_token, mime_type=_token, size=st.none() | st.integers(0, 10**9)), max_size=1
    ).map(tuple),
    areas=st.lists(
        st.builds(
            Area,
            area_desc=_token,
            polygons=st.sampled_from([(), ("1,2 3,4 5,6 1,2",)]),
            circles=st.sampled_from([(), ("-1.5,170 0.25",)]),
            geocodes=_named,
            altitude=st.sampled_from(["", "5.5"]),
        ),
        max_size=2,
    ).map(tuple),
)
_alerts = st.builds(
    Alert,
    identifier=_token,
    sender=_token,
    sent=_aware,
    status=st.sampled_from(alerts.STATUSES),
    msg_type=st.sampled_from(alerts.MSG_TYPES),
    scope=st.just("Public"),
    note=_words,
    references=st.lists(st.builds(Reference, _token, _token, _aware), min_size=1, max_size=2).map(tuple),
    infos=st.lists(_info, max_size=2).map(tuple),
)


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
def test_any_alert_passes_the_schema_and_reads_back_the_same(conformance: Path):
    schema = etree.XMLSchema(etree.parse(conformance / "cap/CAP-v1.2.xsd"))

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(_alerts)
    def check(alert: Alert) -> None:
        data = cap.to_xml(alert)
        schema.assertValid(etree.fromstring(data))
        assert cap.parse(data) == alert

    check()
