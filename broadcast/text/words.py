"""French typography, dates in words, hashtags."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

import regex

NBSP, NNBSP = "\u00a0", "\u202f"
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def day(at: datetime) -> str:
    """Return "mardi 24 novembre 2026", in the zone that `at` carries."""
    number = "1er" if at.day == 1 else str(at.day)
    return f"{_DAYS[at.weekday()]} {number} {_MONTHS[at.month - 1]} {at.year}"


def hour(at: datetime) -> str:
    """Return "18 h 40", "8 h" on the full hour; the spaces do not break."""
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}" if at.minute else f"{at.hour}{NBSP}h"


def when(at: datetime) -> str:
    """Return "mardi 24 novembre 2026 à 18 h 40"."""
    return f"{day(at)} à {hour(at)}"


def hashtag(word: str) -> str:
    """Return one hashtag without `#`, only letters, digits and `_`."""
    return "".join(c for c in unicodedata.normalize("NFC", word) if c.isalnum() or c == "_")


def hashtags(words: Iterable[str]) -> str:
    """Return "#Crue #Issy"."""
    return " ".join(f"#{tag}" for tag in map(hashtag, words) if tag)


@cache
def _untouched() -> regex.Pattern[str]:
    # Addresses, e-mail, times and ratios written with a colon are left alone.
    return regex.compile(
        r"(?:https?://|www\.)[^\s<>«»]*[^\s<>«».,;:!?)\]]|[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|\d+:\d+(?::\d+)?",
        regex.IGNORECASE,
    )


def typo(text: str, nnbsp: str = NNBSP) -> str:
    """Return `text` with French typography: no-break spaces, typographic apostrophe, `…`.

    Args:
        text: any text; addresses in it stay as they are. Doing it twice changes nothing.
        nnbsp: what stands before `; ! ?`.
    """
    return _apart(text, lambda piece: _typo(piece, nnbsp).replace("...", "…"))


def typo_net(text: str) -> str:
    """Return `text` with the typography that costs nothing on X: U+00A0 only, `...` kept."""
    return _apart(text, lambda piece: _typo(piece, NBSP))


def _apart(text: str, change: Callable[[str], str]) -> str:
    out, position = [], 0
    for match in _untouched().finditer(text):
        out += [change(text[position : match.start()]), match[0]]
        position = match.end()
    return "".join([*out, change(text[position:])])


@cache
def _rules() -> tuple[tuple[regex.Pattern[str], str], ...]:
    compiled = (
        (r"(?<=\p{L})'(?=\p{L})", "’"),
        (r"[ \u00a0\u202f]+([;!?])", r"{thin}\1"),
        (r"[ \u00a0\u202f]+([:»])", r"{nbsp}\1"),
        (r"«[ \u00a0\u202f]*", r"«{nbsp}"),
        (r"(?<=\S)(?<![ \u00a0\u202f])»", r"{nbsp}»"),
        (r"(?<=\d)[ \u00a0\u202f]?h[ \u00a0\u202f]?(?=\d\d(?!\d))", r"{nbsp}h{nbsp}"),
        (r"(?<=\d) h(?![\p{L}\d])", r"{nbsp}h"),
        (r"(?<=\d) (?=[€%°])", r"{nbsp}"),
        (r"(?<=\d) (?=\d{3}(?!\d))", r"{nbsp}"),
    )
    return tuple((regex.compile(pattern), into) for pattern, into in compiled)


def _typo(text: str, thin: str) -> str:
    for pattern, into in _rules():
        text = pattern.sub(into.replace("{thin}", thin).replace("{nbsp}", NBSP), text)
    return text
