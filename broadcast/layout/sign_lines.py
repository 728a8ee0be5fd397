"""From sentences to the lines and pages of a street sign: no word cut, lines as even as possible. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial


def _bound(text: str, columns: int) -> str:
    """Return the text with French signs (« : ») bound to the word before them, where a line can hold both."""
    return re.sub(r"(\S+) ([:;!?»])(?=\s|$)", lambda m: f"{m[1]}\u00a0{m[2]}" if len(m[0]) <= columns else m[0], text)


def sentences(text: str, columns: int) -> list[list[list[str]]]:
    """Return paragraphs of sentences of words; a word may hold a no-break space."""
    paragraphs = []
    for line in map(partial(_bound, columns=columns), text.split("\n")):
        sentences = [s.split(" ") for s in re.split(r"(?<=[.!?…]) +", line.strip()) if s]
        cleaned = [[w for w in words if w.strip("\u00a0")] for words in sentences]
        if any(cleaned):
            paragraphs.append([words for words in cleaned if words])
    return paragraphs


def lay_out(paragraphs: Sequence[Sequence[Sequence[str]]], columns: int, rows: int) -> list[list[str]]:
    """Fill pages: sentence by sentence if that costs no page more than word by word."""
    by_sentence = _by_sentence(paragraphs, columns, rows)
    words = [word for paragraph in paragraphs for sentence in paragraph for word in sentence]
    packed = _pages_of(_balanced(words, columns, rows), rows)
    return by_sentence if len(by_sentence) <= len(packed) else packed


def _by_sentence(paragraphs: Sequence[Sequence[Sequence[str]]], columns: int, rows: int) -> list[list[str]]:
    made: list[list[str]] = []
    current: list[str] = []
    for paragraph in paragraphs:
        for sentence in paragraph:
            lines = _balanced(sentence, columns, rows)
            if current and len(current) + len(lines) > rows:
                made.append(current)
                current = []
            current = current + lines
            while len(current) > rows:
                made.append(current[:rows])
                current = current[rows:]
    return [*made, current] if current else made


def _balanced(words: Sequence[str], columns: int, rows: int) -> list[str]:
    """Break words into as few lines as possible, of lengths as even as possible."""
    least = _wrap(words, columns)
    if len(least) > rows:
        return least
    for width in range(1, columns):
        lines = _wrap(words, width)
        if len(lines) == len(least) and max(map(len, lines), default=0) <= columns:
            return lines
    return least


def _wrap(words: Sequence[str], columns: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _pages_of(lines: Sequence[str], rows: int) -> list[list[str]]:
    count = -(-len(lines) // rows)
    if count < 2:
        return [list(lines)] if lines else []
    # The last page must not carry a lone line if the others can give it some.
    size = -(-len(lines) // count)
    return [list(lines[n : n + size]) for n in range(0, len(lines), size)]
