"""What the benchmarks share: a newsroom of their own, peers in environments of their own, tables."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadcast.app import App

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORK = ROOT / ".bench"

MESSAGE = """\
---
title: Crue de la Seine : évitez les quais
short: Quais fermés. Évitez les bords de Seine.
kind: {kind}
owner: alice
hashtags: [Crue]
{more}---
Les quais sont **fermés** depuis ce matin entre le pont et l'écluse.

- le parking du marché est gratuit ;
- un point d'accueil est ouvert au gymnase Jean-Bouin.

Renseignements : [la page de la ville](https://www.example.org/crue), {n}.
"""
_SETTINGS = """\
[newsroom]
id = "ville"
name = "Ville d'Exemple"
base_url = "https://www.example.org"
areas = ["92040"]
cap_sender = "com@example.org"
"""


def peer(name: str, *packages: str) -> Path:
    """Return the Python of an environment that has these packages, made once."""
    folder = WORK / name
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"({name}: installing {' '.join(packages)} in {folder.relative_to(ROOT)})", flush=True)
        subprocess.run([str(BIN / "uv"), "venv", "-q", str(folder)], check=True)
        subprocess.run([str(BIN / "uv"), "pip", "install", "-q", "--python", str(python), *packages], check=True)
        (folder / "ready").touch()
    return python


def version(python: Path, package: str) -> str:
    """Return the version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version('{package}'))"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def newsroom(channels: str) -> Iterator[App]:
    """Open a newsroom of its own, with alice who writes and bob who approves."""
    from broadcast.app import App
    from broadcast.desk.people import add_person

    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=WORK_TMP))
    (folder / "content/messages").mkdir(parents=True)
    (folder / "secrets").mkdir()
    secret = folder / "secrets/token"
    secret.touch(mode=0o600)
    secret.write_text("secret")
    (folder / "broadcast.toml").write_text(_SETTINGS + channels)
    app = App(folder)
    add_person(app.desk, "alice", ("editor",))
    add_person(app.desk, "bob", ("approver", "publisher"))
    try:
        yield app
    finally:
        app.close()
        shutil.rmtree(folder, ignore_errors=True)


def submitted(app: App, slug: str, *, kind: str = "information", more: str = "") -> Callable[[], Any]:
    """Submit a message, and return what approves it."""
    from broadcast import intake
    from broadcast.desk.submit import submit
    from broadcast.desk.vote import approve

    path = app.dir / "content/messages" / f"{slug}.md"
    path.write_text(MESSAGE.format(kind=kind, more=more, n=slug), encoding="utf-8")
    reading = intake.read(app, path)
    done = submit(
        app.desk,
        reading.draft,
        as_="alice",
        path=str(path),
        media=reading.media,
        made=reading.proof.renditions,
        findings=reading.proof.findings,
    )
    return lambda: approve(app.desk, slug, done.revision.number, as_="bob")


def spread(values: Sequence[float], unit: str = "ms", digits: int = 1) -> str:
    """Return "12.3 ms [11.9–14.0]": median and range."""
    return f"{statistics.median(values):.{digits}f} {unit} [{min(values):.{digits}f}–{max(values):.{digits}f}]"


def verdict(value: float, goal: float) -> str:
    """Return whether a figure is within its goal, for the table."""
    return "met" if value <= goal else f"**missed** by {100 * (value / goal - 1):.0f} %"


def interleaved(rounds: int, works: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Run each piece of work once a round, so that a busy machine disturbs all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(work())
    return times


def milliseconds(work: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def report(name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> None:
    """Print a table and keep it for `docs/benchmarks.md`."""
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    lines += [""] * bool(notes) + list(notes)
    text = "\n".join(lines) + "\n"
    print(text, flush=True)
    WORK.mkdir(exist_ok=True)
    (WORK / f"{name}.md").write_text(text, encoding="utf-8")


def machine() -> str:
    """Return one line about the machine."""
    cpu = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


WORK.mkdir(exist_ok=True)
WORK_TMP = WORK / "tmp"
WORK_TMP.mkdir(exist_ok=True)
