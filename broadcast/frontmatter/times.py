"""Times as people write them in a message file, read in the newsroom's zone. Pure.

What carries an offset is read as ISO 8601. What a person writes ("6/12/2026 18h", "demain 18 h", "dimanche
6 décembre à midi") means the clocks of the town. A time in a machine's notation (`2026-11-23T08:00:00`)
without its offset is refused: it may come from anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from broadcast.localtime import only_meaning, to_write
from broadcast.text.words import when

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept september sep",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        1,
    )
    for name in names.split()
}
_DAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi lun monday mon",
            "mardi tuesday tue",
            "mercredi mer wednesday wed",
            "jeudi jeu thursday thu",
            "vendredi ven friday fri",
            "samedi sam saturday sat",
            "dimanche dim sunday sun",
        )
    )
    for name in names.split()
}
#: Days from today.
_NEAR = {
    "aujourd'hui": 0,
    "aujourdhui": 0,
    "ce matin": 0,
    "cet apres-midi": 0,
    "ce soir": 0,
    "cette nuit": 0,
    "today": 0,
    "tonight": 0,
    "demain": 1,
    "demain matin": 1,
    "demain soir": 1,
    "tomorrow": 1,
    "apres-demain": 2,
    "apres demain": 2,
}
#: Hours between which a part of the day lies.
_PARTS = {"matin": (0, 12), "midi": (12, 19), "soir": (17, 24), "nuit": (20, 24), "tonight": (17, 24)}
_NIGHT = ("cette nuit", "tonight")
_HOUR = r"(?P<hour>[01]?\d|2[0-4])\s*(?:h(?:eures?)?\s*(?P<minute>[0-5]\d)?(?:\s*min)?|:(?P<minute2>[0-5]\d)(?::(?P<second>[0-5]\d))?)"
_CLOCK = re.compile(
    rf"(?:^|[\s,]+)(?:a\s+|at\s+|vers\s+)?(?:{_HOUR}|(?P<half>1[0-2]|0?[1-9])(?::(?P<minute3>[0-5]\d))?\s*(?P<ap>am|pm)|(?P<noon>midi|noon))$"
)
#: "18h demain", "à 8 h 30 le 6 décembre": the hour may come first.
_HOUR_FIRST = re.compile(r"^(?:a\s+)?(\d{1,2}\s*h(?:\s*[0-5]\d(?=\s|$))?|\d{1,2}:[0-5]\d)\s+((?:le\s+\d|[a-z]{3}).*)$")
_DAY_FIRST = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_YEAR_FIRST = re.compile(r"(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})")
_IN_WORDS = re.compile(
    r"(?:(?P<day>[a-z]+)\.?\s+)?(?P<number>\d{1,2})(?:er|st|nd|rd|th)?\s+(?P<month>[a-z]+)\.?(?:\s+(?P<year>\d{4}))?"
)
_MACHINE = re.compile(r"\d{4}-?\d\d-?\d\dT", re.IGNORECASE)


#: A day without a year that lies no further back is rather yesterday's than next year's.
_JUST_PAST = timedelta(days=45)


class NotATime(ValueError):
    """What was written is no time; the message says what to write instead."""


def read_time(written: str, zone: str, now: datetime | None = None, *, ends: bool = False) -> datetime:
    """Return the instant that a person wrote, in UTC.

    Args:
        written: the value of a key.
        zone: the newsroom's time zone.
        now: the present, for "demain 18h" and for dates without a year; None where nobody knows it.
        ends: the time ends something: a day alone is proposed until its last minute.

    Raises:
        NotATime: with the way out, in French.
    """
    text = " ".join(written.split())
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is not None and at.tzinfo is not None:
        return _within_reach(at, text)
    if at is not None and _MACHINE.match(text):
        raise NotATime(f"« {written} » {to_write(at, zone)}")
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if now else None
    naive = _naive(text, local, ends)
    meant = only_meaning(naive, zone)
    if meant is None:
        raise NotATime(f"« {written} » {to_write(naive, zone)}")
    return _within_reach(meant, text)


def _within_reach(at: datetime, written: str) -> datetime:
    """Return a time in UTC; what a calendar of any place cannot hold is refused.

    Raises:
        NotATime: a year that nobody can mean.
    """
    if not 1970 < at.year < 2200:
        raise NotATime(
            f"« {written} » : année {at.year} ; pour un message sans fin, ôtez la ligne et nommez un responsable (owner)"
        )
    return at.astimezone(UTC)


def _naive(text: str, now: datetime | None, ends: bool) -> datetime:
    words = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)).replace("’", "'")
    words = _HOUR_FIRST.sub(r"\2 \1", words)
    clock = _CLOCK.search(words)
    day = words[: clock.start()].strip(" ,") if clock else words
    day = re.sub(r"^(?:le|jusqu'au|jusqu'a|on)\s+", "", day)
    date = _date(day, now) if day else _midnight(now)
    if "minuit" in words or "midnight" in words:
        raise NotATime(f"« {text} » : minuit de quel côté ? écrivez 0h pour le début d'un jour, 23h59 pour sa fin")
    if date is None:
        raise NotATime(f"« {text} » n'est pas une date et heure ; écrivez par exemple {_example(now)}")
    if not clock:
        raise NotATime(f"« {text} » n'a pas d'heure ; écrivez {_with_hour(date, ends)}")
    at = date + _within(day, _since_midnight(clock), text)
    if now is not None and day in _NIGHT and now.hour < 6 and now < at - timedelta(days=1):
        at -= timedelta(days=1)  # it is that night already
    if now is not None and at <= now and day in ("", *_NEAR, *_DAYS):
        if day in _DAYS:
            return at + timedelta(days=7)
        raise NotATime(f"« {text} » : {when(at)} est déjà passé ; écrivez la date")
    return at


def _within(day: str, clock: timedelta, text: str) -> timedelta:
    """Return how long after midnight; the small hours of "cette nuit" are those of the next day.

    Raises:
        NotATime: the hour is not of that part of the day ("ce soir 8h"), or is none.
    """
    first, last = next((hours for part, hours in _PARTS.items() if day.endswith(part)), (0, 24))
    if day in _NIGHT and clock < timedelta(hours=12):
        return clock + timedelta(days=1)
    if not timedelta(hours=first) <= clock <= timedelta(hours=last):
        raise NotATime(f"« {text} » : cette heure ne va pas avec ce jour ; écrivez la date et l'heure (18h, 18:30)")
    return clock


def _date(day: str, now: datetime | None) -> datetime | None:
    """Return midnight of a day; None if it is none, or is counted from a present that nobody knows."""
    today = _midnight(now)
    if day in _NEAR:
        return today + timedelta(days=_NEAR[day]) if today else None
    if day in _DAYS:
        return today + timedelta(days=(_DAYS[day] - today.weekday()) % 7) if today else None
    if match := _YEAR_FIRST.fullmatch(day):
        return _made(int(match[1]), int(match[3]), int(match[4]))
    if match := _DAY_FIRST.fullmatch(day):
        return _dated(match[4], int(match[3]), int(match[1]), today)
    if (match := _IN_WORDS.fullmatch(day)) and match["month"] in _MONTHS:
        made = _dated(match["year"], _MONTHS[match["month"]], int(match["number"]), today)
        return _on(match["day"], made) if match["day"] else made
    if match := re.fullmatch(r"([a-z]+)\.?\s+(\S+)", day):
        return _on(match[1], _date(match[2], now)) if match[1] in _DAYS and match[2][0].isdigit() else None
    return None


def _on(day: str, date: datetime | None) -> datetime | None:
    """Return a date that a weekday was written with; None if that is no weekday.

    Raises:
        NotATime: it is another day of the week.
    """
    if date is None or day not in _DAYS:
        return None
    if date.weekday() != _DAYS[day]:
        raise NotATime(
            f"le {when(date).rpartition(' à ')[0].partition(' ')[2]} est un {when(date).split()[0]} ; corrigez l'un des deux"
        )
    return date


def _dated(year: str | None, month: int, day: int, today: datetime | None) -> datetime | None:
    if year:
        return _made(int(year) + (2000 if len(year) == 2 else 0), month, day)
    if today is None:
        return None
    this = _made(today.year, month, day)
    if this is not None and today - _JUST_PAST <= this < today:
        raise NotATime(f"le {day}/{month} vient de passer ; écrivez l'année ({day}/{month}/{today.year} ou {today.year + 1})")
    return this if this is None or this >= today else _made(today.year + 1, month, day)


def _made(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)  # noqa: DTZ001  (a day on the town's own calendar)
    except ValueError:
        return None


def _since_midnight(clock: re.Match[str]) -> timedelta:
    if clock["noon"]:
        return timedelta(hours=12)
    if clock["half"]:
        return timedelta(hours=int(clock["half"]) % 12 + 12 * (clock["ap"] == "pm"), minutes=int(clock["minute3"] or 0))
    minutes = int(clock["minute"] or clock["minute2"] or 0)
    return timedelta(hours=int(clock["hour"]), minutes=minutes, seconds=int(clock["second"] or 0))


def _midnight(now: datetime | None) -> datetime | None:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) if now else None


def _with_hour(date: datetime, ends: bool) -> str:
    if ends:
        return f"« {date:%d/%m/%Y} 23h59 » pour la fin de ce jour, ou l'heure voulue"
    return f"« {date:%d/%m/%Y} 0h » pour le début de ce jour, ou l'heure voulue"


def _example(now: datetime | None) -> str:
    """Return a time to come, as one writes it."""
    if now is None:
        return "2030-12-06 18:00"
    return f"{now + timedelta(days=1):%Y-%m-%d} 18:00"
