"""The log of a running process: a line that cannot be written is counted, and costs nothing else."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest

from broadcast.clock import FrozenClock
from scheduler import sink as sinks
from scheduler.log import Log
from scheduler.sink import Sink
from tests.builders import NOON


def lines_of(number: int) -> str:
    data = b""
    while piece := os.read(number, 65536):
        data += piece
    return data.decode()


def test_lines_come_out_in_their_order(tmp_path: Path):
    with (tmp_path / "log").open("w") as out:
        sink = Sink(out)
        for number in range(50):
            sink.put(f"{number}\n")
        sink.flush()
    assert (tmp_path / "log").read_text().split() == [str(n) for n in range(50)]
    assert (sink.lost, sink.fault) == (0, "")


def test_a_closed_pipe_is_counted_and_named(capfd: pytest.CaptureFixture[str]):
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as out:
        sink = Sink(out)
        sink.put("a\n")
        sink.put("b\n")
        sink.flush()
        assert sink.lost == 2
        assert "plus personne ne lit" in sink.fault
    assert capfd.readouterr().err.count("journal impossible à écrire") == 1


def test_a_full_disk_is_counted_and_what_was_lost_is_said_once_there_is_room(tmp_path: Path):
    with Path("/dev/full").open("w") as full, (tmp_path / "log").open("w") as good:
        sink = Sink(full)
        sink.put("a\n")
        sink.flush()
        assert (sink.lost, sink.fault) == (1, "disque plein ; libérez de la place")
        os.dup2(good.fileno(), full.fileno())
        sink.put("b\n")
        sink.flush()
        assert (sink.lost, sink.fault) == (1, "")
    first, second = (tmp_path / "log").read_text().splitlines()
    assert "1 ligne(s)" in first
    assert "disque plein" in first
    assert second == "b"


def test_a_reader_that_no_longer_reads_holds_nobody_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sinks, "MAX_WAITING", 20)
    reads, writes = os.pipe()
    with os.fdopen(writes, "w") as out:
        sink = Sink(out)
        for _ in range(100):
            sink.put("x" * 10_000 + "\n")
        assert sink.lost >= 70
        assert "tube plein" in sink.fault
        heard: list[str] = []
        reader = threading.Thread(target=lambda: heard.append(lines_of(reads)))
        reader.start()
        sink.flush(10)
        sink.put("de nouveau\n")
        sink.flush(10)
    reader.join()
    os.close(reads)
    assert sink.fault == ""
    assert f"journal : {sink.lost} ligne(s)" in heard[0]
    assert heard[0].endswith("de nouveau\n")


@pytest.mark.parametrize("stream", ["closed", "none", "closed file"])
def test_no_output_at_all_costs_nothing_either(stream: str, tmp_path: Path):
    out: object = None
    if stream == "closed":
        out = io.StringIO()
        out.close()
    if stream == "closed file":
        out = (tmp_path / "log").open("w")
        out.close()
    sink = Sink(out)  # type: ignore[arg-type]  # what sys.stdout is where a process was begun without one
    sink.put("a\n")
    sink.flush()
    assert sink.lost == 1


def test_what_the_log_is_told_raises_nothing():
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as out:
        log = Log(FrozenClock(NOON), "Europe/Paris", out)
        log.say("a")
        log.once("s", "b")
        log.expired("crue-quais")
        log.sink.flush()
        assert log.sink.lost == 3
