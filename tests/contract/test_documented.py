"""What documentation and real servers say where our stands do not go: one test a fact."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadcast import http
from broadcast.channel import Found, NotSeen, Published, Reply, Secret
from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    DeliveryError,
    OutcomeUnknown,
)
from broadcast.stands import stand_type
from broadcast.stands.base import Answer, Call
from tests.contract.scripted import Scripted
from tests.contract.test_channels import a_part, a_picture, an_adapter

KEY = "1764140000000-abcdef"
NOW = "2099-01-01T00:00:00.000Z"
SINCE = datetime.now(UTC) - timedelta(seconds=2)
HTTP_KINDS = ("bluesky", "facebook", "mastodon", "telegram", "wordpress", "x")


def asks(adapter: Any, part: Any, known: frozenset[str] = frozenset()) -> Found | NotSeen:
    found: Found | NotSeen = adapter.find(part, key=KEY, since=SINCE, known_ids=known)
    return found


def signed_in(kind: str, call: Call) -> dict[str, Any] | None:
    """Return the good answer to who one is, for the kinds that ask."""
    return {
        "/2/users/me": {"data": {"id": "77"}},
        "/api/v1/accounts/verify_credentials": {"id": "1"},
        "/xrpc/com.atproto.server.createSession": {"did": "did:plc:a", "accessJwt": "a1", "refreshJwt": "r1"},
        "/xrpc/com.atproto.server.refreshSession": {"did": "did:plc:a", "accessJwt": "a2", "refreshJwt": "r2"},
    }.get(call.path)


# Every kind: whatever comes back, it is one of the five outcomes, and the right one.

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


def a_tls_server(folder, after_request: Callable[[ssl.SSLSocket], None] | None) -> tuple[int, threading.Thread]:
    from tests.integration.test_recipients import a_certificate

    cert, key = a_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def serve() -> None:
        with listening:
            plain, _ = listening.accept()
        with plain, suppress(OSError):
            if after_request is None:
                plain.sendall(b"220 this is no TLS\r\n")
                plain.recv(1000)
                return
            with context.wrap_socket(plain, server_side=True) as safe:
                safe.recv(65536)
                after_request(safe)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    http.trust().load_verify_locations(cert)
    return port, thread


def test_encryption_that_fails_before_anything_was_sent_is_unavailable_and_later_unknown(tmp_path):
    def garbage(safe: ssl.SSLSocket) -> None:
        import os

        os.write(safe.fileno(), b"HTTP/1.1 200 OK\r\n\r\nthis is no TLS record")

    port, thread = a_tls_server(tmp_path, None)
    with pytest.raises(ChannelUnavailable):
        http.request("POST", f"https://127.0.0.1:{port}/", json={})
    thread.join(5)
    port, thread = a_tls_server(tmp_path, garbage)
    with pytest.raises(OutcomeUnknown):
        http.request("POST", f"https://127.0.0.1:{port}/", json={})
    thread.join(5)


# Mastodon: https://docs.joinmastodon.org/methods/


def a_mastodon(**answers: Any) -> Callable[[Call], Any]:
    def script(call: Call) -> Any:
        known = signed_in("mastodon", call)
        if known:
            return known
        return next(
            (said(call) if callable(said) else said for path, said in answers.items() if path in call.path),
            Answer(404, {"error": "Record not found"}),
        )

    return script


def test_mastodon_a_picture_being_worked_on_is_asked_for_and_not_sent_twice(tmp_path):
    looks = iter([206, 206, 206, 206, 206, 200])

    def media(call: Call) -> Answer:
        return Answer(202, {"id": "9", "url": None}) if call.method == "POST" else Answer(next(looks), {"id": "9"})

    with Scripted(a_mastodon(media=media, statuses={"id": "1", "url": "https://m.example/1"})) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        part = a_part(media=(a_picture(),))
        with pytest.raises(ChannelUnavailable) as caught:
            adapter.publish(part, key=KEY, reply_to=None)
        assert caught.value.retry_after_s == 3
        assert not server.asked("POST", "/statuses")
        adapter.publish(part, key=KEY, reply_to=None)
        assert len(server.asked("POST", "/api/v2/media")) == 1
        assert server.asked("POST", "/statuses")[0].fields["media_ids"] == ["9"]


def test_mastodon_a_picture_that_their_work_failed_on_is_sent_anew_by_the_next_version(tmp_path):
    sent = iter([202, 200])

    def media(call: Call) -> Answer:
        if call.method == "POST":
            return Answer(next(sent), {"id": "9"})
        return Answer(422, {"error": "Error processing thumbnail for uploaded media"})

    with Scripted(a_mastodon(media=media, statuses={"id": "1", "url": "https://m.example/1"})) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        part = a_part(media=(a_picture(),))
        with pytest.raises(ChannelRefused, match="thumbnail"):
            adapter.publish(part, key=KEY, reply_to=None)
        adapter.publish(part, key=KEY, reply_to=None)
        assert len(server.asked("POST", "/api/v2/media")) == 2


def test_mastodon_a_text_is_plain_whatever_the_account_prefers(tmp_path):
    """GoToSocial and glitch-soc: `content_type`, else the account's own default, which may be Markdown."""
    with Scripted(a_mastodon(statuses={"id": "1", "url": "https://m.example/1"})) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        adapter.update(a_part(), adapter.publish(a_part(), key=KEY, reply_to=None), key=KEY)
        assert [call.fields["content_type"] for call in server.calls] == ["text/plain", "text/plain"]


def test_mastodon_finds_what_servers_rewrite(tmp_path):
    content = (
        '<p>Écrire à <span class="h-card"><a href="https://m.example/@bob" class="u-url mention">@<span>bob</span></a></span>'
        '<br />Voir <a href="https://www.example.org/a/crue-quais/?x=1&amp;y=2" rel="nofollow" translate="no">'
        '<span class="invisible">https://www.</span><span class="ellipsis">example.org/a/crue-quais/?x=1&amp;</span>'
        '<span class="invisible">y=2</span></a></p><p>et <a href="https://ville.example">ville.example</a> '
        '<a href="https://m.example/tags/crue" class="mention hashtag" rel="tag">#<span>crue</span></a></p>'
    )
    mentions = [{"url": "https://m.example/@bob", "acct": "bob"}]
    status = {"id": "5", "url": "https://m.example/5", "created_at": NOW, "content": content, "mentions": mentions}
    with Scripted(a_mastodon(statuses=lambda call: [status] if "max_id" not in call.query else [])) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        text = "Écrire à @bob@m.example\nVoir https://www.example.org/a/crue-quais/?x=1&y=2\n\net ville.example #Crue"
        assert isinstance(asks(adapter, a_part(text)), Found)
        assert isinstance(asks(adapter, a_part(text.replace("ville.example", "vile.example"))), NotSeen)
        assert server.asked("GET", "/statuses")[0].query["exclude_reblogs"] == "true"


def test_mastodon_a_look_that_could_not_read_everything_is_no_answer(tmp_path):
    def page(call: Call) -> Any:
        first = int(call.query.get("max_id", "10000"))
        return [{"id": str(first - n), "created_at": NOW, "content": "<p>autre</p>"} for n in range(1, 41)]

    with Scripted(a_mastodon(statuses=page)) as server, pytest.raises(ChannelUnavailable, match="relire"):
        asks(an_adapter("mastodon", tmp_path, server.url), a_part())


def test_mastodon_an_older_server_states_its_limits_in_v1(tmp_path):
    facts = {
        "uri": "m.example",
        "max_toot_chars": 1000,
        "configuration": {"media_attachments": {"image_matrix_limit": 4_000_000}},
    }
    with Scripted(
        lambda call: signed_in("", call) or (facts if "v1/instance" in call.path else Answer(404, b"<title>404</title>"))
    ) as server:
        limits = an_adapter("mastodon", tmp_path, server.url).probe()
    assert (limits.max_length, limits.max_image_px) == (1000, 2000)


def test_mastodon_a_takedown_answered_by_a_page_is_not_done(tmp_path):
    with Scripted(lambda call: Answer(200, b"<title>Entretien</title>")) as server, pytest.raises(OutcomeUnknown):
        an_adapter("mastodon", tmp_path, server.url).take_down(Published(external_id="5"), key=KEY)


# X: https://docs.x.com/x-api/


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


# Facebook: https://developers.facebook.com/docs/graph-api/guides/error-handling


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


# Bluesky: https://docs.bsky.app/docs/api, and a real server (dependencies §6)


def a_server(**answers: Any) -> Callable[[Call], Any]:
    def script(call: Call) -> Any:
        method = call.path.rpartition(".")[2]
        said = answers.get(method, signed_in("bluesky", call) or {"uri": "at://did:plc:a/app.bsky.feed.post/3k", "cid": "c"})
        return said(call) if callable(said) else said

    return script


def test_bluesky_a_mention_that_cannot_be_looked_up_holds_nothing_up(tmp_path):
    broken = Answer(502, {"error": "UpstreamFailure", "message": "no AppView"})
    with Scripted(a_server(resolveHandle=broken)) as server:
        adapter = an_adapter("bluesky", tmp_path, server.url)
        adapter.publish(a_part("Merci @pompiers.example"), key=KEY, reply_to=None)
        (put,) = server.asked("POST", "putRecord")
        assert "facets" not in put.fields["record"] and "validate" not in put.fields


def test_bluesky_a_session_that_the_server_forgot_is_opened_anew(tmp_path):
    def put(call: Call) -> Any:
        if call.headers["authorization"] == "Bearer a1":
            return Answer(400, {"error": "InvalidToken", "message": "Token could not be verified"})
        return {"uri": "at://did:plc:a/app.bsky.feed.post/3k", "cid": "c"}

    refused = Answer(400, {"error": "InvalidToken", "message": "Token has been revoked"})
    sessions = iter([{"did": "did:plc:a", "accessJwt": f"a{n}", "refreshJwt": "r"} for n in (1, 3)])
    with Scripted(a_server(putRecord=put, refreshSession=refused, createSession=lambda call: next(sessions))) as server:
        an_adapter("bluesky", tmp_path, server.url).publish(a_part(), key=KEY, reply_to=None)
        assert len(server.asked("POST", "createSession")) == 2


def test_bluesky_speaks_to_the_server_that_the_session_names(tmp_path):
    with Scripted(a_server()) as home:
        document = {"service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": home.url}]}
        session = {"did": "did:plc:a", "accessJwt": "a", "refreshJwt": "r", "didDoc": document}
        with Scripted(a_server(createSession=session)) as door:
            an_adapter("bluesky", tmp_path, door.url).publish(a_part(), key=KEY, reply_to=None)
            assert home.asked("POST", "putRecord") and not door.asked("POST", "putRecord")


def test_bluesky_a_probe_tells_an_account_that_may_not_post(tmp_path):
    def script(call: Call) -> Any:
        return signed_in("bluesky", call) or {"did": "did:plc:a", "active": False, "status": "deactivated"}

    with Scripted(script) as server, pytest.raises(ChannelMisconfigured, match="deactivated"):
        an_adapter("bluesky", tmp_path, server.url).probe()


def test_bluesky_what_enters_on_this_machine_stays_on_it():
    from channels.bluesky.server import server_of

    def document(address: Any) -> dict[str, Any]:
        return {"service": [{"id": "did:plc:a#atproto_pds", "serviceEndpoint": address}]}

    door = "https://bsky.social"
    assert server_of(document("https://amanita.us-east.host.bsky.network"), door) == "https://amanita.us-east.host.bsky.network"
    for address in ("http://amanita.example", "http://127.0.0.1:80", "", None, 3):
        assert server_of(document(address), door) == door
    assert server_of(document("https://amanita.example"), "http://127.0.0.1:2583") == "http://127.0.0.1:2583"
    for odd in (None, [], {}, {"service": {}}, {"service": [1]}):
        assert server_of(odd, door) == door


def test_bluesky_an_answer_to_a_post_whose_address_a_person_gave(tmp_path):
    record = {"uri": "at://did:plc:a/app.bsky.feed.post/3kabc", "cid": "content", "value": {}}
    with Scripted(a_server(getRecord=record)) as server:
        given = Published(external_id="https://bsky.app/profile/ville.example/post/3kabc")
        an_adapter("bluesky", tmp_path, server.url).publish(a_part(), key=KEY, reply_to=Reply(root=given, parent=given))
        reply = server.asked("POST", "putRecord")[0].fields["record"]["reply"]
        assert reply["root"] == reply["parent"] == {"uri": record["uri"], "cid": "content"}


# Telegram: https://core.telegram.org/bots/api


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


# WordPress: https://developer.wordpress.org/rest-api/reference/posts/


def an_article(number: int, slug: str, **facts: Any) -> dict[str, Any]:
    raw = {"title": {"raw": "Crue"}, "content": {"raw": "<p>Autre</p>"}, "status": "publish", "date_gmt": "2099-01-01T00:00:00"}
    return {"id": number, "slug": slug, "link": f"https://ville.example/{slug}/", **raw, **facts}


def test_wordpress_finds_its_article_where_the_slug_was_taken(tmp_path):
    theirs = an_article(1, "crue-quais", date_gmt="2020-01-01T00:00:00")
    other = an_article(2, "crue-quais-2", title={"raw": "Tout autre chose"})
    ours = an_article(3, "crue-quais-3", title={"raw": "Crue &amp; digues"})
    bin_ = an_article(4, "crue-quais-4", status="trash")

    def script(call: Call) -> Any:
        wanted = call.query.get("slug", "").split(",")
        return [a for a in (theirs, other, bin_, ours) if a["slug"] in wanted]

    with Scripted(script) as server:
        found = asks(an_adapter("wordpress", tmp_path, server.url), replace(a_part(), title="Crue & digues"))
        assert isinstance(found, Found) and found.published.external_id == "3"
        assert all(c.query["status"] == "any" and c.query["context"] == "edit" for c in server.calls)


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (Answer(410, {"code": "rest_already_trashed", "message": "…"}), None),
        (Answer(404, {"code": "rest_post_invalid_id", "message": "…"}), None),
        (Answer(404, b"<title>Page introuvable</title>"), ChannelMisconfigured),
        (Answer(404, {"code": "rest_no_route", "message": "…"}), ChannelMisconfigured),
        (Answer(410, b"<title>Gone</title>"), ChannelRefused),
        (Answer(200, b"<title>Entretien</title>"), OutcomeUnknown),
        (Answer(403, {"code": "rest_cannot_delete", "message": "…"}), ChannelRefused),
    ],
)
def test_wordpress_a_takedown_needs_the_word_of_wordpress(said, ends, tmp_path):
    with Scripted(lambda call: said) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        if ends is None:
            adapter.take_down(Published(external_id="5"), key=KEY)
        else:
            with pytest.raises(DeliveryError) as caught:
                adapter.take_down(Published(external_id="5"), key=KEY)
            assert type(caught.value) is ends


def test_wordpress_without_a_bin_deletes_for_good(tmp_path):
    no_bin = Answer(501, {"code": "rest_trash_not_supported", "message": "…"})
    with Scripted(lambda call: {"deleted": True} if call.query.get("force") == "true" else no_bin) as server:
        an_adapter("wordpress", tmp_path, server.url).take_down(Published(external_id="5"), key=KEY)
        assert [c.query for c in server.calls] == [{}, {"force": "true"}]


def test_wordpress_without_pretty_addresses_is_found_by_itself(tmp_path):
    def script(call: Call) -> Any:
        route = call.query.get("rest_route")
        return an_article(7, "crue-quais") if route == "/wp/v2/posts" else Answer(404, b"<title>404</title>")

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        assert adapter.publish(a_part(), key=KEY, reply_to=None).external_id == "7"
        assert isinstance(asks_nothing(adapter), DeliveryError)  # the list is no list here
        assert server.calls[-1].query["slug"] == "crue-quais"


def test_wordpress_an_article_of_another_author_concerns_that_article_alone(tmp_path):
    def script(call: Call) -> Any:
        word = "rest_cannot_delete" if call.method == "DELETE" else "rest_cannot_edit"
        return Answer(403, {"code": word, "message": "Désolé", "data": {"status": 403}})

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        with pytest.raises(ChannelRefused, match="auteur"):
            adapter.update(a_part(), Published(external_id="5"), key=KEY)
        with pytest.raises(ChannelRefused, match="auteur"):
            adapter.take_down(Published(external_id="5"), key=KEY)


@pytest.mark.parametrize(("said", "ends"), [({"status": "trash"}, None), ({"status": "publish"}, OutcomeUnknown)])
def test_wordpress_on_a_host_that_lets_no_delete_through_is_told_by_post(said, ends, tmp_path):
    """https://developer.wordpress.org/rest-api/using-the-rest-api/global-parameters/: `_method`."""

    def script(call: Call) -> Any:
        return Answer(405, b"<title>405 Not Allowed</title>") if call.method == "DELETE" else {"id": 5, **said}

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        if ends is None:
            adapter.take_down(Published(external_id="5"), key=KEY)
        else:
            with pytest.raises(ends):
                adapter.take_down(Published(external_id="5"), key=KEY)
        assert server.calls[-1].query == {"_method": "DELETE"}


def test_wordpress_a_picture_that_the_site_will_not_take_is_refused_though_it_says_500(tmp_path):
    said = Answer(500, {"code": "rest_upload_sideload_error", "message": "type de fichier", "data": {"status": 500}})
    with Scripted(lambda call: said) as server, pytest.raises(ChannelRefused, match="type de fichier"):
        an_adapter("wordpress", tmp_path, server.url).publish(a_part(media=(a_picture(),)), key=KEY, reply_to=None)


def test_wordpress_whose_front_page_stands_at_every_address_is_asked_by_rest_route(tmp_path):
    """nginx's `try_files … /index.php?$args` and plain permalinks: 200 and a page, whatever the path is."""
    articles: list[Any] = []

    def script(call: Call) -> Any:
        if call.query.get("rest_route") != "/wp/v2/posts":
            return Answer(200, b"<!doctype html><title>Ville</title>")
        if call.method == "GET":
            return articles
        articles.append(an_article(7, "crue-quais"))
        return articles[-1]

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        # After a page with a good status nobody can say: it is looked for first.
        with pytest.raises(OutcomeUnknown):
            adapter.publish(a_part(), key=KEY, reply_to=None)
        assert asks(adapter, a_part()) == NotSeen()
        # Another process knows it from the start.
        again = an_adapter("wordpress", tmp_path, server.url)
        assert again.publish(a_part(), key=KEY, reply_to=None).external_id == "7"
        assert len(articles) == 1


def asks_nothing(adapter: Any) -> DeliveryError | None:
    try:
        asks(adapter, a_part())
    except DeliveryError as error:
        return error
    return None


def test_wordpress_a_term_that_exists_is_used_however_it_is_spelt_there(tmp_path):
    exists = Answer(400, {"code": "term_exists", "message": "…", "data": {"status": 400, "term_id": 12}})

    def script(call: Call) -> Any:
        if call.path.endswith("/tags"):
            return exists if call.method == "POST" else [{"id": 4, "name": "Eau &amp; égouts"}]
        return an_article(7, "crue-quais")

    with Scripted(script) as server:
        part = a_part(options={"hashtags": ["Crue", "eau & égouts"]})
        an_adapter("wordpress", tmp_path, server.url).publish(part, key=KEY, reply_to=None)
        assert server.asked("POST", "/posts")[0].fields["tags"] == [12, 4]


def test_wordpress_shows_every_picture_and_new_words_are_a_new_picture(tmp_path):
    number = iter(range(100, 200))

    def script(call: Call) -> Any:
        if call.path.endswith("/media"):
            n = next(number)
            return Answer(201, {"id": n, "source_url": f"https://ville.example/{n}.png"})
        return an_article(7, "crue-quais")

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url, 5.0)
        second = replace(a_picture(), alt='Le "pont"', credit="Ville")
        adapter.publish(a_part(media=(a_picture(), second)), key=KEY, reply_to=None)
        adapter.publish(a_part(media=(a_picture(), second)), key=KEY, reply_to=None)
        sent = server.asked("POST", "/posts")[0].fields
        assert sent["featured_media"] == 100
        assert 'src="https://ville.example/101.png" alt="Le &quot;pont&quot;"' in sent["content"]
        assert len(server.asked("POST", "/media")) == 2
        adapter.publish(a_part(media=(replace(a_picture(), alt="Autres mots"),)), key=KEY, reply_to=None)
        assert len(server.asked("POST", "/media")) == 3


def test_wordpress_an_article_in_the_bin_is_not_edited(tmp_path):
    with Scripted(lambda call: an_article(7, "x", status="trash")) as server, pytest.raises(ChannelRefused, match="corbeille"):
        an_adapter("wordpress", tmp_path, server.url).update(a_part(), Published(external_id="7"), key=KEY)


def test_wordpress_a_person_may_give_a_plain_address(tmp_path):
    with Scripted(lambda call: an_article(7, "x")) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        adapter.take_down(Published(external_id="https://ville.example/?p=7"), key=KEY)
        assert server.calls[0].path == "/wp-json/wp/v2/posts/7"
