"""A newsroom whose sources are served on loopback, and what its tests say to it and ask of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from broadcast import intake, relay
from broadcast.app import App
from broadcast.desk.rules import submit_rule, vote_rule
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.dispatch.send import send
from broadcast.model import VoteKind
from broadcast.relay.rule_files import TEMPLATE_BREAK
from broadcast.rules import rule_from_toml
from broadcast.shipped import shipped
from broadcast.sources import Item, ItemState, Task
from broadcast.status import message_status
from broadcast.store import entries, messages, revisions, tasks
from tests.caps import SENDER, atom, cap, news, triple
from tests.feed_server import FeedServer, page
from tests.newsroom import Folder

SECTIONS = """
[channels.website]
kind = "website"
required_for = ["alert"]
[channels.signs]
kind = "sign"
columns = 16
rows = 4
[channels.kit]
kind = "copykit"
label = "Groupe des commerçants"
[feeds.prefecture]
url = "{alerts}"
allow_private = true
label = "Préfecture des Hauts-de-Seine"
max_new = 5
[feeds.gouv]
url = "{news}"
allow_private = true
scope = "national"
max_new = 5
"""
RULE = """
feeds = ["prefecture"]
levels = ["severe", "extreme"]
events = ["inondation"]
channels = ["website", "signs", "kit"]
cap_per_hour = 2
until = 2027-06-30
"""
ANY = RULE.replace('events = ["inondation"]\n', "").replace("cap_per_hour = 2", "cap_per_hour = 20")
BOTH = RULE.replace('"prefecture"]', '"prefecture", "gouv"]')
HEAT = RULE.replace('["inondation"]', '["canicule"]')


class Room:
    """A newsroom whose sources are served on loopback, its clock set by hand."""

    def __init__(self, path: Path, server: FeedServer, database: str = "") -> None:
        self.server = server
        sections = SECTIONS.format(alerts=server.url("/alertes"), news=server.url("/actus"))
        self.folder = Folder(path, sections, newsroom=f'database = "{database}"\n' if database else "")
        self.at("2026-11-26T10:00:00+01:00")
        self.folder.people()
        self.alerts(atom())
        self.news(news(("a1", "Déjà là", "…")))

    def at(self, now: str) -> None:
        self.folder.env["BROADCAST_NOW"] = now

    def alerts(self, body: bytes) -> None:
        self.server.on("/alertes", page(body))

    def news(self, body: bytes) -> None:
        self.server.on("/actus", page(body))

    def app(self) -> App:
        return App(self.folder.path, self.folder.env)

    def poll(self, *names: str) -> dict[str, relay.Polled]:
        app = self.app()
        done = {p.feed: p for p in relay.poll(app, names)}
        app.close()
        return done

    def send(self) -> None:
        app = self.app()
        send(app.dispatcher())
        app.close()

    def items(self, state: ItemState | None = None) -> list[Item]:
        app = self.app()
        with app.db.read() as tx:
            found = entries.items(tx, states=[state] if state else ())
        app.close()
        return found

    def tasks(self) -> list[Task]:
        app = self.app()
        with app.db.read() as tx:
            found = tasks.open_tasks(tx)
        app.close()
        return found

    def status(self, slug: str) -> Any:
        app = self.app()
        with app.db.read() as tx:
            found = message_status(tx, messages.get_message(tx, slug), app.places, app.clock.now())
        app.close()
        return found

    def rule(self, text: str = RULE, name: str = "crue", *, approved: bool = True) -> None:
        app = self.app()
        both = TEMPLATE_BREAK.join((shipped("content/models") / "relay" / f"{n}.md").read_text() for n in ("alert", "all-clear"))
        submit_rule(app.desk, rule_from_toml(name, text, template_text=both), as_="alice")
        for voter in ("bob", "carol") if approved else ():
            vote_rule(app.desk, name, VoteKind.APPROVE, as_=voter)
        app.close()

    def page_of(self, slug: str) -> str:
        return (self.folder.path / "public" / "a" / slug / "index.html").read_text()

    def playlist(self) -> list[str]:
        return [e["slug"] for e in json.loads((self.folder.path / "signs/signs/playlist.json").read_text())["entries"]]


def adopt(room: Room, uid: str, as_: str = "alice", **more: Any) -> relay.Adopted:
    app = room.app()
    try:
        return relay.adopt(app, uid, as_=as_, **more)
    finally:
        app.close()


def publish(room: Room, slug: str, as_: str = "alice") -> None:
    app = room.app()
    path = room.folder.path / "content/messages" / f"{slug}.md"
    reading = intake.read(app, path)
    submit(
        app.desk,
        reading.draft,
        as_=as_,
        path=str(path),
        media=reading.media,
        made=reading.proof.renditions,
        findings=reading.proof.findings,
    )
    approve(app.desk, slug, None, as_="bob")
    app.close()
    room.send()


def deeds(room: Room, feed: str = "prefecture") -> list[tuple[str, str]]:
    return [(d.act, d.reason) for d in room.poll(feed)[feed].relayed]


def published(room: Room, *documents: str, rule: str = RULE) -> str:
    """Publish an alert under a rule, send it, and return its message."""
    room.rule(rule)
    room.alerts(atom(*(documents or (cap("c1"),))))
    (first, *_) = room.poll("prefecture")["prefecture"].relayed
    assert first.act == "published"
    room.send()
    return first.slug


def shown(room: Room, slug: str) -> str:
    app = room.app()
    with app.db.read() as tx:
        message = messages.get_message(tx, slug)
        title = revisions.get_revision(tx, message, message.approved).draft.title
    app.close()
    return title


def all_messages(room: Room) -> list[str]:
    app = room.app()
    with app.db.read() as tx:
        found = [m.slug for m in messages.all_messages(tx)]
    app.close()
    return found


def update(identifier: str, at: str, of: str, of_at: str = "", **facts: str) -> str:
    named = triple(of, f"2026-11-26T{of_at}:00+01:00") if of_at else triple(of)
    return cap(identifier, f"2026-11-26T{at}:00+01:00", msg_type="Update", references=named, **facts)


def bare_cancel(identifier: str, at: str, *, sender: str = SENDER) -> str:
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>{sender}</sender>'
        f"<sent>2026-11-26T{at}:00+01:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope>"
        f"<references>{triple('c1')}</references></alert>"
    )


def vigilance(*days: tuple[str, int], at: str = "2026-11-26T06:00:00+01:00", department: str = "92") -> bytes:
    """Return Météo-France's vigilance: (day, colour) of the heat in one department."""
    periods = [
        {
            "begin_validity_time": f"{day}T00:00:00+01:00",
            "end_validity_time": f"{day}T23:59:59+01:00",
            "timelaps": {
                "domain_ids": [
                    {
                        "domain_id": department,
                        "phenomenon_items": [{"phenomenon_id": "6", "phenomenon_max_color_id": colour, "timelaps_items": []}],
                    }
                ]
            },
        }
        for day, colour in days
    ]
    return json.dumps({"product": {"update_time": at, "periods": periods}}).encode()
