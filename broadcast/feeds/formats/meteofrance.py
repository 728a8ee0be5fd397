"""Météo-France vigilance (DPVigilance `cartevigilance/encours`): one alert per department, phenomenon and day.

The document is a state, re-issued twice a day and more: an entry's `id` names the event
(department, phenomenon, day) and not the issue, and its digest what residents would be told (level
and end), so a new issue that says the same is the same. A coastal domain ("2910") is the coast of
its department and says so in its geocodes. "99" is Andorra, "FRA" the whole map: left out.

Source: portail-api.meteofrance.fr, product DPVigilance v1; shape as in shared/domain.md §3, 2026-11-26.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.alerts import Alert, Area, Entry, Info, Named, entry_digest
from broadcast.errors import FeedError
from broadcast.feeds.dates import aware
from broadcast.feeds.document import Document, ParsedFeed
from broadcast.feeds.regions import DEPARTMENTS

SENDER = "vigilance@meteofrance.fr"
LINK = "https://vigilance.meteofrance.fr/"
RIGHTS = "Météo-France, Licence Ouverte"
_PARIS = ZoneInfo("Europe/Paris")
PHENOMENA = {
    "1": "vent violent",
    "2": "pluie-inondation",
    "3": "orages",
    "4": "crues",
    "5": "neige-verglas",
    "6": "canicule",
    "7": "grand froid",
    "8": "avalanches",
    "9": "vagues-submersion",
}
#: Colour: word, CAP severity, MeteoAlarm's awareness level.
COLOURS = {
    2: ("jaune", "Moderate", "2; yellow; Moderate"),
    3: ("orange", "Severe", "3; orange; Severe"),
    4: ("rouge", "Extreme", "4; red; Extreme"),
}


@dataclass(frozen=True, slots=True)
class _Span:
    begins: datetime
    ends: datetime


def recognises(document: Document) -> bool:
    """By `product.periods`."""
    value = document.value
    product = value.get("product") if isinstance(value, dict) else None
    return isinstance(product, dict) and isinstance(product.get("periods"), list)


def read(document: Document) -> ParsedFeed:
    """Read all that is yellow and above.

    Raises:
        FeedError: without its time, or with periods that are none.
    """
    product = document.value["product"]
    sent = aware(str(product.get("update_time") or "")) or document.received_at
    if sent is None:
        raise FeedError("vigilance Météo-France : « update_time » absent ou illisible")
    entries: list[Entry] = []
    problems: list[str] = []
    spoken: set[str] = set()
    for period in product["periods"]:
        span = _Span(*(_time(period, key) for key in ("begin_validity_time", "end_validity_time")))
        for domain in _list(_dict(period.get("timelaps")).get("domain_ids")):
            try:
                entries.extend(_entries(domain, span, sent))
                spoken.update(_spoken(domain, span))
            except (ValueError, TypeError) as error:
                problems.append(f"vigilance : domaine {_dict(domain).get('domain_id')} : {error}")
    return ParsedFeed(
        format="meteofrance",
        title="Vigilance Météo-France",
        language="fr-FR",
        rights=RIGHTS,
        entries=tuple(entries),
        problems=tuple(problems),
        is_state=True,
        speaks_of=frozenset(spoken),
        issued_at=sent,
    )


def _spoken(domain: Any, period: _Span) -> list[str]:
    """Return the ids of all that a domain could have said of a day: what it does not name is green."""
    code = str(_dict(domain).get("domain_id", "")).strip().upper()
    if not isinstance(_dict(domain).get("phenomenon_items"), list):
        return []
    unknown = {str(i.get("phenomenon_id")) for i in domain["phenomenon_items"] if not int(i.get("phenomenon_max_color_id") or 0)}
    return [_identifier(code, phenomenon, period) for phenomenon in PHENOMENA if phenomenon not in unknown]


def _identifier(code: str, phenomenon: str, period: _Span) -> str:
    day = (period.ends - timedelta(seconds=1)).astimezone(_PARIS).date()
    return f"vigilance.{code}.{phenomenon}.{day.isoformat()}"


def _entries(domain: Any, period: _Span, sent: datetime) -> list[Entry]:
    code = str(_dict(domain).get("domain_id", "")).strip().upper()
    department, is_coast = _department(code)
    if not department:
        return []
    made = []
    for item in _list(domain.get("phenomenon_items")):
        phenomenon, colour = str(item.get("phenomenon_id")), int(item.get("phenomenon_max_color_id") or 0)
        if colour in (0, 1):
            continue
        if phenomenon not in PHENOMENA or colour not in COLOURS:
            raise ValueError(f"phénomène {phenomenon}, couleur {colour} : inconnus")
        made.append(_entry(code, department, is_coast, phenomenon, colour, _span(item, colour, period), period, sent))
    return made


def _department(code: str) -> tuple[str, bool]:
    """Return the department of a domain and whether it is only its coast; "" for what is no department."""
    if code in DEPARTMENTS:
        return code, False
    match = re.fullmatch(r"(\d\d|2[AB])10", code)
    return (match[1], True) if match and match[1] in DEPARTMENTS else ("", False)


def _span(item: dict[str, Any], colour: int, period: _Span) -> _Span:
    """Return from when to when the highest colour lasts; the whole period where no interval says."""
    spans = [
        _Span(_time(lap, "begin_time"), _time(lap, "end_time"))
        for lap in _list(item.get("timelaps_items"))
        if int(_dict(lap).get("color_id") or 0) == colour
    ]
    return _Span(min(s.begins for s in spans), max(s.ends for s in spans)) if spans else period


def _entry(
    code: str, department: str, is_coast: bool, phenomenon: str, colour: int, span: _Span, period: _Span, sent: datetime
) -> Entry:
    word, severity, awareness = COLOURS[colour]
    place = f"{'littoral, ' if is_coast else ''}{DEPARTMENTS[department].name} ({department})"
    title = f"Vigilance {word} {PHENOMENA[phenomenon]} : {place}"
    identifier = _identifier(code, phenomenon, period)
    geocodes = [Named("FR-INSEE-DEPARTEMENT", department)]
    if is_coast:
        geocodes.append(Named("METEOFRANCE-LITTORAL", code))
    info = Info(
        language="fr-FR",
        categories=("Met",),
        event=PHENOMENA[phenomenon],
        urgency="Expected" if span.begins > sent else "Immediate",
        severity=severity,
        certainty="Likely",
        onset=span.begins if span.begins > period.begins else None,
        expires=span.ends if span.ends > sent else period.ends,
        sender_name="Météo-France",
        headline=title,
        description=f"{title}, {_when(span)}.",
        web=LINK,
        parameters=(Named("awareness_level", awareness), Named("awareness_type", PHENOMENA[phenomenon])),
        areas=(Area(area_desc=place, geocodes=tuple(geocodes)),),
    )
    alert = Alert(
        identifier=identifier, sender=SENDER, sent=sent, status="Actual", msg_type="Alert", scope="Public", infos=(info,)
    )
    return Entry(
        id=identifier,
        title=title,
        link=LINK,
        published=sent,
        updated=sent,
        summary=info.description,
        language="fr-FR",
        alert=alert,
        rights=RIGHTS,
        digest=entry_digest(title, span.ends.isoformat(), LINK, None),
    )


def _when(span: _Span) -> str:
    begins, ends = span.begins.astimezone(_PARIS), span.ends.astimezone(_PARIS)
    return f"du {begins:%d/%m/%Y %H:%M} au {ends:%d/%m/%Y %H:%M}"


def _time(owner: Any, key: str) -> datetime:
    at = aware(str(_dict(owner).get(key) or ""))
    if at is None:
        raise FeedError(f"vigilance Météo-France : « {key} » absent ou sans décalage horaire")
    return at


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
