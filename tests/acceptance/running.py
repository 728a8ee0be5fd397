"""`broadcast run` as a process of its own: begun, listened to, stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from broadcast.stands.base import Stand
from tests.newsroom import COMMAND, Folder

PLACES = """[channels.website]
kind = "website"
path = "public"
[channels.signs]
kind = "sign"
path = "signs"
columns = 16
rows = 4
"""


class Running:
    """One `broadcast run`."""

    def __init__(self, folder: Folder, log: Path, *args: str, env: dict[str, str] | None = None) -> None:
        self.log = log
        self._out = log.open("w")
        self.process = subprocess.Popen(
            [COMMAND, "--newsroom", str(folder.path), "run", *(args or ("--port", "0"))],
            stdout=self._out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **folder.env, **(env or {})},
        )

    @property
    def text(self) -> str:
        return self.log.read_text()

    def says(self, words: str, within_s: float = 15.0) -> float:
        return eventually(lambda: words in self.text, within_s, lambda: self.text)

    @property
    def url(self) -> str:
        self.says("page d'état : http")
        return self.text.partition("page d'état : ")[2].partition("\n")[0]

    def health(self) -> dict[str, object]:
        with urllib.request.urlopen(f"{self.url}healthz", timeout=5) as answer:
            told: dict[str, object] = json.load(answer)
            return told

    def stop(self, number: int = signal.SIGTERM, within_s: float = 15.0) -> int:
        self.process.send_signal(number)
        return self.process.wait(within_s)


def eventually(is_so: Callable[[], object], within_s: float = 10.0, why: Callable[[], object] = lambda: "") -> float:
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < within_s, f"not in time: {why()}"
        time.sleep(0.02)
    return time.monotonic() - begin


def a_folder(path: Path, mastodon: Stand | None = None, **facts: str) -> Folder:
    network = Folder.network("reseau", mastodon, path) if mastodon else ""
    return Folder(path, PLACES + network, **facts).people()


def submitted(folder: Folder, slug: str = "crue-quais", text: str | None = None) -> None:
    folder.run("submit", folder.message(slug, text), "--as", "alice")
