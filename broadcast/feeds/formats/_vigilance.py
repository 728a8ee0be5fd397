"""What Météo-France's vigilance says in values: colours, phenomena, intervals; each flaw with its doubt. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.alerts import Doubt
from broadcast.feeds.dates import aware

PARIS = ZoneInfo("Europe/Paris")
#: Colour: word, CAP severity, MeteoAlarm's awareness level.
COLOURS = {
    2: ("jaune", "Moderate", "2; yellow; Moderate"),
    3: ("orange", "Severe", "3; orange; Severe"),
    4: ("rouge", "Extreme", "4; red; Extreme"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when."""

    begins: datetime
    ends: datetime


def colour_of(value: Any) -> int | None:
    """Return a colour; 0 where none is given, which is not green, and None where it is no number."""
    if value is None:
        return 0
    text = str(value).strip()
    return int(float(text)) if not isinstance(value, bool) and re.fullmatch(r"\d{1,3}(?:\.0+)?", text) else None


def phenomenon_of(item: Any) -> str:
    """Return the number of a phenomenon as `PHENOMENA` has it, or whatever stands there."""
    text = str(as_dict(item).get("phenomenon_id") or "").strip()
    return text.lstrip("0") or text


def told_colour(item: Any) -> tuple[int | None, tuple[Doubt, ...]]:
    """Return the colour of a phenomenon; the highest of its intervals, with a doubt, where it says none or a lower one."""
    said = colour_of(as_dict(item).get("phenomenon_max_color_id"))
    laps = [colour_of(as_dict(lap).get("color_id")) or 0 for lap in as_list(as_dict(item).get("timelaps_items"))]
    highest = max((colour for colour in laps if colour in COLOURS), default=0)
    if said is None or highest <= said:
        return said, ()
    wrong = "la couleur du phénomène manque" if said == 0 else "la couleur du phénomène est plus basse que celle d'un intervalle"
    return highest, (Doubt("phenomenon_max_color_id", wrong, "la plus haute est retenue", "level"),)


def period_of(period: Any, sent: datetime) -> tuple[Span | None, tuple[Doubt, ...]]:
    """Return from when to when a period lasts; the day that its name tells, where its times do not."""
    begins, ends = (_time(period, key) for key in ("begin_validity_time", "end_validity_time"))
    if begins is not None and ends is not None and begins < ends:
        return Span(begins, ends), ()
    days = {"J": 0, "J1": 1}.get(str(as_dict(period).get("echeance")))
    if days is None:
        return None, ()
    day = datetime.combine(sent.astimezone(PARIS).date() + timedelta(days=days), time(), PARIS)
    span = Span((begins or day).astimezone(UTC), (day + timedelta(days=1)).astimezone(UTC))
    wrong = "les heures de la période manquent ou se contredisent"
    return span, (Doubt("end_validity_time", wrong, f"le {day:%d/%m/%Y} jusqu'à minuit", "time"),)


def span_of(item: Any, colour: int, period: Span) -> tuple[Span, tuple[Doubt, ...]]:
    """Return from when to when the highest colour lasts; the whole period where no interval says."""
    spans: list[Span] = []
    doubts: list[Doubt] = []
    for lap in as_list(as_dict(item).get("timelaps_items")):
        told = colour_of(as_dict(lap).get("color_id"))
        if told not in (colour, 0, None):
            continue
        begins, ends = _time(lap, "begin_time"), _time(lap, "end_time")
        if told != colour or begins is None or ends is None or begins >= ends:
            doubts.append(
                Doubt("timelaps_items", "un intervalle sans début, sans fin ou sans couleur", "toute la période", "time")
            )
            begins, ends = begins or period.begins, ends or period.ends
            begins, ends = (begins, ends) if begins < ends else (period.begins, period.ends)
        spans.append(Span(begins, ends))
    if not spans:
        return period, ()
    return Span(min(s.begins for s in spans), max(s.ends for s in spans)), tuple(dict.fromkeys(doubts))


def _time(owner: Any, key: str) -> datetime | None:
    return aware(str(as_dict(owner).get(key) or ""))


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
