"""Processes that poll and relay are killed at any moment: afterwards each event is one message, each end has ended it."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

from broadcast.store import entries, messages, revisions
from tests.caps import atom, cap, triple
from tests.feed_server import FeedServer
from tests.integration.relay_room import RULE, Room
from tests.newsroom import COMMAND

ROUNDS = 8


def started(room: Room, *args: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, **room.folder.env}
    out = subprocess.DEVNULL
    return subprocess.Popen([COMMAND, "--newsroom", str(room.folder.path), *args], env=env, stdout=out, stderr=out)


def test_each_event_is_one_message_though_processes_are_killed_at_any_moment(tmp_path: Path):
    chance = random.Random(9)
    with FeedServer() as server:
        room = Room(tmp_path / "n", server)
        toml = room.folder.path / "broadcast.toml"
        toml.write_text(toml.read_text().replace("max_new = 5", "max_new = 100"))
        room.poll()
        room.rule(RULE.replace('events = ["inondation"]\n', "").replace("cap_per_hour = 2", "cap_per_hour = 60"))
        documents: list[str] = []
        for n in range(ROUNDS):
            documents.append(cap(f"c{n}", event=f"Risque {n}", headline=f"Risque {n}"))
            if n % 3 == 2:
                named = triple(f"c{n - 1}")
                documents.append(cap(f"x{n}", "2026-11-26T08:30:00+01:00", msg_type="Cancel", references=named))
            room.alerts(atom(*documents))
            both = [started(room, "feeds", "poll"), started(room, "feeds", "poll", "prefecture")]
            time.sleep(chance.uniform(0.5, 2.0))
            for process in both:
                process.kill()
                process.wait()
        assert started(room, "feeds", "poll").wait(60) == 0
        app = room.app()
        with app.db.read() as tx:
            found = {}
            for message in messages.all_messages(tx):
                title = revisions.get_revision(tx, message, message.latest).draft.title
                assert title not in found, "doubled"
                found[title] = message.ended_because is not None
            assert entries.due_for_rules(tx) == []
        app.close()
        ended = {f"Risque {n - 1}" for n in range(ROUNDS) if n % 3 == 2}
        # What was over before anybody could publish it is never published.
        assert {f"Risque {n}" for n in range(ROUNDS)} - ended <= set(found) <= {f"Risque {n}" for n in range(ROUNDS)}
        assert {title for title, over in found.items() if over} == ended & set(found)
        assert room.folder.json("audit", "verify", env=room.folder.env)["ok"]
