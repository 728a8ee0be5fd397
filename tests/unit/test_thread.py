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


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "  1. d'abord à gauche\n  2. puis à droite\n12. Fin. Suite",
            ["  1. d'abord à gauche", "  2. puis à droite", "12. Fin.", "Suite"],
        ),
        ("avant le 15 mars 2026. À 6 h. Le pont", ["avant le 15 mars 2026.", "À 6 h.", "Le pont"]),
        ("MM. A. et B. Durand, c.-à-d. eux, etc. et non. Oui", ["MM. A. et B. Durand, c.-à-d. eux, etc. et non.", "Oui"]),
        (
            "« Non ! » Puis (fin.) Voilà... ensuite… Non ?! Oui",
            ["« Non ! »", "Puis (fin.)", "Voilà... ensuite…", "Non ?!", "Oui"],
        ),
    ],
)
def test_where_a_sentence_ends(text, pieces):
    longest = max(map(len, pieces))
    parts = split(text, link="", fits=lambda t: len(t) <= longest + len(" (9/9)"), max_parts=9)
    found = [re.sub(r" \(\d/\d\)$", "", p) for p in parts]
    assert " ".join(" ".join(found).split()) == " ".join(text.split())
    ends = [text.index(piece) + len(piece) for piece in pieces]
    at = 0
    for part in found:
        at = text.index(part, at) + len(part)
        assert at in ends, part


def test_a_text_without_capitals_is_parted_between_its_sentences_all_the_same():
    parts = split("la rue est fermée. passez par le quai. " * 8, link="", fits=fits("characters", 100), max_parts=9)
    assert all(re.search(r"\. \(\d/\d\)$", part) for part in parts) and len(parts) > 2


@pytest.mark.parametrize("text", ["x" * 400, "Court. " + "y" * 300])
def test_a_word_is_never_cut(text: str):
    assert split(text, link="", fits=fits("characters", 280), max_parts=10) == ()


@pytest.mark.parametrize("address", ["ville.fr", "www.ville.fr", "https://ville.fr/a"])
def test_an_address_at_the_end_of_a_post_weighs_what_the_place_says(address):
    parts = split(" ".join([f"Voyez tous nos conseils sur {address}"] * 40), link="", fits=fits("x", 280), max_parts=25)
    assert len(parts) > 2 and max(measure(p, "x") for p in parts) <= 280


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


def test_each_post_of_an_exercise_says_so_and_fits():
    text = "EXERCICE – " + " ".join(f"La rue numéro {n} est fermée à la circulation." for n in range(1, 20))
    parts = split(text, link="https://ville.example/a/rues/", fits=fits("x", 280), max_parts=9, mark="EXERCICE – ")
    assert len(parts) > 2 and all(part.startswith("EXERCICE – ") and part.count("EXERCICE") == 1 for part in parts)
    assert all(measure(part, "x") <= 280 for part in parts)
