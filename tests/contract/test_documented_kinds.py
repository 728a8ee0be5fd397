"""What holds for several kinds alike: odd answers, intermediaries, credentials and logs; each call ends in the right outcome."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

import pytest

from broadcast.channel import Secret
from broadcast.errors import ChannelMisconfigured, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.stands import stand_type
from broadcast.stands.base import Answer
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter, asks
from tests.contract.scripted import Scripted, signed_in

HTTP_KINDS = ("bluesky", "facebook", "mastodon", "telegram", "wordpress", "x")
ODD = (b"", b"null", b"[1]", b"{}", b'"x"', b'{"id":null}', b'{"data":[1]}', b"<title>Entretien</title>", b"\xff\x00", b'{"id":')


@pytest.mark.parametrize("kind", HTTP_KINDS)
def test_an_answer_that_says_nothing_is_never_taken_for_a_yes(kind, tmp_path):
    said = Answer(200, b"")
    with Scripted(lambda call: signed_in(kind, call) or said) as server:
        adapter = an_adapter(kind, tmp_path, server.url, 3.0)
        for body in ODD:
            said = Answer(200, body, {"Content-Type": "application/json"})
            with pytest.raises(OutcomeUnknown):
                adapter.publish(a_part(), key=KEY, reply_to=None)
            if hasattr(adapter, "find"):
                with pytest.raises(DeliveryError):
                    asks(adapter, a_part())
            with suppress(DeliveryError):  # any of the four, but nothing else
                adapter.publish(a_part(media=(a_picture(), a_picture())), key=KEY, reply_to=None)
            with suppress(DeliveryError):
                adapter.probe()


@pytest.mark.parametrize("kind", HTTP_KINDS)
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (301, ChannelMisconfigured),
        (307, ChannelMisconfigured),
        (408, OutcomeUnknown),
        (425, ChannelUnavailable),
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
        (504, OutcomeUnknown),
    ],
)
def test_a_page_of_an_intermediary_ends_in_the_right_outcome(kind, status, outcome, tmp_path):
    page = Answer(status, b"<html><title>Passerelle</title></html>", {"Location": "https://ailleurs.example/"})
    with Scripted(lambda call: signed_in(kind, call) or page) as server:
        adapter = an_adapter(kind, tmp_path, server.url, 3.0)
        with pytest.raises(outcome) as caught:
            adapter.publish(a_part(), key=KEY, reply_to=None)
        assert type(caught.value) is outcome
        if hasattr(adapter, "find"):
            with pytest.raises((ChannelUnavailable, ChannelMisconfigured)):
                asks(adapter, a_part())


@pytest.mark.parametrize("kind", ["bluesky", "mastodon", "telegram", "wordpress"])
def test_a_credential_that_no_request_can_carry_is_named_but_not_quoted(kind, tmp_path):
    secret = "prem\u00e9\u20acier\nsecret"
    with Scripted(lambda call: signed_in(kind, call) or {"ok": True}) as server:
        adapter = an_adapter(kind, tmp_path, server.url)
        name = "token" if hasattr(adapter._settings, "token") else "password"
        adapter._settings = replace(adapter._settings, **{name: Secret(secret)})
        with pytest.raises(DeliveryError) as caught:
            adapter.publish(a_part(), key=KEY, reply_to=None)
    error: BaseException | None = caught.value
    while error is not None:
        assert "secret" not in repr(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("kind", HTTP_KINDS)
def test_nothing_is_written_to_logs_even_at_their_most_talkative(kind, tmp_path, caplog):
    type_ = stand_type(kind)
    assert type_ is not None
    with type_() as running, caplog.at_level(logging.DEBUG):
        adapter = an_adapter(kind, tmp_path, running.url)
        done = adapter.publish(a_part("Texte pas encore public"), key=KEY, reply_to=None)
        if hasattr(adapter, "find"):
            asks(adapter, a_part())
        adapter.take_down(done, key=KEY)
    assert "stand-" not in caplog.text and "pas encore public" not in caplog.text


def test_a_post_with_a_mention_or_a_bare_address_is_found(tmp_path):
    from channels.mastodon.reading import plain
    from channels.x.reading import comparable, text_of

    content = (
        '<p>Merci <span class="h-card"><a href="https://a.org/@bob" class="u-url mention">@<span>bob</span></a></span> '
        '<a href="https://t/tags/Crue" class="mention hashtag">#<span>Crue</span></a></p>'
    )
    status = {"content": content, "mentions": [{"url": "https://a.org/@bob", "acct": "bob@a.org"}]}
    assert plain(status) == "Merci @bob@a.org #Crue"
    post = {
        "text": "Voir https://t.co/1",
        "entities": {"urls": [{"url": "https://t.co/1", "expanded_url": "http://example.org/"}]},
    }
    assert comparable(text_of(post)) == comparable("Voir example.org")
