"""What a CAP message must satisfy beyond its shape; the same for what we read and what we write. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadcast import alerts
from broadcast.alerts import Alert, Area, Info

_FORBIDDEN = re.compile(r"[\s,<&]")
_XML_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def problems(alert: Alert) -> Iterator[str]:
    """Yield what forbids a message, in a sentence each."""
    for name in ("identifier", "sender"):
        value = getattr(alert, name)
        if not value:
            yield f"{name} : absent"
        elif _FORBIDDEN.search(value):
            yield f"{name} : « {value} » contient une espace, une virgule, < ou &"
    if alert.sent.tzinfo is None:
        yield "sent : sans décalage horaire"
    yield from _word("status", alert.status, alerts.STATUSES)
    yield from _word("msgType", alert.msg_type, alerts.MSG_TYPES)
    yield from _word("scope", alert.scope, alerts.SCOPES)
    if alert.scope == "Restricted" and not alert.restriction:
        yield "restriction : obligatoire quand scope est Restricted"
    if alert.scope == "Private" and not alert.addresses:
        yield "addresses : obligatoire quand scope est Private"
    if alert.msg_type in ("Update", "Cancel", "Ack", "Error") and not alert.references:
        yield f"references : obligatoire pour {alert.msg_type}"
    for n, info in enumerate(alert.infos, 1):
        yield from (f"info {n} : {problem}" for problem in _info(info, alert))


def _word(name: str, value: str, words: tuple[str, ...]) -> Iterator[str]:
    if value not in words:
        yield f"{name} : « {value} » inconnu ; parmi : {', '.join(words)}"


def _info(info: Info, alert: Alert) -> Iterator[str]:
    if not info.event:
        yield "event : absent"
    if not info.categories:
        yield "category : absent"
    for category in info.categories:
        yield from _word("category", category, alerts.CATEGORIES)
    for response in info.response_types:
        yield from _word("responseType", response, alerts.RESPONSES)
    yield from _word("urgency", info.urgency, alerts.URGENCIES)
    yield from _word("severity", info.severity, alerts.SEVERITIES)
    yield from _word("certainty", info.certainty, alerts.CERTAINTIES)
    begins = info.effective or alert.sent
    if info.expires is not None and begins.tzinfo and info.expires <= begins:
        yield "expires : vient avant l'entrée en vigueur"
    for area in info.areas:
        yield from _area(area)


def _area(area: Area) -> Iterator[str]:
    if not area.area_desc:
        yield "areaDesc : absent"
    for polygon in area.polygons:
        points = polygon.split()
        if len(points) < 4:
            yield "polygon : au moins quatre points"
        elif points[0] != points[-1]:
            yield "polygon : le premier et le dernier point doivent être les mêmes"
        if not all(_is_point(p) for p in points):
            yield f"polygon : « {polygon[:40]} » n'est pas une suite de lat,lon"
    for circle in area.circles:
        centre, _, radius = circle.strip().partition(" ")
        if not _is_point(centre) or not _is_number(radius) or float(radius) < 0:
            yield f"circle : « {circle[:40]} » n'est pas « lat,lon rayon »"


def _is_point(text: str) -> bool:
    latitude, comma, longitude = text.partition(",")
    if not comma or not _is_number(latitude) or not _is_number(longitude):
        return False
    return -90 <= float(latitude) <= 90 and -180 <= float(longitude) <= 180


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text.strip()) is not None


def bad_character(text: str) -> str:
    """Return the first character that XML cannot carry, "" if none."""
    match = _XML_BAD.search(text)
    return match[0] if match else ""
