"""When something happens, as people say it: near days in words where they stay true, else the day. Pure.

"ce soir à 18 h" is true on one day only: whoever writes it says for which day, and has the words with the day at hand.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from broadcast.text.words import day as day_words
from broadcast.text.words import hour

_NOON, _EVENING, _NIGHT_ENDS = time(12), time(18), time(5)


def last_day(at: datetime) -> str:
    """Return the last day of what ends then, "samedi 5 décembre 2026": midnight belongs to the day that it ends."""
    return day_words(datetime.combine(_end_of(at)[0], time()))


def dated(at: date, today: date) -> str:
    """Return "lundi 30 novembre", with the year where it is another than today's."""
    words = day_words(datetime.combine(at, time()))
    return words.removesuffix(f" {at.year}") if at.year == today.year else words


def lasts(onset: datetime | None, until: datetime | None, said_at: datetime, *, near: bool) -> str:
    """Return when an event begins and ends, "" if neither is given or both are past: "Jusqu’à ce soir à 18 h".

    Args:
        onset: when it begins; what has begun already is not said.
        until: when it ends.
        said_at: when the words are said, in the zone in which they are read.
        near: True lets days be "aujourd’hui" and "demain".
    """
    zone, today = said_at.tzinfo, said_at.date()
    begins = onset.astimezone(zone) if onset is not None and onset > said_at else None
    ends = until.astimezone(zone) if until is not None and until > said_at else None
    words = _Words(today, near=near)
    if begins is not None and ends is not None:
        return _first_large(words.span(begins, ends))
    if begins is not None:
        return _first_large(words.after("à partir ", begins))
    return _first_large(words.before(ends)) if ends is not None else ""


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]


class _Words:
    def __init__(self, today: date, *, near: bool) -> None:
        self._today, self._near = today, near

    def after(self, lead_in: str, at: datetime) -> str:
        """Return "à partir de demain à 8 h", "à partir du lundi 30 novembre" for its very beginning."""
        of, day = self._of(at.date(), at.time())
        return f"{lead_in}{of}{day}" + (f" à {hour(at)}" if at.time() != time() else "")

    def before(self, at: datetime) -> str:
        """Return "jusqu’à ce soir à 18 h", "jusqu’au lundi 30 novembre à minuit"."""
        day, clock = _end_of(at)
        to, words = self._to(day, at.time() if clock != "minuit" else _EVENING)
        return f"jusqu’{to}{words} à {clock}"

    def span(self, begins: datetime, ends: datetime) -> str:
        """Return "demain de 8 h à 17 h", "de demain 20 h à mardi 1er décembre 6 h"."""
        end_day, end_clock = _end_of(ends)
        if begins.date() == end_day:
            whole = begins.time() == time() and end_clock == "minuit"
            hours = "" if whole else f" de {hour(begins)} à {end_clock}"
            near = "aujourd’hui" if begins.date() == self._today else "demain"
            return f"{near if self._is_near(begins.date()) else f'le {dated(begins.date(), self._today)}'}{hours}"
        of, first = self._of(begins.date(), begins.time())
        to, last = self._to(end_day, ends.time() if end_clock != "minuit" else _EVENING)
        is_long = (end_day - begins.date()).days > 2
        from_clock = f" {hour(begins)}" if begins.time() != time() and not is_long else ""
        to_clock = f"{',' if not from_clock else ''} {end_clock}" if end_clock != "minuit" else ""
        if not from_clock and of == "du " and (begins.year, begins.month) == (end_day.year, end_day.month):
            first = first.removesuffix(f" {last.split(' ')[2]}")
        return f"{of}{first}{from_clock} {to}{last}{to_clock}"

    def _is_near(self, at: date) -> bool:
        return self._near and self._today <= at <= self._today + timedelta(days=1)

    def _of(self, at: date, clock: time) -> tuple[str, str]:
        return ("de ", self._near_day(at, clock)) if self._is_near(at) else ("du ", dated(at, self._today))

    def _to(self, at: date, clock: time) -> tuple[str, str]:
        return ("à ", self._near_day(at, clock)) if self._is_near(at) else ("au ", dated(at, self._today))

    def _near_day(self, at: date, clock: time) -> str:
        if at != self._today:
            return "demain"
        if clock >= _EVENING:
            return "ce soir"
        if clock == time() or clock < _NIGHT_ENDS or clock == _NOON:
            return "aujourd’hui"
        return "ce matin" if clock < _NOON else "cet après-midi"


def _end_of(at: datetime) -> tuple[date, str]:
    """Return the day and clock of an end: midnight belongs to the day that it ends."""
    if at.time() == time():
        return at.date() - timedelta(days=1), "minuit"
    return at.date(), "minuit" if at.time() >= time(23, 59) else hour(at)


def tells_when(text: str, onset: datetime | None, until: datetime | None) -> bool:
    """True if a text names the day, and the hour if there is one, of beginning and end: they need not be said again.

    Args:
        text: what is said already.
        onset: when it begins, in the zone in which it is read; its midnight is the day itself.
        until: when it ends.
    """
    words = text.casefold().replace("\u00a0", " ").replace("\u202f", " ")

    is_one_day = onset is None or until is None or onset.date() == _end_of(until)[0]

    def named(at: datetime) -> bool:
        day, clock = _end_of(at)
        weekday, number, month = day_words(datetime.combine(day, time())).split(" ")[:3]
        if (onset is not None and not is_one_day) or (onset is None and f"{number} {month}" in words):
            return re.search(rf"(?<!\d){number}(?!\d| ?h)", words) is not None
        is_day = weekday in words or re.search(rf"(?<!\d){number}(?!\d| ?h)", words) is not None
        if clock == "minuit":
            return is_day or re.search(r"(?<!\d)1er(?!\d)", words) is not None
        minutes = f"\\s?{at.minute:02d}" if at.minute else "(?![ ]?[0-5][0-9])"
        return is_day and re.search(rf"(?<!\d){at.hour}\s?(?:h|heures?){minutes}", words) is not None

    begins = onset + timedelta(days=1) if onset is not None and onset.time() == time() else onset
    given = [at for at in (begins, until) if at is not None]
    return bool(given) and all(map(named, given))
