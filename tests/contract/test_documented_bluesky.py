"""What Bluesky's documentation and servers say where our stand does not go: one test a fact.

Source: https://docs.bsky.app/docs/api, and a real server (dependencies §6)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from broadcast.channel import Published, Reply
from broadcast.errors import ChannelMisconfigured
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, a_part, an_adapter
from tests.contract.scripted import Scripted, signed_in


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
