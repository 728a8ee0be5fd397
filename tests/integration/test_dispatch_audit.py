"""Receipts in the audit, whose chain names the first row that was tampered with."""

from __future__ import annotations

import sqlite3

import pytest

from broadcast.store import audit
from tests.doubles import FullStream
from tests.integration.dispatch_room import a_room


def test_receipts_enter_the_audit_and_the_chain_is_whole(rooms, url):
    room = a_room(rooms, url, FullStream("mastodon"))
    room.publish()
    room.send()
    with room.db.read() as tx:
        acts = [e.act for e in audit.entries(tx)]
        assert audit.verify(tx).bad_seq is None
    assert acts[-3:] == ["submit", "approve", "receipts"]


@pytest.mark.parametrize(
    ("damage", "bad"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE seq = 4", 4),
        ("UPDATE audit SET detail = '{}' WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", "last"),
    ],
)
def test_verification_names_the_first_bad_row(rooms, url, tmp_path, damage, bad):
    room = a_room(rooms, url, FullStream("mastodon"))
    room.publish()
    room.send()
    with room.db.read() as tx:
        last = max(e.seq for e in audit.entries(tx))
    with sqlite3.connect(tmp_path / "newsroom.db") as raw:
        raw.execute(damage)
    raw.close()
    with room.db.read() as tx:
        assert audit.verify(tx).bad_seq == (last if bad == "last" else bad)
