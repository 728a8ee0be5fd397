"""A newsroom of doubles for the desk and the dispatcher, on a real database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from broadcast.clock import FrozenClock
from broadcast.desk.base import Desk
from broadcast.desk.people import add_person
from broadcast.desk.submit import Submitted, submit
from broadcast.desk.vote import approve
from broadcast.dispatch.base import Dispatcher, Event
from broadcast.lifecycle import Policy
from broadcast.model import Draft, Form, Newsroom, Rendition
from broadcast.plan import Place
from broadcast.retry import RetryPolicy
from broadcast.store import newsroom as newsrooms
from broadcast.store.base import Database
from broadcast.store.renditions import media_reader
from tests.builders import NOON, a_draft, a_rendition
from tests.doubles import NoFrames

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
