"""One odd answer of one platform stops nobody: what it says is kept to what can be stored, shown and waited for."""

from __future__ import annotations

import math
import socketserver
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from broadcast.channel import Found, Published, Secret
from broadcast.errors import ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.model import DeliveryState
from broadcast.retry import MAX_WAIT_S, RetryPolicy, after_error
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, a_part, an_adapter
from tests.contract.scripted import Scripted

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize("asked", [99_999_999_999_999_999.0, math.inf, math.nan, -5.0])
def test_a_wait_that_no_time_can_hold_is_cut_to_a_day(asked):
    error = ChannelUnavailable("429", retry_after_s=asked)
    next_ = after_error(error, tries=1, now=NOW, policy=RetryPolicy(), jitter=0.5)
    assert next_.state is DeliveryState.WAITING
    assert NOW < next_.not_before_at <= NOW + timedelta(seconds=MAX_WAIT_S)


def test_half_a_character_and_control_signs_leave_a_reason():
    reason = str(ChannelRefused("a\ud800\0\x1b[31mb é\u202f!"))
    assert reason == "a? [31mb é\u202f!" and reason.encode()
    assert Published(external_id="5\ud800\0").external_id == "5?"


@pytest.mark.parametrize("kind", ["facebook", "mastodon", "telegram", "wordpress"])
def test_a_credential_that_a_platform_quotes_is_not_repeated(kind, tmp_path):
    """Graph, 190: "Malformed access token", and then the token."""
    token = "EAAB-very-long-token"
    Secret(token)
    words = f"Malformed access token {token}"
    said = {"error": words if kind == "mastodon" else {"message": words, "code": 190}, "message": words, "description": words}
    with Scripted(lambda call: Answer(400, said)) as server, pytest.raises(DeliveryError, match="Malformed") as caught:
        an_adapter(kind, tmp_path, server.url).publish(a_part(), key=KEY, reply_to=None)
    assert token not in str(caught.value)


@pytest.mark.parametrize("kind", ["mastodon", "wordpress"])
def test_a_server_of_ones_own_whose_clock_is_behind_still_finds_its_post(kind, tmp_path, monkeypatch):
    late = timedelta(minutes=25)
    monkeypatch.setattr(
        BaseHTTPRequestHandler, "date_time_string", lambda self, at=None: format_datetime(datetime.now(UTC) - late, usegmt=True)
    )
    at = (datetime.now(UTC) - late).replace(tzinfo=None).isoformat(timespec="seconds")
    part = a_part("bonjour")
    found = {
        "mastodon": [{"id": "5", "url": "https://m.example/5", "created_at": f"{at}Z", "content": "<p>bonjour</p>"}],
        "wordpress": [
            {"id": 5, "status": "publish", "date_gmt": at, "title": {"raw": part.title}, "link": "https://v.example/5"}
        ],
    }[kind]

    def script(call: Call) -> Any:
        return {"id": "1"} if call.path.endswith("verify_credentials") else [] if "max_id" in call.query else found

    with Scripted(script) as server:
        adapter = an_adapter(kind, tmp_path, server.url)
        seen = adapter.find(part, key=KEY, since=datetime.now(UTC), known_ids=frozenset())
    assert isinstance(seen, Found)


@pytest.mark.parametrize("kind", ["facebook", "x"])
def test_an_answer_with_a_bad_header_came_after_the_post(kind, tmp_path):
    class TwoLengths(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            size = 0
            while (line := self.rfile.readline().strip().lower()) != b"":
                size = int(line.partition(b":")[2]) if line.startswith(b"content-length:") else size
            self.rfile.read(size)
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 500\r\n\r\n{"id":"5"}')

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), TwoLengths) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        adapter = an_adapter(kind, tmp_path, f"http://127.0.0.1:{server.server_address[1]}")
        with pytest.raises(OutcomeUnknown):
            adapter.publish(a_part(), key=KEY, reply_to=None)
        server.shutdown()


def test_a_probe_that_no_adapter_foresaw_costs_one_channel_and_not_all(tmp_path, monkeypatch):
    from broadcast import probing

    class Surprised:
        def probe(self) -> None:
            raise RecursionError("trop profond\x1b[31m")

    monkeypatch.setattr(probing.registry, "open_channel", lambda settings, name: Surprised())
    found = probing._ask(type("App", (), {"settings": None})(), "m")
    assert not found.ok and found.message.startswith("erreur inattendue") and "\x1b" not in found.message
