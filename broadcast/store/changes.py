"""Whether another process changed the database: asked every second, so it must cost nothing."""

from __future__ import annotations

import sqlite3
import threading

from broadcast.store.address import file_address
from broadcast.store.base import BUSY_TIMEOUT_MS, Database


class Changes:
    """Watches one database; on PostgreSQL every question is answered yes, and asked less often."""

    def __init__(self, db: Database) -> None:
        self._address = file_address(db.path) if db.path is not None else ""
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._turn = threading.Lock()

    def any(self) -> bool:
        """Return whether anything was written since the last question; True if it cannot be known."""
        if not self._address:
            return True
        with self._turn:
            try:
                # Read without a lock and without a look at a table: some microseconds.
                version = int(self._open().execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error:
                self._close()
                return True
            changed, self._version = version != self._version, version
            return changed

    def tidy(self) -> None:
        """Let the write-ahead log be taken over and statistics be renewed; whoever is busy is not waited for."""
        if not self._address:
            return
        with self._turn:
            try:
                self._open().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                self._open().execute("PRAGMA optimize").fetchall()
            except sqlite3.Error:
                self._close()

    def close(self) -> None:
        """Give the connection back."""
        with self._turn:
            self._close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._address, uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False
            )
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
