"""A rule: what to look for, and what is said instead."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import regex

Match = regex.Match[str]
Rule = tuple[regex.Pattern[str], str | Callable[[Match], str]]


def rule(pattern: str, into: str | Callable[[Match], str], flags: int = 0) -> Rule:
    """Return a rule: `into` takes the place of `pattern`."""
    return compiled(pattern, flags), into


@cache
def compiled(pattern: str, flags: int = 0) -> regex.Pattern[str]:
    """Return the pattern compiled, once."""
    return regex.compile(pattern, flags)


def sub(pattern: str, into: str | Callable[[Match], str], text: str, flags: int = 0) -> str:
    """Return `text` with `into` in place of `pattern`; the module `regex` looks a pattern up anew each time."""
    return compiled(pattern, flags).sub(into, text)


def search(pattern: str, text: str) -> Match | None:
    """Return where a pattern first stands."""
    return compiled(pattern).search(text)
