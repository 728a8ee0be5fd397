"""Every receipt enters the audit, whatever order commits have; one that is altered afterwards is noticed."""

from __future__ import annotations

import json
import sqlite3
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from broadcast.store import audit, deliveries, messages, outcomes
from broadcast.store.base import Database, Tx
from tests.builders import NOON, a_draft
from tests.doubles import FullStream
from tests.integration.dispatch_room import a_room
from tests.room import Room


@pytest.fixture
def pg_url(postgres_url: str) -> str:
    name = f"b{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres_url.replace("/postgres?", f"/{name}?")


def audited(db: Database) -> int:
    with db.read() as tx:
        return sum(json.loads(e.detail)["count"] for e in audit.entries(tx) if e.act == "receipts")


def receipts(db: Database) -> int:
    with db.read() as tx:
        return int(tx.one(text("SELECT count(*) FROM receipt"))[0])


def delivery_of(tx: Tx) -> str:
    return deliveries.of_message(tx, messages.get_message(tx, "crue-quais").uid)[0].uid


def is_whole(db: Database) -> bool:
    with db.read() as tx:
        return audit.verify(tx).bad_seq is None


def test_a_receipt_that_commits_late_with_a_smaller_number_enters_the_audit(pg_url: str):
    room = Room(pg_url, [FullStream("mastodon")])
    room.publish()
    room.send()
    other = Database(pg_url, "ville")
    with room.db.read() as tx:
        uid = delivery_of(tx)
    with other.write() as late:
        outcomes.keep_receipt(late, uid, NOON, "not_seen", reason="commits late")
        with room.db.write() as tx:
            outcomes.keep_receipt(tx, uid, NOON, "not_seen", reason="commits first")
        with room.db.write() as tx:
            audit.append_receipts(tx, NOON)
        before = audited(room.db)
    with room.db.write() as tx:
        audit.append_receipts(tx, NOON)
    assert (before, audited(room.db)) == (2, 3)
    assert is_whole(room.db)
    other.close()
    room.close()


def test_receipts_of_a_transaction_that_comes_to_nothing_leave_no_gap(pg_url: str):
    room = Room(pg_url, [FullStream("mastodon")])
    room.publish()
    room.send()
    with pytest.raises(ZeroDivisionError), room.db.write() as tx:
        outcomes.keep_receipt(tx, delivery_of(tx), NOON, "not_seen")
        raise ZeroDivisionError
    with room.db.write() as tx:
        outcomes.keep_receipt(tx, delivery_of(tx), NOON, "not_seen")
        audit.append_receipts(tx, NOON)
    assert audited(room.db) == receipts(room.db) == 2
    assert is_whole(room.db)
    room.close()


def test_two_newsrooms_of_one_database_enter_their_own_receipts_under_the_same_number(url: str, rooms: list[Room]):
    for name in ("issy", "meudon"):
        rooms.append(Room(url, [FullStream("mastodon")], name))
        rooms[-1].publish()
        rooms[-1].send()
    assert [audited(r.db) for r in rooms] == [1, 1]
    assert all(is_whole(r.db) for r in rooms)


def test_more_receipts_than_one_batch_holds_enter_in_several(url: str, rooms: list[Room], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("broadcast.store.receipts.BATCH", 4)
    room = a_room(rooms, url, FullStream("mastodon"))
    for n in range(10):
        room.publish(a_draft(slug=f"m-{n}"))
    room.send()
    assert audited(room.db) == receipts(room.db) == 10
    assert is_whole(room.db)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("UPDATE receipt SET url = 'https://evil' WHERE id = 1", "des reçus ont été modifiés"),
        ("UPDATE receipt SET outcome = 'refused' WHERE id = 2", "des reçus ont été modifiés"),
        ("DELETE FROM receipt WHERE id = 2", "des reçus manquent"),
        ("DELETE FROM receipt", "des reçus manquent"),
        ("UPDATE receipt SET audit_seq = NULL", "des reçus manquent"),
        ("UPDATE receipt SET audit_seq = NULL WHERE id = 1", "des reçus manquent"),
        (
            "INSERT INTO receipt (delivery_uid, at, outcome, external_id, url, reason, audit_seq)"
            " SELECT delivery_uid, at, outcome, '', '', '', audit_seq FROM receipt WHERE id = 1",
            "des reçus ont été ajoutés",
        ),
    ],
)
def test_verification_names_the_batch_whose_receipts_were_tampered_with(
    rooms: list[Room], url: str, tmp_path: Path, damage: str, reason: str
):
    room = a_room(rooms, url, FullStream("mastodon"))
    for n in range(3):
        room.publish(a_draft(slug=f"m-{n}"))
    room.send()
    with sqlite3.connect(tmp_path / "newsroom.db") as raw:
        raw.execute(damage)
    raw.close()
    with room.db.read() as tx:
        seen = audit.verify(tx)
        batch = next(e.seq for e in audit.entries(tx) if e.act == "receipts")
    assert (seen.bad_seq, seen.reason) == (batch, reason)
