"""Dates as services write them: the true instant, or none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadcast.feeds.dates import aware


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        # Zones by name: summer time is not winter time, and Central Europe is not the east of America.
        ("Sun, 12 Jul 2026 18:00:00 CEST", "2026-07-12T16:00:00"),
        ("Sun, 12 Jul 2026 18:00:00 MEST", "2026-07-12T16:00:00"),
        ("Sun, 12 Jul 2026 18:00:00 MESZ", "2026-07-12T16:00:00"),
        ("Sun, 12 Jul 2026 18:00:00 WEST", "2026-07-12T17:00:00"),
        ("Sun, 12 Jul 2026 18:00:00 EEST", "2026-07-12T15:00:00"),
        ("Sat, 28 Nov 2026 18:00:00 CET", "2026-11-28T17:00:00"),
        ("Sat, 28 Nov 2026 18:00:00 AEST", "2026-11-28T08:00:00"),
        ("12 Jul 2026 18:00:00 AEDT", "2026-07-12T07:00:00"),
        ("Sat, 28 Nov 2026 18:00:00 EST", "2026-11-28T23:00:00"),
        ("2026-11-28 18:00:00 CET", "2026-11-28T17:00:00"),
        ("2026-07-12 18:00 Europe/Paris", "2026-07-12T16:00:00"),
        # What JavaScript and Unix print.
        ("Sat Nov 28 2026 18:00:00 GMT+0100 (heure normale d’Europe centrale)", "2026-11-28T17:00:00"),
        ("Sat Nov 28 2026 18:00:00 GMT-0500 (Eastern Standard Time)", "2026-11-28T23:00:00"),
        ("Sat Nov 28 18:00:00 CET 2026", "2026-11-28T17:00:00"),
        ("28 Nov 2026 18:00:00 UTC+1", "2026-11-28T17:00:00"),
        # Twelve hours.
        ("Sun, 12 Jul 2026 06:00:00 PM +0200", "2026-07-12T16:00:00"),
        ("Sun, 12 Jul 2026 06:00:00 AM +0200", "2026-07-12T04:00:00"),
        ("Nov 28, 2026 12:05 AM GMT", "2026-11-28T00:05:00"),
        ("Nov 28, 2026 12:05 p.m. GMT", "2026-11-28T12:05:00"),
        # Months and days in other languages, and other habits.
        ("dim., 12 juil. 2026 18:00:00 +0200", "2026-07-12T16:00:00"),
        ("vendredi 12 juin 2026 à 18h30 +0200", "2026-06-12T16:30:00"),
        ("Fr, 14 Aug 2026 18:00:00 +0200", "2026-08-14T16:00:00"),
        ("14 août 2026 18:00:00 +0200", "2026-08-14T16:00:00"),
        ("Mi, 14 Okt 2026 18:00:00 +0200", "2026-10-14T16:00:00"),
        ("Saturday, 28-Nov-26 18:00:00 GMT", "2026-11-28T18:00:00"),
        ("20261128T180000Z", "2026-11-28T18:00:00"),
        ("2026-11-28T18:00:00+01", "2026-11-28T17:00:00"),
        ("2026-11-28T24:00:00Z", "2026-11-29T00:00:00"),
        ("2026-11-28T18:00:00 -0000", "2026-11-28T18:00:00"),
        ("Sat (samedi), 28 Nov 2026 18:00:00 (heure (d'hiver)) +0100", "2026-11-28T17:00:00"),
        ("Sat, 28 Nov 2026 18:00:00 (CET)", "2026-11-28T17:00:00"),
        ("28. November 2026 18:00:00 MEZ", "2026-11-28T17:00:00"),
        ("1er décembre 2026 à 18 h 00 CET", "2026-12-01T17:00:00"),
    ],
)
def test_a_time_is_read_as_its_writer_meant_it(written, instant):
    assert aware(written) == utc(instant)


@pytest.mark.parametrize(
    "written",
    [
        "Sat, 28 Nov 2026 18:00:00 BST",  # British summer or Bangladesh
        "Sat, 28 Nov 2026 18:00:00 IST",
        "Sat, 28 Nov 2026 18:00:00 XYZT",
        "Sat, 28 Nov 2026 18:00:00 +0100 CEST",  # contradicts itself
        "Sat, 28 Nov 2026 18:00:00 heure de Paris",
        "Sat, 28 Nov 2026 18:00:00 +1500",
        "Sat, 28 Nov 2026 18:00:00 AM +0100",
        "Sat, 28 Nov 2026 18:00",
        "11/28/2026 18:00:00 +0100",  # whose month comes first?
        "2026-11-28T24:10:00Z",
        "2026-11-28T25:00:00Z",
        "Sat, 28 Nov 2026 99:00:00 +0100",
        "2026-10-25 02:30:00 Europe/Paris",  # shown twice by the clocks
        "2026-02-30T10:00:00Z",
        "Sat, 28 Foo 2026 18:00:00 +0100",
    ],
)
def test_a_time_that_may_mean_two_instants_is_none(written):
    assert aware(written) is None
