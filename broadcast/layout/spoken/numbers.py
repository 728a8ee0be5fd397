"""Numbers in French words. Pure."""

from __future__ import annotations

import regex

from broadcast.layout.spoken.rule import search, sub

#: Beyond, a number is read digit by digit.
MAX_NUMBER = 999_999_999_999

SMALL = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
_TENS = ("", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "", "quatre-vingt")
#: No more than four groups of thousands, which keeps the search linear on hostile text.
NUMBER = r"(?:\d{1,3}(?: \d{3}){1,4}(?!\d)|[1-9]\d{0,2}(?:\.\d{3}){1,4}(?!\d)|\d+)(?:[.,]\d+)?"
#: No number, and no part of one, ends here.
NEW = r"(?<![\p{L}\d.,/:])"


def number_words(n: int, *, feminine: bool = False) -> str:
    """Return "vingt et un", or "vingt et une" before a feminine noun; digit by digit beyond `MAX_NUMBER`."""
    if n < 0:
        return f"moins {number_words(-n, feminine=feminine)}"
    if n > MAX_NUMBER:
        return digit_words(str(n))
    words = _cardinal(n)
    return f"{words}e" if feminine and search(r"(?<!\p{L})un$", words) else words


def _cardinal(n: int) -> str:
    said = []
    for size, name in ((10**9, "milliard"), (10**6, "million")):
        count, n = divmod(n, size)
        if count:
            said.append(f"{_below_thousand(count)} {name}{'s' if count > 1 else ''}")
    thousands, rest = divmod(n, 1000)
    if thousands == 1:
        said.append("mille")
    elif thousands:
        # "mille" is a number itself: cents and quatre-vingts lose their s before it, not before "millions".
        said.append(f"{sub(r'(?<=cent|vingt)s$', '', _below_thousand(thousands))} mille")
    if rest or not said:
        said.append(_below_thousand(rest))
    return " ".join(said)


def _below_thousand(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = "cent" if hundreds == 1 else f"{SMALL[hundreds]} cent"
    if rest:
        return f"{head} {_below_hundred(rest)}"
    return head if hundreds == 1 else f"{head}s"


def _below_hundred(n: int) -> str:
    if n < len(SMALL):
        return SMALL[n]
    tens, unit = divmod(n, 10)
    if tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    if not unit:
        return "quatre-vingts" if tens == 8 else _TENS[tens]
    link = " et " if unit in (1, 11) and tens != 8 else "-"
    return f"{_TENS[tens]}{link}{SMALL[unit]}"


def digit_words(digits: str) -> str:
    """Return digits one by one: "zéro un deux"."""
    return " ".join(SMALL[int(d)] for d in digits)


def whole_words(digits: str, *, feminine: bool = False) -> str:
    """Return a run of digits in words, zeros in front said one by one."""
    significant = digits.lstrip("0")
    if len(significant) > len(str(MAX_NUMBER)):
        return digit_words(digits)
    if not significant:
        return digit_words(digits)
    zeros = "zéro " * (len(digits) - len(significant))
    return zeros + number_words(int(significant), feminine=feminine)


def halves(number: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark of what `NUMBER` matched."""
    number = number.replace(" ", "")
    if grouped := regex.fullmatch(r"([1-9]\d{0,2}(?:\.\d{3})+)([.,]\d+)?", number):
        number = grouped[1].replace(".", "") + (grouped[2] or "")
    whole, _, decimals = number.replace(".", ",").partition(",")
    return whole, decimals


def decimal_words(number: str, *, feminine: bool = False) -> str:
    """Return what `NUMBER` matched in words: "trois virgule cinq"."""
    whole, decimals = halves(number)
    if not decimals:
        return whole_words(whole, feminine=feminine)
    after = digit_words(decimals) if len(decimals) > 3 else whole_words(decimals)
    return f"{whole_words(whole)} virgule {after}"


def is_several(number: str) -> bool:
    """True from two on: French says "1,5 degré"."""
    return halves(number)[0].lstrip("0") not in ("", "1")


def ordinal_words(digits: str) -> str:
    """Return "premier", "deuxième", "vingt et unième"."""
    n = int(digits.replace(" ", ""))
    if n == 1:
        return "premier"
    words = number_words(n)
    words = sub(r"(?<=cent|vingt|million|milliard)s$|e$", "", words)
    return sub(r"cinq$", "cinqu", sub(r"neuf$", "neuv", words)) + "ième"
