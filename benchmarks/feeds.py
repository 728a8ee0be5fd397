"""Feeds: a first update, and updates without news, of 200 feeds of 50 entries. Beside reader; and with 100,000 entries stored.

`BENCH_FEEDS=300 BENCH_ENTRIES=30` asks the same of another number.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from _common import ROOT, WORK_TMP, peer, report, spread, verdict, version

sys.path.insert(0, str(ROOT))

PER_HOST, ENTRIES = 4, int(os.environ.get("BENCH_ENTRIES", "50"))
HOSTS = int(os.environ.get("BENCH_FEEDS", "200")) // PER_HOST
FEEDS = HOSTS * PER_HOST
DELAY_S = 0.1
#: Entries of earlier days in the second newsroom.
STORED = 100_000
GOALS = {"first": 0.36, "304": 0.4, "ignored": 0.05, "delayed": 0.15}
#: Pass -> how the server answers, and how late, seconds.
CASES = {
    "first": ("conditional", 0.0),
    "304": ("conditional", 0.0),
    "ignored": ("plain", 0.0),
    "delayed": ("conditional", DELAY_S),
}
#: Of reader: what its documentation takes, and its default.
WORKERS = (10, 1)
NAMES = {
    "first": "first update",
    "304": "no change, 304",
    "ignored": "no change, the server ignores conditions",
    "delayed": f"no change, 304, each answer {DELAY_S * 1000:.0f} ms late",
}


class Server:
    """The feed server."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("_feed_server.py")), str(PER_HOST), str(HOSTS), str(ENTRIES)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port, self.size = map(int, self._process.stdout.readline().split())
        self.urls = [f"http://127.0.0.{host}:{self.port}/{n}" for host in range(1, HOSTS + 1) for n in range(PER_HOST)]

    def set(self, mode: str, delay_s: float = 0.0) -> None:
        """Change how all feeds answer."""
        import http.client

        line = http.client.HTTPConnection("127.0.0.1", self.port)
        line.request("GET", f"/set/{mode}/{delay_s}")
        assert line.getresponse().read() == b"ok"
        line.close()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


class Reader:
    """reader in a warm process of its own."""

    def __init__(self) -> None:
        # Its own copy of feedparser wants sgmllib3k, which it forgets to name.
        python = peer("reader", "reader", "sgmllib3k")
        self.version = version(python, "reader")
        command = [str(python), str(Path(__file__).with_name("_reader.py"))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        #: CPU time of the last update, seconds.
        self.cpu_s = 0.0

    def update(self, folder: Path, workers: int, urls: Sequence[str]) -> float:
        """Return how long an update takes, seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder / "reader.sqlite"), workers, list(urls)]) + "\n")
        self._process.stdin.flush()
        took, self.cpu_s, entries, broken = json.loads(self._process.stdout.readline())
        assert (entries, broken) == (FEEDS * ENTRIES, 0), (entries, broken)
        return float(took)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


class Ours:
    """A newsroom with these feeds, its program warm: `relay.poll` fetches, parses, compares and stores."""

    def __init__(self, folder: Path, urls: Sequence[str]) -> None:
        from broadcast.app import App

        sections = [f'[feeds.f{n}]\nurl = "{url}"\nallow_private = true\n' for n, url in enumerate(urls)]
        self.folder = folder
        room = '[newsroom]\nid = "banc"\nname = "Banc"\nareas = ["92040"]\n'
        (folder / "broadcast.toml").write_text(room + "".join(sections))
        self.app = App(folder, {})

    def update(self) -> float:
        """Return how long a pass over all feeds takes, seconds."""
        from broadcast import relay

        begin = time.perf_counter()
        done = relay.poll(self.app)
        took = time.perf_counter() - begin
        bad = [p for p in done if p.outcome not in ("new", "unchanged")]
        assert not bad, bad[0]
        return took

    def count(self) -> int:
        """Return how many entries there are."""
        from broadcast.store import entries

        with self.app.db.read() as tx:
            return sum(n for states in entries.counts(tx).values() for n in states.values())

    def stuff(self, total: int) -> None:
        """Store so many entries that no feed shows any more."""
        from broadcast.alerts import Entry
        from broadcast.relay.sift import Desk, sift
        from broadcast.store import entries

        now = self.app.clock.now()
        for n in range(FEEDS):
            old = [Entry(id=f"old-{n}-{k}", title=f"Ancien {n} {k}", summary="texte " * 100) for k in range(total // FEEDS)]
            desk = Desk(
                newsroom="banc",
                feed=f"f{n}",
                now=now,
                backlog_seen=True,
                room=lambda: 0,
                is_state=False,
                by_id={},
                by_folded={},
                by_identity={},
                folded=dict.fromkeys((e.id for e in old), ""),
            )
            with self.app.db.write() as tx:
                entries.add_items(tx, sift(desk, old).items)

    def close(self) -> None:
        """End it."""
        self.app.close()


def _cpu_s() -> float:
    """Return the CPU time of this process and of the workers that have ended, seconds."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def a_round(server: Server, reader: Reader, *, with_slowest: bool) -> dict[tuple[str, int], float]:
    """Return milliseconds by pass and workers of reader, 0 for ours."""
    took: dict[tuple[str, int], float] = {}
    folders = {n: Path(tempfile.mkdtemp(dir=WORK_TMP)) for n in (0, *WORKERS)}
    ours = Ours(folders[0], server.urls)
    for case, (mode, delay_s) in CASES.items():
        server.set(mode, delay_s)
        busy = _cpu_s()
        took[case, 0] = ours.update() * 1000
        took[f"{case} CPU", 0] = _cpu_s() - busy
        assert ours.count() == FEEDS * ENTRIES, ours.count()
        for n in WORKERS:
            if with_slowest or (case, n) != ("delayed", 1):
                took[case, n] = reader.update(folders[n], n, server.urls) * 1000
                took[f"{case} CPU", n] = reader.cpu_s
    stuffed = Ours(Path(tempfile.mkdtemp(dir=WORK_TMP)), server.urls)
    stuffed.stuff(STORED)
    for case, (mode, delay_s) in CASES.items():
        server.set(mode, delay_s)
        took[f"{case} stuffed", 0] = stuffed.update() * 1000
    stuffed.close()
    shutil.rmtree(stuffed.folder, ignore_errors=True)
    ours.close()
    for folder in folders.values():
        shutil.rmtree(folder, ignore_errors=True)
    return took


def main(rounds: int = 3) -> None:
    """Measure and print."""
    from broadcast.http import trust

    trust()  # once a process, like the imports
    server, reader = Server(), Reader()
    a_round(server, reader, with_slowest=False)  # for warmth
    # 200 answers that are late, one after the other, take reader 20 s: once is enough.
    measured = [a_round(server, reader, with_slowest=n == 0) for n in range(rounds)]
    times = {key: [took[key] for took in measured if key in took] for key in measured[0]}
    rows = []
    for case, goal in GOALS.items():
        best = min(statistics.median(times[case, n]) for n in WORKERS)
        ratio = statistics.median(times[case, 0]) / best
        figures = [spread(times[case, n], digits=0) for n in (0, *WORKERS)]
        more = statistics.median(times[f"{case} stuffed", 0]) / statistics.median(times[case, 0])
        rows.append([NAMES[case], *figures, f"{ratio:.3f} ×", f"≤ {goal} ×: {verdict(ratio, goal)}", f"{more:.2f} ×"])
    cpu = {n: statistics.median(times["first CPU", n]) for n in (0, *WORKERS)}
    report(
        "7-feeds",
        f"Feeds: {FEEDS} feeds × {ENTRIES} entries",
        [
            "pass",
            "ours",
            "reader, workers=10",
            "reader, workers=1",
            "ours / better of both",
            "goal",
            f"with {STORED:,} stored (≤ 1.2 ×)",
        ],
        rows,
        f"Loopback, {HOSTS} hosts with {PER_HOST} feeds each, {server.size / 1000:.1f} kB a feed. The whole of "
        "`relay.poll`: fetching, parsing, who is concerned, comparing, SQLite with `synchronous=FULL`; ours starts its worker processes anew in the first update, and "
        "makes new connections in each.",
        f"CPU time of the first update: ours {cpu[0]:.1f} s over {os.cpu_count()} cores, reader {min(cpu[1], cpu[10]):.1f} s, of which "
        "it can use one core at a time.",
        f"reader {reader.version} keeps more: search, tags, and one transaction a feed.",
    )
    reader.close()
    server.close()


if __name__ == "__main__":
    main()
