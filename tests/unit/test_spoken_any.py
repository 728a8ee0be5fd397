"""Whatever is written, what is said holds no digit, no address and no sign, and comes to an end."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.layout.spoken import spoken
from broadcast.text.urls import find_urls
from tests.unit.spoken_examples import EXAMPLES

#: Texts near to what the rules look for, which random characters seldom are.
PIECES = st.sampled_from(
    [
        *(text for text, _ in EXAMPLES),
        *(" ", "\n", "\n- ", "-", "/", ".", ",", ":", "h", "€", "°", "°C", "%", "km", "m²", "e", "er", "RDV ", "http", "://"),
        *(
            "0",
            "1",
            "24",
            "2026",
            "000",
            "٣",
            "²",
            "½",
            "(",
            ")",
            "#",
            "@",
            "+",
            "«",
            "’",
            "M.",
            "etc.",
            "n°",
            "sept.",
            "le ",
            "\ud800",
        ),
        *("ht", "tp", "\u00ad", "\ufe0f", "\ufdd0", "\ufdd1", "é", "www.", ".fr", "a@b", "\u2028", "_", "*"),
    ]
)
ANY = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join), st.text("0123456789 .,:/-h€°%+\n", max_size=40))


@settings(max_examples=400)
@given(ANY)
def test_any_text_is_said_without_digits_and_addresses(text):
    said = spoken(text)
    assert "http" not in said.lower()
    assert not any(unicodedata.category(c)[0] in "NC" and c not in "\n" for c in said), said
    assert not list(find_urls(said))
    assert not set(said) & set('«»“”"’\u00a0\u202f\t@#/€%')
    assert "  " not in said and said == said.strip() and "\n\n" not in said


@given(
    st.lists(
        st.sampled_from(["18h30", "12 000", "RDV", "M. Roy", "le", "quai", "2,5 km", "a@b.fr", "!", ",", "\n- ", "."]),
        max_size=12,
    )
)
def test_ordinary_text_said_twice_is_the_same(pieces):
    said = spoken(" ".join(pieces))
    assert spoken(said).split() == said.split()


@given(st.lists(st.sampled_from(["quai", "fermé", "Seine", "berge", "pont"]), min_size=1, max_size=20))
def test_no_word_is_lost(words):
    assert spoken(" ".join(words)) == " ".join(words)


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 5000,
        "1" * 10_000,
        "1," * 5000,
        "1." * 5000,
        "1/" * 5000,
        "1-" * 5000,
        "a" * 10_000 + "@",
        "a." * 5000,
        "http://" * 2000,
    ]
    + [
        "\n- " * 3000,
        " " * 10_000 + "x",
        "(" * 5000,
        ", ;" * 3000,
        "8h-" * 3000,
        "000 " * 3000,
        "A." * 5000,
        "#" * 5000,
        "M. " * 3000,
    ],
)
def test_long_hostile_texts_come_to_an_end(text):
    assert not any(map(str.isdigit, spoken(text)))
