"""A thread that must live: what ends it starts it anew; what ends it again and again gives it up."""

from __future__ import annotations

import ctypes
import threading
import time

import pytest

from scheduler import watched as module
from scheduler.watched import MAX_FAULTS, Watched


class Place:
    """A watched thread and what was told of it."""

    def __init__(self, work) -> None:
        self.over, self.told, self.given_up = threading.Event(), [], []
        self.watched = Watched("dispatcher", lambda: work(self), over=self.over, tell=self.told.append, on_given_up=self._give_up)

    def _give_up(self, why: str) -> None:
        self.given_up.append(why)
        self.over.set()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NAP_S", 0.001)


def until(is_so, within_s: float = 10.0) -> None:
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < within_s
        time.sleep(0.005)


@pytest.mark.parametrize("error", [OSError(28, "full"), SystemExit(3), MemoryError(), None])
def test_what_ends_by_a_fault_or_by_itself_is_started_anew(error: BaseException | None):
    runs: list[int] = []

    def work(place: Place) -> None:
        runs.append(1)
        if len(runs) < 3:
            if error is not None:
                raise error
            return
        place.over.wait()

    place = Place(work)
    place.watched.start()
    until(lambda: len(runs) == 3)
    place.over.set()
    assert place.watched.join(5)
    assert (place.watched.restarts, len(place.told), place.given_up) == (2, 2, [])


def test_what_fails_again_and_again_is_given_up():
    def work(_: Place) -> None:
        raise ValueError("kaputt")

    place = Place(work)
    place.watched.start()
    until(lambda: place.given_up)
    assert place.watched.join(5)
    assert "kaputt" in place.given_up[0]
    assert place.watched.restarts == MAX_FAULTS - 1


def test_a_thread_that_was_killed_from_outside_is_started_anew():
    inside: list[int] = []

    def work(place: Place) -> None:
        inside.append(threading.get_ident())
        while not place.over.is_set():
            time.sleep(0.001)

    place = Place(work)
    place.watched.start()
    until(lambda: inside)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(inside[0]), ctypes.py_object(SystemExit))
    until(lambda: len(inside) == 2)
    place.over.set()
    assert place.watched.join(5)


def test_a_machine_without_threads_left_is_told_and_given_up(monkeypatch: pytest.MonkeyPatch):
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    place = Place(lambda place: place.over.wait())
    monkeypatch.setattr(threading.Thread, "start", no_more)
    place.watched.start()
    for _ in range(MAX_FAULTS):
        place.watched.look()
    assert len(place.given_up) == 1
    assert place.told
