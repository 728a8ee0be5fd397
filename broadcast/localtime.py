"""Times of day as residents read them: what a time without offset can mean, and what one with a wrong offset says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

#: Keys of a message file that hold a time.
KEYS = ("embargo_until", "onset", "until", "expires", "next_update")
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\s\"'#,}]*")


def zone_words(zone: str) -> str:
    """Return the zone as people call it: "heure de Paris"."""
    return f"heure de {zone.rpartition('/')[2].replace('_', ' ')}"


def to_write(naive: datetime, zone: str) -> str:
    """Return how a time of the newsroom is written with its offset; where the clocks change, what the choice is.

    Args:
        naive: a time without offset.
        zone: time zone of the newsroom.
    """
    place = ZoneInfo(zone)
    first, second = naive.replace(tzinfo=place), naive.replace(tzinfo=place, fold=1)
    if first.utcoffset() == second.utcoffset():
        return f"sans décalage horaire ; écrivez {first.isoformat()} ({zone_words(zone)})"
    if _wall(first, place) == naive:
        return (
            f"existe deux fois cette nuit-là (les horloges reculent) ; écrivez {first.isoformat()} pour la première, "
            f"ou {second.isoformat()} pour la seconde ({zone_words(zone)})"
        )
    # In a gap the later fold reads the clock as it will be, and so lies before the change.
    change = _change(second.astimezone(UTC), first.astimezone(UTC), place)
    before = (change - timedelta(minutes=1)).astimezone(place)
    return (
        f"n'existe pas ce jour-là (les horloges avancent) ; écrivez par exemple {before.isoformat()}, juste avant, "
        f"ou {change.astimezone(place).isoformat()}, juste après ({zone_words(zone)})"
    )


def only_meaning(naive: datetime, zone: str) -> datetime | None:
    """Return the instant at which the clocks of a zone show a time; None if they show it twice that day, or never.

    Args:
        naive: a time without offset.
        zone: a time zone.
    """
    place = ZoneInfo(zone)
    first, second = naive.replace(tzinfo=place), naive.replace(tzinfo=place, fold=1)
    return first if first.utcoffset() == second.utcoffset() else None


def other_offset(at: datetime, zone: str) -> str:
    """Return what residents will read where a time's offset is not theirs; "" if it is, or if it is UTC."""
    here = at.astimezone(ZoneInfo(zone))
    if at.utcoffset() in (timedelta(), here.utcoffset()):
        return ""
    return f"{here:%d/%m/%Y à %H:%M} ({zone_words(zone)}, {here.isoformat()[-6:]})"


def odd_times(source: str, lines: Mapping[str, int], zone: str) -> list[tuple[str, int, str, str]]:
    """Return the times of a message file whose offset is not the newsroom's: key, line, as written, as read.

    Args:
        source: the whole file.
        lines: front matter key -> its line, from 1.
        zone: time zone of the newsroom.
    """
    texts = source.split("\n")
    found = []
    for key in KEYS:
        number = lines.get(key, 0)
        match = _WRITTEN.search(texts[number - 1]) if 0 < number <= len(texts) else None
        at = _read(match[0]) if match else None
        said = other_offset(at, zone) if at is not None else ""
        if match and said:
            found.append((key, number, match[0], said))
    return found


def said_times(
    source: str, lines: Mapping[str, int], times: Mapping[str, datetime | None], zone: str
) -> list[tuple[str, int, str, datetime]]:
    """Return the times of a message file that were written as people say them: key, line, as written, on the town's clocks.

    Args:
        source: the whole file.
        lines: front matter key -> its line, from 1.
        times: key -> how it was read.
        zone: time zone of the newsroom.
    """
    texts = source.split("\n")
    found = []
    for key, at in times.items():
        number = lines.get(key, 0)
        if at is None or not 0 < number <= len(texts):
            continue
        written = re.sub(r"\s+#(?:\s.*)?$", "", texts[number - 1].partition(":")[2]).strip(" \t\"'")
        if written and _read(written) is None:
            found.append((key, number, written, at.astimezone(ZoneInfo(zone))))
    return found


def _read(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _wall(at: datetime, place: ZoneInfo) -> datetime:
    return at.astimezone(UTC).astimezone(place).replace(tzinfo=None)


def _change(low: datetime, high: datetime, place: ZoneInfo) -> datetime:
    """Return when the clocks change between two instants, to the minute."""
    before = low.astimezone(place).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=int((high - low) / timedelta(minutes=2)))
        if middle.astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
