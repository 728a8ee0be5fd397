"""The line of a message file that says from which version it goes on: `base: crue-quais@2`. Pure.

`submit` and `new` keep it; it goes with every copy of the file. It is no part of what is submitted.
"""

from __future__ import annotations

import re

KEY = "base"
_VALUE = re.compile(r"(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)@(?P<number>\d{1,6})")
_LINE = re.compile(rf"(?m)^{KEY}:.*(?:\r\n|\r|\n)")
_HEADER = re.compile(
    r"\A\ufeff?---[ \t]*(?P<end>\r\n|\r|\n)(?P<keys>.*?)^(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)", re.DOTALL | re.MULTILINE
)


def read_base(value: str) -> tuple[str, int] | None:
    """Return slug and number of "crue-quais@2"; None: it is no such thing."""
    match = _VALUE.fullmatch(value.strip())
    return (match["slug"], int(match["number"])) if match else None


def without_base(text: str) -> str:
    """Return a message file without its base line; the rest is as it was."""
    header = _HEADER.match(text)
    if header is None:
        return text
    begin, end = header.span("keys")
    return text[:begin] + _LINE.sub("", header["keys"]) + text[end:]


def with_base(text: str, slug: str, number: int) -> str:
    """Return a message file with this base line, the last of its header; its line ends stay what they are."""
    bare = without_base(text)
    header = _HEADER.match(bare)
    if header is None:
        return text
    at = header.end("keys")
    return f"{bare[:at]}{KEY}: {slug}@{number}{header['end']}{bare[at:]}"
