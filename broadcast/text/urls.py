"""Finding addresses in a text the way twitter-text v3 does, written from its documented rules.

Source: https://github.com/twitter/twitter-text (rules and conformance cases), read 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import regex

from broadcast.text.tlds import is_tld

#: Longest address, and longest name of a host: beyond, it is only text.
MAX_URL, MAX_HOST, MAX_LABEL = 4096, 253, 63
#: Longest path of a t.co address.
_MAX_SLUG = 40
_MARKS = r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
#: What may stand before an address.
_BEFORE = rf"(?:[^A-Za-z0-9@＠$#＃{_MARKS}]|[{_MARKS}]|^)"
_BARE_REFUSES = "-_./"
_WORD = r"[\p{L}\p{M}\p{N}\p{So}]"
_LABEL = rf"{_WORD}(?:(?:{_WORD}|[_\-])*{_WORD})?"
_LATIN = r"A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0100-\u024f"
_LATIN_DOMAIN = (
    rf"(?:[{_LATIN}](?:[{_LATIN}_\-]*[{_LATIN}])?\.)+(?P<last>[\p{{L}}\p{{M}}0-9\-]+)"
)
_PATH_CHAR = rf"[{_LATIN}\p{{Cyrillic}}!*';:=+,.$/%#\[\]\-\u2013_~|&@]"
_PATH_END = rf"[{_LATIN}\p{{Cyrillic}}=_#/+\-]"
_PARENS = rf"\((?:{_PATH_CHAR}++|\({_PATH_CHAR}++\))++\)"
_PATH = rf"(?:{_PATH_CHAR}*(?:{_PARENS}{_PATH_CHAR}*)*(?:{_PATH_END}|{_PARENS})|@{_PATH_CHAR}+/)"
_QUERY = r"\?[A-Za-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*[A-Za-z0-9\-_&=#/]"


@cache
def _host() -> regex.Pattern[str]:
    return regex.compile(
        rf"(?P<before>{_BEFORE})(?P<protocol>https?://)?(?P<host>(?:{_LABEL}\.)+{_WORD}[\p{{L}}\p{{M}}\p{{N}}\-]*)",
        regex.IGNORECASE,
    )


@cache
def _tail() -> regex.Pattern[str]:
    return regex.compile(rf"(?::[0-9]+)?(?:/{_PATH}?)?(?:{_QUERY})?", regex.IGNORECASE)


@cache
def _latin_host() -> regex.Pattern[str]:
    return regex.compile(_LATIN_DOMAIN)


def find_urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each address, in order."""
    position = 0
    while "." in text and (match := _host().search(text, position)):
        found = _with_protocol(match) if match["protocol"] else _bare(match)
        if found is None:
            position = max(match.end("host"), position + 1)
            continue
        start, end = found
        yield start, end
        position = end


def _with_protocol(match: regex.Match[str]) -> tuple[int, int] | None:
    host = _known(match["host"])
    if not host or "_" in host.rpartition(".")[0].rpartition(".")[2]:
        return None
    return _finish(match.string, match.start("protocol"), match.start("host"), host)


def _bare(match: regex.Match[str]) -> tuple[int, int] | None:
    # Without a protocol the host must be Latin; it may begin after letters of another script.
    if match["before"] and match["before"] in _BARE_REFUSES:
        return None
    for candidate in _latin_host().finditer(match["host"]):
        host = _known(candidate[0])
        if host and "_" not in host.rpartition(".")[0].rpartition(".")[2]:
            start = match.start("host") + candidate.start()
            if _is_mail(match.string, start + len(host)):
                return None
            return _finish(match.string, start, start, host)
    return None


def _is_mail(text: str, end: int) -> bool:
    return regex.compile(r"(?:[\w+\-][\w.+\-]*)?[@＠]").match(text, end) is not None


def _finish(
    text: str, start: int, host_start: int, host: str
) -> tuple[int, int] | None:
    end = host_start + len(host)
    tail = _tail().match(text, end)
    end = tail.end() if tail else end
    if host.lower() == "t.co":
        slug = regex.match(r"/[A-Za-z0-9]+", text[host_start + 4 : end])
        if slug:
            if len(slug[0]) - 1 > _MAX_SLUG:
                return None
            end = host_start + 4 + slug.end()
    return (start, end) if end - start <= MAX_URL else None


def _known(host: str) -> str:
    """Return the longest beginning of `host` that ends in a top-level domain, "" if none."""
    labels = host.split(".")
    for count in range(len(labels), 1, -1):
        last = labels[count - 1]
        for size in range(len(last), 1, -1):
            tld = last[:size]
            runs_on = size < len(last) and last[size].isascii()
            if is_tld(tld) and not runs_on:
                kept = ".".join([*labels[: count - 1], tld])
                return kept if is_host(kept) else ""
    return ""


def is_host(host: str) -> bool:
    """True if each label and the whole fit into the DNS, encoded as it would be."""
    encoded = []
    for label in host.split("."):
        if label.isascii():
            encoded.append(label)
        elif label.lower().startswith("xn--"):
            return False
        else:
            encoded.append("xn--" + label.encode("punycode").decode())
    return (
        all(0 < len(label) <= MAX_LABEL for label in encoded)
        and len(".".join(encoded)) <= MAX_HOST
    )
