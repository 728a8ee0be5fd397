"""A reply whose parent was deleted on the platform is said alone, once; no other refusal is taken for that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcast.channel import ALONE, Found, Published, Reply
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.stands import stand_type
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter
from tests.contract.scripted import Scripted

PARENT = Published(external_id="1001", url="https://example.org/1001")
TO_PARENT = Reply(root=PARENT, parent=PARENT)
CREATES = {"mastodon": "/api/v1/statuses", "x": "/2/tweets", "telegram": "/sendMessage", "bluesky": "putRecord"}


@pytest.fixture
def stand(request: pytest.FixtureRequest) -> Iterator[Any]:
    type_ = stand_type(request.param)
    assert type_ is not None
    with type_() as running:
        yield running


def each(*kinds: str) -> Any:
    return pytest.mark.parametrize("stand", kinds or sorted(CREATES), indirect=True)


def a_gone_parent(stand: Any, adapter: Any) -> Reply:
    """Publish the first post, and delete it as somebody does by hand."""
    root = adapter.publish(a_part(), key="1764130000000-first", reply_to=None)
    stand.posts[root.external_id].deleted = True
    return Reply(root=root, parent=root)


def correct(adapter: Any, reply_to: Reply = TO_PARENT, **facts: Any) -> Published:
    done: Published = adapter.publish(a_part("Rectificatif", **facts), key=KEY, reply_to=reply_to)
    return done


def creations(server: Any, kind: str) -> list[Call]:
    return [c for c in server.calls if c.method == "POST" and c.path.endswith(CREATES[kind])]


@each()
def test_a_correction_whose_parent_was_deleted_by_hand_is_said_alone(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    done = correct(adapter, a_gone_parent(stand, adapter))
    assert [(p.id, p.text, p.in_reply_to) for p in stand.live()] == [(done.external_id, "Rectificatif", None)]
    # Telegram does it by itself, and does not say so.
    assert done.note == ("" if stand.kind == "telegram" else ALONE)


@each()
def test_its_picture_goes_along_once(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url, 5.0)
    correct(adapter, a_gone_parent(stand, adapter), media=(a_picture(),))
    assert len(stand.live()) == 1 and len(stand.live()[0].media) == 1 and len(stand.media) == 1


@each()
def test_the_next_part_answers_the_one_that_was_said_alone(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    gone = a_gone_parent(stand, adapter)
    first = correct(adapter, gone)
    adapter.publish(a_part("Suite"), key="1764140000001-second", reply_to=Reply(root=gone.root, parent=first))
    assert [p.in_reply_to for p in stand.live()] == [None, first.external_id]
    if stand.kind == "bluesky":
        own = {"uri": first.external_id, "cid": first.token}
        assert stand.records[stand.live()[1].id]["reply"] == {"root": own, "parent": own}


@each()
def test_a_parent_that_stands_is_answered_and_nothing_is_noted(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    root = adapter.publish(a_part(), key="1764130000000-first", reply_to=None)
    done = correct(adapter, Reply(root=root, parent=root))
    assert (stand.live()[1].in_reply_to, done.note) == (root.external_id, "")


@each("mastodon", "x", "bluesky")
@pytest.mark.parametrize("fault", ["store_then_500", "hang_up", "wrong_json"])
def test_where_the_second_call_ends_unknown_the_post_is_found_and_not_made_again(stand, tmp_path, fault):
    adapter = an_adapter(stand.kind, tmp_path, stand.url, 1.0)
    gone, usual = a_gone_parent(stand, adapter), stand.answer

    def answer(call: Call) -> Answer:
        said: Answer = usual(call)
        if said.status in (403, 404) and call.method == "POST":
            getattr(stand, fault)()  # hits the next call that writes
        return said

    if stand.kind == "bluesky":
        getattr(stand, fault)()  # one call writes there
    stand.answer = answer
    since = datetime.now(UTC) - timedelta(seconds=2)
    with pytest.raises(OutcomeUnknown):
        correct(adapter, gone)
    stand.answer = usual
    assert len(stand.live()) == 1
    known = frozenset({gone.root.external_id})
    found = adapter.find(a_part("Rectificatif"), key=KEY, since=since, known_ids=known)
    assert isinstance(found, Found) and found.published.external_id == stand.live()[0].id
    if adapter.idempotent != "never":
        assert correct(adapter, gone).external_id == stand.live()[0].id
        assert len(stand.live()) == 1


def test_mastodon_asks_whatever_words_the_server_has(tmp_path):
    # In the server's language; 422 by some of its kin; a person may have given the address of the parent.
    for status in (404, 422):

        def script(call: Call, status: int = status) -> Any:
            if call.method == "GET":
                return Answer(404, {"error": "Introuvable"})
            refused = Answer(status, {"error": "Le message auquel vous répondez ne semble pas exister"})
            return refused if call.fields.get("in_reply_to_id") else {"id": "5", "url": "https://m.example/5"}

        with Scripted(script) as server:
            parent = Published(external_id="https://m.example/@ville/1001")
            done = correct(an_adapter("mastodon", tmp_path, server.url), Reply(root=parent, parent=parent))
            assert (done.external_id, done.note) == ("5", ALONE)
            assert [c.path for c in server.asked("GET", "1001")] == ["/api/v1/statuses/1001"]
            assert [c.fields.get("in_reply_to_id") for c in creations(server, "mastodon")] == ["1001", None]
            assert {c.headers["idempotency-key"] for c in creations(server, "mastodon")} == {KEY}


@pytest.mark.parametrize(
    ("posted", "asked", "outcome"),
    [
        (Answer(404, {"error": "Record not found"}), Answer(200, {"id": "1001"}), ChannelRefused),
        (Answer(422, {"error": "Validation failed: Text limit exceeded"}), Answer(200, {"id": "1001"}), ChannelRefused),
        (Answer(404, {"error": "Record not found"}), Answer(403, {"error": "outside the authorized scopes"}), ChannelRefused),
        (Answer(404, {"error": "Record not found"}), Answer(503, {"error": "down"}), ChannelUnavailable),
        (Answer(401, {"error": "The access token is invalid"}), Answer(404, {"error": "…"}), ChannelMisconfigured),
        (Answer(403, {"error": "This action is not allowed"}), Answer(404, {"error": "…"}), ChannelMisconfigured),
        (Answer(429, {"error": "Too many requests"}), Answer(404, {"error": "…"}), ChannelUnavailable),
        (Answer(500, {"error": "…"}), Answer(404, {"error": "…"}), OutcomeUnknown),
        (Answer(502, b"<title>Bad Gateway</title>"), Answer(404, {"error": "…"}), OutcomeUnknown),
        (Answer(200, b"<title>Maintenance</title>"), Answer(404, {"error": "…"}), OutcomeUnknown),
    ],
)
def test_mastodon_posts_once_where_the_parent_is_not_the_reason_or_nobody_knows(posted, asked, outcome, tmp_path):
    with Scripted(lambda call: posted if call.method == "POST" else asked) as server:
        with pytest.raises(DeliveryError) as caught:
            correct(an_adapter("mastodon", tmp_path, server.url))
        assert type(caught.value) is outcome
        assert len(creations(server, "mastodon")) == 1


@each("mastodon")
@pytest.mark.parametrize("is_gone", [True, False])
def test_mastodon_that_takes_replies_to_what_is_gone_is_asked_after_an_edit_found_nothing(stand, is_gone, tmp_path):
    """takahe takes a reply to a deleted status: the correction would hang on nothing."""
    stand.takes_orphans = True
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    reply_to = a_gone_parent(stand, adapter)
    with pytest.raises(ChannelRefused, match="404"):
        adapter.update(a_part("Deux"), reply_to.parent, key=KEY)
    stand.posts[reply_to.parent.external_id].deleted = is_gone
    # Another process answers: the doubt is kept in the channel's memory.
    done = correct(an_adapter(stand.kind, tmp_path, stand.url), reply_to)
    (post,) = [p for p in stand.live() if p.text == "Rectificatif"]
    assert (post.in_reply_to, done.note) == ((None, ALONE) if is_gone else (reply_to.parent.external_id, ""))


def test_mastodon_that_drops_in_silence_what_a_status_answers_is_noted(tmp_path):
    with Scripted(lambda call: {"id": "5", "url": "https://m.example/5", "in_reply_to_id": None}) as server:
        assert correct(an_adapter("mastodon", tmp_path, server.url)).note == ALONE
        assert len(creations(server, "mastodon")) == 1


def test_mastodon_at_a_wrong_address_stays_refused(tmp_path):
    with Scripted(lambda call: Answer(404, b"<title>Not Found</title>")) as server, pytest.raises(ChannelRefused, match="404"):
        correct(an_adapter("mastodon", tmp_path, server.url))


GONE_ON_X = "You attempted to reply to a Tweet that is deleted or not visible to you."


def on_x(status: int, detail: str, **facts: Any) -> Answer:
    return Answer(status, {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": status} | facts)


@pytest.mark.parametrize(
    "said",
    [
        on_x(403, GONE_ON_X),
        on_x(400, GONE_ON_X),
        on_x(403, GONE_ON_X.replace("Tweet", "Post")),
        Answer(403, {"errors": [{"code": 385, "message": GONE_ON_X}]}),
        on_x(
            400, "One or more parameters…", errors=[{"parameters": {"reply.in_reply_to_tweet_id": ["x"]}, "message": "invalid"}]
        ),
    ],
)
def test_x_posts_alone_after_each_form_of_the_refusal(said, tmp_path):
    def script(call: Call) -> Any:
        return said if call.fields.get("reply") else Answer(201, {"data": {"id": "5", "text": "…"}})

    with Scripted(script) as server:
        assert correct(an_adapter("x", tmp_path, server.url)).note == ALONE
        assert [c.fields.get("reply") for c in creations(server, "x")] == [{"in_reply_to_tweet_id": "1001"}, None]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (on_x(403, "You are not permitted to perform this action."), ChannelMisconfigured),
        (on_x(403, "Your account is suspended and is not permitted to access this feature."), ChannelMisconfigured),
        (on_x(403, GONE_ON_X, type="https://api.twitter.com/2/problems/client-forbidden"), ChannelMisconfigured),
        (on_x(403, "You are not allowed to create a Tweet with duplicate content."), OutcomeUnknown),
        (on_x(403, "Your Tweet was refused."), ChannelRefused),
        (on_x(400, "Tweet text is too long"), ChannelRefused),
        (on_x(401, "Unauthorized"), ChannelMisconfigured),
        (on_x(429, "Too Many Requests"), ChannelUnavailable),
        (on_x(500, GONE_ON_X), OutcomeUnknown),
        (on_x(503, "Service Unavailable"), OutcomeUnknown),
    ],
)
def test_x_posts_once_where_the_parent_is_not_the_reason_or_nobody_knows(said, outcome, tmp_path):
    with Scripted(lambda call: said) as server:
        with pytest.raises(DeliveryError) as caught:
            correct(an_adapter("x", tmp_path, server.url))
        assert outcome in type(caught.value).__mro__
        assert len(creations(server, "x")) == 1


def on_telegram(status: int, words: str) -> Answer:
    return Answer(status, {"ok": False, "error_code": status, "description": words})


@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: message to be replied not found",
        "Bad Request: replied message not found",
        "Bad Request: reply message not found",
        "Bad Request: REPLY_MESSAGE_ID_INVALID",
    ],
)
def test_telegram_that_refuses_all_the_same_is_sent_no_reply(words, tmp_path):
    def script(call: Call) -> Any:
        if "reply_parameters" in call.fields:
            return on_telegram(400, words)
        return {"ok": True, "result": {"message_id": 5, "chat": {"username": "ville"}}}

    with Scripted(script) as server:
        assert correct(an_adapter("telegram", tmp_path, server.url)).note == ALONE
        asked = creations(server, "telegram")
        assert [c.fields.get("reply_parameters", {}).get("allow_sending_without_reply") for c in asked] == [True, None]


def test_telegram_answers_nothing_where_the_address_that_a_person_gave_is_no_message(tmp_path):
    with Scripted(lambda call: {"ok": True, "result": {"message_id": 5, "chat": {}}}) as server:
        parent = Published(external_id="https://t.me/ville")
        assert correct(an_adapter("telegram", tmp_path, server.url), Reply(root=parent, parent=parent)).note == ALONE
        assert [c.fields.get("reply_parameters") for c in creations(server, "telegram")] == [None]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (on_telegram(403, "Forbidden: bot was kicked from the channel chat"), ChannelMisconfigured),
        (on_telegram(400, "Bad Request: chat not found"), ChannelMisconfigured),
        (on_telegram(400, "Bad Request: message is too long"), ChannelRefused),
        (on_telegram(404, "Not Found"), ChannelMisconfigured),
        (on_telegram(500, "Bad Request: message to be replied not found"), OutcomeUnknown),
    ],
)
def test_telegram_posts_once_where_the_parent_is_not_the_reason_or_nobody_knows(said, outcome, tmp_path):
    with Scripted(lambda call: said) as server:
        with pytest.raises(DeliveryError) as caught:
            correct(an_adapter("telegram", tmp_path, server.url))
        assert type(caught.value) is outcome
        assert len(creations(server, "telegram")) == 1


@pytest.mark.parametrize(
    "said",
    [
        Answer(500, {"error": "InternalServerError", "message": "…"}),
        Answer(404, b"<title>404</title>"),
        Answer(400, {"error": "InvalidRequest", "message": "…"}),
        Answer(200, b"<title>Maintenance</title>"),
        Answer(200, {}),
    ],
)
def test_bluesky_answers_what_it_remembers_where_nobody_can_say_that_it_is_gone(said, tmp_path):
    def script(call: Call) -> Any:
        if call.path.endswith("createSession"):
            return {"did": "did:plc:a", "accessJwt": "a", "refreshJwt": "r"}
        return said if call.path.endswith("getRecord") else {"uri": "at://did:plc:a/app.bsky.feed.post/9", "cid": "c9"}

    parent = Published(external_id="at://did:plc:a/app.bsky.feed.post/1", token="c1")
    with Scripted(script) as server:
        done = correct(an_adapter("bluesky", tmp_path, server.url), Reply(root=parent, parent=parent))
        (call,) = creations(server, "bluesky")
        kept = {"uri": parent.external_id, "cid": "c1"}
        assert (call.fields["record"]["reply"], done.note) == ({"root": kept, "parent": kept}, "")


def test_bluesky_does_not_ask_for_posts_of_another_account(tmp_path: Path):
    def script(call: Call) -> Any:
        if call.path.endswith("createSession"):
            return {"did": "did:plc:a", "accessJwt": "a", "refreshJwt": "r"}
        return {"uri": "at://did:plc:a/app.bsky.feed.post/9", "cid": "c9"}

    parent = Published(external_id="at://did:plc:before/app.bsky.feed.post/1", token="c1")
    with Scripted(script) as server:
        correct(an_adapter("bluesky", tmp_path, server.url), Reply(root=parent, parent=parent))
        assert server.asked("GET", "getRecord") == [] and len(creations(server, "bluesky")) == 1
