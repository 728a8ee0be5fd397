"""What time it is: the only place that asks, with `scheduler/`.

`BROADCAST_NOW` sets the time at which a process starts; it then goes on at its usual pace. It is
honoured only while every network channel points at loopback (the app sees to that).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from broadcast.errors import UsageError


def awake_s() -> float:
    """Return seconds of a clock that never jumps, and that counts the time for which the machine was suspended.

    Source: clock_gettime(2), CLOCK_BOOTTIME (Linux); elsewhere the monotonic clock is the next best.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def wall_s() -> float:
    """Return the machine's time, seconds since 1970."""
    return time.time()


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the time by which Broadcast decides, UTC."""

    def wall(self) -> datetime:
        """Return the time of the machine, UTC: what the networks' own times are compared with."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's clock, perhaps shifted to begin at a given time."""

    def __init__(self, begin: datetime | None = None) -> None:
        self._shift = timedelta() if begin is None else begin - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the shifted time, UTC."""
        return datetime.now(UTC) + self._shift

    def wall(self) -> datetime:
        """Return the machine's time, UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        time.sleep(seconds)


class FrozenClock:
    """A clock under the control of a test: time passes only when told to, or by sleeping."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the set time."""
        return self.at

    def wall(self) -> datetime:
        """Return the machine's time: stands on loopback have no other."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.at += timedelta(seconds=seconds)


def parse_now(text: str) -> datetime:
    """Return the time that `BROADCAST_NOW` gives, UTC.

    Raises:
        UsageError: it is not an ISO 8601 time with an offset.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"BROADCAST_NOW : « {text} » n'est pas une date et heure ; écrivez 2026-11-22T17:30:00+01:00") from error
    if at.tzinfo is None:
        raise UsageError(f"BROADCAST_NOW : « {text} » est sans décalage horaire ; écrivez 2026-11-22T17:30:00+01:00")
    return at.astimezone(UTC)
