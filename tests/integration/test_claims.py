"""Each delivery goes to one claimant: by what comes back from the database, never by what a driver counts."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import CursorResult

from broadcast.model import DeliveryState
from broadcast.store import claims, deliveries, leases, outcomes, queue
from broadcast.store import newsroom as newsrooms
from broadcast.store.base import Database
from tests.builders import EVENING, NOON, a_delivery, a_draft, sqlite_url
from tests.doubles import FullStream
from tests.room import Room


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    address = request.getfixturevalue("postgres_url")
    name = f"b{uuid.uuid4().hex[:12]}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return address.replace("/postgres?", f"/{name}?")


@pytest.fixture
def no_counts(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the driver one that never knows how many rows it touched, as psycopg2 after many at once."""
    return lambda: monkeypatch.setattr(CursorResult, "rowcount", property(lambda self: -1))


def a_database(url: str, count: int = 12) -> Database:
    database = Database(url, "ville")
    database.open()
    with database.write() as tx:
        newsrooms.ensure_newsroom(tx, "live")
        deliveries.add(tx, [a_delivery(uid=f"d{n:02}", message_uid=f"m{n}", key=str(n)) for n in range(count)])
    return database


@pytest.mark.parametrize("count", [1, 12])
def test_what_another_process_has_claimed_is_not_ours_though_the_driver_counts_nothing(
    url: str, no_counts: Callable[[], None], count: int
):
    database = a_database(url, count)
    no_counts()
    with database.write() as tx:
        wanted = queue.due(tx, {"x-ville": 50}, NOON)
        theirs = claims.take(tx, wanted[: count // 2 or 1], "they", EVENING)
    with database.write() as tx:
        ours = claims.take_for_attempt(tx, wanted, "we", EVENING, NOON, NOON)
        held = {d.uid: d.claimed_by for d in claims.claimed(tx)}
    assert {d.uid for d in theirs} & {d.uid for d in ours} == set()
    assert held == {d.uid: "they" for d in theirs} | {d.uid: "we" for d in ours}
    assert len(theirs) + len(ours) == len(wanted) == count
    database.close()


def test_two_threads_of_one_process_never_both_hold_one(url: str, no_counts: Callable[[], None]):
    database = a_database(url, 1)
    no_counts()
    with database.write() as tx:
        wanted = queue.due(tx, {"x-ville": 50}, NOON)
        assert claims.take(tx, wanted, "we", EVENING) == wanted
    with database.write() as tx:
        assert claims.take(tx, wanted, "we", EVENING) == []
    database.close()


def test_only_who_holds_a_claim_starts_its_call_or_settles_it(url: str, no_counts: Callable[[], None]):
    database = a_database(url, 1)
    no_counts()
    with database.write() as tx:
        (delivery,) = claims.claim(tx, "x-ville", "we", NOON, EVENING, 1)
        assert not claims.start_attempt(tx, delivery, "they", NOON, NOON)
        assert not outcomes.settle(tx, delivery.uid, "they", state=DeliveryState.REFUSED.value)
        assert claims.start_attempt(tx, delivery, "we", NOON, NOON)
        assert not outcomes.drop(tx, delivery.uid, "too late", NOON)
        assert outcomes.settle(tx, delivery.uid, "we", state=DeliveryState.REFUSED.value)
    database.close()


def test_a_lease_is_given_back_by_its_holder_only(url: str, no_counts: Callable[[], None]):
    database = a_database(url, 0)
    no_counts()
    with database.write() as tx:
        assert leases.hold(tx, "scheduler", "we", NOON, EVENING)
        assert not leases.hold(tx, "scheduler", "they", NOON, EVENING)
        assert not leases.release(tx, "scheduler", "they")
        assert leases.release(tx, "scheduler", "we")
    database.close()


def test_processes_that_claim_at_once_share_the_work_without_waiting_or_doubles(url: str):
    channels = [FullStream(f"c{n}") for n in range(3)]
    room = Room(url, list(channels))
    for n in range(15):
        room.publish(a_draft(slug=f"m-{n}", body=f"Texte {n}."))
    seen: list[str] = []

    def work(name: str) -> None:
        while True:
            with room.db.write() as tx:
                wanted = queue.due(tx, {c.name: 4 for c in channels}, NOON)
                mine = claims.take_for_attempt(tx, wanted, name, EVENING, NOON, NOON)
            if not wanted:
                return
            seen.extend(d.uid for d in mine)

    threads = [threading.Thread(target=work, args=(f"p{n}",), daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 45
    room.close()
