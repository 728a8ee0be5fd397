"""Dates of feeds: RFC 822 and RFC 3339, aware or nothing. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: Years that a date of a feed may have; others are faults (1970, 0001, 9999).
FIRST_YEAR, LAST_YEAR = 1990, 2100
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)?\s*([Zz]|[-+]\d\d:?\d\d)")
_ZONE = re.compile(r"(?:[-+]\d{4}|GMT|UT|UTC|Z|[ECMP][SD]T)\s*(?:\([^()]*\))?$")


def aware(text: str) -> datetime | None:
    """Return the time in UTC; None where it has no offset, cannot be read or cannot be believed."""
    text = " ".join(text[:100].split())
    try:
        at = _iso(text) or _rfc822(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    if at is None or at.tzinfo is None:
        return None
    try:
        at = at.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None


def _iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    day, minutes, seconds, offset = match.groups()
    offset = "+00:00" if offset in "Zz" else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    return datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{offset}")


def _rfc822(text: str) -> datetime | None:
    if not _ZONE.search(text):
        return None
    at = parsedate_to_datetime(text)
    # "-0000" is UTC that says nothing of the place; the library gives it without a zone.
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
