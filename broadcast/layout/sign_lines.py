"""From sentences to the lines and pages of a street sign: no word cut, no unit torn apart, pages as even as possible. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

from broadcast.layout.sign_breaks import cost


def _bound(text: str, columns: int) -> str:
    """Return the text with French signs (« : ») bound to the word before them: no line begins with one."""

    def bound(match: re.Match[str]) -> str:
        word, mark = match[1], match[2]
        if len(match[0]) <= columns:
            return f"{word}\u00a0{mark}"
        # A word as wide as the panel: its space goes, and of a mark that only announces, the mark.
        return f"{word}{mark}" if len(word) < columns or mark not in ":;" else word

    return re.sub(r"(\S+) ([:;!?»])(?=\s|$)", bound, text)


def sentences(text: str, columns: int) -> list[list[list[str]]]:
    """Return paragraphs of sentences of words; a word may hold a no-break space."""
    paragraphs = []
    for line in map(partial(_bound, columns=columns), text.split("\n")):
        sentences = [s.split(" ") for s in re.split(r"(?<=[.!?…]) +", line.strip()) if s]
        cleaned = [[w for w in words if w.strip("\u00a0")] for words in sentences]
        if any(cleaned):
            paragraphs.append([words for words in cleaned if words])
    return paragraphs


#: More words than any sign shows in a minute are not weighed: the text is too long, and that is told.
MAX_WORDS = 400
#: What a line costs, so that none is spent for nothing; a sentence that begins in the midst of one; a paragraph that does.
_LINE, _RUN_ON, _RUN_ON_PARAGRAPH = 4.0, 3.0, 8.0
#: What unevenness costs: of a line, and of a page that others could fill.
_RAGGED, _LOPSIDED = 3.0, 3.0
#: A page is read apart from the next one: its end weighs more than that of a line.
_PAGE_END = 3.0


def lay_out(paragraphs: Sequence[Sequence[Sequence[str]]], columns: int, rows: int) -> list[list[str]]:
    """Return the pages of a text: as few as possible, then broken where a reader loses least, then as even as possible.

    Args:
        paragraphs: paragraphs of sentences of words.
        columns: characters a line; a longer word stands alone and runs over.
        rows: lines a page.
    """
    words = [word for paragraph in paragraphs for sentence in paragraph for word in sentence]
    if not words:
        return []
    if len(words) > MAX_WORDS:
        return _filled(words, columns, rows)
    best = _ways(words, _joins(paragraphs), columns, rows)
    made: list[list[str]] = [[]]
    at, row = 0, 0
    while at < len(words):
        _, _, end, new_page = best[at][row]
        made[-1].append(" ".join(words[at:end]))
        if new_page and end < len(words):
            made.append([])
        at, row = end, 0 if new_page else row + 1
    return made


#: Pages and cost from here to the end, where the line ends, whether the page ends with it.
_Way = tuple[int, float, int, bool]


def _ways(words: Sequence[str], joins: Sequence[float], columns: int, rows: int) -> list[list[_Way]]:
    """Return for each word and row the best way to go on from there, found from the end."""
    end: list[_Way] = [(0, 0.0, 0, False)] * (rows + 1)
    best: list[list[_Way]] = [[] for _ in words] + [end]
    torn = [float(cost(before, after)) for before, after in pairwise(words)]
    for at in range(len(words) - 1, -1, -1):
        lines = list(_lines_from(words, joins, at, columns))
        best[at] = [min(_way(best, torn, line, row, rows) for line in lines) for row in range(rows)]
    return best


def _way(best: list[list[_Way]], torn: Sequence[float], line: tuple[int, float], row: int, rows: int) -> _Way:
    stop, paid = line
    unused = rows - row - 1
    if stop > len(torn):
        return (1, paid + _LOPSIDED * unused**2 / rows, stop, True)
    pages, further, *_ = best[stop][0]
    turned = (pages + 1, paid + _PAGE_END * torn[stop - 1] + _LOPSIDED * unused**2 / rows + further, stop, True)
    if not unused:
        return turned
    pages, further, *_ = best[stop][row + 1]
    return min(turned, (pages, paid + torn[stop - 1] + further, stop, False))


def _lines_from(words: Sequence[str], joins: Sequence[float], at: int, columns: int) -> Iterator[tuple[int, float]]:
    """Yield where a line from a word may end, and what it costs by itself."""
    length, joined = len(words[at]), 0.0
    yield at + 1, _LINE + _slack(length, columns)
    for stop in range(at + 1, len(words)):
        length += 1 + len(words[stop])
        if length > columns:
            return
        joined += joins[stop]
        yield stop + 1, _LINE + joined + _slack(length, columns)


def _slack(length: int, columns: int) -> float:
    return _RAGGED * (max(0, columns - length) / columns) ** 2


def _joins(paragraphs: Sequence[Sequence[Sequence[str]]]) -> list[float]:
    """Return for each word what it costs to stand on the line of the word before."""
    joins: list[float] = []
    for paragraph in paragraphs:
        for n, sentence in enumerate(paragraph):
            joins += [_RUN_ON if n else _RUN_ON_PARAGRAPH] + [0.0] * (len(sentence) - 1)
    return joins


def _filled(words: Sequence[str], columns: int, rows: int) -> list[list[str]]:
    """Return pages filled to the brim, word by word."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [lines[n : n + rows] for n in range(0, len(lines), rows)]
