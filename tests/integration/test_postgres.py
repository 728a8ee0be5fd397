"""The same store on a real PostgreSQL: planning, claiming once, deciding, auditing."""

from __future__ import annotations

import threading
import uuid

import pytest

from broadcast.desk.ending import withdraw
from broadcast.store import audit
from tests.builders import a_draft
from tests.doubles import FakeBoard, FullStream, NoEditStream, unknown
from tests.room import Room


@pytest.fixture
def url(postgres_url: str) -> str:
    from sqlalchemy import create_engine, text

    name = f"b{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres_url.replace("/postgres?", f"/{name}?")


def test_a_message_lives_and_ends_as_on_sqlite(url: str):
    site, mastodon, x = FakeBoard("website"), FullStream("mastodon", faults=[unknown()], stores=True), NoEditStream("x")
    room = Room(url, [site, mastodon, x])
    room.publish()
    room.send(wait_s=300)
    room.publish(a_draft(body="Nouveau.", source_text="v2"))
    room.send()
    assert site.shown == {"crue-quais": 2}
    assert mastodon.posts == {"1": "update Nouveau."}
    assert len(x.posts) == 2
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    assert mastodon.posts == {} and x.posts == {} and site.shown == {}
    with room.db.read() as tx:
        assert audit.verify(tx).bad_seq is None
    room.close()


def test_four_senders_claim_each_delivery_once(url: str):
    mastodon = FullStream("mastodon")
    room = Room(url, [mastodon])
    for n in range(20):
        room.publish(a_draft(slug=f"m-{n}", source_text=str(n), body=f"Texte {n}."))
    threads = [threading.Thread(target=room.send, kwargs={"claimant": f"here/{n}/1"}, daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mastodon.posts.values()) == sorted(f"publish Texte {n}." for n in range(20))
    room.close()


def test_two_newsrooms_share_a_server_without_meeting(url: str):
    first, second = FullStream("a"), FullStream("a")
    one, two = Room(url, [first], "issy"), Room(url, [second], "meudon")
    one.publish()
    two.publish(a_draft(body="Autre."))
    one.send()
    assert len(first.posts) == 1 and second.posts == {}
    two.send()
    assert list(second.posts.values()) == ["publish Autre."]
    one.close()
    two.close()


def test_the_relay_lives_on_postgresql_as_on_sqlite(url: str, tmp_path):
    from tests.caps import atom, cap, triple
    from tests.feed_server import FeedServer
    from tests.integration.relay_room import Room as RelayRoom

    with FeedServer() as server:
        room = RelayRoom(tmp_path / "n", server, database=url)
        room.poll()
        room.rule()
        room.alerts(atom(cap("c1")))
        (first,) = room.poll("prefecture")["prefecture"].relayed
        room.send()
        room.alerts(atom(cap("c4", "2026-11-26T08:00:00+01:00", msg_type="Cancel", references=triple("c1"))))
        (ended,) = room.poll("prefecture")["prefecture"].relayed
        room.send()
        assert (first.act, ended.act) == ("published", "ended")
        assert room.status(first.slug).ended_because == "all_clear"
        polls = [threading.Thread(target=room.poll, daemon=True) for _ in range(3)]
        room.alerts(atom(*[cap(f"d{n}", event=f"Inondation {n}") for n in range(4)]))
        for poll in polls:
            poll.start()
        for poll in polls:
            poll.join()
        assert len([i for i in room.items() if i.feed == "prefecture"]) == 6
