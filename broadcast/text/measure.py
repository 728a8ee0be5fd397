"""How long a text is, as each place counts it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

import regex

from broadcast.errors import UsageError
from broadcast.text import gsm
from broadcast.text.urls import find_urls, find_web_urls, is_host

#: What an address weighs on X and on Mastodon, however long it is.
#: Source: twitter-text config v3 `transformedURLLength`; Mastodon `characters_reserved_per_url`.
_URL_LENGTH = 23
#: Code points that weigh 1 on X; all others weigh 2. Source: twitter-text config v3 `ranges`.
_X_LIGHT = r"\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037"


def measure(text: str, unit: str, *, url_length: int | None = None) -> int:
    """Return the length of `text` in `unit`.

    Args:
        text: what will be sent.
        unit: "characters" (code points, composed), "graphemes", "x" (weighted), "mastodon",
            "sms" (segments) or "gsm7" (septets).
        url_length: what an address weighs on X or Mastodon; None: 23.

    Raises:
        ValueError: for "gsm7", naming every character that is not GSM-7.
        UsageError: an unknown unit.
    """
    if unit not in _MEASURES:
        raise UsageError(f"unité inconnue : {unit!r} ; choisissez parmi : {', '.join(UNITS)}")
    return _MEASURES[unit](text, _URL_LENGTH if url_length is None else url_length)


def _characters(text: str, _url: int) -> int:
    return len(unicodedata.normalize("NFC", text))


def _graphemes(text: str, _url: int = 0) -> int:
    if text.isascii():
        return len(text) - text.count("\r\n")
    return len(_grapheme().findall(text)) - len(_once_joined().findall(text))


@cache
def _grapheme() -> regex.Pattern[str]:
    return regex.compile(r"\X")


@cache
def _once_joined() -> regex.Pattern[str]:
    # Unicode 15 joined these dingbats over U+200D (GB11); later tables no longer name them.
    dingbat = r"[\u2690-\u27BF--\p{Extended_Pictographic}]"
    return regex.compile(rf"(?<={dingbat}\p{{Grapheme_Extend}}*\u200D){dingbat}", regex.V1)


def _x(text: str, url_length: int) -> int:
    text = unicodedata.normalize("NFC", text)
    length, position = 0, 0
    for start, end in find_urls(text):
        length += _x_words(text[position:start]) + url_length
        position = end
    return length + _x_words(text[position:])


def _x_words(text: str) -> int:
    if text.isascii():
        return len(text)
    without, emoji = _emoji().subn("", text)
    return len(without) + len(_x_heavy().findall(without)) + 2 * emoji


@cache
def _x_heavy() -> regex.Pattern[str]:
    return regex.compile(f"[^{_X_LIGHT}]")


@cache
def _emoji() -> regex.Pattern[str]:
    """Return one emoji as a person sees it: flags, keycaps, skin tones, joined and tagged ones.

    © and the like, light when they stand alone, are emoji only with U+FE0F behind.
    """
    plain = rf"[\p{{Extended_Pictographic}}--[{_X_LIGHT}]]\uFE0F?"
    one = rf"(?:{plain}|\p{{Extended_Pictographic}}\uFE0F)\p{{Emoji_Modifier}}?[\U000E0020-\U000E007F]*"
    return regex.compile(
        rf"\p{{Regional_Indicator}}{{2}}|[0-9#*]\uFE0F?\u20E3|{one}(?:\u200D{one})*",
        regex.V1,
    )


@cache
def _mention() -> regex.Pattern[str]:
    name = r"[A-Za-z0-9_]+(?:[.\-]+[A-Za-z0-9_]+)*"
    return regex.compile(rf"(?<![=/\w])@({name})@((?:[\w\-]+\.)+[\w\-]*\w)")


def _mastodon(text: str, url_length: int) -> int:
    return _graphemes(_mention().sub(_local_name, _with_short_urls(text, url_length)))


def _with_short_urls(text: str, url_length: int) -> str:
    parts, position = [], 0
    for start, end in find_web_urls(text):
        parts += [text[position:start], "x" * url_length]
        position = end
    return "".join([*parts, text[position:]])


def _local_name(match: regex.Match[str]) -> str:
    return f"@{match[1]}" if is_host(match[2]) else match[0]


def _sms(text: str, _url: int) -> int:
    return gsm.segments(text)


def _gsm7(text: str, _url: int) -> int:
    return gsm.septets(text)


_MEASURES: dict[str, Callable[[str, int], int]] = {
    "characters": _characters,
    "graphemes": _graphemes,
    "x": _x,
    "mastodon": _mastodon,
    "sms": _sms,
    "gsm7": _gsm7,
}

#: All units that `measure` knows.
UNITS = tuple(_MEASURES)
