"""The people of a newsroom that has just been made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadcast.desk.base import Desk
from broadcast.desk.people import add_example_people, add_person, make_first_administrator
from broadcast.errors import NotAllowed
from broadcast.store import newsroom
from broadcast.store.base import Database
from tests.builders import NOON


@pytest.fixture
def desk(url):
    from broadcast.clock import FrozenClock

    db = Database(url, "ville")
    db.open()
    with db.write() as tx:
        newsroom.ensure_newsroom(tx, "live")
    yield Desk(db=db, clock=FrozenClock(NOON), os_user="zoe", owner="zoe")
    db.close()


def roles(desk: Desk) -> dict[str, tuple[str, ...]]:
    with desk.db.read() as tx:
        return {p.name: p.roles for p in newsroom.people(tx)}


@pytest.mark.parametrize("login", ["alice", "Alice", "bob", "zoe", "root", "dispatcher", "broadcast", "www-data", "1000"])
def test_whoever_makes_an_example_administers_it_whatever_the_login(desk: Desk, login: str):
    with desk.db.write() as tx:
        make_first_administrator(tx, login, NOON)
    add_example_people(replace(desk, os_user=login, owner=login))
    made = roles(desk)
    (chief,) = [name for name, has in made.items() if "administrator" in has]
    assert login.lower() in chief.lower()
    assert [n for n, has in made.items() if "editor" in has] and [n for n, has in made.items() if "approver" in has]


def test_the_first_act_is_the_owners_and_nobody_elses(desk: Desk):
    with pytest.raises(NotAllowed, match="zoe"):
        add_person(replace(desk, os_user="mallory"), "mallory", ("approver",))
    assert roles(desk) == {}
    add_person(desk, "eve", ("editor",))
    assert roles(desk) == {"eve": ("editor",), "zoe": ("administrator",)}
