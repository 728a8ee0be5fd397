"""The queue of a channel gives what is due, most urgent first, and what it costs does not grow with what is open."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from broadcast.channel import Published
from broadcast.dispatch.due import prepare, still_due
from broadcast.model import DeliveryState, Level, MessageKind
from broadcast.outbox import AT_ONCE, Delivery
from broadcast.store import agenda, claims, deliveries, outcomes, queue
from broadcast.store import newsroom as newsrooms
from broadcast.store.base import Database, Tx
from tests.builders import EVENING, NOON, a_delivery, a_draft, sqlite_url
from tests.doubles import FakeBoard, FullStream, unknown
from tests.integration.dispatch_room import a_room
from tests.room import Room

BLOCKING = {"planned", "waiting", "claimed", "held"}


def a_database(folder: Path) -> Database:
    database = Database(sqlite_url(folder), "ville")
    database.open()
    with database.write() as tx:
        newsrooms.ensure_newsroom(tx, "live")
    return database


def stored(tx: Tx) -> list[Delivery]:
    return [deliveries.delivery_of(row) for row in tx.all(text(_ALL).columns(*deliveries.COLUMNS))]


_ALL = "SELECT " + ", ".join(column.name for column in deliveries.COLUMNS) + " FROM delivery"


def is_due(delivery: Delivery, known: list[Delivery], now: datetime) -> bool:
    """The rule, said plainly: its time has come, and nothing before it on its channel is unsettled."""
    before = [
        d for d in known if d.message_uid == delivery.message_uid and d.channel == delivery.channel and d.seq < delivery.seq
    ]
    unsettled = [d for d in before if d.state.value in BLOCKING or (d.state is DeliveryState.UNKNOWN and not d.needs_person)]
    return delivery.state.value in ("planned", "waiting") and delivery.not_before_at <= now and not unsettled


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_to_deliveries_exactly_the_due_ones_are_given(tmp_path: Path, seed: int):
    chance, database, now = random.Random(seed), a_database(tmp_path), NOON
    later = [AT_ONCE, AT_ONCE, NOON, NOON + timedelta(minutes=5), NOON + timedelta(hours=1)]
    with database.write() as tx:
        for m in range(12):
            chain = [
                a_delivery(
                    uid=f"{m}-{channel}-{n}",
                    message_uid=f"m{m}",
                    channel=channel,
                    part=n,
                    seq=n,
                    slot=str(n),
                    priority=chance.randrange(4),
                    planned_at=NOON - timedelta(seconds=chance.randrange(99)),
                    not_before_at=chance.choice(later),
                )
                for channel in ("a", "b")
                for n in range(chance.randrange(1, 4))
            ]
            deliveries.add(tx, chain)
    for _ in range(60):
        now += timedelta(minutes=chance.choice([0, 0, 1, 10]))
        with database.write() as tx:
            known = stored(tx)
            queue.wake(tx, now)
            work = queue.with_work(tx, now)
            for channel in ("a", "b"):
                wanted = [d for d in known if d.channel == channel and is_due(d, known, now)]
                wanted.sort(key=lambda d: (d.priority, d.planned_at, d.seq, d.uid))
                size = chance.choice([1, 2, 50])
                assert [d.uid for d in queue.due(tx, {channel: size}, now)] == [d.uid for d in wanted[:size]]
                doubtful = [d for d in known if d.channel == channel and d.state is DeliveryState.UNKNOWN and not d.needs_person]
                assert (channel in work) == bool(wanted or [d for d in doubtful if d.not_before_at <= now])
            both = queue.due(tx, {"a": 2, "b": 1}, now)
            assert len({d.channel for d in both}) == len({d.channel for d in known if is_due(d, known, now)})
            assert queue.heal(tx, now) == 0
            _something_happens(tx, chance, chance.choice(known), now)
    database.close()


def _something_happens(tx: Tx, chance: random.Random, one: Delivery, now: datetime) -> None:
    acts: list[Callable[[], Any]] = [
        lambda: claims.take(tx, [one], "me", EVENING),
        lambda: outcomes.settle_published(tx, [(one, "published", Published(external_id="1"))], now),
        lambda: outcomes.settle(tx, one.uid, None, state="waiting", not_before_at=now + timedelta(minutes=3)),
        lambda: outcomes.settle(tx, one.uid, None, state="unknown", not_before_at=now + timedelta(minutes=1)),
        lambda: outcomes.settle(tx, one.uid, None, needs_person=True),
        lambda: outcomes.settle(tx, one.uid, None, state="refused"),
        lambda: outcomes.drop(tx, one.uid, "too late", now),
        lambda: outcomes.hold_channel(tx, one.channel, "rests"),
        lambda: outcomes.release_held(tx, ["a", "b"]),
        lambda: claims.give_back(tx, [one], "me", now),
    ]
    chance.choice(acts)()


def test_what_a_fault_left_parked_is_put_back(tmp_path: Path):
    database = a_database(tmp_path)
    with database.write() as tx:
        deliveries.add(tx, [a_delivery()])
        tx.run(text("UPDATE delivery SET parked_until_at = '9999-12-31 00:00:00.000000'"))
        assert queue.due(tx, {"x-ville": 1}, NOON) == []
        assert queue.heal(tx, NOON) == 1
        assert [d.uid for d in queue.due(tx, {"x-ville": 1}, NOON)] == ["d1"]
    database.close()


def steps(database: Database, work: Callable[[], Any]) -> int:
    """Return how many steps SQLite's machine made: what a piece of work costs, whatever else the computer does."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
    assert raw is not None
    raw.set_progress_handler(step, 1)
    work()
    raw.set_progress_handler(None, 0)
    return count


def _crowd(tx: Tx, count: int, facts: dict[str, Any]) -> None:
    """Open so many threads of two on each of three channels."""
    made = [
        a_delivery(
            uid=f"{m}-{c}-{n}",
            message_uid=f"m{m}",
            channel=c,
            part=n,
            seq=n,
            slot=str(n),
            priority=7,
            planned_at=NOON + timedelta(seconds=m),
            **({"not_before_at": AT_ONCE} | facts),
        )
        for m in range(count // 6)
        for c in ("a", "b", "c")
        for n in range(2)
    ]
    deliveries.add(tx, made)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"state": DeliveryState.HELD},
        {"state": DeliveryState.UNKNOWN},
        {"state": DeliveryState.UNKNOWN, "needs_person": True},
        {"state": DeliveryState.WAITING, "not_before_at": EVENING},
        {"state": DeliveryState.DELIVERED},
    ],
    ids=["due", "held", "in doubt", "for a person", "later", "done"],
)
def test_a_delivery_costs_the_same_whatever_is_open(tmp_path: Path, facts: dict[str, Any]):
    costs = []
    for count in (60, 3000):
        folder = tmp_path / str(count)
        folder.mkdir()
        database = a_database(folder)
        with database.write() as tx:
            _crowd(tx, count, facts)
        costs.append(steps(database, lambda database=database: _one_delivery(database)))
        database.close()
    few, many = costs
    assert many < 1.3 * few, costs


def _one_delivery(database: Database) -> None:
    """What the dispatcher asks for one delivery: what is due, the claim, its end, when the next is due."""
    with database.write() as tx:
        deliveries.add(tx, [a_delivery(uid="alert", message_uid="alert", channel="b", priority=0, not_before_at=AT_ONCE)])
    with database.read() as tx:
        agenda.has_chores(tx, NOON)
        assert "b" in queue.with_work(tx, NOON)
        queue.has_woken(tx, NOON)
        agenda.next_at(tx, NOON)
        deliveries.next_due_at(tx, [])
    with database.write() as tx:
        assert claims.claimed(tx) == []
        wanted = queue.due(tx, {"a": 1, "b": 1, "c": 1}, NOON)
        taken = claims.take_for_attempt(tx, [d for d in wanted if d.uid == "alert"], "me", EVENING, NOON, NOON)
        assert [d.uid for d in taken] == ["alert"]
        claims.renew_all(tx, "me", EVENING)
        outcomes.settle_published(tx, [(taken[0], "published", Published(external_id="1"))], NOON)
        deliveries.doubtful(tx, "a", NOON, 1)


def test_while_all_is_stopped_what_is_held_by_it_is_not_looked_at_again(rooms: list[Room], url: str):
    room = a_room(rooms, url, FullStream("mastodon"))
    for n in range(3):
        room.publish(a_draft(slug=f"m-{n}"))
    with room.db.write() as tx:
        newsrooms.set_stopped(tx, True)
    room.send()
    before = len(room.events)
    room.send()
    assert [e.state.value for e in room.events[:before]] == ["held"] * 3
    assert len(room.events) == before
    with room.db.write() as tx:
        newsrooms.set_stopped(tx, False)
    room.send()
    assert len(room.channels["mastodon"].posts) == 3


def test_a_more_urgent_message_goes_before_what_is_in_doubt(rooms: list[Room], url: str):
    stream = FullStream("mastodon", faults=[unknown(), unknown(), unknown()])
    room = a_room(rooms, url, stream)
    for n in range(3):
        room.publish(a_draft(slug=f"m-{n}", body=f"Texte {n}.", kind=MessageKind.PRACTICAL, level=Level.MINOR))
    room.send()
    room.clock.sleep(600)
    room.publish(a_draft(body="Alerte."))
    stream.calls.clear()
    room.send()
    assert stream.calls[0] == "publish publish Alerte."
    assert [c for c in stream.calls if c.startswith("find")]


def test_alerts_are_shown_on_a_board_before_the_rest_of_a_burst(rooms: list[Room], url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("broadcast.dispatch.turn.BOARD_FIRST", 4)
    shown: list[set[str]] = []
    board = FakeBoard("website")
    show = board.show
    monkeypatch.setattr(board, "show", lambda view: (show(view), shown.append(set(board.shown)))[0])
    room = a_room(rooms, url, board)
    for n in range(10):
        room.publish(a_draft(slug=f"m-{n}", kind=MessageKind.PRACTICAL, level=Level.MINOR))
    room.publish(a_draft(slug="alerte"))
    room.send()
    assert shown[0] == {"alerte"}
    assert len(shown[-1]) == 11


def test_what_becomes_due_by_time_is_found_while_a_pass_lasts(rooms: list[Room], url: str):
    room = a_room(rooms, url, FullStream("mastodon"))
    room.publish(a_draft(embargo_until_at=NOON + timedelta(minutes=10)))
    assert prepare(room.dispatcher()) == {}
    assert still_due(room.dispatcher(), ["mastodon"]) == {}
    room.clock.sleep(600)
    assert still_due(room.dispatcher(), ["mastodon"]) == {"mastodon": False}
