"""`status` and the page cost the same whatever has ended; what ended is read by page, and nothing unsettled is hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from broadcast.model import Action, DeliveryState
from broadcast.status import Overview, overview
from broadcast.store import deliveries, in_hand, messages
from broadcast.store.base import Database, Tx
from broadcast.store.rows import MessageRow
from tests.builders import NOON, a_delivery
from tests.integration.test_queue import a_database, steps

_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time


def over(tx: Tx, n: int, ended_at: datetime) -> None:
    """Keep a message that has ended and what became of it."""
    facts = {"newsroom": tx.newsroom, "author": "alice", "created_at": ended_at - timedelta(hours=1), "latest": 0, "approved": 0}
    ended = {"ended_at": ended_at, "ended_because": "expired", "ended_by": "", "ended_reason": "", "needs_plan": False}
    tx.run(insert(_M).values(uid=f"u{n:05}", slug=f"m{n:05}", **facts, **ended))
    done = a_delivery(uid=f"d{n:05}", message_uid=f"u{n:05}", slug=f"m{n:05}", channel="x", key=f"k{n}")
    deliveries.add(tx, [replace(done, state=DeliveryState.DELIVERED)])


def seen(database: Database, **page: Any) -> Overview:
    with database.read() as tx:
        return overview(tx, {}, NOON, **page)


def crowded(folder: Path, count: int, ended_at: Callable[[int], datetime]) -> Database:
    folder.mkdir()
    database = a_database(folder)
    with database.write() as tx:
        for n in range(count):
            over(tx, n, ended_at(n))
    return database


@pytest.mark.parametrize("ago", [timedelta(minutes=5), timedelta(days=30)])
def test_the_cost_with_3000_ended_messages_is_that_with_30(tmp_path: Path, ago: timedelta):
    costs = {}
    for count in (30, 3000):
        database = crowded(tmp_path / str(count), count, lambda n: NOON - ago)
        costs[count] = steps(database, lambda db=database: seen(db))
        assert len(seen(database).messages) == (in_hand.LATELY if ago < timedelta(days=1) else 0)
    assert costs[3000] <= costs[30] * 1.1


def test_what_ended_is_read_by_page_each_message_once_also_where_many_ended_at_once(tmp_path: Path):
    database = crowded(tmp_path / "n", 120, lambda n: NOON - timedelta(days=30, minutes=n // 70))
    first = seen(database)
    assert (first.messages, first.more, first.before) == ((), True, "")
    names: list[str] = []
    page = seen(database, ended=True)
    while True:
        names += [m.message for m in page.messages]
        if not page.more:
            break
        with database.read() as tx:
            last = messages.get_message(tx, page.before)
        page = seen(database, ended=True, before=last)
    assert sorted(names) == [f"m{n:05}" for n in range(120)]


@pytest.mark.parametrize(
    ("state", "action", "is_shown"),
    [
        (DeliveryState.PLANNED, Action.TAKE_DOWN, True),
        (DeliveryState.WAITING, Action.PUBLISH, True),
        (DeliveryState.CLAIMED, Action.PUBLISH, True),
        (DeliveryState.HELD, Action.PUBLISH, True),
        (DeliveryState.UNKNOWN, Action.PUBLISH, True),
        (DeliveryState.REFUSED, Action.TAKE_DOWN, True),
        (DeliveryState.HANDED_OVER, Action.TAKE_DOWN, True),
        (DeliveryState.DELIVERED, Action.TAKE_DOWN, False),
        (DeliveryState.REFUSED, Action.PUBLISH, False),
    ],
)
def test_a_message_that_ended_long_ago_stays_while_something_of_it_is_unsettled(
    tmp_path: Path, state: DeliveryState, action: Action, is_shown: bool
):
    database = crowded(tmp_path / "n", 1, lambda n: NOON - timedelta(days=90))
    with database.write() as tx:
        open_one = a_delivery(uid="open", message_uid="u00000", slug="m00000", channel="y", key="open")
        deliveries.add(tx, [replace(open_one, state=state, action=action)])
    assert bool(seen(database).messages) is is_shown
