"""WebSub: what we ask of hubs, what their calls mean, what our feeds announce."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest

from broadcast.errors import FeedError
from broadcast.feeds.websub import (
    Hubs,
    Subscription,
    hubs_in_headers,
    hubs_of,
    judge_delivery,
    link_header,
    ping_form,
    renew_at,
    signature_of,
    subscription_form,
    verdict_on,
)
from tests.builders import NOON

TOPIC = "https://www.prefecture.example/feed"
ASKED = Subscription(topic=TOPIC, asked="subscribe", secret="s")
QUERY = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "défi 1", "hub.lease_seconds": "864000"}


@pytest.mark.parametrize(
    ("values", "hubs", "topic"),
    [
        ((), (), ""),
        ((f'<https://hub.example/>; rel="hub", <{TOPIC}>; rel="self"',), ("https://hub.example/",), TOPIC),
        (("<https://hub.example/>; rel=hub", f"<{TOPIC}>;rel=self"), ("https://hub.example/",), TOPIC),
        (
            ('<https://a.example/>; rel="hub"', '<https://b.example/>; rel="hub"'),
            ("https://a.example/", "https://b.example/"),
            "",
        ),
        (('<https://a.example/>; rel="hub", <https://a.example/>; rel="hub"',), ("https://a.example/",), ""),
        (('</hub>; title="a, b; c"; rel="next HUB"',), ("https://www.prefecture.example/hub",), ""),
        (('<https://a.example/?x=1,2>; rel="hub"; rel="self"',), ("https://a.example/?x=1,2",), ""),
        (('<https://a.example/>; title="rel=hub"; rel="next"',), (), ""),
        (('<javascript:alert(1)>; rel="hub"', "<>; rel=", "<https://a.example/", '<https://[x/>; rel="hub"'), (), ""),
        (('<https://one.example/>; rel="self"', '<https://two.example/>; rel="self"'), (), "https://one.example/"),
    ],
)
def test_hubs_and_topic_are_found_in_link_headers(values: tuple[str, ...], hubs: tuple[str, ...], topic: str):
    assert hubs_in_headers(values, base=TOPIC) == Hubs(hubs, topic)


def test_a_long_hostile_link_header_is_read_quickly():
    hostile = ("<" * 50_000, '<a>;rel="' + "\\" * 50_000, "<a>" + " ; a=b" * 20_000, "<a>" + ";a= " * 20_000)
    assert hubs_in_headers(hostile, base=TOPIC) == Hubs()


def test_headers_win_over_the_document():
    document = Hubs(("https://d.example/",), "https://d.example/feed")
    assert hubs_of(Hubs(("https://h.example/",), TOPIC), document) == Hubs(("https://h.example/",), TOPIC)
    assert hubs_of(Hubs(), document) == document
    assert hubs_of(Hubs(("https://h.example/",)), document) == Hubs(("https://h.example/",), "https://d.example/feed")


def test_a_subscription_is_asked_for_with_lease_and_secret():
    form = subscription_form("subscribe", topic=TOPIC, callback="https://v.example/cb/1", secret="s", lease_s=60)
    assert dict(form) == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": "https://v.example/cb/1",
        "hub.lease_seconds": "60",
        "hub.secret": "s",
    }
    assert "hub.secret" not in dict(subscription_form("subscribe", topic=TOPIC, callback="https://v.example/cb/1"))


def test_an_end_is_asked_for_without_secret():
    form = subscription_form("unsubscribe", topic=TOPIC, callback="https://v.example/cb/1", secret="s")
    assert dict(form) == {"hub.mode": "unsubscribe", "hub.topic": TOPIC, "hub.callback": "https://v.example/cb/1"}


def test_a_secret_is_not_sent_in_clear_nor_too_long():
    with pytest.raises(FeedError, match="https"):
        subscription_form("subscribe", topic=TOPIC, callback="c", secret="geheim", hub="http://hub.example/")
    with pytest.raises(FeedError, match="200"):
        subscription_form("subscribe", topic=TOPIC, callback="c", secret="x" * 200)
    assert subscription_form("subscribe", topic=TOPIC, callback="c", secret="x" * 199, hub="https://hub.example/")


def test_a_verification_that_we_asked_for_is_confirmed_with_its_challenge():
    verdict = verdict_on(QUERY, ASKED)
    assert (verdict.meaning, verdict.status, verdict.body, verdict.lease_s) == ("subscribed", 200, "défi 1", 864000)
    leaving = Subscription(topic=TOPIC, asked="unsubscribe")
    verdict = verdict_on({**QUERY, "hub.mode": "unsubscribe"}, leaving)
    assert (verdict.meaning, verdict.status, verdict.body) == ("unsubscribed", 200, "défi 1")


@pytest.mark.parametrize(
    ("change", "subscription"),
    [
        ({}, None),
        ({}, Subscription(topic=TOPIC, asked=None)),
        ({}, Subscription(topic=TOPIC, asked="unsubscribe")),
        ({"hub.mode": "unsubscribe"}, ASKED),
        ({"hub.mode": "publish"}, ASKED),
        ({"hub.mode": ""}, ASKED),
        ({"hub.topic": TOPIC + "/"}, ASKED),
        ({"hub.topic": ""}, Subscription(topic="", asked="subscribe")),
        ({"hub.challenge": ""}, ASKED),
        ({"hub.lease_seconds": ""}, ASKED),
        ({"hub.lease_seconds": "0"}, ASKED),
        ({"hub.lease_seconds": "-5"}, ASKED),
        ({"hub.lease_seconds": "9" * 50}, ASKED),
        ({"hub.mode": "denied", "hub.topic": "https://other.example/"}, ASKED),
    ],
)
def test_a_verification_that_we_did_not_ask_for_is_refused(change: dict[str, str], subscription: Subscription | None):
    verdict = verdict_on({**QUERY, **change}, subscription)
    assert (verdict.meaning, verdict.status, verdict.body) == ("refused", 404, "")
    assert verdict.reason


def test_a_hub_may_deny():
    verdict = verdict_on({"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "fermé\r\nce soir"}, ASKED)
    assert (verdict.meaning, verdict.status) == ("denied", 200)
    assert "fermé ce soir" in verdict.reason


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
def test_what_is_signed_with_our_secret_is_taken(method: str):
    expected = hmac.new(b"s", b"<rss/>", getattr(hashlib, method)).hexdigest()
    assert judge_delivery(f"{method}={expected}", b"<rss/>", secret="s").is_genuine
    assert judge_delivery(f"{method.upper()}={expected.upper()}", b"<rss/>", secret="s").is_genuine
    assert signature_of(b"<rss/>", "s", method) == f"{method}={expected}"


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        (None, "s"),
        ("", "s"),
        ("sha256", "s"),
        ("sha256=", "s"),
        ("sha256=00", "s"),
        ("sha256=é", "s"),
        (signature_of(b"<rss>", "s"), "s"),
        (signature_of(b"<rss/>", "t"), "s"),
        (signature_of(b"<rss/>", "s", "sha1"), "s"),
        (signature_of(b"<rss/>", "s", "md5"), "s"),
        (signature_of(b"<rss/>", ""), ""),
    ],
)
def test_what_is_not_signed_with_our_secret_is_ignored_with_a_reason(header: str | None, secret: str):
    delivered = judge_delivery(header, b"<rss/>", secret=secret)
    assert not delivered.is_genuine
    assert delivered.reason.startswith("WebSub")


def test_sha1_counts_only_where_it_is_allowed_by_name():
    header = signature_of(b"<rss/>", "s", "sha1")
    assert "SHA-1" in judge_delivery(header, b"<rss/>", secret="s").reason
    assert judge_delivery(header, b"<rss/>", secret="s", allow_sha1=True).is_genuine
    assert not judge_delivery(header, b"<rss>", secret="s", allow_sha1=True).is_genuine


def test_a_lease_is_renewed_well_before_its_end():
    assert renew_at(NOON, 1000) == NOON + timedelta(seconds=750)
    assert NOON + timedelta(seconds=700) <= renew_at(NOON, 1000, jitter=0.0) < renew_at(NOON, 1000, jitter=1.0)
    assert renew_at(NOON, 1000, jitter=1.0) <= NOON + timedelta(seconds=801)


def test_our_own_feeds_name_their_hub_and_ping_it():
    header = link_header(hub="https://hub.example/", topic=TOPIC)
    assert hubs_in_headers([header], base="https://x.example/") == Hubs(("https://hub.example/",), TOPIC)
    assert ping_form(TOPIC) == (("hub.mode", "publish"), ("hub.url", TOPIC), ("hub.topic", TOPIC))


def test_a_secret_is_in_no_repr():
    assert "geheim" not in repr(Subscription(topic=TOPIC, asked="subscribe", secret="geheim"))
