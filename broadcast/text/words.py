"""Dates in French words, hashtags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from broadcast.text.french import NBSP

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


def day(at: datetime) -> str:
    """Return "mardi 24 novembre 2026", in the zone that `at` carries."""
    number = "1er" if at.day == 1 else str(at.day)
    return f"{_DAYS[at.weekday()]} {number} {_MONTHS[at.month - 1]} {at.year}"


def hour(at: datetime) -> str:
    """Return "18 h 40", "8 h" on the full hour; the spaces do not break (U+00A0)."""
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}" if at.minute else f"{at.hour}{NBSP}h"


def when(at: datetime) -> str:
    """Return "mardi 24 novembre 2026 à 18 h 40"."""
    return f"{day(at)} à {hour(at)}"


def hashtag(word: str) -> str:
    """Return one hashtag without `#`: letters with their marks, digits and `_`.

    Words written apart are joined with a capital each ("crue de la Seine" → "CrueDeLaSeine"); ""
    if nothing would be left but digits, which no network takes for a hashtag.
    """
    pieces = "".join(c if _in_hashtag(c) else " " for c in unicodedata.normalize("NFC", word)).split()
    joined = pieces[0] + "".join(p[0].upper() + p[1:] for p in pieces[1:]) if pieces else ""
    if len(pieces) > 1:
        joined = joined[0].upper() + joined[1:]
    return joined if any(unicodedata.category(c)[0] == "L" for c in joined) else ""


def _in_hashtag(char: str) -> bool:
    return char == "_" or unicodedata.category(char) in _TAG_CATEGORIES


#: Letters, combining marks and decimal digits.
_TAG_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})


def hashtags(words: Iterable[str]) -> str:
    """Return "#Crue #Issy", each hashtag once, whatever its case."""
    tags: dict[str, str] = {}
    for tag in map(hashtag, words):
        if tag:
            tags.setdefault(tag.casefold(), tag)
    return " ".join(f"#{tag}" for tag in tags.values())


def words_of(text: str) -> list[str]:
    """Return the words of a text without accents and case, to compare: "Crue de l'Yvette" → crue, de, l, yvette."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"\w+", bare.casefold())
