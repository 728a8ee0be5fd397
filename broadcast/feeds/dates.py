"""Dates of feeds as services write them: the true instant, or nothing. Pure.

RFC 822, RFC 3339, JavaScript's and Unix's own, months in the languages around us, twelve-hour clocks. A time without
a zone, or with one that is not understood, is none: an hour more or less can be the difference between warned and late.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from broadcast.alerts import Doubt
from broadcast.feeds.zones import at_zone, zone_of

#: Years that a date of a feed may have; others are faults (1970, 0001, 9999).
FIRST_YEAR, LAST_YEAR = 1990, 2100
_TIME = r"(?:[àa]\s)?(?P<hour>\d{1,2})(?::|\s?h\s?)(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?:\s?(?P<half>[ap])\.?m\b\.?)?"
_DAY = r"(?P<day>\d{1,2})(?:\.|er|st|nd|rd|th)?"
_MONTH = r"(?P<name>[^\W\d_]{3,10})\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:T|\s){_TIME}\s?(?P<zone>.*)",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<half>)(?P<zone>.*)",
        rf"{_DAY}[\s-]{_MONTH}[\s-](?P<year>\d{{4}}|\d\d),?\s{_TIME}\s?(?P<zone>.*)",
        rf"{_MONTH}\s{_DAY},?\s(?P<year>\d{{4}}),?\s{_TIME}\s?(?P<zone>.*)",
        rf"{_MONTH}\s(?P<day>\d{{1,2}})\s{_TIME}\s(?P<zone>.*?)\s?(?P<year>\d{{4}})",
    )
)
#: RFC 822 allows comments anywhere, one in another.
_COMMENT = re.compile(r"\s?\([^()]*\)\s?")
_DAY_NAME = re.compile(r"[^\W\d_]{2,12}\.?(?:\s?,\s?|\s(?=\d))|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?\s", re.IGNORECASE)
#: English, French, German, Italian and Spanish, by what distinguishes them.
_MONTHS = {
    head: number
    for number, heads in enumerate(
        (
            *("jan gen ene", "feb fev", "mar mae", "apr avr abr", "may mai mag", "jun juin giu", "jul juil lug"),
            *("aug aou ago", "sep set", "oct okt ott", "nov", "dec dez dic"),
        ),
        1,
    )
    for head in heads.split()
}


def aware(text: str) -> datetime | None:
    """Return the time in UTC; None where it has no zone, cannot be read or cannot be believed."""
    text = " ".join(text[:100].split())
    try:
        # The only zone may stand in brackets.
        at = _read(_without_comments(text)) or _read(text)
        at = at.astimezone(UTC).replace(microsecond=0) if at is not None else None
    except (ValueError, OverflowError):
        return None
    return at if at is not None and FIRST_YEAR <= at.year <= LAST_YEAR else None


def read_or_doubted(field: str, text: str) -> tuple[datetime | None, tuple[Doubt, ...]]:
    """Return a time as `aware` does, and a doubt of it where something is written that says none."""
    at = aware(text)
    if at is not None or not text.strip():
        return at, ()
    wrong = f"« {' '.join(text[:60].split())} » n'est pas une date et heure sûre"
    return None, (Doubt(field, wrong, "aucune heure retenue", "time"),)


def _without_comments(text: str) -> str:
    while (bare := _COMMENT.sub(" ", text)) != text:
        text = bare
    return re.sub(r"\s+(?=,)", "", text).strip()


def _read(text: str) -> datetime | None:
    named = _DAY_NAME.match(text)
    written = (text[named.end() :], text) if named else (text,)
    for form in _FORMS:
        match = next(filter(None, map(form.fullmatch, written)), None)
        if match is not None:
            return _instant(match.groupdict())
    return None


def _instant(parts: dict[str, str | None]) -> datetime | None:
    month = int(parts["month"] or 0) if "month" in parts else _month(parts["name"] or "")
    hour = _hour(int(parts["hour"] or 0), (parts["half"] or "").lower())
    zone = zone_of(parts["zone"] or "")
    if not month or hour is None or zone is None:
        return None
    second = int(parts["second"] or 0)
    # Midnight may be the end of a day, and a minute may have a leap second.
    more = timedelta(days=hour // 24, seconds=second // 60)
    if hour > 24 or (hour == 24 and int(parts["minute"] or 0) + second > 0) or second > 60:
        return None
    day = datetime(_year(parts["year"] or ""), month, int(parts["day"] or 0), tzinfo=UTC).replace(tzinfo=None)
    return at_zone(day.replace(hour=hour % 24, minute=int(parts["minute"] or 0), second=second % 60) + more, zone)


def _year(text: str) -> int:
    short = int(text)
    return short if len(text) == 4 else short + (2000 if short < 50 else 1900)


def _month(name: str) -> int:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isascii())
    return _MONTHS.get(bare[:4] if bare.startswith("jui") else bare[:3], 0)


def _hour(hour: int, half: str) -> int | None:
    """Return the hour of 24; None where hour and half of the day contradict each other."""
    if not half:
        return hour
    if hour > 12 or hour == 0:
        return hour if hour <= 23 and half == ("p" if hour > 12 else "a") else None
    return hour % 12 + (12 if half == "p" else 0)
