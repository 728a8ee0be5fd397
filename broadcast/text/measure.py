"""How long a text is, as each place counts it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

import regex

from broadcast.errors import UsageError
from broadcast.text.urls import MAX_URL, find_urls, is_host

#: X, twitter-text v3 configuration: these ranges weigh 1, everything else 2; an address 23.
#: Source: twitter-text config/v3.json, read 2026-11-23.
_X_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_X_URL = MASTODON_URL = 23

#: GSM 03.38 basic alphabet and the extension table, whose characters take two septets.
_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")


def measure(text: str, unit: str, *, url_length: int | None = None) -> int:
    """Return the length of `text` in `unit`.

    Args:
        text: what will be sent.
        unit: "characters" (code points, composed), "graphemes", "x" (weighted), "mastodon",
            "sms" (segments) or "gsm7" (septets).
        url_length: what an address weighs on X or Mastodon; None: 23.

    Raises:
        ValueError: for "gsm7", naming each character that is not GSM-7.
        UsageError: an unknown unit.
    """
    if unit not in _MEASURES:
        raise UsageError(
            f"unité inconnue : {unit!r} ; choisissez parmi : {', '.join(UNITS)}"
        )
    return _MEASURES[unit](text, url_length)


def _characters(text: str, _url: int | None) -> int:
    return len(unicodedata.normalize("NFC", text))


def _graphemes(text: str, _url: int | None) -> int:
    if text.isascii():
        return len(text) - text.count("\r\n")
    return len(_grapheme().findall(text)) - len(_once_joined().findall(text))


@cache
def _grapheme() -> regex.Pattern[str]:
    return regex.compile(r"\X")


@cache
def _once_joined() -> regex.Pattern[str]:
    # Unicode 15 joined these dingbats over U+200D (GB11); later tables no longer name them.
    return regex.compile(
        r"(?<=[\u2690-\u27BF--\p{Extended_Pictographic}]\p{Grapheme_Extend}*\u200D)[\u2690-\u27BF--\p{Extended_Pictographic}]",
        regex.V1,
    )


def _x(text: str, url_length: int | None) -> int:
    text = unicodedata.normalize("NFC", text)
    weight, position = 0, 0
    for start, end in find_urls(text):
        weight += _x_plain(text[position:start]) + (url_length or _X_URL)
        position = end
    return weight + _x_plain(text[position:])


@cache
def _emoji() -> regex.Pattern[str]:
    # One emoji as a person sees it: flags, keycaps, tag sequences, ZWJ sequences, skin tones.
    unit = r"(?:\p{Emoji}\uFE0F|\p{Emoji_Presentation}|\p{Emoji_Modifier_Base})\p{Emoji_Modifier}?[\U000E0020-\U000E007F]*"
    part = rf"(?:{unit}|\p{{Extended_Pictographic}}\uFE0F?)"
    return regex.compile(
        rf"\p{{Regional_Indicator}}{{2}}|[0-9#*]\uFE0F?\u20E3|{part}(?:\u200D{part})*"
    )


def _x_plain(text: str) -> int:
    if text.isascii():
        return len(text)
    weight, position = 0, 0
    for match in _emoji().finditer(text):
        if len(match[0]) == 1 and ord(match[0]) <= 4351:
            continue  # © and the like without a variation selector are plain characters
        weight += _x_weights(text[position : match.start()]) + 2
        position = match.end()
    return weight + _x_weights(text[position:])


def _x_weights(text: str) -> int:
    return sum(
        1 if any(low <= ord(c) <= high for low, high in _X_LIGHT) else 2 for c in text
    )


@cache
def _mastodon_patterns() -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    # An address needs a protocol, and must not begin within a word.
    url = regex.compile(r"(?<![\w/@])https?://[^\s<>\"“”«»]+", regex.IGNORECASE)
    mention = regex.compile(
        r"(?<![\w/])@([A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_])?)@([\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+)"
    )
    return url, mention


def _mastodon(text: str, url_length: int | None) -> int:
    url, mention = _mastodon_patterns()

    def shortened(match: regex.Match[str]) -> str:
        ending = _trailing(match[0])
        address = match[0].removesuffix(ending)
        host = regex.split(r"[/?#:]", address.partition("://")[2], maxsplit=1)[0]
        if len(address) > MAX_URL or not is_host(host):
            return match[0]
        return "x" * (url_length or MASTODON_URL) + ending

    def local(match: regex.Match[str]) -> str:
        return f"@{match[1]}" if is_host(match[2]) else match[0]

    return _graphemes(mention.sub(local, url.sub(shortened, text)), None)


def _trailing(url: str) -> str:
    """Return the punctuation that ends a sentence rather than the address."""
    kept = url.rstrip(".,;:!?'…")
    while kept.endswith(")") and kept.count("(") < kept.count(")"):
        kept = kept[:-1].rstrip(".,;:!?'…")
    return url[len(kept) :]


def not_gsm7(text: str) -> list[str]:
    """Return the characters that are not in the GSM-7 alphabet, each once, in order."""
    return list(
        dict.fromkeys(c for c in text if c not in _GSM_BASIC and c not in _GSM_EXTENDED)
    )


def _gsm7(text: str, _url: int | None) -> int:
    wrong = not_gsm7(text)
    if wrong:
        names = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in wrong)
        raise ValueError(f"hors de l'alphabet GSM-7 : {names}")
    return sum(2 if c in _GSM_EXTENDED else 1 for c in text)


def _sms(text: str, _url: int | None) -> int:
    if not text:
        return 0
    if not not_gsm7(text):
        return _segments([2 if c in _GSM_EXTENDED else 1 for c in text], 160, 153)
    return _segments([2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67)


def _segments(sizes: list[int], single: int, joined: int) -> int:
    """Count segments; a character of two units is never split over two segments."""
    if sum(sizes) <= single:
        return 1
    count, room = 1, joined
    for size in sizes:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return count


_LOOKALIKES = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "…": "...",
    "–": "-",
    "—": "-",
    "œ": "oe",
    "Œ": "OE",
    "ÿ": "y",
    "•": "-",
    "→": "->",
    "·": ".",
    "−": "-",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\t": " ",
    "ç": "c",
    "‐": "-",
    "‑": "-",
    "ﬁ": "fi",
    "ﬂ": "fl",
}


def transliterate_gsm7(text: str) -> str:
    """Return `text` with look-alikes for what GSM-7 lacks; what has none stays (see `not_gsm7`)."""
    out = []
    for char in unicodedata.normalize("NFC", text):
        if char in _GSM_BASIC or char in _GSM_EXTENDED:
            out.append(char)
            continue
        plain = _LOOKALIKES.get(char) or unicodedata.normalize("NFD", char)[0]
        out.append(plain if not not_gsm7(plain) else char)
    return "".join(out)


_MEASURES: dict[str, Callable[[str, int | None], int]] = {
    "characters": _characters,
    "graphemes": _graphemes,
    "x": _x,
    "mastodon": _mastodon,
    "sms": _sms,
    "gsm7": _gsm7,
}

#: All units that `measure` knows.
UNITS = tuple(_MEASURES)
