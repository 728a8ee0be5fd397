"""A bitmap font of our own for street signs, with every French letter.

A cell is 6 pixels wide (5 and a gap) and 10 high: two rows for the accents of capitals, seven for
the letter, one for the cedilla and the gap.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from broadcast.layout.glyphs import BASE

CELL_WIDTH, CELL_HEIGHT = 6, 10
_BLANK = "....."
_SPACES = " \u00a0\u202f\u2009"
_SAME = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "“": '"',
    "”": '"',
    "•": "·",
    "−": "-",
    "‐": "-",
    "‑": "-",
}
#: Accents, two rows; for a lower-case letter they stand right above its body.
_ACCENTS = {
    "\u0300": (".#...", "..#.."),
    "\u0301": ("...#.", "..#.."),
    "\u0302": ("..#..", ".#.#."),
    "\u0308": (".....", ".#.#."),
    "\u0303": (".##.#", "#.##."),
}
_CEDILLA = "\u0327"


def has(char: str) -> bool:
    """True if the font draws this character."""
    try:
        glyph(char)
    except KeyError:
        return False
    return True


@cache
def glyph(char: str) -> tuple[str, ...]:
    """Return ten rows of five, "#" lit.

    Raises:
        KeyError: the font does not have it.
    """
    if char in _SPACES:
        return (_BLANK,) * CELL_HEIGHT
    char = _SAME.get(char, char)
    if char in BASE:
        return _placed(char, BASE[char])
    parts = unicodedata.normalize("NFD", char)
    letter, marks = parts[0], parts[1:]
    rows = list(_placed(letter, _undotted(letter) if letter == "i" else BASE[letter]))
    for mark in marks:
        if mark == _CEDILLA:
            rows[9] = ".##.."
        else:
            top = 0 if letter.isupper() else 2
            rows[top : top + 2] = _ACCENTS[mark]
    return tuple(rows)


def _undotted(letter: str) -> tuple[str, ...]:
    return (_BLANK, *BASE[letter][1:])


def _placed(_char: str, body: tuple[str, ...]) -> tuple[str, ...]:
    return (_BLANK, _BLANK, *body, _BLANK)
