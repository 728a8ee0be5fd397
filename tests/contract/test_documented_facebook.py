"""What Facebook's documentation and servers say where our stand does not go: one test a fact.

Source: https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from broadcast.channel import Found, Published
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.stands import stand_type
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter, asks
from tests.contract.scripted import Scripted


def graph_error(code: int, status: int = 400, subcode: int | None = None, message: str = "no", **headers: str) -> Answer:
    return Answer(status, {"error": {"message": message, "code": code, "error_subcode": subcode}}, headers)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (graph_error(1), OutcomeUnknown),
        (graph_error(2, 500), OutcomeUnknown),
        (graph_error(368), OutcomeUnknown),
        (graph_error(506), OutcomeUnknown),
        (graph_error(99_999, 500), OutcomeUnknown),
        (graph_error(4, 403), ChannelUnavailable),
        (graph_error(80_001), ChannelUnavailable),
        (graph_error(190, 400), ChannelMisconfigured),
        (graph_error(200, 403), ChannelMisconfigured),
        (graph_error(10, 403), ChannelMisconfigured),
        (graph_error(100, 400, 33), ChannelMisconfigured),
        (graph_error(100, 400), ChannelRefused),
    ],
)
def test_facebook_error_codes_mean_what_graph_says(said, outcome, tmp_path):
    with Scripted(lambda call: said) as server, pytest.raises(DeliveryError) as caught:
        an_adapter("facebook", tmp_path, server.url).publish(a_part(), key=KEY, reply_to=None)
    assert type(caught.value) is outcome


def test_facebook_says_in_minutes_when_a_page_may_go_on(tmp_path):
    use = {"10001": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 25}]}
    said = graph_error(80_001, **{"X-Business-Use-Case-Usage": json.dumps(use)})
    with Scripted(lambda call: said) as server, pytest.raises(ChannelUnavailable) as caught:
        an_adapter("facebook", tmp_path, server.url).publish(a_part(), key=KEY, reply_to=None)
    assert caught.value.retry_after_s == 1500


@pytest.mark.parametrize(("code", "outcome"), [(200, ChannelRefused), (10, ChannelRefused), (190, ChannelMisconfigured)])
def test_facebook_a_post_that_may_not_be_edited_is_corrected_by_a_new_one(code, outcome, tmp_path):
    """Only the app that made a post may edit it: that says nothing of the right to post."""
    with Scripted(lambda call: graph_error(code, 403)) as server:
        adapter = an_adapter("facebook", tmp_path, server.url)
        with pytest.raises(DeliveryError) as caught:
            adapter.update(a_part(), Published(external_id="1_2"), key=KEY)
        assert type(caught.value) is outcome
        with pytest.raises(ChannelMisconfigured):
            adapter.publish(a_part(), key=KEY, reply_to=None)


@pytest.mark.parametrize("stands", [True, False])
def test_facebook_a_takedown_without_the_right_to_it_is_not_done(stands, tmp_path):
    gone = graph_error(
        100,
        400,
        33,
        "Unsupported delete request. Object with ID '1_2' does not exist, cannot be loaded due to missing permissions",
    )

    def script(call: Call) -> Any:
        return {"id": "1_2"} if call.method == "GET" and stands else gone

    with Scripted(script) as server:
        adapter = an_adapter("facebook", tmp_path, server.url)
        if not stands:
            adapter.take_down(Published(external_id="1_2"), key=KEY)
            return
        with pytest.raises(ChannelRefused, match="permissions"):
            adapter.take_down(Published(external_id="1_2"), key=KEY)


def test_facebook_other_photos_are_no_edit(tmp_path):
    type_ = stand_type("facebook")
    assert type_ is not None
    with type_() as running:
        adapter = an_adapter("facebook", tmp_path, running.url)
        done = adapter.publish(a_part(media=(a_picture(),)), key=KEY, reply_to=None)
        adapter.update(a_part("Autre", media=(a_picture(),)), done, key=KEY)
        with pytest.raises(ChannelRefused, match="photos"):
            adapter.update(a_part("Autre"), done, key=KEY)


def test_facebook_an_empty_page_is_not_the_last_one(tmp_path):
    def script(call: Call) -> Any:
        if "after" not in call.query:
            return {
                "data": [],
                "paging": {"next": "https://graph.facebook.com/v25.0/1/published_posts?after=x&access_token=t&limit=50"},
            }
        post = {"id": "1_2", "message": a_part().text, "created_time": "2099-01-01T00:00:00+0000"}
        return {"data": [post], "paging": {}}

    with Scripted(script) as server:
        assert isinstance(asks(an_adapter("facebook", tmp_path, server.url), a_part()), Found)
        assert server.calls[1].query["fields"] == "id,message,created_time,permalink_url"
