"""Long work says on a terminal that it goes on, and nothing anywhere else."""

from __future__ import annotations

import io
import sys
import threading

import pytest

from broadcast.cli import patience as module
from broadcast.cli.patience import patience


class Screen(io.StringIO):
    """A standard error that may be a terminal, and says when something was written."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal, self.told = is_terminal, threading.Event()

    def isatty(self) -> bool:
        return self.is_terminal

    def write(self, text: str) -> int:
        self.told.set()
        return super().write(text)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(module, "_FIRST_S", 0.01)
    return monkeypatch


def test_a_terminal_is_told_that_long_work_goes_on(quick):
    screen = Screen(is_terminal=True)
    quick.setattr(sys, "stderr", screen)
    with patience("préparation des images"):
        assert screen.told.wait(30)
    assert screen.getvalue().startswith("… préparation des images (0 s)")


def test_a_pipe_is_told_nothing(quick):
    screen = Screen(is_terminal=False)
    quick.setattr(sys, "stderr", screen)
    with patience("préparation des images"):
        assert not screen.told.wait(0.1)


def test_short_work_is_silent(monkeypatch):
    screen = Screen(is_terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)
    with patience("préparation des images"):
        pass
    assert screen.getvalue() == ""
