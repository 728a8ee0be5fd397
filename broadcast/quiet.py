"""Quiet hours: when what is not urgent waits for the morning. Pure; by the clock on the newsroom's wall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a time of day to another, perhaps over midnight."""

    begin: time
    end: time
    #: Time zone of the newsroom.
    zone: str

    @property
    def reason(self) -> str:
        """Why something waits, for people."""
        return f"heures calmes jusqu'à {self.end:%H:%M}"

    def until(self, at: datetime) -> datetime | None:
        """Return when the quiet hours that `at` falls in are over, UTC; None: it falls in none.

        An end that a change of the clocks doubles is the later of the two; one that it skips comes as
        long after the change as it stood after the hour that was skipped.
        """
        zone = ZoneInfo(self.zone)
        today = at.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            last = day if self.begin < self.end else day + timedelta(days=1)
            begin, end = _instant(day, self.begin, zone, later=False), _instant(last, self.end, zone, later=True)
            if begin <= at < end:
                return end
        return None


def parse(text: str, zone: str) -> QuietHours | None:
    """Read "22:00-07:00"; None for "".

    Raises:
        ValueError: how to write it.
    """
    if not text.strip():
        return None
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f'« {text} » : écrivez "22:00-07:00", ou "" pour aucune')
    try:
        begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    except ValueError:
        raise ValueError(f'« {text} » : heures de 00:00 à 23:59, comme "22:00-07:00"') from None
    if begin == end:
        raise ValueError(f"« {text} » : début et fin sont les mêmes ; rien ne partirait jamais")
    return QuietHours(begin, end, zone)


def _instant(day: date, at: time, zone: ZoneInfo, *, later: bool) -> datetime:
    first = datetime.combine(day, at, zone)
    second = first.replace(fold=1)
    is_doubled = first.utcoffset() != second.utcoffset() and first.astimezone(UTC).astimezone(zone).replace(
        tzinfo=None
    ) == first.replace(tzinfo=None)
    return (second if later and is_doubled else first).astimezone(UTC)
