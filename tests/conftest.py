"""What all tests share: no network but loopback, and where the real parts are."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("broadcast", deadline=None)
settings.load_profile("broadcast")

_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1")):
        raise AssertionError(f"a test tried to reach {address}; only loopback is allowed")
    _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)


@pytest.fixture
def conformance() -> Path:
    """Folder of test data from other projects."""
    folder = os.environ.get("CONFORMANCE_DATA", "")
    if not folder:
        pytest.skip("CONFORMANCE_DATA is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a real browser."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a private PostgreSQL server, started for the session."""
    bins = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not bins:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="broadcast-pg-"))
    run: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        run = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    binary = bins[-1].parent
    quiet = {
        "check": True,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        "cwd": "/",
    }
    subprocess.run(
        [
            *run,
            binary / "initdb",
            "-D",
            folder / "data",
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        **quiet,
    )
    options = f"-k {folder} -c listen_addresses=''"
    subprocess.run(
        [
            *run,
            binary / "pg_ctl",
            "-D",
            folder / "data",
            "-w",
            "-o",
            options,
            "-l",
            folder / "log",
            "start",
        ],
        **quiet,
    )
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        subprocess.run(
            [*run, binary / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"],
            **quiet,
        )
        shutil.rmtree(folder, ignore_errors=True)
