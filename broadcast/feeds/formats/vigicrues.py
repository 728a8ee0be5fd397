"""Vigicrues `InfoVigiCru.geojson`: one alert per river section at yellow and above.

The document is a state without a time of its own: `sent` is when we received it. An entry's `id` names
the section, its digest the level, so the same level again is the same.

Source: vigicrues.gouv.fr/services; names of properties vary in case between its versions.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from broadcast.alerts import Alert, Area, Entry, Info, Named, entry_digest
from broadcast.feeds.dates import aware
from broadcast.feeds.document import Document, ParsedFeed
from broadcast.feeds.formats._vigilance import COLOURS
from broadcast.feeds.plain import plain

SENDER = "vigicrues@developpement-durable.gouv.fr"
LINK = "https://www.vigicrues.gouv.fr/"
RIGHTS = "Vigicrues, Licence Ouverte"
GEOCODE = "VIGICRUES-TRONCON"
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_LEVEL = ("nivinfvicr", "nivsituvigicruent", "nivsituvigicru")
_CODE = ("cdentcru", "cdentvigicru", "gid", "id")
_NAME = ("lbentcru", "nomentvigicru")
_TIME = ("dthrinfvigicru", "dthrvigicru", "update_time")


def recognises(document: Document) -> bool:
    """By the level in the first section; an empty collection by its address."""
    value = document.value
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection" or not isinstance(value.get("features"), list):
        return False
    features = value["features"]
    return any(_property(f, _LEVEL) for f in features) if features else "vigicru" in document.url.lower()


def read(document: Document) -> ParsedFeed:
    """Read all sections at level 2 and above."""
    sent = aware(_property({"properties": document.value}, _TIME)) or document.received_at
    entries, problems = [], []
    spoken: set[str] = set()
    for n, feature in enumerate(document.value["features"], 1):
        try:
            entry = _entry(feature, sent)
        except (ArithmeticError, ValueError, TypeError) as error:
            problems.append(f"Vigicrues : tronçon {n} : {error}")
            continue
        if _level(feature):
            spoken.add(_identifier("".join(_property(feature, _CODE).split())))
        if entry is not None:
            entries.append(entry)
    return ParsedFeed(
        format="vigicrues",
        title="Vigicrues",
        language="fr-FR",
        rights=RIGHTS,
        entries=tuple(entries),
        problems=tuple(problems),
        is_state=True,
        speaks_of=frozenset(spoken),
        issued_at=sent,
    )


def _level(feature: Any) -> int:
    """Return the level of a section; 0 where nothing is said of it, which is not green."""
    text = _property(feature, _LEVEL)
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise ValueError("sans propriétés")
    if text and not re.fullmatch(r"\d{1,3}(?:\.0*)?", text):
        raise ValueError(f"niveau {text[:20]} inconnu")
    return int(float(text or "0"))


def _identifier(code: str) -> str:
    return f"vigicrues.{code}"


def _entry(feature: Any, sent: datetime | None) -> Entry | None:
    level = _level(feature)
    if level in (0, 1):
        return None
    if level not in COLOURS:
        raise ValueError(f"niveau {level} inconnu")
    code = "".join(_property(feature, _CODE).split())
    if not code or any(c in code for c in ",<&"):
        raise ValueError("sans code")
    word, severity, awareness = COLOURS[level]
    name = plain(_property(feature, _NAME), one_line=True) or code
    title = f"Vigilance {word} crues : {name}"
    info = Info(
        language="fr-FR",
        categories=("Met",),
        event="crues",
        urgency="Expected" if level == 2 else "Immediate",
        severity=severity,
        certainty="Likely",
        sender_name="Vigicrues",
        headline=title,
        description=f"{title}. Bulletin : {LINK}",
        web=LINK,
        parameters=(Named("awareness_level", awareness), Named("awareness_type", "crues")),
        areas=(Area(area_desc=name, geocodes=(Named(GEOCODE, code),)),),
    )
    alert = Alert(
        identifier=_identifier(code),
        sender=SENDER,
        sent=sent or _UNKNOWN_TIME,
        status="Actual",
        msg_type="Alert",
        scope="Public",
        infos=(info,),
    )
    return Entry(
        id=alert.identifier,
        title=title,
        link=LINK,
        published=sent,
        updated=sent,
        summary=info.description,
        language="fr-FR",
        alert=alert,
        rights=RIGHTS,
        digest=entry_digest(title, "", LINK, None),
    )


def _property(feature: Any, names: tuple[str, ...]) -> str:
    """Return the first of these properties, whatever the case of its name."""
    owner = feature.get("properties") if isinstance(feature, dict) else None
    low = {str(k).lower(): v for k, v in owner.items()} if isinstance(owner, dict) else {}
    return next((str(low[n]).strip() for n in names if isinstance(low.get(n), (str, int, float))), "")
