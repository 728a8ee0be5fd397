"""Typography, dates and times in the language of a text: French, English, or forms that any language reads. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from broadcast.text import near, words
from broadcast.text.french import set_hours, typo, typo_net

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
#: Languages written from right to left, and the script subtags that say so.
#: Source: Unicode CLDR 48, characterOrder right-to-left, read 2026-11-29.
_RIGHT_TO_LEFT = frozenset(
    (
        *("ar", "arc", "ckb", "dv", "fa", "he", "khw", "ks", "mzn", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"),
        *("adlm", "arab", "hebr", "mand", "nkoo", "rohg", "syrc", "thaa"),
    )
)


def is_french(language: str) -> bool:
    """True for French, whatever its region."""
    return _base(language) == "fr"


def is_english(language: str) -> bool:
    """True for English, whatever its region."""
    return _base(language) == "en"


def direction(language: str) -> str:
    """Return "rtl" or "ltr", as HTML's `dir` says it."""
    base, *more = language.lower().split("-")
    script = next((part for part in more if len(part) == 4 and part.isalpha()), "")
    return "rtl" if (script or base) in _RIGHT_TO_LEFT else "ltr"


def set_type(text: str, language: str) -> str:
    """Return a text with the typography of its language; only French asks for any."""
    return typo(set_hours(text)) if is_french(language) else text


def set_type_for_networks(text: str, language: str) -> str:
    """Return the same with what costs nothing on networks."""
    return typo_net(set_hours(text)) if is_french(language) else text


def day(at: datetime, language: str) -> str:
    """Return "mardi 24 novembre 2026", "Tuesday 24 November 2026", or "2026-11-24"."""
    if is_french(language):
        return words.day(at)
    return f"{_DAYS[at.weekday()]} {_dated(at)} {at.year}" if is_english(language) else f"{at:%Y-%m-%d}"


def hour(at: datetime, language: str) -> str:
    """Return "18 h 40" in French, "18:40" elsewhere."""
    return words.hour(at) if is_french(language) else f"{at:%H:%M}"


def when(at: datetime, language: str) -> str:
    """Return day and hour: "mardi 24 novembre 2026 à 18 h 40", "Tuesday 24 November 2026 at 18:40", "2026-11-24 18:40"."""
    if is_french(language):
        return words.when(at)
    return f"{day(at, language)} at {hour(at, language)}" if is_english(language) else f"{at:%Y-%m-%d %H:%M}"


def last_day(at: datetime, language: str) -> str:
    """Return the last day of what ends then; midnight belongs to the day that it ends."""
    return near.last_day(at) if is_french(language) else day(_last(at), language)


def lasts(onset: datetime | None, until: datetime | None, said_at: datetime, *, near_days: bool, language: str) -> str:
    """Return when an event begins and ends; "" if neither is given or both are past. See `near.lasts`.

    Args:
        onset: when it begins; what has begun already is not said.
        until: when it ends.
        said_at: when the words are said, in the zone in which they are read.
        near_days: True lets days be "today" and "tomorrow".
        language: of the text.
    """
    if is_french(language):
        return near.lasts(onset, until, said_at, near=near_days)
    zone = said_at.tzinfo
    begins = onset.astimezone(zone) if onset is not None and onset > said_at else None
    ends = until.astimezone(zone) if until is not None and until > said_at else None
    if not is_english(language):
        return " – ".join(when(at, language) for at in (begins, ends) if at is not None)
    return _english(begins, ends, said_at.date(), near_days)


def _english(begins: datetime | None, ends: datetime | None, today: date, near_days: bool) -> str:
    def named(at: datetime) -> str:
        ahead = (at.date() - today).days
        if near_days and ahead in (0, 1):
            return ("today", "tomorrow")[ahead]
        return f"{_DAYS[at.weekday()]} {_dated(at)}" + (f" {at.year}" if at.year != today.year else "")

    def clock(at: datetime) -> str:
        return "midnight" if at.time() >= time(23, 59) else f"{at:%H:%M}"

    end = _last(ends) if ends is not None else None
    if begins is not None and end is not None:
        is_whole = begins.time() == time() and end.time() >= time(23, 59)
        if begins.date() == end.date():
            said = named(begins) + ("" if is_whole else f" from {clock(begins)} to {clock(end)}")
        else:
            said = f"from {named(begins)}" + ("" if is_whole else f", {clock(begins)},")
            said += f" to {named(end)}" + ("" if is_whole else f", {clock(end)}")
    elif begins is not None:
        said = f"from {named(begins)}" + ("" if begins.time() == time() else f" at {clock(begins)}")
    elif end is not None:
        said = f"until {named(end)} at {clock(end)}"
    else:
        return ""
    return said[:1].upper() + said[1:]


def _last(at: datetime) -> datetime:
    return at - timedelta(minutes=1) if at.time() == time() else at


def _dated(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]}"


def _base(language: str) -> str:
    return language.lower().partition("-")[0]
