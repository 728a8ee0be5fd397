"""Who is concerned: an item of a source against where the town is. Pure.

Commune, department, region and nation form a chain: an alert for 92, for region 11 or for France
concerns 92040; one for 93 does not. Codes are strings. Inside one area the places add up, as CAP says.
The name of a place is only believed where an area has no code that we can read, and only as a whole (`places`): what is
a word inside something else, or drawn by a flawed outline, is worth a person's look and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from broadcast.alerts import Alert, Area, Entry, Named
from broadcast.feeds.outlines import drawn_around, unsure_around
from broadcast.feeds.places import Place, word_in
from broadcast.feeds.places import understood as understood_places
from broadcast.feeds.plain import fold
from broadcast.feeds.regions import DEPARTMENTS, ISO_REGIONS, REGIONS, department_of, region_of, whole_commune
from broadcast.feeds.whereabouts import LEVELS, Concern, Whereabouts

__all__ = ["Concern", "Whereabouts", "concerned", "narrowed"]


#: Codes that only services of other countries use: of the United States, Canada, Germany and Australia.
_ABROAD = frozenset({"SAME", "UGC", "FIPS6", "FIPS", "WARNCELLID", "PROFILE:CAP-CP:LOCATION:0.3", "AMOC-AREAID"})
#: How codes of countries begin for places of France.
_FRENCH = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "TF"})


@dataclass(frozen=True, slots=True)
class _Codes:
    communes: frozenset[str]
    departments: frozenset[str]
    regions: frozenset[str]


def concerned(entry: Entry, where: Whereabouts) -> Concern:
    """Return the nearest reason why an item concerns the town, or why it does not."""
    areas = [area for info in entry.alert.infos for area in info.areas if not _is_blank(area)] if entry.alert else []
    if areas:
        return _by_areas(areas, where)
    return _by_scope(where) or _by_words(_words(entry), where) or Concern(None, "ni zone, ni mot-clé de la commune")


def _is_blank(area: Area) -> bool:
    return not (area.area_desc or area.geocodes or area.polygons or area.circles or area.unsure)


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
        return min(found, key=lambda c: (not c.is_sure, LEVELS.index(c.level or "unclear")))
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
    shape = drawn_around(area, where)
    if shape is not None:
        yield shape
    drawn = bool(area.polygons or area.circles) and (where.position is not None or bool(where.outline))
    if understood or drawn:
        yield from unsure_around(area, where)
        return
    places = understood_places(area.area_desc, _own_names(where))
    if places is not None:
        yield from _named(places, where, codes)
        yield from unsure_around(area, where)
        return
    yield from unsure_around(area, where, alone=True)
    yield from _words_of(area.area_desc, where, codes)


def _is_inland(area: Area, where: Whereabouts) -> bool:
    return not where.is_coastal and any(g.value_name == "METEOFRANCE-LITTORAL" for g in area.geocodes)


def _geocode(code: Named, where: Whereabouts, codes: _Codes) -> tuple[bool, Concern | None]:
    """Return whether the code can be read, and the concern it gives."""
    name, value = code.value_name.strip().upper(), code.value.strip().upper()
    if name == "VIGICRUES-TRONCON":
        watched = value in {s.strip().upper() for s in where.river_sections}
        return True, Concern("commune", f"tronçon Vigicrues {value}, suivi par la commune") if watched else None
    if name == "EMMA_ID" and value in where.emma:
        return True, _place("department", where.emma[value], codes)
    if _is_abroad(name, value):
        return True, None
    level, value = _level(name, value)
    if not level:
        return False, None
    return True, _place(level, value, codes)


def _is_abroad(name: str, value: str) -> bool:
    """Say whether a code is another country's: a Swiss "Jura" or a "Nord" of Haiti is none of France's departments."""
    if name in _ABROAD:
        return True
    begins = re.match(r"([A-Z]{2})(?=[\d-])", value)
    is_by_country = name.startswith(("EMMA_ID", "NUTS", "ISO 3166", "ISO3166", "ISO-3166"))
    return is_by_country and begins is not None and begins[1] not in _FRENCH


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


def _own_names(where: Whereabouts) -> dict[str, str]:
    return {code: name for code, name in where.names.items() if code in where.communes}


def _named(places: list[Place], where: Whereabouts, codes: _Codes) -> Iterator[Concern]:
    for place in places:
        if place.level == "commune":
            concern: Concern | None = Concern("commune", f"« {place.name} » est nommée", place.is_sure)
        elif place.level == "elsewhere":
            department = department_of(place.code)
            mine = place.code in codes.communes or department in codes.departments
            concern = Concern("department", f"« {place.name} », du même département", is_sure=False) if mine else None
        elif place.name == "france metropolitaine" and not any(len(d) == 2 for d in codes.departments):
            concern = None
        else:
            concern = _place(place.level, place.code, codes)
        if concern is not None:
            because = concern.because if place.is_sure and concern.is_sure else f"{concern.because} : à vérifier"
            yield Concern(concern.level, because, place.is_sure and concern.is_sure)


def _words_of(text: str, where: Whereabouts, codes: _Codes) -> Iterator[Concern]:
    """Yield the places whose names are words in a text that is not understood: worth a look, never enough for a rule."""
    own = [("commune", name) for name in _own_names(where).values() if name]
    departments = [("department", DEPARTMENTS[d].name) for d in codes.departments]
    regions = [("region", REGIONS[r]) for r in codes.regions]
    for level, name in (*own, *departments, *regions, ("nation", "France")):
        if word_in(name, text):
            yield Concern(level, f"« {name} » est un mot de « {text[:80]} » : à vérifier", is_sure=False)


def _by_scope(where: Whereabouts) -> Concern | None:
    level, _, code = where.scope.strip().partition(":")
    if level == "national":
        return Concern("nation", "source nationale")
    concern = _place(level, code.strip().upper(), _codes(where)) if code else None
    return Concern(concern.level, f"source de : {concern.because}") if concern else None


def _by_words(text: str, where: Whereabouts) -> Concern | None:
    folded = fold(text)
    for word in where.keywords:
        if fold(word).strip() and fold(word) in folded:
            return Concern("keyword", f"mot-clé « {word} »", is_sure=False)
    for name in _own_names(where).values():
        if word_in(name, text):
            return Concern("commune", f"« {name} » est nommée", is_sure=False)
    return None


def _words(entry: Entry) -> str:
    alert: Alert | None = entry.alert
    infos = alert.infos if alert else ()
    return " ".join([entry.title, entry.summary, *(f"{i.headline} {i.event} {i.description}" for i in infos)])
