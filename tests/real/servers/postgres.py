"""Debian's PostgreSQL on loopback, which can be ended as by a power cut, and begun again with what it had kept."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.real.servers.process import Process, as_user, free_port, listens


class Postgres:
    """One server with a database for each newsroom."""

    def __init__(self, folder: Path) -> None:
        places = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not places:
            pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
        self._bin, self._folder, self.port = places[-1], folder, free_port()
        self._user = as_user("postgres", folder)
        args = [
            *self._user,
            self._bin / "initdb",
            "-D",
            folder / "data",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        subprocess.run(list(map(str, args)), check=True, capture_output=True, cwd="/")
        self.begin()

    def begin(self) -> None:
        """Begin the server; after a cut it reads its journal first."""
        options = ["-D", self._folder / "data", "-p", self.port, "-h", "127.0.0.1", "-k", self._folder]
        self._process = Process([*self._user, self._bin / "postgres", *options], self._folder / "log")
        ready = [self._bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port]
        self._process.until(lambda: listens(self.port) and subprocess.run(list(map(str, ready))).returncode == 0)

    def end(self, number: int = signal.SIGINT) -> None:
        """End the server: at once and in order, or (SIGQUIT) as by a power cut."""
        self._process.stop(number)

    def database(self, name: str) -> str:
        """Make a database, and return its address."""
        args = [self._bin / "createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", name]
        subprocess.run(list(map(str, args)), check=True, capture_output=True)
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"
