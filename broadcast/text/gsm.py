"""The GSM 7-bit alphabet and what a text message costs in it.

Source: 3GPP TS 23.038 §6.2.1 (alphabet, extension table) and TS 23.040 §9.2.3.24.1 (joined messages).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

import regex

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Behind the escape character: these take two septets.
_EXTENDED = "\f^{}\\[~]|€"
_ALPHABET = frozenset(_BASIC + _EXTENDED)

#: Units of one message, and of each when several are joined: septets, else UTF-16 units.
_SEPTETS, _SEPTETS_JOINED = 160, 153
_WIDE, _WIDE_JOINED = 70, 67

#: What stands for the characters of French and of typography that the alphabet lacks.
_LOOKALIKES = {
    **dict.fromkeys("’‘ʼ′‛`´", "'"),
    **dict.fromkeys("“”„«»″", '"'),
    **dict.fromkeys("‹›", "'"),
    **dict.fromkeys("–—‐‑‒―−•‣◦▪", "-"),
    **dict.fromkeys("\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\t", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    **{
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "ÿ": "y",
        "·": ".",
        "×": "x",
        "÷": "/",
    },
    **{
        "→": "->",
        "←": "<-",
        "≤": "<=",
        "≥": ">=",
        "°": "o",
        "º": "o",
        "ª": "a",
        "№": "No",
    },
    **{
        "²": "2",
        "³": "3",
        "¹": "1",
        "½": "1/2",
        "¼": "1/4",
        "¾": "3/4",
        "©": "(c)",
        "®": "(R)",
        "™": "TM",
    },
    **{
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
    },
}


@cache
def _foreign() -> regex.Pattern[str]:
    return regex.compile("[^" + regex.escape("".join(sorted(_ALPHABET)), special_only=True) + "]")


@cache
def _double() -> regex.Pattern[str]:
    return regex.compile("[" + regex.escape(_EXTENDED, special_only=True) + "]")


def not_gsm7(text: str) -> list[str]:
    """Return the characters that are not in the GSM-7 alphabet, each once, in order."""
    return list(dict.fromkeys(_foreign().findall(text)))


def transliterate_gsm7(text: str) -> str:
    """Return `text` with look-alikes for what GSM-7 lacks; what has none stays (see `not_gsm7`)."""
    composed = regex.sub(r"(?<=[«“„])\s+(?=\S)|(?<=\S)\s+(?=[»”])", "", unicodedata.normalize("NFC", text))
    return _foreign().sub(lambda match: _lookalike(match[0]), composed)


def _lookalike(char: str) -> str:
    if char in _LOOKALIKES:
        return _LOOKALIKES[char]
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    plain = "".join(_LOOKALIKES.get(c, c) for c in bare)
    return plain if plain and not not_gsm7(plain) else char


def septets(text: str) -> int:
    """Return how many septets `text` takes.

    Raises:
        ValueError: naming every character that is not GSM-7.
    """
    wrong = not_gsm7(text)
    if wrong:
        names = ", ".join(f"« {c} » (U+{ord(c):04X})" if c.isprintable() else f"U+{ord(c):04X}" for c in wrong)
        raise ValueError(f"hors de l'alphabet GSM-7 : {names} ; remplacez-les ou translittérez le texte")
    return len(text) + len(_double().findall(text))


def segments(text: str) -> int:
    """Return how many text messages `text` takes, 0 if it is empty."""
    if not text:
        return 0
    if not _foreign().search(text):
        return _filled(
            (2 if c in _EXTENDED else 1 for c in text),
            septets(text),
            _SEPTETS,
            _SEPTETS_JOINED,
        )
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return _filled((2 if c > "\uffff" else 1 for c in text), units, _WIDE, _WIDE_JOINED)


def _filled(sizes: Iterable[int], total: int, single: int, joined: int) -> int:
    """Count messages; a character of two units never stands in two messages."""
    if total <= single:
        return 1
    count, room = 1, joined
    for size in sizes:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return count
