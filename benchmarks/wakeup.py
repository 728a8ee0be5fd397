"""A running process: from an approval in another process to the first call; and what it costs while nothing happens. Beside huey."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from _common import ROOT, WORK_TMP, peer, report, spread, version

sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from broadcast.app import App
    from tests.newsroom import Folder

MEDIAN_GOAL_MS, P99_GOAL_MS, CPU_GOAL, RSS_GOAL_MB = 2.5, 10.0, 0.5, 150
SETTINGS = '[channels.reseau]\nkind = "mastodon"\nurl = "http://127.0.0.1:9"\ntoken_file = "secrets/t"\n'


def measure(folder: Path, rounds: int, idle_s: float) -> tuple[list[float], float, float]:
    """Return the milliseconds from commit to call, the share of a core while idle in per cent, and the memory in MB."""
    from broadcast.app import App
    from broadcast.desk.vote import approve
    from broadcast.wake import wake
    from tests.newsroom import Folder

    place = Folder(folder / "n", SETTINGS)
    (place.path / "secrets/t").touch(mode=0o600)
    place.people()
    app = App(place.path)
    script = str(Path(__file__).with_name("_running.py"))
    child = subprocess.Popen(
        [sys.executable, script, str(place.path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    called: SimpleQueue[float] = SimpleQueue()
    threading.Thread(target=_listen, args=(child, called), daemon=True).start()
    waits = []
    for n in range(rounds + 3):
        revision = _submitted(app, place, n)
        time.sleep(random.uniform(0.2, 1.2) if n else 3)
        approve(app.desk, revision, 1, as_="bob")
        committed = time.monotonic()
        wake(app)
        waits.append((called.get(timeout=10) - committed) * 1000)
    time.sleep(5)
    begin, at = _cpu_s(child.pid), time.monotonic()
    time.sleep(idle_s)
    share = 100 * (_cpu_s(child.pid) - begin) / (time.monotonic() - at)
    rss = int(Path(f"/proc/{child.pid}/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024
    child.terminate()
    child.wait(30)
    app.close()
    return waits[3:], share, rss


def _submitted(app: App, place: Folder, n: int) -> str:
    from broadcast import intake
    from broadcast.desk.submit import submit

    slug = f"message-{n}"
    path = place.message(slug, more=f"contact: {n}\n")
    reading = intake.read(app, path)
    made = reading.proof.renditions
    submit(app.desk, reading.draft, as_="alice", path=str(path), media=reading.media, made=made, findings=reading.proof.findings)
    return slug


def _listen(child: subprocess.Popen[str], called: SimpleQueue[float]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("called "):
            called.put(float(line.split()[1]))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def huey() -> list[float]:
    """Return huey's waits, as `_huey.py` measures them in its own environment."""
    python = peer("huey", "huey")
    folder = tempfile.mkdtemp(dir=WORK_TMP)
    script = str(Path(__file__).with_name("_huey.py"))
    out = subprocess.run([str(python), script, "idle", folder], check=True, capture_output=True, text=True).stdout
    return [float(word) for word in out.split()]


def main(rounds: int = 100, idle_s: float = 60.0) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=WORK_TMP) as name:
        waits, share, rss = measure(Path(name), rounds, idle_s)
    theirs = huey()
    median, p99 = statistics.median(waits), sorted(waits)[-max(len(waits) // 100, 1)]
    ratio = median / statistics.median(theirs)
    rows = [
        [
            "approval stored → first call, median",
            spread(waits),
            f"≤ {MEDIAN_GOAL_MS} ms: {_met(median, MEDIAN_GOAL_MS)}",
            spread(theirs),
            f"{ratio:.3f} ×",
        ],
        ["the same, 99th of 100", f"{p99:.2f} ms", f"≤ {P99_GOAL_MS} ms: {_met(p99, P99_GOAL_MS)}", "", ""],
        [f"idle for {idle_s:.0f} s", f"{share:.2f} % of a core", f"≤ {CPU_GOAL} %: {_met(share, CPU_GOAL)}", "", ""],
        ["memory", f"{rss:.0f} MB", f"≤ {RSS_GOAL_MB} MB: {_met(rss, RSS_GOAL_MB)}", "", ""],
    ]
    report(
        "6-wakeup",
        "A running process, woken by another",
        ["what", "ours", "goal", "huey", "ours / huey"],
        rows,
        "Two processes on one SQLite file: one approves and sends a datagram, the other is `broadcast run` with its lease, "
        "its clock and its pages; its network only notes the time. Before the call stand the claim and the attempt, committed with "
        f"`synchronous=FULL`. huey {version(peer('huey', 'huey'), 'huey')}: a consumer idle for some seconds.",
    )


def _met(value: float, goal: float) -> str:
    return "met" if value <= goal else f"**missed** by {100 * (value / goal - 1):.0f} %"


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
