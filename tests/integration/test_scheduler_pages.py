"""The pages of a running process over real sockets: health, and state without a word that is not public."""

from __future__ import annotations

import json
import re
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from broadcast.dispatch.send import send
from broadcast.web import listening, server
from broadcast.web.facts import Reader
from tests.integration.scheduler_place import Place


def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broadcast.web.facts.KEPT_S", 0.0)


def test_health_says_state_database_and_queue(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    status, headers, body = place.ask("/healthz")
    assert status == 200 and headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "state": "active",
        "database": True,
        "sound": True,
        "oldest_due_s": None,
        "late": 0,
        "feeds_stale": 0,
    }
    place.state = "standby"
    place.folder.approved()
    told = json.loads(place.ask("/healthz")[2])
    assert told["state"] == "standby" and 0 <= told["oldest_due_s"] < 60


def test_a_queue_older_than_five_minutes_is_unhealthy(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    place.folder.approved()
    now = place.app.clock.now()
    monkeypatch.setattr(place.app.clock, "now", lambda: now + timedelta(minutes=6))
    status, _, body = place.ask("/healthz")
    assert status == 503 and json.loads(body)["oldest_due_s"] >= 300
    assert "en retard de 6 minutes" in place.ask("/")[2].decode()


def test_a_database_that_fails_is_unhealthy_and_the_page_says_so(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    place.app.db.close()
    for file in place.folder.path.glob("newsroom.db*"):
        file.write_bytes(b"no database " * 1000)
    status, _, body = place.ask("/healthz")
    assert status == 503 and json.loads(body)["database"] is False
    status, _, page = place.ask("/")
    assert status == 503 and "Base de données indisponible" in page.decode()


def test_a_silent_source_is_stale_after_three_intervals(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    now = place.app.clock.now()
    place.know_feed(success_at=now - timedelta(minutes=29))
    assert json.loads(place.ask("/healthz")[2])["feeds_stale"] == 0
    monkeypatch.setattr(place.app.clock, "now", lambda: now + timedelta(minutes=2))
    assert json.loads(place.ask("/healthz")[2])["feeds_stale"] == 1
    assert "muette" in place.ask("/")[2].decode()


def test_the_page_shows_what_is_public_and_no_word_of_what_is_not(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    place.folder.approved()
    send(place.app.dispatcher())
    place.folder.approved("secret-usine", more="embargo_until: 2099-01-01T08:00:00+01:00\n")
    text = (place.folder.path / "content/messages/crue-quais.md").read_text()
    newer = text.replace("Crue de la Seine : évitez les quais", "Titre encore secret")
    place.folder.approved(
        "crue-quais", text=newer.replace("kind: alert", "kind: alert\nembargo_until: 2099-01-01T08:00:00+01:00")
    )
    status, headers, body = place.ask("/")
    page = body.decode()
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    assert "Crue de la Seine : évitez les quais" in page and "website" in page
    assert "secret" not in page
    assert "<script" not in page and 'lang="fr"' in page and page.count("<h1>") == 1


def test_what_is_late_on_a_message_that_is_not_public_is_told_without_its_name(place: Place, monkeypatch: pytest.MonkeyPatch):
    fresh(monkeypatch)
    (place.folder.path / "public").write_text("in the way")
    place.folder.approved("secret-usine")
    send(place.app.dispatcher())
    page = place.ask("/")[2].decode()
    assert "message non public" in page and "secret-usine" not in page
    assert json.loads(place.ask("/healthz")[2])["late"] >= 1


def test_every_answer_carries_the_headers_of_safety(place: Place):
    for path in ("/", "/healthz", "/nowhere", "/websub/gouv/x"):
        _, headers, _ = place.ask(path)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer" and "server" not in headers


def test_the_policy_allows_exactly_the_style_of_the_page(place: Place):
    import base64
    import hashlib

    _, headers, body = place.ask("/")
    style = re.search(r"<style>(.*?)</style>", body.decode(), re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/nowhere", "/index.html", "/../broadcast.toml", "/healthz/", "/websub", "/websub/gouv/", "//"])
def test_what_is_not_there_is_not_found(place: Place, path: str):
    assert place.ask(path)[0] == 404


def test_head_answers_without_a_body_and_other_methods_are_refused(place: Place):
    status, headers, body = place.ask("/", "HEAD")
    assert (status, body) == (200, b"") and int(headers["content-length"]) > 100
    assert place.ask("/healthz", "HEAD")[0] == 200
    assert place.ask("/", "POST", b"x")[0] == 405
    assert place.ask("/healthz", "DELETE")[0] == 405


def test_a_taken_port_is_a_sentence_and_no_end(place: Place):
    other = server.Pages(place.app, host="127.0.0.1", port=place.port, state=lambda: "standby", tell=place.told.append)
    assert other.start() == ""
    assert "changez --port" in place.told[-1]
    other.stop()


def test_who_sends_no_request_is_hung_up_on(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "MAX_REQUEST_S", 0.3)
    for first in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "):
        with socket.create_connection(("127.0.0.1", place.port)) as slow:
            slow.sendall(first)
            slow.settimeout(3)
            begin = time.monotonic()
            try:
                assert slow.recv(100) == b""
            except ConnectionResetError:
                pass
            assert time.monotonic() - begin < 2
    assert place.ask("/healthz")[0] == 200


def test_headers_without_end_are_refused(place: Place):
    with socket.create_connection(("127.0.0.1", place.port)) as rude:
        rude.settimeout(5)
        try:
            rude.sendall(b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 100_000)
            assert rude.recv(100).startswith(b"HTTP/1.1 4")
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert place.ask("/healthz")[0] == 200


def test_facts_are_read_once_for_many_readers(place: Place):
    reader = Reader(place.app)
    assert reader.facts() is reader.facts()
