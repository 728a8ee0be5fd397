"""Processes of servers: begun in a session of their own, waited for, ended with all they started."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest


class Process:
    """One server process and what it started."""

    def __init__(
        self, args: Sequence[object], log: Path, *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(a) for a in args],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=cwd or "/",
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def stop(self, number: int = signal.SIGTERM, within_s: float = 20.0) -> None:
        """End the process and its children; by force where it does not listen."""
        for each in (number, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, each)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(within_s)
                return

    def until(self, is_ready: Callable[[], object], within_s: float = 60.0) -> None:
        """Wait until a server answers; fail with its log if it ends or never does."""
        ends = time.monotonic() + within_s
        while not is_ready():
            assert self.is_alive and time.monotonic() < ends, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.1)


def free_port() -> int:
    """Return a port of loopback that nobody listens at now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def listens(port: int) -> bool:
    """True if somebody listens at a port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def needs(program: str, package: str) -> str:
    """Return the path of a program; without it what needs it is skipped by name."""
    places = (f"/usr/sbin/{program}", f"/usr/bin/{program}")
    found = shutil.which(program) or next((p for p in places if Path(p).exists()), None)
    if found is None:
        pytest.skip(f"{program} is not installed (apt-get install {package})")
    return found


def as_user(name: str, *folders: Path) -> list[str]:
    """Return the words before a command that make it run as a user who may own these folders; none where we are not root."""
    if os.geteuid() != 0:
        return []
    for folder in folders:
        shutil.chown(folder, name, name)
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups"]
