"""Doubles of channels in memory: networks and boards that remember and can be told to fail, and what they fail with."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from broadcast.channel import Found, Limits, NotSeen, Published, Reply, same_text
from broadcast.errors import ChannelRefused, OutcomeUnknown
from broadcast.model import Newsroom, Part


@dataclass
class FakeStream:
    """A network in memory that remembers its posts and can be told what to do next."""

    name: str
    kind: str = "fake"
    idempotent: Any = "never"
    limits: Limits = field(default_factory=Limits)
    posts: dict[str, str] = field(default_factory=dict)
    replies: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    #: Consumed one a call: an error to raise before or (with `stores`) after the post is kept.
    faults: list[Exception] = field(default_factory=list)
    stores: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def _fault(self, *, after: bool) -> None:
        if self.faults and self.stores == after:
            raise self.faults.pop(0)

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        with self.lock:
            self.calls.append(f"publish {part.text}")
            self._fault(after=False)
            post_id = str(len(self.posts) + 1)
            self.posts[post_id] = part.text
            if reply_to:
                self.replies[post_id] = reply_to.parent.external_id
            self._fault(after=True)
            return Published(external_id=post_id, url=f"https://{self.name}/{post_id}")


class FullStream(FakeStream):
    """A network with every ability."""

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        self.calls.append(f"update {published.external_id} {part.text}")
        self._fault(after=False)
        self.posts[published.external_id] = part.text
        return published

    def take_down(self, published: Published, *, key: str) -> None:
        self.calls.append(f"take_down {published.external_id}")
        self._fault(after=False)
        self.posts.pop(published.external_id, None)

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        self.calls.append(f"find {part.text}")
        for post_id, text in self.posts.items():
            if post_id not in known_ids and same_text(text, part.text):
                return Found(published=Published(external_id=post_id, url=f"https://{self.name}/{post_id}"))
        return NotSeen()


class NoEditStream(FakeStream):
    """A network that deletes and finds, but does not edit (as X)."""

    take_down = FullStream.take_down
    find = FullStream.find


@dataclass
class FakeBoard:
    """A board in memory."""

    name: str
    kind: str = "board"
    limits: Limits = field(default_factory=Limits)
    shown: dict[str, int] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    faults: list[Exception] = field(default_factory=list)

    def show(self, board: Any) -> list[Published]:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        self.shown = {s.slug: s.revision for s in board.live()}
        self.ended = {s.slug: s.ended_because.value for s in board.latest(100) if s.ended_because is not None}
        return [Published(external_id=slug, url=f"https://site/{slug}/") for slug in board.changed if slug in self.shown]


class NoFrames:
    """Frames for boards that need none."""

    def frame(self, kind: str, template: str, values: Mapping[str, Any], newsroom: Newsroom) -> str:
        return ""

    def asset(self, kind: str, name: str) -> bytes:
        return b""


def refused() -> Exception:
    """Return the platform's no."""
    return ChannelRefused("texte refusé")


def unknown() -> Exception:
    """Return a call that may have had an effect."""
    return OutcomeUnknown("pas de réponse")
