"""MULTI, the markup of dynamic message signs: read, put in normal form, written from the pages of a sign. Pure.

Source: NTCIP 1203 (MULTI), as mnit-rtmc/ntcip tests it at commit 387442a; the standard itself was not at hand.
Quirks:
    * Text holds the characters U+0001 to U+00FF only; another one is named by its number: `[hc153]` is œ.
    * Tags are read in any case and written in lower case; times are tenths of seconds, of one byte.
    * Faults are told by `parse` and `pages_of`; `normalize` leaves them out.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from broadcast.errors import ContentError

#: Longest time of a page in tenths of seconds: NTCIP sends one byte.
MAX_PAGE_TIME_DS = 255
LINE_JUSTIFICATION = {"left": 2, "centre": 3, "right": 4, "full": 5}
PAGE_JUSTIFICATION = {"top": 2, "middle": 3, "bottom": 4}


@dataclass(frozen=True, slots=True)
class Text:
    """What the sign shows, brackets not doubled."""

    text: str

    def __str__(self) -> str:
        return self.text.replace("[", "[[").replace("]", "]]")


@dataclass(frozen=True, slots=True)
class Tag:
    """One order to the sign."""

    #: Lower case, with the stroke of an end tag: "nl", "pt", "/sc".
    name: str
    #: Values in the order of the standard. One left out is None, at the end it is not there at all; versions
    #: of fonts and graphics are four hexadecimal digits, `hc` is a code point; the order of `fl` is "t" or "o".
    args: tuple[int | str | None, ...] = ()

    def __str__(self) -> str:
        return f"[{self.name}{_written(self)}]"


@dataclass(frozen=True, slots=True)
class Fault:
    """A piece that a sign would refuse."""

    #: "tag": unknown or not closed; "value": a known tag with a wrong value; "character": text outside U+0001–U+00FF.
    kind: Literal["tag", "value", "character"]
    #: The piece as it was; without its brackets where it had both.
    text: str


Token = Text | Tag | Fault


def parse(text: str) -> list[Token]:
    """Read MULTI; never fails: what a sign would refuse is a `Fault` in its place."""
    return [_token(piece) for piece in _PIECE.findall(text)]


def normalize(text: str) -> str:
    """Return MULTI in its normal form.

    Tags in lower case; faults, tags that change nothing (`cf`, `fo`, `jl`, `jp`) and what shows
    nothing at the end (spaces, empty lines, empty pages) are left out.
    """
    return _normal(parse(text))


def to_multi(
    pages: Sequence[Sequence[str]],
    page_times_s: Sequence[float],
    *,
    justify_line: Literal["left", "centre", "right", "full"] = "centre",
    justify_page: Literal["top", "middle", "bottom"] = "middle",
) -> str:
    """Write pages of lines in MULTI, in normal form: empty lines at the very end go, and no text gives "".

    Args:
        pages: lines of each page, top to bottom. No-break spaces become spaces, their work is done.
        page_times_s: seconds for each page, rounded up to tenths, 25.5 at most; empty: the sign's own time.
        justify_line: where each line stands.
        justify_page: where the lines stand on the sign.

    Raises:
        ContentError: a character cannot be written in MULTI (control character, or beyond U+FFFF).
        ValueError: there is not one time for each page.
    """
    if page_times_s and len(page_times_s) != len(pages):
        raise ValueError(f"{len(page_times_s)} page times for {len(pages)} pages")
    tokens: list[Token] = [
        Tag("jp", (PAGE_JUSTIFICATION[justify_page],)),
        Tag("jl", (LINE_JUSTIFICATION[justify_line],)),
    ]
    for n, page in enumerate(pages):
        tokens += [Tag("np")] if n else []
        tokens += [Tag("pt", (_tenths(page_times_s[n]), 0))] if page_times_s else []
        for row, line in enumerate(page):
            tokens += [Tag("nl")] if row else []
            tokens += map(_spelled, line.translate(_SPACES))
    return _normal(tokens)


def pages_of(text: str) -> list[list[str]]:
    """Return the lines of each page; [] where nothing is shown. What the sign fills in itself (`f`, `g`) is not there.

    Raises:
        ContentError: a sign would refuse this MULTI.
    """
    pages = [[""]]
    for token in parse(text):
        match token:
            case Fault(kind=kind, text=piece):
                raise ContentError(f"MULTI : {_FAULTS[kind]} : « {piece} »")
            case Text(text=shown):
                pages[-1][-1] += shown
            case Tag(name="hc", args=(int(code),)):
                pages[-1][-1] += "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code < 0xE000 else chr(code)
            case Tag(name="mv", args=(*_, str(moving))):
                pages[-1][-1] += moving
            case Tag(name="nl"):
                pages[-1].append("")
            case Tag(name="np"):
                pages.append([""])
    return [] if pages == [[""]] else pages


_PIECE = re.compile(r"\[\[|\]\]|\[[^\[\]]*\]?|\]|[^\[\]]+")
_NAME = re.compile(r"/(?:fl|ms|sc)|c[bfr]|f[lo]|hc|j[lp]|m[sv]|n[lp]|p[bt]|sc|tr|f(?!e)|g", re.ASCII | re.IGNORECASE)
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")
#: Tags that a reader sees, alone or by what they put on the sign; the others are blank.
_SHOWN = frozenset({"cr", "f", "g", "hc", "ms", "/ms", "mv"})
_KEPT_UNTIL_CHANGED = frozenset({"cf", "fo", "jl", "jp"})
_FAULTS = {
    "tag": "balise inconnue ou sans crochet fermant, retirez-la ou doublez le crochet",
    "value": "valeur de balise refusée, corrigez-la",
    "character": "signe hors de U+0001–U+00FF, remplacez-le",
}

_Reader = Callable[[str], int | str]


def _whole(low: int, high: int, base: int = 10) -> _Reader:
    def read(text: str) -> int:
        number = int(text or "0", base)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


def _rule(pattern: str, *readers: _Reader) -> tuple[re.Pattern[str], tuple[_Reader, ...]]:
    """Return what follows a name, N being a whole number, and how each group is read."""
    return re.compile(pattern.replace("N", "([0-9]+)"), re.ASCII | re.IGNORECASE | re.DOTALL), readers


_byte, _start, _length, _id = _whole(0, 255), _whole(1, 0xFFFF), _whole(0, 0xFFFF), _whole(1, 255)
_under_100, _digit, _u32 = _whole(0, 99), _whole(0, 9), _whole(0, 2**32 - 1)
_COLOUR, _BOX = (_byte, _byte, _byte), (_start, _start, _length, _length)
_VENDOR = (_rule("N(?:,(.*))?", _u32, str),)
_MOVE = (str.lower, _length, _byte, _byte, str)
_NOTHING = (_rule(""),)
_RULES = {
    # Up to 255 as the conformance cases have it.
    "cb": (_rule("N?", _byte),),
    "cf": (_rule("(?:N(?:,N,N)?)?", *_COLOUR),),
    "cr": (_rule("N,N,N,N,N(?:,N,N)?", *_BOX, *_COLOUR),),
    "f": (_rule("N(?:,N?)?", _whole(1, 13), _byte),),
    # `[fl]` alone is `[flto]`: on first, the sign's own times.
    "fl": (
        _rule(r"(t|\Z)N?(?:oN?)?", lambda order: order.lower() or "t", _under_100, _under_100),
        _rule("(o)N?(?:tN?)?", str.lower, _under_100, _under_100),
    ),
    "/fl": _NOTHING,
    "fo": (_rule("(?:N(?:,([0-9a-f]{4}))?)?", _id, str.lower),),
    "g": (_rule("N(?:,N,N(?:,([0-9a-f]{4}))?)?", _id, _start, _start, str.lower),),
    "hc": (_rule("([0-9a-f]{1,4})", _whole(0, 0xFFFF, 16)),),
    "jl": (_rule("([1-5])?", _digit),),
    "jp": (_rule("([1-4])?", _digit),),
    "ms": _VENDOR,
    "/ms": _VENDOR,
    "mv": (
        _rule("(c)([lr])N,N,N,(.*)", str.lower, *_MOVE),
        _rule("(l)([0-9]?)([lr])N,N,N,(.*)", str.lower, _digit, *_MOVE),
    ),
    "nl": (_rule("([0-9])?", _digit),),
    "np": _NOTHING,
    "pb": (_rule("(?:N(?:,N,N)?)?", *_COLOUR),),
    "pt": (_rule("N?(?:oN?)?", _byte, _byte),),
    "sc": (_rule("N", _under_100),),
    "/sc": _NOTHING,
    "tr": (_rule("N,N,N,N", *_BOX),),
}


def _token(piece: str) -> Token:
    if piece in ("[[", "]]"):
        return Text(piece[0])
    if piece[0] == "[" and piece[-1] == "]":
        return _tag(piece[1:-1])
    if piece[0] in "[]":
        return Fault("tag", piece)
    return Text(piece) if all("\x01" <= char <= "\xff" for char in piece) else Fault("character", piece)


def _tag(inside: str) -> Tag | Fault:
    named = _NAME.match(inside)
    if not named:
        return Fault("tag", inside)
    name = named[0].lower()
    for pattern, readers in _RULES[name]:
        if found := pattern.fullmatch(inside, named.end()):
            try:
                return Tag(name, tuple(_args(readers, found.groups())))
            except ValueError:
                break
    return Fault("value", inside)


def _args(readers: Iterable[_Reader], groups: Sequence[str | None]) -> Iterator[int | str | None]:
    """Yield the values read, without the ones left out at the end."""
    last = max((n for n, group in enumerate(groups) if group is not None), default=-1)
    for reader, group in zip(readers, groups[: last + 1], strict=False):
        yield None if group is None else reader(group)


def _written(tag: Tag) -> str:
    args = ["" if arg is None else str(arg) for arg in tag.args]
    match tag.name:
        case "hc":
            return f"{tag.args[0]:x}"
        case "pt":
            return _times(args, "o")
        case "fl":
            return args[0] + _times(args[1:], "o" if args[0] == "t" else "t")
        case "mv":
            # Mode, delay and direction touch the width, the rest stands between commas.
            return "".join(args[:-4]) + ",".join(args[-4:])
    return ",".join(args)


def _times(args: Sequence[str], between: str) -> str:
    first, second = [*args, "", ""][:2]
    return first + between + second


def _normal(tokens: Iterable[Token]) -> str:
    made, blank = "", ""
    now: dict[str, tuple[int | str | None, ...]] = {}
    for token in tokens:
        if isinstance(token, Fault):
            continue
        if isinstance(token, Tag) and token.name in _KEPT_UNTIL_CHANGED:
            before, now[token.name] = now.get(token.name, ()), token.args
            if before == token.args:
                continue
        blank += str(token)
        if _is_shown(token):
            made, blank = made + blank, ""
    return made


def _is_shown(token: Text | Tag) -> bool:
    return bool(token.text.strip()) if isinstance(token, Text) else token.name in _SHOWN


def _tenths(seconds: float) -> int:
    # At least a tenth: a page of no time would not be seen. Rounded first, as 1.1 * 10 is a little over 11.
    return max(1, math.ceil(round(min(seconds * 10, MAX_PAGE_TIME_DS), 6)))


def _spelled(char: str) -> Token:
    code = ord(char)
    if code > 0xFFFF or unicodedata.category(char) in ("Cc", "Cs"):
        raise ContentError(f"panneau : le signe U+{code:04X} ne s'écrit pas en MULTI : retirez-le ou remplacez-le")
    return Text(char) if code <= 0xFF else Tag("hc", (code,))
