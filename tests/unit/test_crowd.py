"""Who leaves when more connections come than may be open."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from broadcast.web import turns
from broadcast.web.crowd import Bounds, Stage, place_of, who_leaves
from broadcast.web.turns import Turns

FEW = Bounds(of_one=3, of_all=6)


@dataclass(eq=False)
class One:
    place: str
    stage: Stage = Stage.UNFINISHED


def test_nobody_leaves_while_there_is_room():
    assert who_leaves([], One("a"), FEW) is None
    assert who_leaves([One("a"), One("a"), One("b"), One("c")], One("a"), FEW) is None


def test_an_address_with_too_many_gives_up_its_own_oldest_unfinished():
    crowd = [One("b"), One("a", Stage.AT_WORK), One("a"), One("a")]
    assert who_leaves(crowd, One("a"), FEW) is crowd[2]


def test_an_answer_that_is_not_fetched_leaves_before_work_and_after_what_is_unfinished():
    crowd = [One("a", Stage.ANSWERED), One("a", Stage.AT_WORK), One("a")]
    assert who_leaves(crowd, One("a"), FEW) is crowd[2]
    crowd[2].stage = Stage.AT_WORK
    assert who_leaves(crowd, One("a"), FEW) is crowd[0]


def test_who_comes_leaves_again_where_all_of_its_address_are_at_work():
    crowd = [One("a", Stage.AT_WORK) for _ in range(3)]
    comer = One("a")
    assert who_leaves(crowd, comer, FEW) is comer


def test_a_full_house_takes_from_whoever_holds_most():
    crowd = [One("b"), One("a"), One("a"), One("c"), One("a"), One("b")]
    assert who_leaves(crowd, One("new"), FEW) is crowd[1]
    crowd = [One("b")] + [One("a", Stage.AT_WORK) for _ in range(3)] + [One("c"), One("b")]
    assert who_leaves(crowd, One("new"), FEW) is crowd[1], "even what is at work, of the greatest"


def test_a_full_house_of_single_visitors_loses_its_oldest_unfinished():
    crowd = [One("1", Stage.AT_WORK), *(One(str(n)) for n in range(2, 7))]
    assert who_leaves(crowd, One("new"), FEW) is crowd[1]


def test_in_a_full_house_the_greatest_holder_takes_from_itself():
    crowd = [One("b"), One("a"), One("a"), One("c"), One("d"), One("b")]
    assert who_leaves(crowd, One("a"), FEW) is crowd[1]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_an_address_is_itself_or_its_network(address: str, place: str):
    assert place_of(address) == place


def _refused() -> PlainTextResponse:
    return PlainTextResponse("later", status_code=503)


async def _ask(app: Turns, path: str, client: str) -> int:
    said: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app({"type": "http", "path": path, "client": (client, 1), "method": "GET", "headers": []}, receive, send)
    return said[0]


def test_an_address_whose_requests_all_wait_is_refused_and_another_is_not():
    async def tried() -> None:
        go = asyncio.Event()

        async def inner(scope: Any, receive: Any, send: Any) -> None:
            await go.wait()
            await PlainTextResponse("well")(scope, receive, send)

        app = Turns(inner, _refused, free=["/healthz"])
        waiting = [asyncio.create_task(_ask(app, "/", "1.2.3.4")) for _ in range(turns.MAX_OF_ONE)]
        await asyncio.sleep(0)
        assert await _ask(app, "/", "1.2.3.4") == 503
        other, health = (asyncio.create_task(_ask(app, p, c)) for p, c in (("/", "5.6.7.8"), ("/healthz", "1.2.3.4")))
        await asyncio.sleep(0)
        go.set()
        assert {await each for each in (*waiting, other, health)} == {200}
        assert await _ask(app, "/", "1.2.3.4") == 200, "turns are given back"
        assert not app._at_work

    asyncio.run(tried())


def test_a_turn_is_given_back_when_the_work_fails():
    async def tried() -> None:
        async def inner(scope: Any, receive: Any, send: Any) -> None:
            raise RuntimeError

        app = Turns(inner, _refused, free=[])
        for _ in range(turns.MAX_OF_ALL + 1):
            with pytest.raises(RuntimeError):
                await _ask(app, "/", "1.2.3.4")

    asyncio.run(tried())
