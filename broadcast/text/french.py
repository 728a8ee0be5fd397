"""French typography: spaces that do not break, apostrophes, suspension points."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

import regex

NBSP, NNBSP = "\u00a0", "\u202f"
#: What may stand before a mark that wants a space: the end of a word, a bracket, a closing quote.
_WORD_END = r"[\p{L}\p{N})\]»”’%€…]"
#: What may follow it: nothing more of the same word.
_AFTER = r"(?=[\s»”)\]]|$)"

#: A number in running text: not the end of a word, hashtag, hour, path, setting or code.
_NUMBER = r"(?<![\p{L}\p{M}\p{N}_#@&=%:;.,/\\$])\d+(?:[.,\u00a0\u202f ]\d+)*"
#: No sign of a number where more of the same word follows: "100%25", "12€50".
_ENDS = r"(?![\p{L}\p{N}_%])"
#: "n°" and its like.
_NUMERO = r"(?<![\p{L}\p{N}_#@&/])[nN][°º]"
#: Each round takes up a mark of the text; more than three were never seen.
_MAX_ROUNDS = 8

_Rules = tuple[tuple[regex.Pattern[str], str], ...]


@lru_cache(maxsize=4096)
def typo(text: str, nnbsp: str = NNBSP) -> str:
    """Return `text` with French typography: no-break spaces, typographic apostrophe, `…`.

    Missing spaces are added. Addresses, e-mail addresses, times and ratios with a colon, telephone
    numbers, HTML entities, code in backticks and spaces that already do not break stay as they
    are; doing it twice changes nothing.

    Args:
        text: plain text.
        nnbsp: what stands before `; ! ? %`, as in CLDR's French. Another than U+202F also stands before `: »` and after `«`.
    """
    wide = NBSP if nnbsp == NNBSP else nnbsp
    rules = _spaces() + _missing()
    return _settled(text, lambda piece: _applied(rules, piece, thin=nnbsp, wide=wide))


@lru_cache(maxsize=4096)
def typo_net(text: str) -> str:
    """Return `text` with the typography that costs nothing on X: U+00A0 where a space was, `...` kept.

    There U+202F and `…` weigh 2, so U+202F becomes U+00A0 and nothing is added.
    """
    return _outside(text, lambda piece: _applied(_spaces(), piece, thin=NBSP, wide=NBSP)).replace(NNBSP, NBSP)


@lru_cache(maxsize=4096)
def set_hours(text: str) -> str:
    """Return `text` with its times of day and durations in one form, "14 h 30", however they were typed.

    `14h30`, `14H30`, `14:30` and `14 h 30` are one; minutes of nought go ("14 h"). Spaces do not break
    (U+00A0). Addresses, codes, scales and ratios stay; doing it twice changes nothing. Source: Lexique
    des règles typographiques en usage à l'Imprimerie nationale, "heure".
    """
    return _outside(text, _with_hours, _untouched(times=False))


def compact_hours(text: str) -> str:
    """Return `text` with its times as a street sign says them: "14H30", "8H"."""
    return regex.sub(
        r"(?<![\w.,])(\d{1,2})[\s\u00a0\u202f]?[hH](?:[\s\u00a0\u202f]?([0-5]\d))?(?![\p{L}\p{N}_])", r"\1H\2", set_hours(text)
    )


_GAP = r"[ \u00a0\u202f]?"


@cache
def _hours() -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    # A stroke stands in addresses and dates; after a time it parts two of them ("8h-12h/14h-18h").
    after_hour = rf"\d{_GAP}[hH](?:{_GAP}[0-5]\d)?"
    begins = rf"(?<![\p{{L}}\p{{N}}_.,:#@&=°]|\d[ \u00a0\u202f])(?<!(?<!{after_hour})/)"
    return (
        regex.compile(rf"{begins}(?P<h>\d{{1,3}}){_GAP}[hH](?:{_GAP}(?P<m>[0-5]\d)(?![\d]))?(?![\p{{L}}\p{{N}}_])"),
        regex.compile(rf"{begins}(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\p{{L}}\p{{N}}_:]|[.,]\d|{_GAP}\d{{3}})"),
    )


def _with_hours(text: str) -> str:
    for pattern in _hours():
        text = pattern.sub(_one_hour, text)
    return text


def _one_hour(match: regex.Match[str]) -> str:
    minutes = match["m"]
    return f"{int(match['h'])}{NBSP}h" + (f"{NBSP}{minutes}" if minutes and minutes != "00" else "")


@cache
def _untouched(times: bool = True) -> regex.Pattern[str]:
    clock = r"|(?<!\d)\d+(?::\d+)+" if times else r"|(?<!\d)\d+(?::\d+){2,}"
    return regex.compile(
        r"(?:[a-z][a-z0-9+.\-]{1,15}://|\bwww\.)[^\s<>«»“”]*[^\s<>«»“”.,;:!?)\]…'’\"]"
        r"|(?<![\w+\-])[\w+\-][\w.+\-]*+@[\w\-]+(?:\.[\w\-]+)+"
        r"|\b(?:mailto|tel|sms):[^\s<>«»]*[^\s<>«».,;:!?)\]]"
        rf"{clock}"
        r"|(?<!`)(`+)(?!`).{1,200}?(?<!`)\1(?!`)"
        r"|(?<![\w+])(?:0\d(?:[ .\-]\d\d){4}|0[ .]?8\d\d(?:[ .]\d{2,3}){2,3}|\+\d(?:[ .\-()]{0,2}\d){8,14})(?!\w)"
        r"|&(?:[a-z][a-z0-9]*|\#[0-9]+|\#x[0-9a-f]+);",
        regex.IGNORECASE,
    )


def _settled(text: str, change: Callable[[str], str]) -> str:
    """Return `text` changed until nothing more changes: one rule can make room for another."""
    for _ in range(_MAX_ROUNDS):
        before, text = text, _outside(text, change)
        if text == before:
            break
    return text


def _outside(text: str, change: Callable[[str], str], untouched: regex.Pattern[str] | None = None) -> str:
    """Return `text` with `change` made between what must stay, each piece seeing its neighbours."""
    kept: list[str] = []

    def keep(match: regex.Match[str]) -> str:
        kept.append(match[0])
        return _KEPT

    changed = change((untouched or _untouched()).sub(keep, text.replace(_KEPT, "\ufffd")))
    pieces = changed.split(_KEPT)
    return "".join(a + b for a, b in zip(pieces, [*kept, ""], strict=True))


#: Stands for a piece that must stay: a noncharacter, which no text holds.
_KEPT = "\ufdd0"


@cache
def _spaces() -> _Rules:
    """Return the rules that put one character in the place of another."""
    return _compiled(
        (r"(?<=\p{L})'(?=\p{L})", "’"),
        (r"(?<=[^\s]) +(?=[;!?]+(?!\w))", "{thin}"),
        (r"(?<=[^\s]) +(?=:(?:\s|$))", "{wide}"),
        (r"(?<=[^\s]) +(?=»)", "{wide}"),
        (r"(?<=«) +(?=\S)", "{wide}"),
        (r"(?<=(?<![\w.,])(?:[01]?\d|2[0-4])) +(?=h(?![\p{L}\d]))", "{wide}"),
        (r"(?<=\d[ \u00a0\u202f]h) +(?=[0-5]\d(?![\w]))", "{wide}"),
        (rf"(?<=\d) +(?=%{_ENDS})", "{thin}"),
        (r"(?<=\d) +(?=[€°])", "{wide}"),
        (rf"(?<={_NUMERO}) +(?=\d)", "{wide}"),
        (r"(?<=\b\d{1,3}(?:[ \u00a0\u202f]\d{3})*) (?=\d{3}(?:[ \u00a0\u202f]\d{3})*(?![\w]| \d))", "{thin}"),
    )


@cache
def _missing() -> _Rules:
    """Return the rules that add or widen a character; `…` first, as the others look at it."""
    return _compiled(
        (r"(?<!\.)\.\.\.(?!\.)", "…"),
        (rf"(?<={_WORD_END}|{_KEPT})(?=[;!?]+{_AFTER})", "{thin}"),
        (r"(?<=[\p{L})\]»”])(?=:(?:\s|$))", "{wide}"),
        (r"(?<=[^\s«])(?=»)", "{wide}"),
        (r"(?<=«)(?=[^\s»])", "{wide}"),
        (r"(?<=(?<![\w.,])(?:[01]?\d|2[0-4]))h(?=[0-5]\d(?!\w))", "{wide}h{wide}"),
        (rf"(?<={_NUMBER})(?=%{_ENDS})", "{thin}"),
        (rf"(?<={_NUMBER})(?=(?:€|°[CF]){_ENDS})", "{wide}"),
        (rf"(?<={_NUMERO})(?=\d)", "{wide}"),
    )


def _compiled(*rules: tuple[str, str]) -> _Rules:
    return tuple((regex.compile(pattern), into) for pattern, into in rules)


def _applied(rules: _Rules, text: str, *, thin: str, wide: str) -> str:
    for pattern, into in rules:
        text = pattern.sub(into.format(thin=thin, wide=wide).replace("\\", r"\\"), text)
    return text
