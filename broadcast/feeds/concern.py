"""Who is concerned: an item of a source against where the town is. Pure.

Commune, department, region and nation form a chain: an alert for 92, for region 11 or for France
concerns 92040; one for 93 does not. Codes are strings. Inside one area the places add up, as CAP says.
The name of a place is only believed where an area has no code that we can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from broadcast.alerts import Alert, Area, Entry, Named
from broadcast.feeds import geometry
from broadcast.feeds.geometry import Point
from broadcast.feeds.plain import fold
from broadcast.feeds.regions import DEPARTMENTS, ISO_REGIONS, REGIONS, department_of, region_of, whole_commune

#: From the nearest to the widest; the first that matches is told.
LEVELS = ("commune", "position", "department", "region", "nation", "keyword")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a newsroom is, and what one feed is said to cover."""

    #: INSEE codes of the newsroom; a department code stands for all of it.
    communes: tuple[str, ...] = ()
    #: Names of communes by code.
    names: Mapping[str, str] = field(default_factory=dict)
    #: (latitude, longitude) of the town hall.
    position: Point | None = None
    #: Outline of the territory, (latitude, longitude) each.
    outline: tuple[Point, ...] = ()
    #: Vigicrues sections that the town watches.
    river_sections: tuple[str, ...] = ()
    #: EMMA_ID to department: no table is published, the newsroom writes its own.
    emma: Mapping[str, str] = field(default_factory=dict)
    #: False for a town without coast in a department that has one.
    is_coastal: bool = True
    #: Words that make an item without area concern the town.
    keywords: tuple[str, ...] = ()
    #: What the feed covers by declaration: "national", "region:11", "department:92", "commune:92040" or "".
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """Whether and why an item concerns the town."""

    #: One of `LEVELS`; None where it does not.
    level: str | None
    #: A French sentence.
    because: str


@dataclass(frozen=True, slots=True)
class _Codes:
    communes: frozenset[str]
    departments: frozenset[str]
    regions: frozenset[str]


def concerned(entry: Entry, where: Whereabouts) -> Concern:
    """Return the nearest reason why an item concerns the town, or why it does not."""
    areas = [area for info in entry.alert.infos for area in info.areas] if entry.alert else []
    if areas:
        return _by_areas(areas, where)
    return _by_scope(where) or _by_words(_words(entry), where) or Concern(None, "ni zone, ni mot-clé de la commune")


def narrowed(entry: Entry, where: Whereabouts) -> Entry:
    """Return an entry with only that part of its alert which concerns the town; whole where none, or nothing in particular, does.

    One alert may tell several areas different things: what it says to others is not told to us.
    """
    if entry.alert is None:
        return entry
    infos = []
    for info in entry.alert.infos:
        areas = tuple(area for area in info.areas if _by_areas([area], where).level is not None)
        if areas:
            infos.append(replace(info, areas=areas))
    return replace(entry, alert=replace(entry.alert, infos=tuple(infos))) if infos else entry


def _by_areas(areas: list[Area], where: Whereabouts) -> Concern:
    codes = _codes(where)
    found = [concern for area in areas for concern in _area(area, where, codes)]
    if found:
        return min(found, key=lambda c: LEVELS.index(c.level or "keyword"))
    named = ", ".join(dict.fromkeys(a.area_desc for a in areas))
    return Concern(None, f"hors de la zone : {named[:200]}")


def _codes(where: Whereabouts) -> _Codes:
    communes = {whole_commune(c) for c in where.communes if len(c) == 5} | set(where.communes)
    departments = {d for d in map(department_of, where.communes) if d}
    return _Codes(frozenset(communes), frozenset(departments), frozenset(filter(None, map(region_of, departments))))


def _area(area: Area, where: Whereabouts, codes: _Codes) -> Iterator[Concern]:
    understood = False
    for code in area.geocodes:
        if _is_inland(area, where):
            return
        known, concern = _geocode(code, where, codes)
        understood = understood or known
        if concern is not None:
            yield concern
    shape = _shape(area, where)
    if shape is not None:
        yield shape
    drawn = bool(area.polygons or area.circles) and (where.position is not None or bool(where.outline))
    if not understood and not drawn:
        yield from _names(area.area_desc, where, codes)


def _is_inland(area: Area, where: Whereabouts) -> bool:
    return not where.is_coastal and any(g.value_name == "METEOFRANCE-LITTORAL" for g in area.geocodes)


def _geocode(code: Named, where: Whereabouts, codes: _Codes) -> tuple[bool, Concern | None]:
    """Return whether the code can be read, and the concern it gives."""
    name, value = code.value_name.strip().upper(), code.value.strip().upper()
    if name == "VIGICRUES-TRONCON":
        watched = value in {s.strip().upper() for s in where.river_sections}
        return True, Concern("commune", f"tronçon Vigicrues {value}, suivi par la commune") if watched else None
    if name == "EMMA_ID":
        department = where.emma.get(value, "")
        return bool(department), _place("department", department, codes)
    level, value = _level(name, value)
    if not level:
        return False, None
    return True, _place(level, value, codes)


def _level(name: str, value: str) -> tuple[str, str]:
    """Return which level a code is of, and the code; "" where it is none of France's."""
    if name.startswith("NUTS"):
        return _nuts(value)
    if name.startswith(("ISO 3166", "ISO3166", "ISO-3166")):
        return _iso(value)
    if not re.search(r"INSEE|COMMUNE|DEPARTE?MENT|^DEP$|^REG$|R[EÉ]GION|^COM$", name):
        return "", ""
    value = value.removeprefix("FR-")
    if re.search(r"R[EÉ]G", name):
        return ("region", value.removeprefix("R").zfill(2)) if value.removeprefix("R").zfill(2) in REGIONS else ("", "")
    if re.search(r"DEP", name):
        value = value.zfill(2) if value.isdigit() else value
        return ("department", value) if value in DEPARTMENTS else ("", "")
    if value in ("FR", "FRA", "FRANCE"):
        return "nation", value
    if re.fullmatch(r"\d[0-9AB]\d{3}", value):
        return "commune", value
    return ("department", value) if value in DEPARTMENTS else ("", "")


def _nuts(value: str) -> tuple[str, str]:
    if value in ("FR", "FRA"):
        return "nation", value
    inside = [d for d in DEPARTMENTS.values() if d.nuts and d.nuts.startswith(value)]
    if not inside or len(value) < 3:
        return "", ""
    if len(inside) == 1 or len(value) == 5:
        return "department", inside[0].code
    return "nuts", value


def _iso(value: str) -> tuple[str, str]:
    if value in ("FR", "FRA"):
        return "nation", value
    part = value.removeprefix("FR-")
    if part == value:
        return "", ""
    part = "75" if part == "75C" else part
    if part in DEPARTMENTS:
        return "department", part
    return ("region", ISO_REGIONS[part]) if part in ISO_REGIONS else ("", "")


def _place(level: str, value: str, codes: _Codes) -> Concern | None:
    if level == "nation":
        return Concern("nation", "toute la France")
    if level == "commune" and {value, whole_commune(value)} & codes.communes:
        return Concern("commune", f"commune {value}")
    if level == "commune" and value[: 3 if value.startswith("9") and value[1] in "78" else 2] in codes.communes:
        return Concern("commune", f"commune {value}, du département de la rédaction")
    if level == "department" and value in codes.departments:
        return Concern("department", f"département {value} ({DEPARTMENTS[value].name})")
    if level == "region" and value in codes.regions:
        return Concern("region", f"région {value} ({REGIONS[value]})")
    if level == "nuts" and any(DEPARTMENTS[d].nuts.startswith(value) for d in codes.departments):
        return Concern("region", f"zone européenne {value}")
    return None


def _shape(area: Area, where: Whereabouts) -> Concern | None:
    for text in area.polygons:
        polygon = geometry.points(text)
        if not polygon:
            continue
        if where.position and geometry.is_inside(where.position, polygon):
            return Concern("position", f"la mairie est dans le périmètre « {area.area_desc} »")
        if len(where.outline) > 2 and geometry.meet(where.outline, polygon):
            return Concern("position", f"le périmètre « {area.area_desc} » touche la commune")
    for text in area.circles:
        round_ = geometry.circle(text)
        if round_ is None:
            continue
        centre, radius_km = round_
        if where.position and geometry.distance_km(where.position, centre) <= radius_km:
            return Concern("position", f"la mairie est à moins de {radius_km:g} km du centre de « {area.area_desc} »")
        if len(where.outline) > 2 and geometry.circle_meets(centre, radius_km, where.outline):
            return Concern("position", f"le cercle « {area.area_desc} » touche la commune")
    return None


def _names(text: str, where: Whereabouts, codes: _Codes) -> Iterator[Concern]:
    """Yield the places that a text names; the longest names first, so that "Lot-et-Garonne" is not "Lot"."""
    rest = fold(text)
    own = [("commune", code, name) for code, name in where.names.items() if code in where.communes and name]
    for level, code, name in sorted([*own, *_known_names()], key=lambda place: -len(place[2])):
        words = fold(name)
        if len(words) < 3 or words not in rest:
            continue
        rest = rest.replace(words, " | ")
        concern = Concern("commune", f"« {name} » est nommée") if level == "commune" else _place(level, code, codes)
        if concern is not None:
            yield concern


@cache
def _known_names() -> tuple[tuple[str, str, str], ...]:
    return (
        *(("department", d.code, d.name) for d in DEPARTMENTS.values()),
        *(("region", code, name) for code, name in REGIONS.items()),
        ("nation", "FR", "France"),
        ("nation", "FR", "France entière"),
        ("nation", "FR", "territoire national"),
    )


def _by_scope(where: Whereabouts) -> Concern | None:
    level, _, code = where.scope.strip().partition(":")
    if level == "national":
        return Concern("nation", "source nationale")
    concern = _place(level, code.strip().upper(), _codes(where)) if code else None
    return Concern(concern.level, f"source de : {concern.because}") if concern else None


def _by_words(text: str, where: Whereabouts) -> Concern | None:
    for word in where.keywords:
        if fold(word).strip() and fold(word) in text:
            return Concern("keyword", f"mot-clé « {word} »")
    for code in where.communes:
        name = where.names.get(code, "")
        if name and fold(name) in text:
            return Concern("commune", f"« {name} » est nommée")
    return None


def _words(entry: Entry) -> str:
    alert: Alert | None = entry.alert
    infos = alert.infos if alert else ()
    parts = [entry.title, entry.summary, *(f"{i.headline} {i.event} {i.description}" for i in infos)]
    return fold(" ".join(parts))
