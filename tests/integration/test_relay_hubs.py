"""WebSub as a subscriber: a hub on loopback that asks, is answered, and brings what is new. And all-clear by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from broadcast import relay
from broadcast.feeds.parse import parse_feed
from broadcast.feeds.websub import signature_of
from broadcast.sources import ItemState
from broadcast.store import feeds
from tests.caps import atom, cap
from tests.feed_server import FeedServer, page
from tests.integration.relay_room import Room, publish
from tests.newsroom import Folder

BASE = "https://ville.example"


class Hub:
    """Remembers the forms that it was sent."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hub.forms.append(dict(parse_qsl(body.decode())))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hub"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with FeedServer() as server:
        made = Room(tmp_path / "n", server)
        made.hub = Hub()
        link = f'<{made.hub.url}>; rel="hub", <https://prefecture.example/alertes>; rel="self"'
        server.on("/alertes", page(atom(), link=link))
        made.poll()
        yield made
        made.hub.close()


def subscribed(room: Room) -> tuple[dict[str, str], str, str]:
    app = room.app()
    assert relay.subscribe_due(app, BASE) == 1
    assert relay.subscribe_due(app, BASE) == 0  # asked already
    app.close()
    (form,) = room.hub.forms
    _, _, name, token = urlsplit(form["hub.callback"]).path.split("/")
    return form, name, token


def test_a_hub_is_asked_with_a_secret_and_a_callback_that_cannot_be_guessed(room):
    form, name, token = subscribed(room)
    assert form["hub.mode"] == "subscribe" and form["hub.topic"] == "https://prefecture.example/alertes"
    assert form["hub.callback"].startswith(f"{BASE}/websub/prefecture/") and name == "prefecture"
    assert len(form["hub.secret"]) > 20 and form["hub.secret"] not in form["hub.callback"] and len(token) == 32


def test_its_question_is_answered_for_our_topic_only_and_the_lease_is_kept(room):
    form, name, token = subscribed(room)
    app = room.app()
    query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "abc", "hub.lease_seconds": "86400"}
    assert relay.answer(app, name, token, query | {"hub.topic": "https://autre.example"}).status == 404
    assert relay.answer(app, name, "faux", query).status == 404
    verdict = relay.answer(app, name, token, query)
    assert (verdict.status, verdict.body) == (200, "abc")
    with app.db.read() as tx:
        until = feeds.feed_state(tx, "prefecture").websub_until_at
    assert until is not None and 0 < (until - app.clock.now()).total_seconds() < 86400
    assert relay.subscribe_due(app, BASE) == 0  # it stands
    app.close()
    room.at("2026-11-27T12:00:00+01:00")
    app = room.app()
    assert relay.subscribe_due(app, BASE) == 1  # renewed before its end
    app.close()


def test_what_it_brings_counts_only_with_our_signature(room):
    form, name, token = subscribed(room)
    body = atom(cap("c1"))
    app = room.app()
    assert relay.believe(app, name, "faux", body, signature_of(body, form["hub.secret"])) is None
    assert not relay.believe(app, name, token, body, None).is_genuine
    assert not relay.believe(app, name, token, body + b" ", signature_of(body, form["hub.secret"])).is_genuine
    assert relay.believe(app, name, token, body, signature_of(body, form["hub.secret"])).is_genuine
    relay.push(app, name, body)
    app.close()
    assert [i.entry.alert.identifier for i in room.items(ItemState.PROPOSED)] == ["c1"]


def test_a_pushed_document_does_not_hide_what_the_address_answers(room):
    app = room.app()
    relay.push(app, "prefecture", atom(cap("c1")))
    app.close()
    room.alerts(atom(cap("c1"), cap("c2", event="Autre")))
    assert room.poll("prefecture")["prefecture"].outcome == "new"
    assert len(room.items(ItemState.PROPOSED)) == 2


def test_without_a_public_address_no_hub_is_asked(room):
    app = room.app()
    assert relay.subscribe_due(app, "") == 0
    app.close()
    assert room.hub.forms == []


def test_all_clear_prepares_the_end_for_exactly_the_channels_that_carried_the_alert(room):
    room.folder.message("crue", more='channels: ["website", "kit"]\n')
    publish(room, "crue")
    room.folder.run("resolve", "crue/kit", "--proof", "vu", "--as", "bob", env=room.folder.env)
    done = room.folder.json("all-clear", "crue", "--as", "alice", env=room.folder.env)
    assert sorted(done["channels"]) == ["kit", "website"] and done["message"] == "fin-crue"
    room.folder.run("check", done["file"], env=room.folder.env)
    publish(room, "fin-crue")
    status = room.folder.json("status", "crue", env=room.folder.env)
    assert status["ended_because"] == "all_clear"
    # The kit: people must say the end there and remove the alert, and nobody has told yet that they did.
    assert {late["channel"] for late in status["late"]} == {"kit"}
    assert "all_clear_unconfirmed" in {late["what"] for late in status["late"]}
    for which in ("fin-crue/kit", "crue/kit"):
        room.folder.run("resolve", which, "--proof", "vu", "--as", "bob", env=room.folder.env)
    assert room.folder.json("status", "crue", env=room.folder.env)["late"] == []
    page_ = (room.folder.path / "public/a/crue/index.html").read_text()
    assert "fin d’alerte" in page_.lower()


def test_an_all_clear_for_what_was_never_published_is_refused(room):
    path = room.folder.message("crue")
    room.folder.run("submit", path, "--as", "alice", env=room.folder.env)
    assert "jamais publié" in room.folder.run("all-clear", "crue", "--as", "alice", env=room.folder.env, code=1).stderr


def test_a_promised_next_point_that_does_not_come_is_red(room):
    more = 'next_update: 2026-11-26T11:00:00+01:00\nchannels: ["website"]\n'
    room.folder.message("point", more=more)
    publish(room, "point")
    assert room.folder.json("status", "point", env=room.folder.env)["late"] == []
    room.at("2026-11-26T11:00:30+01:00")
    (late,) = room.folder.json("status", "point", env=room.folder.env)["late"]
    assert late["what"] == "promise_broken"


def test_our_own_feeds_name_their_hub_which_is_told_of_each_change(tmp_path: Path):
    hub = Hub()
    folder = Folder(tmp_path / "n", f'[channels.website]\nkind = "website"\nhub = "{hub.url}"\n').people()
    folder.approved()
    folder.run("send")
    told = [form["hub.url"] for form in hub.forms]
    base = "https://www.example.org"
    assert told == [f"{base}/feed.atom", f"{base}/feed.rss", f"{base}/feed.json", f"{base}/cap.atom"]
    assert all(form["hub.mode"] == "publish" and form["hub.topic"] == form["hub.url"] for form in hub.forms)
    for name in ("feed.atom", "feed.rss", "cap.atom"):
        parsed = parse_feed((folder.path / "public" / name).read_bytes(), url=f"{base}/{name}", content_type=None)
        assert parsed.hub_urls == (hub.url,) and parsed.self_url == f"{base}/{name}"
    assert json.loads((folder.path / "public/feed.json").read_text())["hubs"] == [{"type": "WebSub", "url": hub.url}]
    hub.forms.clear()
    folder.run("send")
    assert hub.forms == []  # nothing changed
    hub.close()
    folder.approved("autre")
    folder.run("send")  # a hub that is away keeps nothing from being published
    assert (folder.path / "public/a/autre/index.html").exists()
