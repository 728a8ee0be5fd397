"""A small private key-value store in a file of mode 0600: sessions, and what a board wrote last."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path


class FileMemory:
    """One channel's memory; every change is on the disk before it returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        """Return what was put under `key`, or None."""
        with self._lock:
            return self._load().get(key)

    def put(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        with self._lock:
            self._save(self._load() | {key: value})

    def forget(self, key: str) -> None:
        """Drop `key`."""
        with self._lock:
            values = self._load()
            if values.pop(key, None) is not None:
                self._save(values)

    def _load(self) -> dict[str, str]:
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (ValueError, OSError):
            # What can be learnt again is not worth a stop; the bad file is kept aside.
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".bad"))
            return {}
        return values if isinstance(values, dict) else {}

    def _save(self, values: dict[str, str]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        with os.fdopen(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            "w",
            encoding="utf-8",
        ) as file:
            json.dump(values, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
