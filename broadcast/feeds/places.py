"""Names of areas: understood as a whole, or not at all. Pure.

"Nord" is a department; "Nord-Isère" and "Mer du Nord" are something else, though the word stands in them. A text is
understood where every name in it is a place that we know, with or without its code: "Nord et Pas-de-Calais",
"Vienne (86)", "Département de l'Isère", "Saint-Denis, La Réunion". All else is words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from broadcast.feeds.homonyms import HOMONYMS
from broadcast.feeds.plain import fold
from broadcast.feeds.regions import DEPARTMENTS, REGIONS, department_of, region_of

#: More names than this in one area are no name.
MAX_PIECES = 60
_PIECES = re.compile(r"\s*[,;/|\n]\s*|\s+&\s+")
_CODE = r"(?:FR-)?(\d{5}|2[AB]\d{3}|97\d|98\d|2[AB]|\d\d)"
_CODE_AFTER = re.compile(rf"(.+?)\s*(?:[-–—:]\s*{_CODE}|[(\[]\s*{_CODE}\s*[)\]]|\s{_CODE})", re.IGNORECASE)
_CODE_BEFORE = re.compile(rf"[(\[]?\s*{_CODE}\s*[)\]]?\s*(?:[-–—:]\s*|\s)(\D.*)", re.IGNORECASE)
_COUNTRY = re.compile(r"\s*(?:FR|France)\s*[-–—:]\s*(?=\S)", re.IGNORECASE)
#: "Saint-Pierre (La Réunion)" says as much as "Saint-Pierre, La Réunion".
_WITHIN = re.compile(r"\s*\(([^()\d]{3,60})\)")
_SAINT = re.compile(r"(?<![^\W_])(s)t(e?)(?=[\s.-])\.?", re.IGNORECASE)
_KIND = re.compile(
    r" (?:(?:le |la |l |les )?(?P<department>departements?|dept|dpt)|(?:la )?(?P<region>regions?)"
    r"|(?:la )?(?P<commune>communes?|ville)|(?:tout|toute) (?:le |la |l )?(?P<whole>departement|region|commune)?)"
    r"(?: d| de la| de l| des| de| du)? "
)
_ARTICLE = re.compile(r" (?:le|la|les|l|du|de la|de l|des|d) ")
_NATION = (
    "france",
    "france entiere",
    "toute la france",
    "france metropolitaine",
    "territoire national",
    "ensemble du territoire",
)
#: How a number is said to be a department's.
_DEPARTMENT = frozenset({"departement", "departements", "dept", "dpt", "dep", "le departement", "les departements"})
#: Directions are names too: among others they may only say where in another place.
_COMPASS = frozenset({"nord", "sud", "est", "ouest", "centre"})


@dataclass(frozen=True, slots=True)
class Place:
    """One place that a text names."""

    #: "commune" (one of the newsroom's), "department", "region", "nation", or "elsewhere".
    level: str
    code: str
    name: str
    #: False where the name alone may mean another place.
    is_sure: bool = True
    #: True where the text says its code, or what kind of place it is.
    is_told: bool = False


def understood(text: str, own: Mapping[str, str]) -> list[Place] | None:
    """Return the places of an area's name; None where not all of it is understood.

    Args:
        text: as the source writes it.
        own: names of the newsroom's communes by code.
    """
    text = _WITHIN.sub(r", \1", _COUNTRY.sub("", text, count=1))
    pieces = [piece for piece in _PIECES.split(text) if fold(piece).strip()]
    found: list[Place] = []
    for piece in pieces[: MAX_PIECES + 1]:
        places = _listed(piece, own)
        if places is None:
            return None
        found += places
    return _weighed(found) if 0 < len(pieces) <= MAX_PIECES else None


def word_in(name: str, text: str) -> bool:
    """Say whether a text holds a name as a word: written with a capital, where it is a single word ("Eu", not "eu")."""
    words = fold(name).split()
    if not words:
        return False
    # French joins the article: "Le Havre", "au Havre".
    heads = {"le": "(?:le|du|au)", "les": "(?:les|des|aux)"} if len(words) > 1 else {}
    pattern = r"[\W_]+".join([heads.get(words[0], re.escape(words[0])), *map(re.escape, words[1:])])
    matches = re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", _SAINT.sub(r"\1aint\2", bare(text)), re.IGNORECASE)
    # "au port" is not Le Port: behind an article the name itself has its capital.
    is_plain = len(words) > 1 and not (heads.get(words[0]) and len(words) == 2)
    return any(is_plain or match[0][-len(words[-1])].isupper() for match in matches)


def bare(text: str) -> str:
    """Return a text without accents, capitals kept."""
    letters = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE"))
    return "".join(c for c in letters if not unicodedata.combining(c))


def _listed(piece: str, own: Mapping[str, str]) -> list[Place] | None:
    """Return the place of a name, or those of several that "et" joins ("Lot et Garonne" is one)."""
    place = _one(piece, own)
    if place is not None:
        return [place]
    words = re.split(r"\s+et\s+", piece, flags=re.IGNORECASE)
    found: list[Place] = []
    while words:
        for size in range(min(len(words), 3), 0, -1):
            place = _one(" et ".join(words[:size]), own) if size < len(words) or found else None
            if place is not None:
                found.append(place)
                words = words[size:]
                break
        else:
            return None
    return found


def _one(piece: str, own: Mapping[str, str]) -> Place | None:
    after, before = _CODE_AFTER.fullmatch(piece.strip()), _CODE_BEFORE.fullmatch(piece.strip())
    if after is not None:
        return _with_code(after[1], next(code for code in after.groups()[1:] if code).upper(), own)
    if before is not None:
        return _with_code(before[2], before[1].upper(), own)
    if piece.strip().upper() in DEPARTMENTS:
        code = piece.strip().upper()
        return Place("department", code, DEPARTMENTS[code].name, is_told=True)
    return _named(piece, own)


def _with_code(name: str, code: str, own: Mapping[str, str]) -> Place | None:
    """Return the place of a name with a code of INSEE, or the first figures of a postal code."""
    department = department_of(code) or {"20": "2A"}.get(code[:2], "")
    if not department:
        return None
    if code in DEPARTMENTS and fold(name).strip() in _DEPARTMENT:
        return Place("department", code, DEPARTMENTS[code].name, is_told=True)
    for place in _candidates(name, own):
        if place.level == "department" and code == place.code:
            return replace(place, is_sure=True, is_told=True)
        if place.level == "commune" and (code == place.code or _shares(code, place.code)):
            return replace(place, is_sure=True, is_told=True)
    # The code may be that of the last of several names.
    return None if re.search(r"\set\s", name, re.IGNORECASE) else Place("elsewhere", code, name.strip())


def _shares(code: str, commune: str) -> bool:
    """Say whether a department or postal code is that of a commune."""
    home = department_of(commune)
    return code == home or (len(code) == 5 and (code[:2] == "20" if home in ("2A", "2B") else code.startswith(home)))


def _named(piece: str, own: Mapping[str, str]) -> Place | None:
    found = list(_candidates(piece, own))
    wide = [place for place in found if place.level != "commune"]
    mine = next((place for place in found if place.level == "commune"), None)
    if mine is None:
        return wide[0] if wide else None
    if not wide:
        return replace(mine, is_sure=fold(mine.name).strip() not in HOMONYMS)
    # The town has the name of a department: its own (Paris), or another's (Vienne, in Isère).
    return wide[0] if wide[0].code == department_of(mine.code) else replace(mine, is_sure=False)


def _candidates(piece: str, own: Mapping[str, str]) -> Iterator[Place]:
    words = fold(_SAINT.sub(r"\1aint\2", piece))
    kind = _KIND.match(words)
    wanted, joined = "", ""
    if kind is not None and kind.end() < len(words):
        wanted = next((name for name, value in kind.groupdict().items() if value and name != "whole"), kind["whole"] or "")
        wanted = {"departement": "department"}.get(wanted, wanted)
        article = {" du ": "le ", " des ": "les "}.get(kind[0][kind[0].rstrip().rfind(" ") :], "")
        words = " " + words[kind.end() :]
        joined = f"{article}{words.strip()}" if article else ""
    keys = {words.strip(), _ARTICLE.sub(" ", words, count=1).strip() if _ARTICLE.match(words) else words.strip()}
    for key in sorted(keys | {joined} - {""}, key=len, reverse=True):
        for level, code, name in (*_known().get(key, ()), *_own(own).get(key, ())):
            if not wanted or level == wanted:
                is_sure = not (level == "department" and key in _SMALL)
                yield Place(level, code, name, is_sure, is_told=bool(wanted))


def _own(own: Mapping[str, str]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for code, name in own.items():
        if name and len(code) == 5:
            found.setdefault(fold(name).strip(), []).append(("commune", code, name))
    return found


#: Collectivities whose name dozens of communes have.
_SMALL = frozenset({"saint martin", "saint barthelemy"})


@cache
def _known() -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    places = [
        *(("department", d.code, d.name) for d in DEPARTMENTS.values()),
        *(("region", code, name) for code, name in REGIONS.items()),
        *(("nation", "FR", name) for name in _NATION),
    ]
    for level, code, name in places:
        words = fold(name)
        for key in {words.strip(), _ARTICLE.sub(" ", words, count=1).strip() if _ARTICLE.match(words) else words.strip()}:
            found.setdefault(key, []).append((level, code, name))
    return found


def _weighed(places: list[Place]) -> list[Place]:
    """Return the places as they read together: a wider one beside a name shared by many says which is meant."""
    around = {p.code for p in places if p.level in ("department", "region")}
    regions = {region_of(p.code) if p.level == "department" else p.code for p in places if p.level in ("department", "region")}
    weighed = []
    for place in places:
        home = department_of(place.code) if place.level == "commune" else ""
        if place.level == "commune" and not place.is_sure and around:
            is_there = bool({home, region_of(home)} & around)
            place = replace(place, is_sure=True) if is_there else Place("elsewhere", "", place.name)
        elif fold(place.name).strip() in _COMPASS and not place.is_told and len(regions) > 1:
            place = replace(place, is_sure=False)
        weighed.append(place)
    return weighed
