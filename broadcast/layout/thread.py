"""A text that is too long for one post, as a numbered thread: split between sentences, nothing lost. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

#: Where a sentence may end: its mark, perhaps a closing bracket or quote, then white space.
_MARK = r"(?<=[.!?…])(?:[ \u00a0\u202f]?[»”\")])?"
#: Before a small letter no sentence ends, but for a text that knows no capitals.
_SENTENCE = re.compile(rf"{_MARK}(\s+)(?![a-zà-öø-ÿœ])")
_ANY_SENTENCE = re.compile(rf"{_MARK}(\s+)")
#: What ends with a full stop and no sentence: an initial, a short form, the number of an item of a list.
_SHORT = re.compile(
    r"(?:\b(?:[A-Z]|(?i:MM|Mmes?|Mlles?|Mes?|Dr|Pr|Ste?|av|bd|bld|boul|pl|imp|chem|rte|t[ée]l|art|cf|ex|env|pp?|n|apr|c\.-à-d))"
    r"|(?:^|\n)[ \t]*\d{1,3})\.$"
)
_CLAUSE = re.compile(r"(?<=[;:,])([ \n]+)")
_WORD = re.compile(r"([ \n]+)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some words, and the white space that stood before them."""

    gap: str
    text: str


def split(text: str, *, link: str, fits: Callable[[str], bool], max_parts: int, mark: str = "") -> tuple[str, ...]:
    """Return the posts of a thread, each with its number; empty if it cannot be done.

    Args:
        text: the whole text; a line that is only the link moves to the first post.
        link: canonical address, "" if none.
        fits: True for a text within the place's limits, as the place counts.
        max_parts: posts at most.
        mark: what each post begins with, such as the word that tells an exercise.
    """
    body = "\n".join(line for line in text.split("\n") if not link or line.strip() != link)
    body = re.sub(r"\n{3,}", "\n\n", body).strip().removeprefix(mark)
    label = f" ({max_parts}/{max_parts})"
    tail = f"\n\n{link}" if link else ""

    def room(n: int) -> Callable[[str], bool]:
        return lambda words: fits(mark + words + label + (tail if n == 0 else ""))

    pieces = list(_pieces(body, _SENTENCE))
    made = _pack(pieces, room)
    if made is None or not 2 <= len(made) <= max_parts:
        return ()
    made = _balanced(pieces, room, made)
    total = len(made)
    return tuple(f"{mark}{words} ({n}/{total})" + (tail if n == 1 else "") for n, words in enumerate(made, 1))


def _balanced(pieces: list[_Piece], room: Callable[[int], Callable[[str], bool]], made: list[str]) -> list[str]:
    """Return as many posts of lengths as even as can be, so that the last does not hold a telephone number alone."""
    low, high = 1, max(map(len, made))
    while low < high:
        most = (low + high) // 2
        tried = _pack(pieces, partial(_at_most, room, most), whole=True)
        if tried is not None and len(tried) <= len(made):
            made, high = tried, most
        else:
            low = most + 1
    return made


def _at_most(room: Callable[[int], Callable[[str], bool]], most: int, n: int) -> Callable[[str], bool]:
    return lambda words: len(words) <= most and room(n)(words)


def _pack(pieces: list[_Piece], room: Callable[[int], Callable[[str], bool]], *, whole: bool = False) -> list[str] | None:
    """Fill one post after the other; None if a single word does not fit, or with `whole` a single piece."""
    made: list[str] = []
    current = ""
    queue = list(reversed(pieces))
    while queue:
        piece = queue.pop()
        fits = room(len(made))
        together = current + piece.gap + piece.text if current else piece.text
        if fits(together):
            current = together
        elif current:
            made.append(current)
            current = ""
            queue.append(piece)
        else:
            smaller = None if whole else _smaller(piece)
            if smaller is None:
                return None
            queue.extend(reversed(smaller))
    return [*made, current] if current else made


def _smaller(piece: _Piece) -> list[_Piece] | None:
    """Return the clauses of a sentence, or the words of a clause; None for a word."""
    for boundary in (_ANY_SENTENCE, _CLAUSE, _WORD):
        found = list(_pieces(piece.text, boundary))
        if len(found) > 1:
            return [_Piece(piece.gap, found[0].text), *found[1:]]
    return None


def _pieces(text: str, boundary: re.Pattern[str]) -> Iterator[_Piece]:
    """Yield sentences (or what `boundary` parts), paragraphs included: a line break always parts."""
    gap, begin = "", 0
    ends = sorted({(m.start(1), m.end(1)) for m in boundary.finditer(text)} | {m.span() for m in re.finditer(r"\n+", text)})
    for start, end in ends:
        is_short = boundary in (_SENTENCE, _ANY_SENTENCE) and _SHORT.search(text, max(begin - 1, start - 8, 0), start)
        if start < begin or (is_short and "\n" not in text[start:end]):
            continue
        if text[begin:start].strip():
            yield _Piece(gap, text[begin:start])
            gap = ""
        gap, begin = gap + text[start:end], end
    if text[begin:].strip():
        yield _Piece(gap, text[begin:])
