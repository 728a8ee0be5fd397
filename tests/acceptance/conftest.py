"""What the acceptance tests share: a newsroom, a network, and `broadcast run`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcast.stands import stand_type
from broadcast.stands.base import Stand
from tests.acceptance.running import Running
from tests.newsroom import SITE, Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "n", SITE).people()


@pytest.fixture
def mastodon() -> Iterator[Stand]:
    type_ = stand_type("mastodon")
    assert type_ is not None
    with type_() as stand:
        yield stand


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    made: list[Running] = []

    def begin(folder: Folder, *args: str, env: dict[str, str] | None = None) -> Running:
        made.append(Running(folder, tmp_path / f"log-{len(made)}", *args, env=env))
        return made[-1]

    yield begin
    for each in made:
        each.process.kill()
        each.process.wait()
        each._out.close()
