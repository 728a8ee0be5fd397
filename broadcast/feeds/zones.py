"""Time zones as feeds write them: an offset, or nothing where a name means several. Pure.

A name that two parts of the world use for two offsets (BST, IST, AST) is not guessed at. The American ones are
what RFC 822 says they are.

Source: RFC 5322 §4.3, IANA time zone database, read 2026-11-29.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

#: Hours east of Greenwich.
_HOURS: dict[float, str] = {
    0: "z ut utc gmt wet",
    1: "west cet met mez wat",
    2: "cest mest mesz eet cat sast",
    3: "eest msk eat fet",
    4: "ret mut sct samt",
    7: "wib",
    8: "awst hkt sgt pht wita",
    9: "jst kst wit",
    9.5: "acst",
    10: "aest chst",
    10.5: "acdt",
    11: "aedt nct vut",
    12: "nzst wft fjt",
    13: "nzdt",
    -2: "pmdt",
    -3: "gft pmst brt art",
    -3.5: "nst",
    -2.5: "ndt",
    -4: "edt hae bot",
    -5: "est cdt hne hac",
    -6: "cst mdt hnc har",
    -7: "mst pdt hnr hap",
    -8: "pst akdt hnp",
    -9: "akst gamt",
    -9.5: "mart",
    -10: "hst taht",
}
_NAMED = {name: timezone(timedelta(hours=hours)) for hours, names in _HOURS.items() for name in names.split()}
_OFFSET = re.compile(r"(?:GMT|UTC|UT|Z)?\s?([+\-\u2212])(\d{1,2})(?::?(\d\d))?(?:\s([A-Za-z]{1,5}))?", re.IGNORECASE)
_COMMENT = re.compile(r"\(([^()]{0,60})\)$")
_PLACE = re.compile(r"[A-Z][A-Za-z]{1,14}/[A-Z][A-Za-z_+\-0-9]{1,30}(?:/[A-Z][A-Za-z_]{1,30})?")
#: No place on Earth is further from Greenwich, minutes.
_MAX_MINUTES = 14 * 60


def zone_of(text: str) -> tzinfo | None:
    """Return the zone that a text names: "+0100", "GMT+1", "CEST", "Europe/Paris"; None where it is none or means several."""
    text = text.strip()
    comment = _COMMENT.search(text)
    if comment is not None:
        before = text[: comment.start()].strip()
        # A comment only explains the offset before it, unless it stands alone.
        return zone_of(before or comment[1])
    named = _NAMED.get(text.casefold())
    if named is not None:
        return named
    offset = _OFFSET.fullmatch(text)
    if offset is not None:
        return _offset(*offset.groups())
    return _place(text)


def _offset(sign: str, hours: str, minutes: str | None, name: str | None) -> tzinfo | None:
    total = int(hours) * 60 + int(minutes or "0")
    if total > _MAX_MINUTES or int(minutes or "0") > 59:
        return None
    found = timezone(timedelta(minutes=total if sign == "+" else -total))
    known = _NAMED.get(name.casefold()) if name else None
    return None if known is not None and known != found else found


def _place(text: str) -> tzinfo | None:
    try:
        return ZoneInfo(text) if _PLACE.fullmatch(text) else None
    except (KeyError, ValueError, OSError):
        return None


def at_zone(at: datetime, zone: tzinfo) -> datetime | None:
    """Return a local time in its zone; None where the clock showed it twice or never."""
    first, second = at.replace(tzinfo=zone, fold=0), at.replace(tzinfo=zone, fold=1)
    return first if first.utcoffset() == second.utcoffset() else None
