"""Feeds: a first update, and updates without news, of 200 feeds of 50 entries. Beside reader.

`STORE` may name another store ("module:Class", made with a folder) with `load`, `take`, `save` and `count` as `PlainStore` has.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from _common import ROOT, WORK_TMP, peer, report, spread, verdict, version

sys.path.insert(0, str(ROOT))

HOSTS, PER_HOST, ENTRIES = 50, 4, 50
FEEDS = HOSTS * PER_HOST
DELAY_S = 0.1
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


class PlainStore:
    """The least that a pass has to keep: what is known of each feed, and its entries; one transaction a pass."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "ours.sqlite", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE IF NOT EXISTS feed (url PRIMARY KEY, etag, last_modified, body_sha256, fetched_at);"
            "CREATE TABLE IF NOT EXISTS entry (feed, id, title, facts, PRIMARY KEY (feed, id));"
        )
        self._feeds: list[tuple[Any, ...]] = []
        self._entries: list[tuple[Any, ...]] = []

    def load(self) -> dict[str, tuple[str, str, str]]:
        """Return what is known of each feed."""
        rows = self._db.execute("SELECT url, etag, last_modified, body_sha256 FROM feed")
        return {url: (etag, last_modified, sha) for url, etag, last_modified, sha in rows}

    def take(self, url: str, fetched: Any, parsed: Any) -> None:
        """Make the rows of what came: `Fetched`, and `ParsedFeed` if it was new."""
        self._feeds.append((url, fetched.etag, fetched.last_modified, fetched.body_sha256, time.time()))
        for entry in parsed.entries if parsed else ():
            facts = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
            self._entries.append((url, entry.id, entry.title, json.dumps(facts, default=str)))

    def save(self) -> None:
        """Keep what was taken."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?, ?)", self._feeds)
        self._db.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", self._entries)
        self._db.execute("COMMIT")
        self._feeds, self._entries = [], []

    def count(self) -> int:
        """Return how many entries there are."""
        return int(self._db.execute("SELECT count(*) FROM entry").fetchone()[0])


def store_of(folder: Path) -> Any:
    """Return the store."""
    module, _, name = os.environ.get("STORE", "").partition(":")
    return getattr(import_module(module), name)(folder) if module else PlainStore(folder)


def update(store: Any, urls: Sequence[str]) -> float:
    """Return how long a pass of ours takes, seconds: nothing is kept from the one before but the store."""
    from broadcast.feeds.fetch import FeedRequest, Fetched, Fetcher
    from broadcast.feeds.workers import Parsers, Work

    begin = time.perf_counter()
    fetcher, parsers = Fetcher(), Parsers()
    known = store.load()
    requests = []
    for url in urls:
        etag, last_modified, sha = known.get(url, ("", "", ""))
        requests.append(FeedRequest(url=url, etag=etag, last_modified=last_modified, body_sha256=sha, allow_private=True))
    fetched: dict[int, Fetched] = {}

    def arrivals() -> Iterator[tuple[int, Work | None]]:
        for number, one in fetcher.fetch_all(requests):
            fetched[number] = one
            is_new = one.outcome == "new"
            yield number, Work(body=one.body, url=one.final_url, content_type=one.content_type) if is_new else None

    for number, parsed in parsers.parse_arriving(arrivals()):
        assert not fetched[number].reason, fetched[number].reason
        assert parsed is None or not parsed.reason, parsed
        store.take(urls[number], fetched[number], parsed and parsed.feed)
    store.save()
    took = time.perf_counter() - begin
    parsers.close()
    fetcher.close()
    return took


def _cpu_s() -> float:
    """Return the CPU time of this process and of the workers that have ended, seconds."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def a_round(server: Server, reader: Reader, *, with_slowest: bool) -> dict[tuple[str, int], float]:
    """Return milliseconds by pass and workers of reader, 0 for ours."""
    took: dict[tuple[str, int], float] = {}
    folders = {n: Path(tempfile.mkdtemp(dir=WORK_TMP)) for n in (0, *WORKERS)}
    store = store_of(folders[0])
    for case, (mode, delay_s) in CASES.items():
        server.set(mode, delay_s)
        busy = _cpu_s()
        took[case, 0] = update(store, server.urls) * 1000
        took[f"{case} CPU", 0] = _cpu_s() - busy
        assert store.count() == FEEDS * ENTRIES, store.count()
        for n in WORKERS:
            if with_slowest or (case, n) != ("delayed", 1):
                took[case, n] = reader.update(folders[n], n, server.urls) * 1000
                took[f"{case} CPU", n] = reader.cpu_s
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
        rows.append([NAMES[case], *figures, f"{ratio:.3f} ×", f"≤ {goal} ×: {verdict(ratio, goal)}"])
    cpu = {n: statistics.median(times["first CPU", n]) for n in (0, *WORKERS)}
    report(
        "7-feeds",
        f"Feeds: {FEEDS} feeds × {ENTRIES} entries",
        ["pass", "ours", "reader, workers=10", "reader, workers=1", "ours / better of both", "goal"],
        rows,
        f"Loopback, {HOSTS} hosts with {PER_HOST} feeds each, {server.size / 1000:.1f} kB a feed. Fetching, parsing and one "
        "transaction of SQLite with `synchronous=FULL`; ours starts its worker processes anew in the first update, and "
        "makes new connections in each.",
        f"CPU time of the first update: ours {cpu[0]:.1f} s over {os.cpu_count()} cores, reader {min(cpu[1], cpu[10]):.1f} s, of which "
        "it can use one core at a time.",
        f"reader {reader.version} keeps more: search, tags, and one transaction a feed.",
    )
    reader.close()
    server.close()


if __name__ == "__main__":
    main()
