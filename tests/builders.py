"""Values with good defaults, and a newsroom of doubles for the dispatcher."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadcast.channel import Found, Limits, NotSeen, Published, Reply, same_text
from broadcast.clock import FrozenClock
from broadcast.desk.base import Desk
from broadcast.desk.people import add_person
from broadcast.desk.submit import Submitted, submit
from broadcast.desk.vote import approve
from broadcast.dispatch.base import Dispatcher, Event
from broadcast.errors import ChannelRefused, OutcomeUnknown
from broadcast.lifecycle import Policy
from broadcast.model import (
    Action,
    DeliveryState,
    Draft,
    Form,
    Level,
    MessageKind,
    Newsroom,
    Part,
    PostingState,
    Rendition,
)
from broadcast.outbox import Delivery, Posting
from broadcast.plan import Place
from broadcast.retry import RetryPolicy
from broadcast.store import newsroom as newsrooms
from broadcast.store.base import Database
from broadcast.store.renditions import media_reader

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVENING = NOON + timedelta(hours=9)


def a_draft(**facts: Any) -> Draft:
    """Return a flood alert."""
    defaults: dict[str, Any] = {
        "slug": "crue-quais",
        "title": "Crue de la Seine : évitez les quais",
        "body": "Les quais sont fermés.",
        "kind": MessageKind.ALERT,
        "level": Level.SEVERE,
        "expires_at": EVENING,
        "source_text": "v1",
    }
    return Draft(**(defaults | facts))


def a_rendition(channel: str, kind: str, form: Form, text: str, draft: Draft, parts: int = 1) -> Rendition:
    """Return a rendition of `parts` posts."""
    return Rendition(
        channel=channel,
        channel_kind=kind,
        form=form,
        parts=tuple(
            Part(
                slug=draft.slug,
                text=f"{text} {n}" if parts > 1 else text,
                title=draft.title,
                expires_at=draft.expires_at,
            )
            for n in range(parts)
        ),
    )


def a_delivery(**facts: Any) -> Delivery:
    """Return a planned publication."""
    defaults: dict[str, Any] = {
        "uid": "d1",
        "message_uid": "m",
        "slug": "crue-quais",
        "number": 1,
        "channel": "x-ville",
        "channel_kind": "x",
        "action": Action.PUBLISH,
        "form": Form.PUBLISH,
        "round": 0,
        "part": 0,
        "slot": "0",
        "seq": 0,
        "priority": 1,
        "key": "k",
        "sha256": "",
        "state": DeliveryState.PLANNED,
        "reason": "",
        "needs_person": False,
        "planned_at": NOON,
        "not_before_at": NOON,
        "settled_at": None,
        "claimed_by": "",
        "claimed_until_at": None,
        "attempts": 0,
        "open_attempt": False,
        "unknowns": 0,
        "looks": 0,
        "failed_looks": 0,
        "attempted_at": None,
        "attempted_wall_at": None,
        "external_id": "",
        "url": "",
    }
    return Delivery(**(defaults | facts))


def a_posting(**facts: Any) -> Posting:
    """Return a posting that stands."""
    defaults: dict[str, Any] = {
        "channel": "x-ville",
        "message_uid": "m",
        "slot": "0",
        "external_id": "1",
        "url": "https://x/1",
        "token": "",
        "public": True,
        "number": 1,
        "state": PostingState.UP,
        "since_at": NOON,
    }
    return Posting(**(defaults | facts))


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


ABILITIES = {"update", "take_down", "find"}


class Room:
    """A newsroom on a real database with doubles for channels; alice writes, bob and carol vote."""

    def __init__(self, url: str, channels: list[Any], newsroom: str = "ville") -> None:
        self.clock = FrozenClock(NOON)
        self.db = Database(url, newsroom)
        self.db.open()
        self.channels = {c.name: c for c in channels}
        self.places = {
            c.name: Place(
                name=c.name,
                kind=c.kind,
                is_board=hasattr(c, "show"),
                abilities=frozenset(a for a in ABILITIES if hasattr(c, a)),
            )
            for c in channels
        }
        with self.db.write() as tx:
            newsrooms.ensure_newsroom(tx, "live")
        self.desk = Desk(
            db=self.db,
            clock=self.clock,
            places=self.places,
            policy=Policy(),
            os_user="root",
        )
        add_person(self.desk, "alice", ("editor",))
        add_person(self.desk, "bob", ("publisher",))
        add_person(self.desk, "carol", ("approver", "editor"))
        self.events: list[Event] = []

    def close(self) -> None:
        self.db.close()

    def made(self, draft: Draft, parts: int = 1) -> list[Rendition]:
        made = []
        for place in self.places.values():
            forms = [Form.PUBLISH, Form.ENDING]
            if not place.is_board:
                forms += [Form.UPDATE, Form.CORRECTION] if "update" in place.abilities else [Form.CORRECTION]
            for form in forms:
                count = parts if form in (Form.PUBLISH, Form.UPDATE) else 1
                made.append(
                    a_rendition(
                        place.name,
                        place.kind,
                        form,
                        f"{form.value} {draft.body}",
                        draft,
                        count,
                    )
                )
        return made

    def submit(
        self,
        draft: Draft | None = None,
        *,
        as_: str = "alice",
        parts: int = 1,
        **more: Any,
    ) -> Submitted:
        draft = draft or a_draft()
        path = more.pop("path", f"/{draft.slug}.md")
        return submit(
            self.desk,
            draft,
            as_=as_,
            path=path,
            media=(),
            made=self.made(draft, parts),
            findings=(),
            **more,
        )

    def publish(self, draft: Draft | None = None, parts: int = 1, **more: Any) -> None:
        done = self.submit(draft, parts=parts, **more)
        approve(self.desk, done.revision.slug, done.revision.number, as_="bob")

    def dispatcher(self, **facts: Any) -> Dispatcher:
        d = Dispatcher(
            db=self.db,
            clock=self.clock,
            newsroom=Newsroom(id="ville", name="Ville"),
            places=self.places,
            open_channel=lambda name: self.channels[name],
            frames=NoFrames(),
            read_media=media_reader(self.db),
            claimant="here/1/1",
            policy=self.desk.policy,
            retry=RetryPolicy(),
            on_event=self.events.append,
            jitter=lambda: 0.5,
        )
        return replace(d, **facts)

    def send(self, wait_s: float = 0.0, **facts: Any) -> None:
        from broadcast.dispatch.send import send

        send(self.dispatcher(**facts), wait_s)

    def states(self, slug: str = "crue-quais") -> list[tuple[str, str, int, str]]:
        from broadcast.store import deliveries, messages

        with self.db.read() as tx:
            message = messages.get_message(tx, slug)
            return [(d.channel, d.action.value, d.number, d.state.value) for d in deliveries.of_message(tx, message.uid)]


def sqlite_url(folder: Path) -> str:
    """Return the address of a new SQLite file."""
    return f"sqlite:///{folder / 'newsroom.db'}"


def refused() -> Exception:
    """Return the platform's no."""
    return ChannelRefused("texte refusé")


def unknown() -> Exception:
    """Return a call that may have had an effect."""
    return OutcomeUnknown("pas de réponse")


Make = Callable[..., Room]
