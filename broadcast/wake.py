"""Waking the running process, from this one or another: a datagram says "look now", and nothing else.

What is due is always a query: a lost datagram costs a second, until the slow tick.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from broadcast.app import App
from broadcast.dispatch.claimant import is_dead
from broadcast.errors import StoreError, os_reason
from broadcast.store import leases

#: Lease of the one process that schedules and sends.
LEASE = "scheduler"
#: Longest path that the address of a socket can hold on Linux, bytes, its end mark left aside.
MAX_PATH_BYTES = 107

_log = logging.getLogger("broadcast.wake")
_SLOWER = "ce qui est approuvé ailleurs part quelques secondes plus tard"
_local: dict[Path, Callable[[], None]] = {}


def wake(app: App) -> None:
    """Let the running process look at once for what is due; never fails, never waits."""
    ring = _local.get(app.dir)
    if ring is not None:
        ring()
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        out.sendto(b"look", str(socket_path(app.dir)))
    if not app.db.is_sqlite:
        with suppress(StoreError), app.db.write() as tx:
            tx.connection.exec_driver_sql(f"NOTIFY {notice_of(app.db.newsroom)}")


def is_running(app: App) -> bool:
    """True while a living process holds the lease: what is approved leaves without anybody's doing."""
    return holder(app) is not None


def holder(app: App) -> leases.Lease | None:
    """Return the lease of the process that runs; None: none does.

    Raises:
        StoreError: the database cannot be read.
    """
    with app.db.read() as tx:
        lease = leases.read(tx, LEASE)
        if lease is None or lease.until_at <= leases.now(tx, app.clock.wall()) or is_dead(lease.holder):
            return None
        return lease


def notice_of(newsroom: str) -> str:
    """Return the name under which PostgreSQL passes the word on, safe in a statement."""
    return f"broadcast_{hashlib.sha256(newsroom.encode()).hexdigest()[:16]}"


def socket_path(folder: Path) -> Path:
    """Return where the running process of a newsroom folder listens; a short path where the folder's is too long."""
    path = folder / ".broadcast" / "wake.sock"
    if len(os.fsencode(path)) <= MAX_PATH_BYTES:
        return path
    # Not by the environment: a service and a terminal of the same user have different ones.
    name, runtime = hashlib.sha256(os.fsencode(folder)).hexdigest()[:24], Path(f"/run/user/{os.getuid()}")
    own = runtime if runtime.is_dir() else Path("/tmp")  # noqa: S108  (in a folder that must be ours)
    return own / f"broadcast-{os.getuid()}" / f"{name}.sock"


class Bell:
    """Hears what wakes a running process: its own threads, other processes, PostgreSQL."""

    def __init__(self, app: App, ring: Callable[[], None], tell: Callable[[str], None] = _log.info) -> None:
        """Listen from now on.

        Args:
            app: the newsroom.
            ring: called for each word that comes, in a thread of the bell; it must return at once.
            tell: told, in a line, that nothing can be heard, and that it can again; the slow tick goes on meanwhile.
        """
        self._app, self._ring, self._tell = app, ring, tell
        self._path = socket_path(app.dir)
        self._number = 0
        self._socket = self._listen()
        self._closing = threading.Event()
        _local[app.dir] = ring
        if self._socket is not None:
            threading.Thread(target=self._hear, args=(self._socket,), name="bell", daemon=True).start()
        if not app.db.is_sqlite:
            threading.Thread(target=self._hear_notices, name="notices", daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        _local.pop(self._app.dir, None)
        self._closing.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RD)
            self._socket.close()
            with suppress(OSError):
                # Another process may have taken over and put its own there.
                if self._path.stat().st_ino == self._number:
                    self._path.unlink()

    def _listen(self) -> socket.socket | None:
        # Without a socket the slow tick still finds what is due.
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours(self._path.parent):
                self._tell(f"réveil local impossible ({self._path.parent} est à un autre utilisateur) : {_SLOWER}")
                return None
            with suppress(FileNotFoundError):
                self._path.unlink()
            heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            heard.bind(str(self._path))
            self._path.chmod(0o600)
            self._number = self._path.stat().st_ino
        except OSError as error:
            self._tell(f"réveil local impossible ({os_reason(error)}) : {_SLOWER}")
            return None
        return heard

    def _hear(self, heard: socket.socket) -> None:
        while not self._closing.is_set():
            try:
                heard.recv(16)
            except OSError:
                return
            if not self._closing.is_set():
                self._ring()

    def _hear_notices(self) -> None:
        is_deaf = False
        while not self._closing.is_set():
            # The server may be away: the slow tick goes on, the next try listens again.
            try:
                with self._connected() as connection:
                    connection.execute(f"LISTEN {notice_of(self._app.db.newsroom)}")
                    if is_deaf:
                        self._tell("réveil par PostgreSQL : de nouveau entendu")
                        self._ring()  # what was said meanwhile nobody heard
                    is_deaf = False
                    while not self._closing.is_set():
                        for _ in connection.notifies(timeout=30, stop_after=1):
                            self._ring()
            except Exception as error:  # noqa: BLE001  (told; a deaf bell costs seconds, never a delivery)
                if not is_deaf and not self._closing.is_set():
                    # Its words may quote the address, and with it the password.
                    self._tell(f"réveil par PostgreSQL impossible ({type(error).__name__}) : {_SLOWER}")
                is_deaf = True
            self._closing.wait(5)

    def _connected(self) -> Any:
        import psycopg
        from sqlalchemy.engine import make_url

        url = make_url(self._app.db.url).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _is_ours(folder: Path) -> bool:
    # In a shared temporary folder another user may have made it first.
    seen = folder.lstat()
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid()
