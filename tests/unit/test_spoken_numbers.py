"""Numbers in words: as they are said in French, and no two the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.layout.spoken import MAX_NUMBER, number_words

NUMBERS = [
    (0, "zéro"),
    (1, "un"),
    (10, "dix"),
    (16, "seize"),
    (17, "dix-sept"),
    (20, "vingt"),
    (21, "vingt et un"),
    (22, "vingt-deux"),
    (31, "trente et un"),
    (60, "soixante"),
    (61, "soixante et un"),
    (70, "soixante-dix"),
    (71, "soixante et onze"),
    (77, "soixante-dix-sept"),
    (80, "quatre-vingts"),
    (81, "quatre-vingt-un"),
    (90, "quatre-vingt-dix"),
    (91, "quatre-vingt-onze"),
    (99, "quatre-vingt-dix-neuf"),
    (100, "cent"),
    (101, "cent un"),
    (180, "cent quatre-vingts"),
    (200, "deux cents"),
    (201, "deux cent un"),
    (999, "neuf cent quatre-vingt-dix-neuf"),
    (1000, "mille"),
    (1001, "mille un"),
    (1990, "mille neuf cent quatre-vingt-dix"),
    (2000, "deux mille"),
    (2026, "deux mille vingt-six"),
    (3000, "trois mille"),
    (21_000, "vingt et un mille"),
    (80_000, "quatre-vingt mille"),
    (80_080, "quatre-vingt mille quatre-vingts"),
    (200_000, "deux cent mille"),
    (200_200, "deux cent mille deux cents"),
    (1_000_000, "un million"),
    (1_000_001, "un million un"),
    (80_000_000, "quatre-vingts millions"),
    (200_000_000, "deux cents millions"),
    (1_000_000_000, "un milliard"),
    (2_001_001_001, "deux milliards un million mille un"),
    (
        MAX_NUMBER,
        "neuf cent quatre-vingt-dix-neuf milliards neuf cent quatre-vingt-dix-neuf millions "
        "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf",
    ),
    (-5, "moins cinq"),
    (MAX_NUMBER + 1, "un" + " zéro" * 12),
]


@pytest.mark.parametrize(("n", "words"), NUMBERS)
def test_numbers(n, words):
    assert number_words(n) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "une"), (11, "onze"), (21, "vingt et une"), (81, "quatre-vingt-une"), (2, "deux"), (101, "cent une"), (-1, "moins une")],
)
def test_numbers_before_a_feminine_noun(n, words):
    assert number_words(n, feminine=True) == words


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_two_numbers_never_sound_the_same(a, b):
    assert (number_words(a) == number_words(b)) == (a == b)
