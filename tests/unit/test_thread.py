"""Threads: numbered, split between sentences, each within its limit, nothing lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcast.layout.thread import split
from broadcast.text import measure

LINK = "https://www.example.org/a/crue-quais/"
SENTENCE = "La Seine monte plus vite que prévu et les quais sont fermés. "


def fits(unit: str, limit: int):
    return lambda text: measure(text, unit) <= limit


def words(parts: tuple[str, ...], link: str) -> list[str]:
    bare = [re.sub(r" \(\d+/\d+\)", "", p.replace(link, "") if link else p) for p in parts]
    return " ".join(bare).split()


def test_six_hundred_characters_are_three_posts():
    text = ("Crue de la Seine\n\n" + SENTENCE * 10).strip()[:600].rpartition(".")[0] + f".\n\n{LINK}\n#Crue"
    parts = split(text, link=LINK, fits=fits("x", 280), max_parts=10)
    assert [p.count(f"({n}/3)") for n, p in enumerate(parts, 1)] == [1, 1, 1]
    assert LINK in parts[0] and not any(LINK in p for p in parts[1:])
    assert all(measure(p, "x") <= 280 for p in parts)
    assert all(re.search(r"[.!?] \(\d/3\)", p) or "#Crue" in p for p in parts), parts
    assert words(parts, LINK) == words((text,), LINK)


def test_it_is_the_same_each_time_and_keeps_paragraphs():
    text = f"Titre\n\n{SENTENCE * 3}\n\n{SENTENCE * 3}"
    once = split(text, link="", fits=fits("graphemes", 300), max_parts=10)
    assert once == split(text, link="", fits=fits("graphemes", 300), max_parts=10)
    assert once[0].startswith("Titre\n\nLa Seine")


def test_a_sentence_that_is_too_long_is_parted_at_a_clause_then_between_words():
    text = "Un, " * 60 + "fin de la phrase sans aucun autre signe " * 10
    parts = split(text, link="", fits=fits("characters", 120), max_parts=10)
    assert len(parts) > 1
    assert words(parts, "") == text.split()


def test_abbreviations_do_not_end_a_sentence():
    text = ("Écrivez à M. Dupont ou à Mme. Martin, 12 av. Victor. " * 12).strip()
    parts = split(text, link="", fits=fits("x", 280), max_parts=10)
    assert all(not re.search(r"(?:M|Mme|av)\. \(\d", p) for p in parts)


@pytest.mark.parametrize("text", ["x" * 400, "Court. " + "y" * 300])
def test_a_word_is_never_cut(text: str):
    assert split(text, link="", fits=fits("characters", 280), max_parts=10) == ()


def test_more_than_the_place_takes_is_no_thread():
    assert split(SENTENCE * 100, link="", fits=fits("characters", 280), max_parts=3) == ()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(alphabet="abé çœ.,!?\n #ÉÀ’…€👩‍🚒 ", min_size=1, max_size=60), min_size=1, max_size=30),
    st.sampled_from([("x", 100), ("graphemes", 90), ("mastodon", 120)]),
    st.sampled_from(["", LINK]),
)
def test_nothing_is_lost_and_every_post_fits(pieces, place, link):
    text = " ".join(pieces)
    check = fits(*place)
    parts = split(text, link=link, fits=check, max_parts=9)
    assert all(map(check, parts))
    if parts:
        assert words(parts, link) == words((text,), link)
