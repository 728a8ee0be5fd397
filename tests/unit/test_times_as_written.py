"""Times as people write them at night, with the hour first, and just after the day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadcast.frontmatter.times import NotATime, read_time


def _read(written: str, now: str) -> str:
    return f"{read_time(written, 'Europe/Paris', datetime.fromisoformat(now)).astimezone(UTC):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("written", "now", "instant"),
    [
        ("cette nuit 2h", "2026-11-29T00:30+01:00", "2026-11-29 01:00"),
        ("cette nuit 2h", "2026-11-29T21:00+01:00", "2026-11-30 01:00"),
        ("cette nuit 2h", "2026-11-29T03:00+01:00", "2026-11-30 01:00"),
        ("cette nuit 0h30", "2026-12-31T23:50+01:00", "2026-12-31 23:30"),
        ("18h demain", "2026-12-31T12:00+01:00", "2027-01-01 17:00"),
        ("à 8 h 30 le 6 décembre", "2026-11-29T12:00+01:00", "2026-12-06 07:30"),
        ("18:00 dimanche", "2026-11-27T12:00+01:00", "2026-11-29 17:00"),
        ("2/1 8h", "2026-11-29T12:00+01:00", "2027-01-02 07:00"),
    ],
)
def test_a_time_is_the_one_that_its_writer_meant(written: str, now: str, instant: str):
    assert _read(written, now) == instant


@pytest.mark.parametrize("written", ["28 novembre 8h", "28/11 8h", "samedi 28 novembre 8h", "1er novembre 18h"])
def test_a_day_that_has_just_passed_is_not_next_year(written: str):
    with pytest.raises(NotATime, match="écrivez l'année"):
        _read(written, "2026-11-29T12:00+01:00")
