"""Times without an offset are refused with the exact text to write; clock changes are asked about (E1, X15)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadcast import frontmatter
from broadcast.checks import check_times
from broadcast.localtime import odd_times, other_offset, to_write
from broadcast.quiet import QuietHours, parse

PARIS = "Europe/Paris"
FILE = """---
title: Crue
kind: information
owner: alice
{more}
---
Texte.
"""


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026-11-22T17:30", ["2026-11-22T17:30:00+01:00", "heure de Paris"]),
        ("2027-07-01T08:00", ["2027-07-01T08:00:00+02:00"]),
        ("2027-10-31T02:30", ["deux fois", "2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"]),
        ("2027-03-28T02:30", ["n'existe pas", "2027-03-28T01:59:00+01:00", "2027-03-28T03:00:00+02:00"]),
        ("2027-03-28T02:00", ["n'existe pas", "2027-03-28T01:59:00+01:00", "2027-03-28T03:00:00+02:00"]),
        ("2027-10-31T03:00", ["sans décalage", "2027-10-31T03:00:00+01:00"]),
    ],
)
def test_a_time_without_offset_is_refused_with_what_to_write(written: str, words: list[str]):
    said = to_write(datetime.fromisoformat(written), PARIS)
    assert [w for w in words if w not in said] == []
    with pytest.raises(frontmatter.MessageFileError) as caught:
        frontmatter.parse(FILE.format(more=f"expires: {written}"), slug="crue", file="crue.md", zone=PARIS)
    (finding,) = caught.value.findings
    assert finding.blocking and finding.line == 5 and finding.code == "bad_time"
    assert said in finding.message


def test_every_text_that_is_offered_reads_back_as_a_time_of_the_zone():
    for written in ("2026-11-22T17:30", "2027-10-31T02:30", "2027-03-28T02:30"):
        said = to_write(datetime.fromisoformat(written), PARIS)
        offered = [w.rstrip(",;") for w in said.split() if w[:2] == "20"]
        assert offered
        assert [other_offset(datetime.fromisoformat(o), PARIS) for o in offered] == [""] * len(offered)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-03-28T02:30:00+01:00", "28/03/2027 à 03:30"),
        ("2027-07-01T08:00:00+01:00", "01/07/2027 à 09:00"),
        ("2026-12-01T08:00:00+02:00", "01/12/2026 à 07:00"),
        ("2026-12-01T08:00:00+01:00", ""),
        ("2027-07-01T08:00:00Z", ""),
    ],
)
def test_another_offset_than_the_newsrooms_is_told_with_what_residents_read(written: str, read: str):
    draft = frontmatter.parse(FILE.format(more=f"expires: {written}"), slug="crue", file="crue.md", zone=PARIS)
    findings = check_times(draft, PARIS)
    assert [(f.code, f.line, f.blocking) for f in findings] == ([("other_offset", 5, False)] if read else [])
    assert all(read in f.message and "Paris" in f.message for f in findings)


def test_a_time_that_cannot_be_read_is_left_to_the_reader():
    assert odd_times("expires: demain", {"expires": 1, "onset": 9}, PARIS) == []


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


NIGHT = QuietHours(datetime(2000, 1, 1, 22).time(), datetime(2000, 1, 1, 7).time(), PARIS)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-22T21:59:59+01:00", None),
        ("2026-11-22T22:00:00+01:00", "2026-11-23T07:00:00+01:00"),
        ("2026-11-23T03:00:00+01:00", "2026-11-23T07:00:00+01:00"),
        ("2026-11-23T06:59:59+01:00", "2026-11-23T07:00:00+01:00"),
        ("2026-11-23T07:00:00+01:00", None),
        # The clocks go forward at 2: the night is an hour shorter, the morning is at 7 all the same.
        ("2027-03-27T23:00:00+01:00", "2027-03-28T07:00:00+02:00"),
        ("2027-10-30T23:00:00+02:00", "2027-10-31T07:00:00+01:00"),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T07:00:00+01:00"),
    ],
)
def test_quiet_hours_end_in_the_morning_whatever_the_clocks_do(now: str, until: str | None):
    assert NIGHT.until(at(now)) == (at(until) if until else None)


def test_quiet_hours_within_a_day_and_over_doubled_and_missing_hours():
    noon = parse("12:00-14:00", PARIS)
    assert noon is not None and noon.until(at("2026-11-22T13:00:00+01:00")) == at("2026-11-22T14:00:00+01:00")
    assert noon.until(at("2026-11-22T14:00:00+01:00")) is None
    early = parse("22:00-02:30", PARIS)
    assert early is not None
    # Doubled: the later one. Missing: half an hour after the change.
    assert early.until(at("2027-10-31T02:15:00+01:00")) == at("2027-10-31T02:30:00+01:00")
    assert early.until(at("2027-03-28T01:30:00+01:00")) == at("2027-03-28T03:30:00+02:00")


@pytest.mark.parametrize("text", ["22-7", "25:00-07:00", "22:00-22:00", "22:00"])
def test_quiet_hours_that_cannot_be_read_say_how_to_write_them(text: str):
    with pytest.raises(ValueError, match=r"22:00"):
        parse(text, PARIS)


def test_no_quiet_hours():
    assert parse("", PARIS) is None and parse("  ", PARIS) is None
