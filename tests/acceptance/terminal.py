"""The command on a terminal of its own, as wide as asked: what a person sees."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

from tests.newsroom import COMMAND


def seen(folder: Path, *words: str, columns: int = 80) -> list[str]:
    """Run a command in a newsroom's folder on a pseudo-terminal, and return the lines that it shows, without colours."""
    ours, theirs = pty.openpty()
    env = os.environ | {"COLUMNS": str(columns), "TERM": "xterm"}
    process = subprocess.Popen([COMMAND, *words], cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while more := _read(ours):
        shown += more
    os.close(ours)
    process.wait(60)
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode().replace("\r\n", "\n"))
    return text.rstrip("\n").split("\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""
