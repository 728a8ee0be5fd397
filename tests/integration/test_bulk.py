"""Many rows by one statement: what stands afterwards is what SQLAlchemy itself would have written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from broadcast.errors import StoreError
from broadcast.model import Action, DeliveryState, Form
from broadcast.outbox import Delivery
from broadcast.store import bulk, claims, deliveries
from broadcast.store import newsroom as newsrooms
from broadcast.store.base import Database
from tests.builders import EVENING, NOON, a_delivery, sqlite_url


def many() -> list[Delivery]:
    plain = [a_delivery(uid=f"d{n}", part=n, seq=n, slot=str(n)) for n in range(12)]
    return [
        replace(plain[0], not_before_at=datetime(2026, 11, 23, 13, tzinfo=timezone(timedelta(hours=1))), reason="à l'été"),
        replace(plain[1], needs_person=True, state=DeliveryState.UNKNOWN, attempted_at=NOON, attempted_wall_at=EVENING),
        replace(plain[2], action=Action.TAKE_DOWN, form=Form.ENDING, settled_at=NOON + timedelta(microseconds=7)),
        *plain[3:],
    ]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(sqlite_url(tmp_path), "ville")
    found.open()
    with found.write() as tx:
        newsrooms.ensure_newsroom(tx, "live")
    return found


def stored(database: Database) -> list[Delivery]:
    with database.read() as tx:
        return deliveries.of_message(tx, "m")


def test_rows_written_at_once_are_those_written_one_by_one(database: Database, monkeypatch: pytest.MonkeyPatch):
    wanted = many()
    with database.write() as tx:
        deliveries.add(tx, wanted)
    at_once = stored(database)
    monkeypatch.setattr(bulk, "MIN_ROWS", len(wanted) + 1)
    with database.write() as tx:
        deliveries.add(tx, [replace(d, uid=f"x{d.uid}", message_uid="n") for d in wanted])
        usual = deliveries.of_message(tx, "n")
    assert at_once == wanted
    assert [replace(d, uid=d.uid[1:], message_uid="m") for d in usual] == at_once


def test_the_conditions_of_a_statement_hold_for_each_row(database: Database):
    with database.write() as tx:
        deliveries.add(tx, many())
        # The one in doubt is not ready, so nobody can claim it.
        taken = claims.take(tx, many(), "me", EVENING)
    assert [d.uid for d in taken] == [d.uid for d in many() if d.uid != "d1"]
    assert {d.uid for d in stored(database) if d.state is DeliveryState.CLAIMED and d.claimed_by == "me"} == {
        d.uid for d in taken
    }


def test_a_row_that_is_refused_takes_the_others_back(database: Database):
    with database.write() as tx:
        deliveries.add(tx, many()[:1])
    with pytest.raises(StoreError), database.write() as tx:
        deliveries.add(tx, [*many()[1:], many()[0]])
    assert stored(database) == many()[:1]


def test_a_time_without_a_zone_is_refused(database: Database):
    naive = replace(many()[0], planned_at=datetime(2026, 11, 23, 12))
    with pytest.raises((StoreError, ValueError)), database.write() as tx:
        deliveries.add(tx, [naive, *many()[1:]])
    assert stored(database) == []
