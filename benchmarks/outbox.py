"""The outbox: rows planned a second, deliveries a second, and how soon a message that is approved starts. Beside huey."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from _common import ROOT, WORK_TMP, peer, report, spread, version

sys.path.insert(0, str(ROOT))

CHANNELS, MESSAGES = 20, 250
PLAN_GOAL, SEND_GOAL, START_GOAL_MS = 50_000, 5_000, 2.5


class NullStream:
    """A network that accepts at once."""

    kind = "null"
    #: The same key twice is one post: claims, attempts and results then share their commits.
    idempotent = "always"

    def __init__(self, name: str) -> None:
        from broadcast.channel import Limits

        self.name, self.limits = name, Limits()
        self.first_at = 0.0

    def publish(self, part: Any, *, key: str, reply_to: Any = None) -> Any:
        """Accept."""
        from broadcast.channel import Published

        self.first_at = self.first_at or time.perf_counter()
        return Published(external_id=key)


def _room(folder: Path, count: int) -> Any:
    from tests.builders import sqlite_url
    from tests.room import Room

    return Room(sqlite_url(folder), [NullStream(f"c{n:05d}") for n in range(count)])


def plan_rate(folder: Path, channels: int, count: int) -> float:
    """Return how many delivery rows a second are planned and stored in one transaction."""
    from broadcast.planner import plan_message
    from broadcast.store import messages
    from tests.builders import a_draft

    room = _room(folder, channels)
    # Nothing is planned for a desk without places; the dispatcher's pass then finds all there is to plan.
    room.desk = replace(room.desk, places={})
    for n in range(count):
        room.publish(a_draft(slug=f"message-{n}"))
    with room.db.write() as tx:
        for n in range(count):
            messages.update_message(tx, messages.get_message(tx, f"message-{n}").uid, needs_plan=True)
    begin = time.perf_counter()
    with room.db.write() as tx:
        rows = sum(plan_message(tx, m, room.places, room.clock.now()) for m in messages.messages_to_plan(tx))
    spent = time.perf_counter() - begin
    room.close()
    assert rows == channels * count, rows
    return rows / spent


def send_rate(folder: Path) -> float:
    """Return how many planned deliveries a second are claimed, sent, and proven."""
    from broadcast.dispatch.send import prepare
    from tests.builders import a_draft

    room = _room(folder, CHANNELS)
    for n in range(MESSAGES):
        room.publish(a_draft(slug=f"message-{n}"))
    prepare(room.dispatcher())
    begin = time.perf_counter()
    room.send()
    spent = time.perf_counter() - begin
    done = sum(e.state.value == "delivered" for e in room.events)
    room.close()
    assert done == CHANNELS * MESSAGES, done
    return done / spent


def start_ms(folder: Path, rounds: int = 30) -> list[float]:
    """Return the milliseconds from an approval that is stored to the first call of a channel, in a warm process."""
    from tests.builders import a_draft

    room = _room(folder, 1)
    (stream,) = room.channels.values()
    spent = []
    for n in range(rounds + 3):
        room.publish(a_draft(slug=f"message-{n}"))
        dispatcher = replace(room.dispatcher(), on_event=lambda event: None)
        stream.first_at = 0.0
        begin = time.perf_counter()
        from broadcast.dispatch.send import send

        send(dispatcher)
        spent.append((stream.first_at - begin) * 1000)
    room.close()
    return spent[3:]


def huey(kind: str) -> list[float]:
    """Return what `_huey.py` measured, in huey's own environment."""
    python = peer("huey", "huey")
    folder = tempfile.mkdtemp(dir=WORK_TMP)
    script = str(Path(__file__).with_name("_huey.py"))
    out = subprocess.run([str(python), script, kind, folder], check=True, capture_output=True, text=True).stdout
    shutil.rmtree(folder)
    return [float(word) for word in out.split()]


def main(rounds: int = 5) -> None:
    """Measure and print."""
    plans, wide, sends, starts, theirs = [], [], [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=WORK_TMP) as name:
            plans.append(plan_rate(_sub(name, "a"), CHANNELS, 100))
            wide.append(plan_rate(_sub(name, "w"), 2000, 1))
            sends.append(send_rate(_sub(name, "b")))
            starts += start_ms(_sub(name, "c"), 10)
        theirs.append(huey("rates"))
    waits = huey("idle")
    enqueue, process = ([row[n] for row in theirs] for n in (0, 1))
    plan, plan_wide, sent, start = map(statistics.median, (plans, wide, sends, starts))
    rows = [
        [
            f"plan {CHANNELS} × 100 delivery rows in one transaction",
            spread(plans, "/s", 0),
            f"≥ {PLAN_GOAL}: {_met(plan, PLAN_GOAL)}",
            spread(enqueue, "/s", 0),
            f"{plan / statistics.median(enqueue):.1f} ×",
        ],
        [
            "plan 2 000 × 1 delivery rows in one transaction",
            spread(wide, "/s", 0),
            f"≥ {PLAN_GOAL}: {_met(plan_wide, PLAN_GOAL)}",
            "",
            f"{plan_wide / statistics.median(enqueue):.1f} ×",
        ],
        [
            f"deliver {CHANNELS * MESSAGES} trivial posts over {CHANNELS} channels",
            spread(sends, "/s", 0),
            f"≥ {SEND_GOAL}: {_met(sent, SEND_GOAL)}",
            spread(process, "/s", 0),
            f"{sent / statistics.median(process):.1f} ×",
        ],
        [
            "idle → start of the first call",
            spread(starts),
            f"≤ {START_GOAL_MS} ms: {'met' if start <= START_GOAL_MS else '**missed**'}",
            spread(waits),
            f"{start / statistics.median(waits):.3f} ×",
        ],
    ]
    report(
        "3-queue",
        "The outbox",
        ["what", "ours", "goal", "huey", "ours / huey"],
        rows,
        "SQLite, WAL, `synchronous=FULL`. Ours keeps claims, attempts, receipts and an audit, at least once; "
        f"huey {version(peer('huey', 'huey'), 'huey')} (SqliteHuey, default `fsync`) takes a job out of the table before it runs, "
        "at most once, one job a row without further facts. Its wait is that of a consumer idle for some seconds.",
    )


def _sub(parent: str, name: str) -> Path:
    folder = Path(parent) / name
    folder.mkdir()
    return folder


def _met(value: float, goal: float) -> str:
    return "met" if value >= goal else f"**missed** by {100 * (1 - value / goal):.0f} %"


if __name__ == "__main__":
    main()
