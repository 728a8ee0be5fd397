"""What Telegram's documentation and servers say where our stand does not go: one test a fact.

Source: https://core.telegram.org/bots/api
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from broadcast.channel import Published
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.stands import stand_type
from broadcast.stands.base import Answer
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter
from tests.contract.scripted import Scripted


def bot_says(status: int, description: str, **parameters: Any) -> Answer:
    return Answer(status, {"ok": False, "error_code": status, "description": description, "parameters": parameters})


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (bot_says(400, "Bad Request: chat not found"), ChannelMisconfigured),
        (bot_says(403, "Forbidden: bot was kicked from the channel chat"), ChannelMisconfigured),
        (bot_says(400, "Bad Request: need administrator rights in the channel chat"), ChannelMisconfigured),
        (
            bot_says(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1002),
            ChannelMisconfigured,
        ),
        (bot_says(401, "Unauthorized"), ChannelMisconfigured),
        (bot_says(404, "Not Found"), ChannelMisconfigured),
        (bot_says(429, "Too Many Requests: retry after 35", retry_after=35), ChannelUnavailable),
        (bot_says(400, "Bad Request: message is too long"), ChannelRefused),
        (bot_says(500, "Internal Server Error"), OutcomeUnknown),
        (Answer(200, {"ok": False}), OutcomeUnknown),
    ],
)
def test_telegram_answers_mean_what_the_bot_api_says(said, outcome, tmp_path):
    with Scripted(lambda call: said) as server, pytest.raises(DeliveryError) as caught:
        an_adapter("telegram", tmp_path, server.url).publish(a_part(), key=KEY, reply_to=None)
    assert type(caught.value) is outcome
    if said.status == 429:
        assert caught.value.retry_after_s == 35
    if "upgraded" in str(said.body):
        assert "-1002" in str(caught.value)


def test_telegram_what_is_gone_is_taken_down_and_what_is_too_old_is_said(tmp_path):
    said = bot_says(400, "Bad Request: message to delete not found")
    with Scripted(lambda call: said) as server:
        adapter = an_adapter("telegram", tmp_path, server.url)
        adapter.take_down(Published(external_id="5"), key=KEY)
        said = bot_says(400, "Bad Request: message can't be deleted for everyone")
        with pytest.raises(ChannelRefused, match="48 heures"):
            adapter.take_down(Published(external_id="5"), key=KEY)


def test_telegram_edits_a_caption_without_sending_the_picture_again(tmp_path):
    type_ = stand_type("telegram")
    assert type_ is not None
    with type_() as running:
        adapter = an_adapter("telegram", tmp_path, running.url)
        done = adapter.publish(a_part(media=(a_picture(),)), key=KEY, reply_to=None)
        adapter.update(a_part("Légende", media=(a_picture(),)), done, key=KEY)
        adapter.update(a_part("Légende", media=(a_picture(),)), done, key=KEY)
        other = replace(a_picture(), sha256="0" * 64)
        adapter.update(a_part("Légende 2", media=(other,)), done, key=KEY)
        edits = [c.path.rpartition("/")[2] for c in running.calls if "/edit" in c.path]
    assert edits == ["editMessageCaption", "editMessageCaption", "editMessageMedia"]
    assert [p.text for p in running.live()] == ["Légende 2"]
