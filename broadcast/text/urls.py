"""Finding addresses in a text as X and Mastodon find them.

The grammar is that of twitter-text v3, stated here part by part under its own names; Mastodon uses
it with the protocol obligatory and wider paths. Hosts and labels are bounded as in the DNS, which
also keeps the search linear on hostile text.

Source: the grammar of twitter-text v3 and of Mastodon's changes to it, written down from knowledge of
both, their code not opened for it. X's is held against the conformance cases and, by comparison of
results, against the package twitter-text-parser 3.0.0 (2026-11-23); Mastodon's paths only against
the few cases of `mastodon-counting.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import regex

from broadcast.text.tlds import TLDS

#: Longest address, protocol included, its host encoded; beyond, it is only text.
MAX_URL = 4096
#: Longest host and longest name between two dots, encoded as in the DNS.
MAX_HOST, MAX_LABEL = 253, 63
#: How far before its top-level domain an address can begin: the character before it, its protocol, its host.
_REACH = 1 + len("https://") + MAX_HOST
#: Longest name of a t.co address.
_MAX_SLUG = 40

_LATIN = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263"
_LATIN += r"\u0268\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
#: A character of a host: no punctuation, space, ASCII symbol, direction mark or noncharacter.
_HOST = r"[^\p{P}\p{Z}\p{Cc}\s$+<=>^`|~\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]"
_SUBDOMAIN = rf"{_HOST}(?:(?:{_HOST}|[_\-]){{0,{MAX_LABEL - 2}}}{_HOST})?\."
_NAME = rf"{_HOST}(?:(?:{_HOST}|-){{0,{MAX_LABEL - 2}}}{_HOST})?\."
_TLD = r"(?=\w\w)(?:(?:\L<tlds>)(?=[^0-9A-Za-z@+\-]|$)|xn--[0-9a-z\-]+)"
#: Names before the last two: more than any real host has.
_MAX_LABELS = 30
_DOMAIN = rf"(?:{_SUBDOMAIN}){{0,{_MAX_LABELS}}}{_NAME}{_TLD}"
_BEFORE = r"[^A-Za-z0-9@＠$#＃\uFFFE\uFEFF\uFFFF]|^"

_X_PATH = rf"[{_LATIN}\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_X_PATH_END = rf"[{_LATIN}\u0400-\u04ff0-9=_#/+\-]"
_X_QUERY = r"[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]"
_X_QUERY_END = r"[A-Za-z0-9\-_&=#/]"

_MASTODON_PATH = r"[^\p{White_Space}<>()?]"
_MASTODON_PATH_END = r"""[^\p{White_Space}()?!*"'「」<>;:=,.$%\[\]~&|@]"""
_BEYOND_ASCII = r"\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd"
_MASTODON_QUERY = rf"[A-Za-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@{_BEYOND_ASCII}]"
_MASTODON_QUERY_END = rf"[A-Za-z0-9_&=#/\-{_BEYOND_ASCII}]"


def find_urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each address that X shortens, in order, with or without protocol."""
    for match in _matches(_x(), text):
        if match["protocol"]:
            end = _shortened_end(match)
            if end is not None:
                yield match.start("url"), end
        elif not match["before"].endswith(("-", "_", ".", "/")):
            yield from _without_protocol(match)


def find_web_urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each http or https address that Mastodon counts as one, in order."""
    if "://" in text:
        yield from (match.span("url") for match in _matches(_mastodon(), text))


def _matches(pattern: regex.Pattern[str], text: str) -> Iterator[regex.Match[str]]:
    """Yield the matches that fit into the DNS, looking only where a top-level domain is near.

    Trying every place of a long text made of dots would take minutes.
    """
    position = 0
    for first, last in _places(text):
        # The longest tail begins at `last`: an address may run on past it, a host may not begin there.
        while position < last and (match := pattern.search(text, max(position, first))):
            if match.start("url") >= last:
                break
            position = match.end()
            if _fits(match):
                yield match


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the stretches in which a host can stand."""
    first = last = -1
    for match in _end_of_host().finditer(text) if "." in text else ():
        start = max(0, match.start() - _REACH)
        if first >= 0 and start > last:
            yield first, last
            first = -1
        first, last = start if first < 0 else first, match.end()
    if first >= 0:
        yield first, last


def is_host(host: str) -> bool:
    """True if each label and the whole fit into the DNS, encoded as it would be."""
    if any(not label.isascii() and label.lower().startswith("xn--") for label in host.split(".")):
        return False
    encoded = [_encoded(label) for label in host.split(".")]
    return all(0 < len(e) <= MAX_LABEL for e in encoded) and len(".".join(encoded)) <= MAX_HOST


def _encoded(label: str) -> str:
    return label if label.isascii() else "xn--" + label.lower().encode("punycode").decode("ascii")


def _fits(match: regex.Match[str]) -> bool:
    host = match["host"]
    protocol = 0 if match["protocol"] else len("https://")
    encoded = sum(map(len, map(_encoded, host.split("."))))
    longer = encoded - len(host.replace(".", ""))
    return is_host(host) and protocol + len(match["url"]) + longer <= MAX_URL


def _shortened_end(match: regex.Match[str]) -> int | None:
    """Return where an address with protocol ends; t.co takes no path beyond its name."""
    shortened = _t_co().match(match["url"])
    if shortened is None:
        return match.end("url")
    if len(shortened[1]) > _MAX_SLUG:
        return None
    return match.start("url") + shortened.end()


def _without_protocol(match: regex.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the Latin hosts in a host of mixed scripts; the last one has the path."""
    spans = [m.span() for m in _latin_host().finditer(match["host"])]
    offset = match.start("host")
    for number, (start, end) in enumerate(spans, 1):
        last = number == len(spans) and match["path"]
        yield offset + start, match.end("url") if last else offset + end


def _pattern(*, protocol: str, path: str, path_end: str, query: str, query_end: str) -> regex.Pattern[str]:
    parens = rf"\((?:{path}+|{path}*\({path}+\){path}*)\)"
    whole_path = rf"(?:{path}*(?:{parens}{path}*)*(?:{path_end}|{parens})|@{path}+/)"
    return regex.compile(
        rf"(?P<before>{_BEFORE})(?P<url>(?P<protocol>https?://){protocol}(?P<host>{_DOMAIN})(?::[0-9]+)?"
        rf"(?P<path>/{whole_path}*)?(?:\?{query}*{query_end})?)",
        regex.IGNORECASE,
        tlds=list(TLDS),
    )


@cache
def _end_of_host() -> regex.Pattern[str]:
    return regex.compile(rf"\.{_TLD}", regex.IGNORECASE, tlds=list(TLDS))


@cache
def _x() -> regex.Pattern[str]:
    return _pattern(
        protocol="?",
        path=_X_PATH,
        path_end=_X_PATH_END,
        query=_X_QUERY,
        query_end=_X_QUERY_END,
    )


@cache
def _mastodon() -> regex.Pattern[str]:
    return _pattern(
        protocol="",
        path=_MASTODON_PATH,
        path_end=_MASTODON_PATH_END,
        query=_MASTODON_QUERY,
        query_end=_MASTODON_QUERY_END,
    )


@cache
def _t_co() -> regex.Pattern[str]:
    return regex.compile(rf"https?://t\.co/([a-z0-9]+)(?:\?{_X_QUERY}*{_X_QUERY_END})?", regex.IGNORECASE)


@cache
def _latin_host() -> regex.Pattern[str]:
    return regex.compile(rf"(?:[{_LATIN}0-9\-]+\.)+{_TLD}", regex.IGNORECASE, tlds=list(TLDS))
