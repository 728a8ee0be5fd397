"""Which units of a message a place says, and that nothing is said twice."""

from __future__ import annotations

import pytest

from broadcast.render.once import begins_with, fresh, sentence, without
from broadcast.render.says import fill


def choose(room: int, *, changes: int = 0, **units: str):
    """Choose among texts of so many letters."""

    def write(said, told):
        parts = {**units, "change": "".join(f"c{n}" for n in told)} if changes else units
        return "titre" + "".join(text for name, text in parts.items() if name in said)

    return fill(write, lambda text: len(text) <= room, changes)


def test_what_matters_most_is_said_first_and_what_does_not_fit_is_told():
    chosen = choose(18, instruction="abri", contact="0123456789", hashtags="#a")
    assert chosen.text == "titreabri#a" and chosen.left == ("contact",)


def test_a_title_that_does_not_fit_is_told_and_not_cut():
    chosen = choose(3, instruction="abri")
    assert not chosen.fits and chosen.text == "titre"


def test_of_what_changed_each_sentence_that_fits_is_said():
    assert choose(9, changes=3).changes == (0, 1)


def test_an_event_that_has_a_time_says_it_before_it_says_more():
    assert choose(12, words="beaucoup", end="demain").text == "titredemain"


@pytest.mark.parametrize(
    ("text", "said", "left"),
    [
        ("Évitez les quais. Quais fermés.", ["Crue : évitez les quais"], "Quais fermés."),
        ("Évitez le quai.", ["Crue : évitez les quais"], ""),
        ("N'évitez plus les quais.", ["Crue : évitez les quais"], "N'évitez plus les quais."),
        ("Évitez les quais de Loire.", ["Évitez les quais"], "Évitez les quais de Loire."),
        ("Appelez le 18.", ["Appelez le 17"], "Appelez le 18."),
    ],
)
def test_only_a_sentence_that_says_nothing_more_is_left_out(text, said, left):
    assert fresh(text, said) == left


def test_a_paragraph_that_was_said_word_for_word_is_not_said_again():
    assert without("Crue.\n\nRestez chez vous !\n\nLa Seine monte.", ["Crue", "Restez chez vous."]) == "La Seine monte."


def test_a_short_text_that_begins_with_the_title_takes_its_place():
    assert begins_with("Quais fermés jusqu'à demain.", "Quais fermés") and not begins_with("Quais fermés.", "Quais fermés")


@pytest.mark.parametrize("mark", ["!", "?", "…", ".", " »"])
def test_a_sentence_gets_a_full_stop_only_where_it_has_no_mark(mark):
    words = f"Alerte{mark}"
    assert sentence(words) == (f"{words}." if mark == " »" else words)
