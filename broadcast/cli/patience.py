"""Tells a person at a terminal that long work goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

#: Silence before the first word, and between two, seconds.
_FIRST_S, _NEXT_S = 2.0, 5.0


@contextmanager
def patience(work: str) -> Iterator[None]:
    """Say on a terminal every few seconds that a piece of work is under way; elsewhere nothing.

    Args:
        work: what goes on, as "préparation des images et des déclinaisons".
    """
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()

    def tell() -> None:
        waited, wait = 0.0, _FIRST_S
        while not done.wait(wait):
            waited, wait = waited + wait, _NEXT_S
            click.echo(f"… {work} ({waited:.0f} s)", err=True)

    teller = threading.Thread(target=tell, name="patience", daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
