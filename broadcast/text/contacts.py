"""Telephone numbers and e-mail addresses in running text, as the links that a phone opens. Pure.

Source: numbering plan of ARCEP (decision 2018-0881 as amended): ten digits from 01 to 09, special numbers of four
digits beginning with 3 or 10, emergency and social numbers of two, three or six digits. Read 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import regex

#: What stands between the digits of one number.
_GAP = r"[ .\-\u2011\u00a0\u202f]"
#: Numbers of two and three digits: only where somebody is told to call them, or in a line of contacts.
_SHORT = r"15|17|18|112|114|115|116[ \u00a0\u202f]?\d{3}|119|191|196|197"
#: Special numbers of four digits.
_SPECIAL = r"3[0-9]{3}|10\d\d"
#: What tells to call, in French and English.
_CALL = r"appele[zr]|compose[zr]|contacte[zr]|faites|joindre|joignez|t[ée]l[ée]phone[zr]?|t[ée]l\.?|SMS|num[ée]ro|urgences?|call|dial|text|phone"
#: After these a number counts, dates or numbers a house, and calls nobody.
_COUNTED = (
    r"(?![ \u00a0\u202f]?(?:[€%]|(?:m|km|kg|h|euros?|habitants|personnes|foyers|logements|mètres|places|heures|minutes|jours|ans|"
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"bis|ter|rue|avenue|boulevard|place|allée|quai|chemin|route|impasse|cours|square|au|à|to)\b))"
)


def links(text: str, *, is_contact: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a text, each with the address that it opens, "" for words.

    Args:
        text: plain text.
        is_contact: True for a line that names whom to call: there "15" alone is a number to call.
    """
    end = 0
    for found in _pattern(is_contact).finditer(text):
        start, stop = found.span("mail") if found["mail"] else found.span("phone") if found["phone"] else found.span("short")
        if start > end:
            yield text[end:start], ""
        words = text[start:stop]
        yield words, f"mailto:{words}" if found["mail"] else _tel(words)
        end = stop
    if end < len(text):
        yield text[end:], ""


def _tel(words: str) -> str:
    digits = regex.sub(r"[^\d+]", "", regex.sub(r"\(0\)", "", words))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits == "114":
        return "sms:114"  # the number for those who cannot hear or speak takes messages
    # Ten digits of the French plan are the same from everywhere once they carry the country.
    return f"tel:+33{digits[1:]}" if len(digits) == 10 and digits[0] == "0" and digits[1] != "8" else f"tel:{digits}"


@cache
def _pattern(is_contact: bool) -> regex.Pattern[str]:
    before, after = r"(?<![\w@/=&#%+.,:\-])(?<!\d[ \u00a0\u202f])", rf"(?!{_GAP}?\d)(?![\w@/])"
    french = rf"0[ \u00a0]?\d(?:{_GAP}?\d\d){{4}}|0{_GAP}?[89]\d\d(?:{_GAP}?\d{{3}}){{2}}|0{_GAP}?[89]\d\d(?:{_GAP}?\d\d){{3}}"
    # Eight digits at least (ITU-T E.164 allows fifteen): "+12)12" calls nobody.
    abroad = rf"(?:\+|00)(?=(?:[ .\-()\u2011\u00a0\u202f]{{0,3}}\d){{8,15}}(?!\d))[1-9]\d{{0,2}}{_GAP}?(?:\(0\){_GAP}?)?(?:(?:\(\d{{1,4}}\)|\d{{1,4}}){_GAP}?){{2,6}}\d"
    mail = r"(?<![\w.+\-@/:])[\w+\-](?:[\w.+\-]*[\w+\-])?@(?:[\w\-]+\.)+\p{L}{2,}(?![\w@])"
    called = rf"(?<=\b(?:{_CALL})(?:,?[ \u00a0](?:le|au|the|:|vite le|aussitôt le))?[ \u00a0:]{{1,3}})(?:{_SHORT}|{_SPECIAL})"
    chained = rf"(?<=\b(?:{_CALL})[ \u00a0](?:le[ \u00a0]|au[ \u00a0])?(?:{_SHORT}|{_SPECIAL})(?:,| ou| et| or)[ \u00a0](?:le[ \u00a0]|au[ \u00a0]|the[ \u00a0])?)(?:{_SHORT}|{_SPECIAL})"
    at = r"(?<=\b[Aa]u[ \u00a0])(?:3[0169]\d\d)"
    short = rf"(?:{called}|{chained}|{at}){_COUNTED}(?![\w/.]\d|{_GAP}?\d|\p{{L}})"
    if is_contact:
        short = rf"(?:{short}|(?<![\w.,/+\-])(?<!\d[ \u00a0\u202f])(?<!\b(?:du|au)[ \u00a0])(?:{_SHORT}|{_SPECIAL}){_COUNTED}(?!{_GAP}?\d|[\p{{L}}/@]))"
    return regex.compile(rf"(?P<mail>{mail})|{before}(?P<phone>{abroad}|{french}){after}|(?P<short>{short})", regex.IGNORECASE)
