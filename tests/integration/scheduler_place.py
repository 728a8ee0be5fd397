"""A newsroom and its pages over real sockets."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any

from broadcast.app import App
from broadcast.relay import path_of
from broadcast.sources import FeedState
from broadcast.store import feeds
from broadcast.web import server
from tests.newsroom import Folder

CHANNELS = '[channels.website]\nkind = "website"\npath = "public"\n'
FEED = '[feeds.gouv]\nurl = "https://feeds.example.org/a.xml"\npoll_every = "10m"\n'
TOPIC, SECRET = "https://feeds.example.org/a.xml", "x" * 40


class Place:
    """A newsroom and its pages."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = Folder(tmp_path / "n", CHANNELS + FEED).people()
        self.app = App(self.folder.path)
        self.state, self.told = "active", []
        self.pages = server.Pages(self.app, host="127.0.0.1", port=0, state=lambda: self.state, tell=self.told.append)
        self.url = self.pages.start()
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, source: str = "127.0.0.1", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(source, 0))
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        told = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        connection.close()
        return told

    def know_feed(self, **facts: Any) -> str:
        """Let the source be known, and return the path of its callback."""
        state = FeedState(
            name="gouv", url=TOPIC, next_poll_at=self.app.clock.now(), topic_url=TOPIC, websub_secret=SECRET, **facts
        )
        with self.app.db.write() as tx:
            feeds.add_feeds(tx, [state])
        return path_of("gouv", SECRET)
