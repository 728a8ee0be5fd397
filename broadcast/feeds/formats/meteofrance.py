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
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.alerts import Alert, Area, Doubt, Entry, Info, Named, entry_digest
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
    """Read all that is yellow and above; what is not understood is named, and costs nothing else.

    Raises:
        FeedError: without its time, or with no period that can be read.
    """
    product = document.value["product"]
    sent = aware(str(product.get("update_time") or "")) or document.received_at
    if sent is None:
        raise FeedError("vigilance Météo-France : « update_time » absent ou illisible")
    made = _Made(sent)
    for n, period in enumerate(product["periods"], 1):
        made.add_period(n, period)
    if made.problems and not made.entries and not made.spoken:
        raise FeedError(f"vigilance Météo-France : rien de lisible : {made.problems[0]}")
    return ParsedFeed(
        format="meteofrance",
        title="Vigilance Météo-France",
        language="fr-FR",
        rights=RIGHTS,
        entries=tuple(made.entries),
        problems=tuple(dict.fromkeys(made.problems)),
        is_state=True,
        speaks_of=frozenset(made.spoken),
        issued_at=sent,
    )


class _Made:
    """What has been read so far."""

    def __init__(self, sent: datetime) -> None:
        self.sent = sent
        self.entries: list[Entry] = []
        self.problems: list[str] = []
        #: Ids of all of which the document speaks: what a domain does not name is green.
        self.spoken: set[str] = set()

    def add_period(self, n: int, period: Any) -> None:
        span, doubts = _period(period, self.sent)
        domains = _dict(_dict(period).get("timelaps")).get("domain_ids")
        if span is None or not isinstance(domains, list):
            why = "sans heures de début et de fin" if span is None else "sans départements"
            self.problems.append(f"vigilance : période {n} : {why}")
            return
        for domain in domains:
            self._add_domain(domain, span, doubts)

    def _add_domain(self, domain: Any, period: _Span, doubts: tuple[Doubt, ...]) -> None:
        code = str(_dict(domain).get("domain_id") or "").strip().upper()
        items = _dict(domain).get("phenomenon_items")
        if not code or not isinstance(items, list):
            self.problems.append(f"vigilance : domaine {code or 'sans numéro'} : sans phénomènes")
            return
        department, is_coast = _department(code)
        unclear: set[str] = set()
        for item in items:
            phenomenon, colour = str(_dict(item).get("phenomenon_id") or ""), _colour(_dict(item).get("phenomenon_max_color_id"))
            if colour == 0 or phenomenon not in PHENOMENA:
                # Of a phenomenon that is not named any may be meant: none is known to be green.
                unclear |= {phenomenon} if phenomenon else set(PHENOMENA)
            if colour is None or (colour > 1 and (phenomenon not in PHENOMENA or colour not in COLOURS)) or not phenomenon:
                what = f"phénomène {phenomenon or 'sans numéro'}, couleur {_dict(item).get('phenomenon_max_color_id')}"
                self.problems.append(f"vigilance : domaine {code} : {what[:60]} : inconnus")
                unclear |= {phenomenon} if phenomenon else set(PHENOMENA)
            elif colour > 1 and department:
                span, doubted = _span(item, colour, period)
                about = _About(code, department, is_coast, phenomenon, colour)
                self.entries.append(_entry(about, span, period, self.sent, (*doubts, *doubted)))
        self.spoken.update(_identifier(code, phenomenon, period) for phenomenon in PHENOMENA if phenomenon not in unclear)


@dataclass(frozen=True, slots=True)
class _About:
    """One phenomenon in one domain."""

    code: str
    department: str
    is_coast: bool
    phenomenon: str
    colour: int


def _colour(value: Any) -> int | None:
    """Return a colour; 0 where none is given, which is not green, and None where it is no number."""
    if value is None:
        return 0
    text = str(value).strip()
    return int(float(text)) if not isinstance(value, bool) and re.fullmatch(r"\d{1,3}(?:\.0+)?", text) else None


def _period(period: Any, sent: datetime) -> tuple[_Span | None, tuple[Doubt, ...]]:
    """Return from when to when a period lasts; the day that its name tells, where its times do not."""
    begins, ends = (_time(period, key) for key in ("begin_validity_time", "end_validity_time"))
    if begins is not None and ends is not None and begins < ends:
        return _Span(begins, ends), ()
    days = {"J": 0, "J1": 1}.get(str(_dict(period).get("echeance")))
    if days is None:
        return None, ()
    day = datetime.combine(sent.astimezone(_PARIS).date() + timedelta(days=days), time(), _PARIS)
    span = _Span((begins or day).astimezone(UTC), (day + timedelta(days=1)).astimezone(UTC))
    wrong = "les heures de la période manquent ou se contredisent"
    return span, (Doubt("end_validity_time", wrong, f"le {day:%d/%m/%Y} jusqu'à minuit", "time"),)


def _identifier(code: str, phenomenon: str, period: _Span) -> str:
    day = (period.ends - timedelta(seconds=1)).astimezone(_PARIS).date()
    return f"vigilance.{code}.{phenomenon}.{day.isoformat()}"


def _department(code: str) -> tuple[str, bool]:
    """Return the department of a domain and whether it is only its coast; "" for what is no department."""
    if code in DEPARTMENTS:
        return code, False
    match = re.fullmatch(r"(\d\d|2[AB])10", code)
    return (match[1], True) if match and match[1] in DEPARTMENTS else ("", False)


def _span(item: Any, colour: int, period: _Span) -> tuple[_Span, tuple[Doubt, ...]]:
    """Return from when to when the highest colour lasts; the whole period where no interval says."""
    spans: list[_Span] = []
    doubts: list[Doubt] = []
    for lap in _list(_dict(item).get("timelaps_items")):
        told = _colour(_dict(lap).get("color_id"))
        if told not in (colour, 0, None):
            continue
        begins, ends = _time(lap, "begin_time"), _time(lap, "end_time")
        if told != colour or begins is None or ends is None or begins >= ends:
            doubts.append(
                Doubt("timelaps_items", "un intervalle sans début, sans fin ou sans couleur", "toute la période", "time")
            )
            begins, ends = begins or period.begins, ends or period.ends
            begins, ends = (begins, ends) if begins < ends else (period.begins, period.ends)
        spans.append(_Span(begins, ends))
    if not spans:
        return period, ()
    return _Span(min(s.begins for s in spans), max(s.ends for s in spans)), tuple(dict.fromkeys(doubts))


def _entry(about: _About, span: _Span, period: _Span, sent: datetime, doubts: tuple[Doubt, ...]) -> Entry:
    code, department, is_coast, phenomenon, colour = (
        *(about.code, about.department, about.is_coast),
        *(about.phenomenon, about.colour),
    )
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
        identifier=identifier,
        sender=SENDER,
        sent=sent,
        status="Actual",
        msg_type="Alert",
        scope="Public",
        infos=(info,),
        doubts=doubts,
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


def _time(owner: Any, key: str) -> datetime | None:
    return aware(str(_dict(owner).get(key) or ""))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
