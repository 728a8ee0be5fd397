"""What all stands share: they keep what was posted, and can be told how to behave."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from broadcast.model import sha256_of
from broadcast.stands.server import Answer, Call, serve

__all__ = ["Answer", "Call", "Post", "Stand"]


@dataclass
class Post:
    """One post as the network holds it."""

    id: str
    text: str
    url: str
    in_reply_to: str | None = None
    media: list[dict[str, Any]] = field(default_factory=list)
    edited: bool = False
    deleted: bool = False
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    #: Hidden from listings until then (networks show new posts late).
    visible_at: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)

    def recorded(self) -> dict[str, Any]:
        """Return the line of a record."""
        return {
            "text": self.text,
            "id": self.id,
            "url": self.url,
            "in_reply_to": self.in_reply_to,
            "media": self.media,
            "edited": self.edited,
            "deleted": self.deleted,
        }


class Stand:
    """A look-alike network. Tell it how to behave, then use it as the real one."""

    kind: ClassVar[str]

    def __init__(self, record: Path | None = None) -> None:
        self.posts: dict[str, Post] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.calls: list[Call] = []
        self.record = record
        #: One entry a writing call: a misbehaviour of `server`, with what it needs.
        self.faults: deque[tuple[str, Any]] = deque()
        self.rejects_credentials = False
        self.ignores_keys = False
        self.shows_late_s = 0.0
        self.lock = threading.RLock()
        self._server: ThreadingHTTPServer | None = None
        self._number = 1000

    # What a network is and does; each kind writes these.
    def answer(self, call: Call) -> Answer:
        """Answer a call as the network would."""
        raise NotImplementedError

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings (secrets included) of a channel that speaks to this stand."""
        raise NotImplementedError

    def post_url(self, post_id: str) -> str:
        """Return the public address of a post."""
        return f"{self.url}/{post_id}"

    def is_write(self, call: Call) -> bool:
        """True for the calls that a fault can hit."""
        return call.writes

    @classmethod
    def sample_files(cls) -> dict[str, str]:
        """Return files that the settings name, by their path in the newsroom folder."""
        return {}

    # Verbs.
    def busy(self, retry_after_s: int = 60, times: int = 1) -> None:
        """Answer 429 to the next writing calls."""
        self.faults.extend([("busy", retry_after_s)] * times)

    def refuse(self, reason: str = "refused by the stand", times: int = 1) -> None:
        """Say no to the next writing calls."""
        self.faults.extend([("refuse", reason)] * times)

    def break_(self, times: int = 1) -> None:
        """Answer 500 without having stored."""
        self.faults.extend([("break", None)] * times)

    def store_then_500(self, times: int = 1) -> None:
        """Answer 500 after having stored."""
        self.faults.extend([("store_then_500", None)] * times)

    def hang_up(self, times: int = 1, *, stores: bool = True) -> None:
        """Close the connection after reading, having stored or not."""
        self.faults.extend([("hang_up", stores)] * times)

    def hang(self, seconds: float = 30.0, times: int = 1, *, stores: bool = True) -> None:
        """Store (or not), and answer much too late."""
        self.faults.extend([("hang", (seconds, stores))] * times)

    def drip(self, seconds: float = 30.0, times: int = 1) -> None:
        """Store, and send the answer byte by byte."""
        self.faults.extend([("drip", seconds)] * times)

    def wrong_json(self, times: int = 1) -> None:
        """Store, and answer something that is not JSON."""
        self.faults.extend([("wrong_json", None)] * times)

    # What kinds use.
    def keep(self, text: str, **facts: Any) -> Post:
        """Store a post."""
        with self.lock:
            self._number += 1
            post_id = facts.pop("id", None) or str(self._number)
            post = Post(
                id=post_id,
                text=text,
                url=self.post_url(post_id),
                visible_at=time.monotonic() + self.shows_late_s,
                **facts,
            )
            self.posts[post_id] = post
            self.write_record()
            return post

    def shown(self) -> list[Post]:
        """Return the posts that a listing shows, newest first."""
        return [p for p in reversed(self.posts.values()) if not p.deleted and p.visible_at <= time.monotonic()]

    def live(self) -> list[Post]:
        """Return the posts that stand, oldest first."""
        return [p for p in self.posts.values() if not p.deleted]

    def keep_media(self, file: tuple[str, str, bytes], alt: str = "") -> str:
        """Store a picture, and return its id."""
        with self.lock:
            self._number += 1
            media_id = str(self._number)
            self.media[media_id] = {
                "type": file[1],
                "sha256": sha256_of(file[2]),
                "bytes": len(file[2]),
                "alt": alt,
            }
            return media_id

    def recorded(self) -> list[dict[str, Any]]:
        """Return all posts, one record each, oldest first."""
        return [p.recorded() for p in self.posts.values()]

    def write_record(self) -> None:
        """Write the record file, if there is one."""
        if self.record is not None:
            lines = "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in self.recorded())
            part = self.record.with_suffix(".part")
            part.write_text(lines, encoding="utf-8")
            part.replace(self.record)

    # The server.
    @property
    def url(self) -> str:
        """Base address."""
        assert self._server is not None, "the stand is not running"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self, port: int = 0) -> str:
        """Serve on 127.0.0.1, and return the base address."""
        self._server = serve(self, port)
        self.write_record()
        return self.url

    def stop(self) -> None:
        """Stop serving; the posts stay."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Stand:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
