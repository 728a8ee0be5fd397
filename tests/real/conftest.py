"""The real servers, each begun once for the session where it can be had; what cannot is skipped by name.

Run by `make real`. `make test` does not come here (`norecursedirs` in pyproject.toml).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.city import City
from tests.real.servers.pds import Pds
from tests.real.servers.wordpress import WordPress


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder that servers' own users may enter."""
    folder = Path(tempfile.mkdtemp(prefix="broadcast-real-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def wordpress(place: Path) -> Iterator[WordPress]:
    """A WordPress on MariaDB."""
    (place / "wordpress").mkdir()
    server = WordPress(place / "wordpress")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def pds(place: Path) -> Iterator[Pds]:
    """A Bluesky data server."""
    (place / "pds").mkdir()
    server = Pds(place / "pds")
    yield server
    server.stop()


@pytest.fixture(params=["wordpress", "pds"])
def city(request: pytest.FixtureRequest, tmp_path: Path) -> City:
    """A newsroom with one channel, on each network in turn."""
    server: Any = request.getfixturevalue(request.param)
    return City(tmp_path / "n", server)
