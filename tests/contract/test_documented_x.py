"""What X's documentation and servers say where our stand does not go: one test a fact.

Source: https://docs.x.com/x-api/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from broadcast.channel import Found, NotSeen, Published
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, OutcomeUnknown
from broadcast.stands import stand_type
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, SINCE, a_part, an_adapter, asks
from tests.contract.scripted import NOW, Scripted, signed_in


def an_x(tmp_path: Any, script: Callable[[Call], Any]) -> tuple[Scripted, Any]:
    server = Scripted(lambda call: signed_in("x", call) or script(call))
    return server, an_adapter("x", tmp_path, server.start())


def test_x_finds_what_it_shortened_and_escaped(tmp_path):
    text = "Crue & digues <1> : https://example.org/a?x=1&copy=2 et https://example.org/photo/12 @prefet92"
    shown = {
        "id": "5",
        "created_at": NOW,
        "text": "@ville Crue &amp; digues &lt;1&gt; : https://t.co/1 et https://t.co/12 @prefet92 https://t.co/9",
        "referenced_tweets": [{"type": "replied_to", "id": "4"}],
        "entities": {
            "urls": [
                {
                    "url": "https://t.co/1",
                    "expanded_url": "https://example.org/a?x=1&copy=2",
                    "unwound_url": "https://example.org/ailleurs",
                },
                {"url": "https://t.co/12", "expanded_url": "https://example.org/photo/12"},
                {"url": "https://t.co/9", "expanded_url": "https://x.com/ville/status/5/photo/1"},
            ]
        },
    }
    server, adapter = an_x(tmp_path, lambda call: {"data": [shown], "meta": {"result_count": 1}})
    with server:
        assert isinstance(asks(adapter, a_part(text)), Found)
        assert isinstance(asks(adapter, a_part(text, language="fr"), frozenset({"5"})), NotSeen)
        asked = server.asked("GET", "/tweets")[0].query
        assert asked["start_time"] < SINCE.strftime("%Y-%m-%dT%H:%M:%SZ") and asked["max_results"] == "100"


def test_x_finds_a_reply_that_begins_with_a_name(tmp_path):
    shown = {
        "id": "5",
        "created_at": NOW,
        "text": "@prefet92 confirme la crue",
        "referenced_tweets": [{"type": "replied_to", "id": "4"}],
    }
    server, adapter = an_x(tmp_path, lambda call: {"data": [shown], "meta": {}})
    with server:
        assert isinstance(asks(adapter, a_part("@prefet92 confirme la crue")), Found)


def test_x_finds_the_whole_of_a_long_post(tmp_path):
    text = "Consignes. " * 40
    shown = {"id": "5", "created_at": NOW, "text": text[:270] + "…", "note_tweet": {"text": text.strip()}}
    server, adapter = an_x(tmp_path, lambda call: {"data": [shown], "meta": {}})
    with server:
        assert isinstance(asks(adapter, a_part(text)), Found)


def test_x_a_day_that_is_used_up_is_waited_for(tmp_path):
    import time

    soon, tomorrow = int(time.time()) + 900, int(time.time()) + 80_000
    headers = {
        "x-rate-limit-reset": str(soon),
        "x-rate-limit-remaining": "99",
        "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": str(tomorrow),
    }
    server, adapter = an_x(tmp_path, lambda call: Answer(429, {"title": "Too Many Requests"}, headers))
    with server, pytest.raises(ChannelUnavailable) as caught:
        adapter.publish(a_part(), key=KEY, reply_to=None)
    assert caught.value.retry_after_s is not None and caught.value.retry_after_s > 70_000


def test_x_a_month_that_is_used_up_is_a_matter_for_people(tmp_path):
    said = {"title": "UsageCapExceeded", "period": "Monthly", "type": "https://api.twitter.com/2/problems/usage-capped"}
    server, adapter = an_x(tmp_path, lambda call: Answer(429, said))
    with server, pytest.raises(ChannelMisconfigured, match="quota"):
        adapter.publish(a_part(), key=KEY, reply_to=None)


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({"data": {"deleted": True}}, None),
        ({"data": {"deleted": False}}, OutcomeUnknown),
        ({"errors": [{"title": "Not Found Error", "resource_type": "tweet"}]}, None),
        # Of a second call: it was gone already.
        (
            lambda call: {"data": {"deleted": False}} if call.method == "DELETE" else {"errors": [{"title": "Not Found Error"}]},
            None,
        ),
    ],
)
def test_x_a_takedown_is_what_x_says_it_is(said, ends, tmp_path):
    server, adapter = an_x(tmp_path, said if callable(said) else lambda call: said)
    with server:
        if ends is None:
            adapter.take_down(Published(external_id="5"), key=KEY)
        else:
            with pytest.raises(ends):
                adapter.take_down(Published(external_id="5"), key=KEY)


def test_x_says_what_of_a_request_was_wrong(tmp_path):
    said = {
        "errors": [{"parameters": {"media.media_ids": ["[1]"]}, "message": "Your media IDs are invalid."}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
    }
    server, adapter = an_x(tmp_path, lambda call: Answer(400, said))
    with server, pytest.raises(ChannelRefused, match="was invalid. ; Your media IDs are invalid"):
        adapter.publish(a_part(), key=KEY, reply_to=None)


def test_x_gets_no_gif_as_it_takes_none_in_one_piece(tmp_path):
    assert "image/gif" not in an_adapter("x", tmp_path, "http://127.0.0.1:9").limits.image_types


def test_the_same_text_on_x_is_evidence_of_a_post_not_a_refusal(tmp_path):
    type_ = stand_type("x")
    assert type_ is not None
    with type_() as running:
        adapter = an_adapter("x", tmp_path, running.url)
        adapter.publish(a_part(), key="k", reply_to=None)
        with pytest.raises(OutcomeUnknown, match="duplicate"):
            adapter.publish(a_part(), key="k2", reply_to=None)


def test_a_person_may_give_the_address_where_a_post_stands(tmp_path):
    type_ = stand_type("x")
    assert type_ is not None
    with type_() as running:
        adapter = an_adapter("x", tmp_path, running.url)
        done = adapter.publish(a_part(), key="k", reply_to=None)
        adapter.take_down(Published(external_id=done.url), key="k")
        assert running.live() == []
