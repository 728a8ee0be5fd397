"""A crowd of unfinished requests around a running process: health is told, and what is approved leaves."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from broadcast.stands.base import Stand
from broadcast.web.crowd import MAX_OF_ONE
from tests.acceptance.running import a_folder, eventually


def test_five_hundred_unfinished_requests_cost_neither_health_nor_an_alert(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon)
    running = runs(folder)
    running.says("actif :")
    place = urlsplit(running.url)
    descriptors = Path(f"/proc/{running.process.pid}/fd")
    before = len(list(descriptors.iterdir()))
    with ExitStack() as stack:
        for number in range(500):
            one = stack.enter_context(socket.create_connection((place.hostname, place.port or 80), timeout=10))
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" if number % 2 else b"")
        for _ in range(5):
            assert running.health()["state"] == "active"
        folder.approved()
        eventually(lambda: mastodon.live(), 15, lambda: running.text)
        assert running.health()["state"] == "active"
        eventually(lambda: len(list(descriptors.iterdir())) < before + MAX_OF_ONE + 40, 10)
    assert "Traceback" not in running.text
    assert running.text.count("trop de connexions") == 1
    assert running.stop() == 0
