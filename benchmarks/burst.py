"""An alert approved while thousands of deliveries are open: how soon it leaves, and what each delivery costs, beside an idle room."""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from _common import ROOT, WORK_TMP, report, spread, verdict

sys.path.insert(0, str(ROOT))

CHANNELS, OPEN, FEW = 3, 10_000, 300
#: How long a network takes to answer, seconds.
ANSWER_S = 0.005
ROUNDS, PAUSE_S = 25, 0.15
RATIO_GOAL = 2.0


class Network:
    """A network that answers after a while and remembers when it was asked."""

    kind = "network"
    idempotent = "never"

    def __init__(self, name: str, answer_s: float) -> None:
        from broadcast.channel import Limits

        self.name, self.limits, self.answer_s = name, Limits(), answer_s
        self.count, self.free_at = 0, 0.0
        self.alerts: SimpleQueue[tuple[float, float]] = SimpleQueue()

    def publish(self, part: Any, *, key: str, reply_to: Any = None) -> Any:
        """Accept, after a while."""
        from broadcast.channel import Published

        if part.slug.startswith("alerte"):
            self.alerts.put((time.perf_counter(), self.free_at))
        time.sleep(self.answer_s)
        self.count += 1
        self.free_at = time.perf_counter()
        return Published(external_id=key)


class Running:
    """A room whose dispatcher runs."""

    def __init__(self, folder: Path, opened: int, answer_s: float = ANSWER_S) -> None:
        from dataclasses import replace

        from broadcast.dispatch.serve import Serving
        from broadcast.model import Level, MessageKind
        from tests.builders import a_draft, sqlite_url
        from tests.room import Room

        folder.mkdir()
        self.networks = [Network(f"n{n}", answer_s) for n in range(CHANNELS)]
        self.room = Room(sqlite_url(folder), list(self.networks))
        # Threads of two posts: half of what is open waits for what comes before it.
        for n in range(opened // CHANNELS // 2):
            draft = a_draft(slug=f"m-{n:05}", source_text=f"{n}", kind=MessageKind.PRACTICAL, level=Level.MINOR)
            self.room.publish(draft, parts=2)
            self.room.clock.sleep(0.001)
        self.over = threading.Event()
        self.serving = Serving(replace(self.room.dispatcher(on_event=lambda event: None), stopping=self.over.is_set))
        self.thread = threading.Thread(target=self.serving.run, daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self.thread.start()
        time.sleep(0.3)

    def stop(self) -> None:
        """Begin nothing new, and end."""
        self.over.set()
        self.serving.ring()
        self.thread.join()
        self.room.close()

    def alert(self, n: int) -> tuple[float, float]:
        """Approve an alert; return the milliseconds until its last call began, and those of them after the call under way ended."""
        from broadcast.desk.vote import approve
        from tests.builders import a_draft

        done = self.room.submit(a_draft(slug=f"alerte-{n}", source_text=f"a{n}"))
        approve(self.room.desk, done.revision.slug, done.revision.number, as_="bob")
        begin = time.perf_counter()
        self.serving.ring()
        seen = [network.alerts.get(timeout=60) for network in self.networks]
        waits = [(at - begin, at - max(begin, free)) for at, free in seen]
        return max(w for w, _ in waits) * 1000, max(w for _, w in waits) * 1000

    def rate(self, seconds: float) -> float:
        """Return how many deliveries a second are made."""
        before, begin = sum(n.count for n in self.networks), time.perf_counter()
        time.sleep(seconds)
        return (sum(n.count for n in self.networks) - before) / (time.perf_counter() - begin)


def alerts(folder: Path, opened: int) -> tuple[list[float], list[float]]:
    """Return what `Running.alert` says of many alerts."""
    running = Running(folder, opened)
    running.start()
    waits = []
    for n in range(ROUNDS):
        waits.append(running.alert(n))
        time.sleep(PAUSE_S)
    left = opened - sum(n.count for n in running.networks)
    running.stop()
    assert opened == 0 or left > 0, "the burst was over before the alerts were"
    return [w for w, _ in waits], [w for _, w in waits]


def rate(folder: Path, opened: int, seconds: float) -> float:
    """Return how many deliveries a second are made, of networks that answer at once."""
    running = Running(folder, opened, 0.0)
    running.start()
    found = running.rate(seconds)
    running.stop()
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=WORK_TMP) as name:
        idle, idle_own = alerts(Path(name) / "idle", 0)
        full, full_own = alerts(Path(name) / "full", OPEN)
        many = rate(Path(name) / "many", OPEN, 2.0)
    ratio, own = (statistics.median(a) / statistics.median(b) for a, b in ((full, idle), (full_own, idle_own)))
    rows = [
        ["approval → last of three calls", spread(idle), spread(full), f"{ratio:.2f} ×", ""],
        ["the same, after the call under way", spread(idle_own), spread(full_own), f"{own:.2f} ×", verdict(own, RATIO_GOAL)],
        ["deliveries a second, answers at once", "", f"{many:.0f}/s", "", ""],
    ]
    head = ["what", "idle room", f"{OPEN} open on {CHANNELS} channels", "ratio", f"goal ≤ {RATIO_GOAL} ×"]
    note = f"SQLite, one running process; a network answers after {ANSWER_S * 1000:.0f} ms; half of what is open waits behind another post."
    report("3b-burst", "An alert during a burst", head, rows, note)


if __name__ == "__main__":
    main()
