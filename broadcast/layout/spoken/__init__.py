"""From a French text to what a loudspeaker says: no digit, no address, no abbreviation. Pure.

The text runs through named steps in one order: characters, addresses, lines, numbers, abbreviations,
signs. A later step never meets a digit that an earlier one understood.
"""

from __future__ import annotations

from functools import cache

import regex

from broadcast.layout.spoken.abbreviations import abbreviations, last_signs, names_and_marks
from broadcast.layout.spoken.addresses import characters, with_emails, without_urls
from broadcast.layout.spoken.lines import lines, tidy
from broadcast.layout.spoken.numbers import MAX_NUMBER, number_words
from broadcast.layout.spoken.quantities import bare_numbers, bare_units, quantities
from broadcast.layout.spoken.romans import romans
from broadcast.layout.spoken.rule import Rule, search, sub
from broadcast.layout.spoken.times import dates, hours, spans_of_days, telephones

__all__ = ["MAX_NUMBER", "duration_s", "number_words", "spoken", "spoken_elsewhere", "within"]

#: Words a voice says in one second.
WORDS_A_SECOND = 2.5
#: What a voice says where a text is longer than the place takes.
_MORE = "La suite est à lire sur le site de la mairie."
_MORE_ELSEWHERE = "Read on at the town hall's website."


def spoken(text: str) -> str:
    """Return what a voice says for a plain French text; it takes any text and never fails.

    Numbers, dates, hours, units and abbreviations become words, addresses of the web go ("sur
    www.ville.fr" becomes "sur internet"), a line of a list ends with a full stop. One line remains one
    line, but for a sentence that runs on.
    """
    emails: list[str] = []
    text = without_urls(characters(text), emails)
    said = [tidy(with_emails(_said(line), emails)) for line in lines(text)]
    return "\n".join(line for line in said if search(r"[\p{L}\p{N}]", line))


def duration_s(text: str) -> float:
    """Return how many seconds a voice needs for a text that `spoken` returned, to a tenth."""
    return round(sum(any(map(str.isalnum, word)) for word in text.split()) / WORDS_A_SECOND, 1)


def spoken_elsewhere(text: str) -> str:
    """Return what a voice of another language than French says for a plain text: without addresses of the web.

    Numbers stay as they are written; every voice reads them in its own language.
    """
    bare = sub(r"[ \t]*:?[ \t]*(?:\b[a-z][a-z0-9+.\-]{0,15}://|\bwww\.)[^\s<>]*(?<![.,;!?])", "", text)
    said = (sub(r"[ \t]+([.,;:!?])", r"\1", " ".join(line.split())) for line in bare.splitlines())
    return "\n".join(line for line in said if search(r"[\p{L}\p{N}]", line))


def within(said: str, limit: int | None, language: str = "fr") -> str:
    """Return a spoken text within `limit` characters: whole sentences, then where to read on."""
    if limit is None or len(said) <= limit:
        return said
    more = _MORE if language.startswith("fr") else _MORE_ELSEWHERE
    room = max(limit - len(more) - 1, 0)
    ends = [m.end() for m in regex.finditer(r"[.!?…](?=\s)|[^\n](?=\n)", said[: room + 1])]
    words = [m.end() for m in regex.finditer(r"\S(?=\s)", said[: room + 1])]
    cut = (ends or words or [0])[-1]
    return f"{said[:cut]}\n{more}".strip()


def _said(line: str) -> str:
    for needs_digit, rules in _rules():
        if not needs_digit or search(r"\d", line):
            for pattern, into in rules:
                line = pattern.sub(into, line)
    return line


@cache
def _rules() -> tuple[tuple[bool, tuple[Rule, ...]], ...]:
    """Return the rules in their order, in groups, and whether a group asks for a digit."""
    return (
        (False, (*names_and_marks(), *romans(), *spans_of_days())),
        (True, (*telephones(), *dates(), *hours(), *quantities(), *bare_numbers())),
        (False, (*bare_units(), *abbreviations(), *last_signs())),
    )
