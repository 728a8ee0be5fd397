"""What is said later on Bluesky has a later time and a later record key: apps sort by either."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from tests.integration.lab import THREAD, Lab


def test_later_parts_of_a_thread_have_later_keys_and_times(tmp_path: Path):
    with ExitStack() as stack:
        room = Lab(tmp_path / "n", ("bluesky",), stack, 'on_end = "say"\n')
        first = THREAD.replace("2099-11-23T08:00:00", "2026-11-24T10:00:00")
        room.folder.approved(text=first)
        room.send()
        room.now = "2026-11-24T08:30:00+01:00"
        room.folder.approved(text=first.replace("deux centimètres", "quatre centimètres"))
        room.send()
        room.now = "2026-11-24T10:00:01+01:00"
        room.send()
        room.send()
        records = [(uri.rpartition("/")[2], said["createdAt"]) for uri, said in room.stands["bluesky"].records.items()]
    assert len(records) >= 4
    for (key, at), (next_key, next_at) in pairwise(records):
        assert key < next_key and at < next_at


def test_parts_that_leave_at_the_end_of_an_embargo_are_in_order_too(tmp_path: Path):
    with ExitStack() as stack:
        room = Lab(tmp_path / "n", ("bluesky",), stack)
        held = THREAD.replace("expires:", "embargo_until: 2026-11-24T09:00:00+01:00\nexpires:")
        room.folder.approved(text=held)
        room.now = "2026-11-24T09:00:01+01:00"
        room.send()
        records = [(uri.rpartition("/")[2], said["createdAt"]) for uri, said in room.stands["bluesky"].records.items()]
    assert len(records) >= 2 and records[0][1].startswith("2026-11-24T08:00:00")
    assert records == sorted(records) and len({at for _, at in records}) == len(records)
