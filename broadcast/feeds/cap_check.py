"""What a CAP message must satisfy to be written. What is read is measured by the same, and mended (`cap_mend`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadcast import alerts
from broadcast.alerts import Alert, Area, Info

_FORBIDDEN = re.compile(r"[\s,<&]")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=#]|%[0-9A-Fa-f]{2}|[\u00a1-\ud7ff])+")
_XML_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def problems(alert: Alert) -> Iterator[str]:
    """Yield what forbids a message to be written, in a sentence each."""
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
        yield from (f"info {n} : {problem}" for problem in (*_info(info), *_writing(info)))
        begins = info.effective or alert.sent
        if info.expires is not None and begins.tzinfo and info.expires <= begins:
            yield f"info {n} : expires : vient avant l'entrée en vigueur"


def _word(name: str, value: str, words: tuple[str, ...]) -> Iterator[str]:
    if value not in words:
        yield f"{name} : « {value} » inconnu ; parmi : {', '.join(words)}"


def _info(info: Info) -> Iterator[str]:
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
    for resource in info.resources:
        if not resource.resource_desc:
            yield "resourceDesc : absent"
    for area in info.areas:
        yield from _area(area)


def _writing(info: Info) -> Iterator[str]:
    if not _LANGUAGE.fullmatch(info.language):
        yield f"language : « {info.language} » n'est pas une étiquette de langue"
    if info.web and not _is_address(info.web):
        yield f"web : « {info.web[:80]} » n'est pas une adresse"
    for resource in info.resources:
        if not resource.mime_type:
            yield "mimeType : absent"
        if resource.size is not None and resource.size < 0:
            yield "size : négatif"
        if resource.uri and not _is_address(resource.uri):
            yield f"uri : « {resource.uri[:80]} » n'est pas une adresse"


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def _area(area: Area) -> Iterator[str]:
    if not area.area_desc:
        yield "areaDesc : absent"
    for polygon in area.polygons:
        yield from polygon_problems(polygon)
    for circle in area.circles:
        yield from circle_problems(circle)
    if area.unsure:
        yield "polygon : un périmètre douteux n'est jamais transmis"
    yield from height_problems(area.altitude, area.ceiling)


def circle_problems(text: str) -> Iterator[str]:
    """Yield what is wrong with a circle."""
    centre, _, radius = text.strip().partition(" ")
    if not _is_point(centre) or not _is_number(radius) or float(radius) < 0:
        yield f"circle : « {text[:40]} » n'est pas « lat,lon rayon »"


def polygon_problems(text: str) -> Iterator[str]:
    """Yield what is wrong with a polygon."""
    points = text.split()
    if not all(_is_point(p) for p in points):
        yield f"polygon : « {text[:40]} » n'est pas une suite de lat,lon"
        return
    if len(points) < 4:
        yield "polygon : au moins quatre points"
    elif [float(x) for x in points[0].split(",")] != [float(x) for x in points[-1].split(",")]:
        yield "polygon : le premier et le dernier point doivent être les mêmes"


def height_problems(altitude: str, ceiling: str) -> Iterator[str]:
    """Yield what is wrong with the heights of an area."""
    for name, value in (("altitude", altitude), ("ceiling", ceiling)):
        if value and (not _is_number(value) or float(value) < 0):
            yield f"{name} : « {value[:40]} » n'est pas une hauteur en pieds"
            return
    if ceiling and not altitude:
        yield "ceiling : sans altitude"
    elif ceiling and float(ceiling) < float(altitude):
        yield "ceiling : plus bas que altitude"


def _is_point(text: str) -> bool:
    latitude, comma, longitude = text.partition(",")
    if not comma or not _is_number(latitude) or not _is_number(longitude):
        return False
    return -90 <= float(latitude) <= 90 and -180 <= float(longitude) <= 180


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,9}(?:\.[0-9]{0,15})?", text) is not None


def bad_character(text: str) -> str:
    """Return the first character that XML cannot carry, "" if none."""
    match = _XML_BAD.search(text)
    return match[0] if match else ""
