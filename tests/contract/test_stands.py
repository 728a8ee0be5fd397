"""Stands keep what a person can read, and say nothing of clients that were killed."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from broadcast.stands import stand_type

#: Closing with this set sends a reset, as the kernel does for a killed process with unread bytes.
RESET = struct.pack("ii", 1, 0)
BODY = (
    '<div class="do"><p><strong>Que faire ?</strong> Montez.</p></div>\n<p>Les quais\nsont fermés &amp; déviés.</p>'
    "<ul><li>Montez</li>\n<li><p>Appelez</p></li></ul><table><thead><tr><th>Lieu</th><th>Heure</th></tr></thead>\n"
    "<tbody><tr><td>Halle</td>\n<td>8\u00a0h<br>18\u00a0h</td></tr></tbody></table>"
)


def served(kind: str, record: Path | None = None) -> Any:
    type_ = stand_type(kind)
    assert type_ is not None
    return type_(record)


def asked(url: str, method: str, path: str, fields: dict[str, str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request(method, path, json.dumps(fields), {"Content-Type": "application/json", "Authorization": "Basic x"})
        connection.getresponse().read()
    finally:
        connection.close()


def all_answered(before: set[threading.Thread]) -> None:
    """Wait until what began since then has ended; other tests may have left stands that hang."""
    for _ in range(500):
        if not any("process_request_thread" in thread.name for thread in set(threading.enumerate()) - before):
            return
        time.sleep(0.01)
    raise AssertionError("a stand still answers")


def killed_after(url: str, sent: bytes, *, reads: bool = False) -> None:
    """Send, and go with a reset."""
    address, before = urlsplit(url), set(threading.enumerate())
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(sent)
        if reads:
            client.recv(10)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    all_answered(before)


def test_a_recorded_article_has_its_title_first_and_cells_apart(tmp_path):
    record = tmp_path / "wordpress.jsonl"
    stand = served("wordpress", record)
    with stand:
        fields = {"title": "Crue", "content": BODY, "status": "publish", "slug": "crue"}
        asked(stand.url, "POST", "/wp-json/wp/v2/posts", fields)
    (line,) = record.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["text"].split("\n") == [
        *("Crue", "", "Que faire ? Montez.", "Les quais sont fermés & déviés.", "– Montez", "– Appelez"),
        *("Lieu | Heure", "Halle | 8\u00a0h", "18\u00a0h"),
    ]


@pytest.mark.parametrize("kind", ["mastodon", "wordpress"])
@pytest.mark.parametrize(
    "sent",
    [
        b"POST /wp-json/wp/v2/posts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
        b"GET /api/v1/x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api",
        b"",
    ],
)
def test_a_client_that_is_killed_leaves_no_traceback_and_no_post(kind, sent, capsys):
    stand = served(kind)
    with stand:
        killed_after(stand.url, sent, reads=sent.endswith(b"\r\n\r\n"))
    assert capsys.readouterr().err == ""
    assert stand.posts == {}


def test_a_client_that_is_killed_within_a_mail_leaves_no_traceback_and_no_mail(capsys):
    stand = served("email")
    with stand:
        killed_after(stand.url, b"EHLO x\r\nMAIL FROM:<a@b.fr>\r\nRCPT TO:<c@d.fr>\r\nDATA\r\nSubject: x\r\n\r\nhal", reads=True)
    assert capsys.readouterr().err == ""
    assert stand.posts == {}


def test_a_stand_that_fails_itself_says_so(capsys, monkeypatch):
    stand, before = served("mastodon"), set(threading.enumerate())
    monkeypatch.setattr(stand, "answer", lambda call: 1 / 0)
    with stand, pytest.raises(http.client.HTTPException):
        asked(stand.url, "GET", "/api/v1/statuses/1", {})
    all_answered(before)
    assert "ZeroDivisionError" in capsys.readouterr().err
