"""Fixtures that several files of this folder share; a file that needs another one under the same name has its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from broadcast.feeds.fetch import Fetcher
from broadcast.shipped import shipped
from tests.builders import sqlite_url
from tests.feed_server import FeedServer
from tests.integration import relay_room
from tests.integration.lab import Lab
from tests.integration.places_folder import PLACES
from tests.integration.scheduler_place import Place
from tests.newsroom import Folder
from tests.room import Room


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Address of a new database."""
    return sqlite_url(tmp_path)


@pytest.fixture
def rooms() -> Iterator[list[Room]]:
    """The newsrooms of a test, closed after it."""
    made: list[Room] = []
    yield made
    for room in made:
        room.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A newsroom and its pages."""
    made = Place(tmp_path)
    yield made
    made.pages.stop()
    made.app.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[relay_room.Room]:
    """A newsroom whose sources are served on loopback and were polled once."""
    with FeedServer() as server:
        made = relay_room.Room(tmp_path / "n", server)
        made.poll()
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A newsroom with a site, signs and a journal, and a picture among its messages."""
    made = Folder(tmp_path / "n", PLACES).people()
    (made.path / "content/messages/quai.png").write_bytes(shipped("content/examples/quai.png").read_bytes())
    return made


@pytest.fixture
def server() -> Iterator[FeedServer]:
    """A server of feeds on loopback."""
    with FeedServer() as running:
        yield running


@pytest.fixture
def make() -> Iterator[Callable[..., Fetcher]]:
    """Fetchers with the limits of a test, closed after it."""
    made: list[Fetcher] = []

    def fetcher(**facts: Any) -> Fetcher:
        made.append(Fetcher(**facts))
        return made[-1]

    yield fetcher
    for one in made:
        one.close()


@pytest.fixture
def fetcher(make: Callable[..., Fetcher]) -> Fetcher:
    """A fetcher of at most 1 MiB."""
    return make(max_bytes=2**20)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """Makes a newsroom on the stands of these kinds."""
    with ExitStack() as stack:
        yield lambda *kinds, **more: Lab(tmp_path / "n", kinds, stack, **more)
