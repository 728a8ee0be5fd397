"""Météo-France vigilance (DPVigilance `cartevigilance/encours`): one alert per department, phenomenon and day.

The document is a state, re-issued twice a day and more: an entry's `id` names the event
(department, phenomenon, day) and not the issue, and its digest what residents would be told (level
and end), so a new issue that says the same is the same. A coastal domain ("2910") is the coast of
its department and says so in its geocodes. "99" is Andorra, "FRA" the whole map: left out.

Source: portail-api.meteofrance.fr, product DPVigilance v1; shape as in shared/domain.md §3, 2026-11-26.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from broadcast.alerts import Alert, Area, Doubt, Entry, Info, Named, entry_digest
from broadcast.errors import FeedError
from broadcast.feeds.dates import aware
from broadcast.feeds.document import Document, ParsedFeed
from broadcast.feeds.formats._vigilance import (
    COLOURS,
    PARIS,
    Span,
    as_dict,
    colour_of,
    period_of,
    phenomenon_of,
    span_of,
    told_colour,
)
from broadcast.feeds.regions import DEPARTMENTS

SENDER = "vigilance@meteofrance.fr"
LINK = "https://vigilance.meteofrance.fr/"
RIGHTS = "Météo-France, Licence Ouverte"
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
#: Andorra, and the whole map.
_NO_DEPARTMENT = frozenset({"99", "FRA"})


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
        span, doubts = period_of(period, self.sent)
        domains = as_dict(as_dict(period).get("timelaps")).get("domain_ids")
        if span is None or not isinstance(domains, list):
            why = "sans heures de début et de fin" if span is None else "sans départements"
            self.problems.append(f"vigilance : période {n} : {why}")
            return
        for domain in domains:
            self._add_domain(domain, span, doubts)

    def _add_domain(self, domain: Any, period: Span, doubts: tuple[Doubt, ...]) -> None:
        code = str(as_dict(domain).get("domain_id") or "").strip().upper()
        code = code.zfill(2) if code.isdigit() else code
        items = as_dict(domain).get("phenomenon_items")
        if not code or not isinstance(items, list):
            self.problems.append(f"vigilance : domaine {code or 'sans numéro'} : sans phénomènes")
            return
        department, is_coast = _department(code)
        unclear: set[str] = set()
        highest = 0
        for item in items:
            phenomenon, (colour, raised) = phenomenon_of(item), told_colour(item)
            highest = max(highest, colour or 0)
            if colour == 0 or phenomenon not in PHENOMENA:
                # Of a phenomenon that is not named any may be meant: none is known to be green.
                unclear |= {phenomenon} if phenomenon else set(PHENOMENA)
            if colour is None or (colour > 1 and (phenomenon not in PHENOMENA or colour not in COLOURS)) or not phenomenon:
                what = f"phénomène {phenomenon or 'sans numéro'}, couleur {as_dict(item).get('phenomenon_max_color_id')}"
                self.problems.append(f"vigilance : domaine {code} : {what[:60]} : inconnus")
                unclear |= {phenomenon} if phenomenon else set(PHENOMENA)
                highest = max(highest, 9)
            elif colour > 1 and department:
                span, doubted = span_of(item, colour, period)
                about = _About(code, department, is_coast, phenomenon, colour)
                self._keep(_entry(about, span, period, self.sent, (*doubts, *raised, *doubted)))
        announced = colour_of(as_dict(domain).get("max_color_id")) or 0
        if announced > max(highest, 1):
            self.problems.append(f"vigilance : domaine {code} : couleur {announced} annoncée, aucun phénomène de cette couleur")
            unclear = set(PHENOMENA)
        if highest > 1 and not department and code not in _NO_DEPARTMENT:
            self.problems.append(f"vigilance : domaine {code[:20]} : inconnu")
        self.spoken.update(_identifier(code, phenomenon, period) for phenomenon in PHENOMENA if phenomenon not in unclear)

    def _keep(self, entry: Entry) -> None:
        """Keep an entry; of two for one phenomenon the one of the higher colour, which is doubted."""
        other = next((n for n, kept in enumerate(self.entries) if kept.id == entry.id), None)
        if other is None:
            self.entries.append(entry)
        elif entry.digest != self.entries[other].digest:
            higher = max(self.entries[other], entry, key=_severity)
            self.entries[other] = _doubted(higher, "écrit deux fois, de façons différentes", "la couleur la plus haute")


@dataclass(frozen=True, slots=True)
class _About:
    """One phenomenon in one domain."""

    code: str
    department: str
    is_coast: bool
    phenomenon: str
    colour: int


def _severity(entry: Entry) -> int:
    severities = [severity for _, severity, _ in COLOURS.values()]
    return severities.index(entry.alert.infos[0].severity) if entry.alert is not None else -1


def _doubted(entry: Entry, wrong: str, assumed: str) -> Entry:
    doubt = Doubt("phenomenon_items", wrong, assumed, "level")
    alert = entry.alert and replace(entry.alert, doubts=(*entry.alert.doubts, doubt))
    return replace(entry, alert=alert)


def _identifier(code: str, phenomenon: str, period: Span) -> str:
    day = (period.ends - timedelta(seconds=1)).astimezone(PARIS).date()
    return f"vigilance.{code}.{phenomenon}.{day.isoformat()}"


def _department(code: str) -> tuple[str, bool]:
    """Return the department of a domain and whether it is only its coast; "" for what is no department."""
    if code in DEPARTMENTS:
        return code, False
    match = re.fullmatch(r"(\d\d|2[AB])10", code)
    return (match[1], True) if match and match[1] in DEPARTMENTS else ("", False)


def _entry(about: _About, span: Span, period: Span, sent: datetime, doubts: tuple[Doubt, ...]) -> Entry:
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


def _when(span: Span) -> str:
    begins, ends = span.begins.astimezone(PARIS), span.ends.astimezone(PARIS)
    return f"du {begins:%d/%m/%Y %H:%M} au {ends:%d/%m/%Y %H:%M}"
