"""Counting and typography, by the French traps."""

from __future__ import annotations

from datetime import datetime

import pytest

from broadcast.errors import BroadcastError
from broadcast.text import hashtags, hour, measure, transliterate_gsm7, typo, typo_net, when


@pytest.mark.parametrize(
    ("text", "weight"),
    [("…€", 4), ("\u202f", 2), ("→•", 4), ("’“”–«»œé", 8), ("👨‍👩‍👧‍👦", 2), ("https://example.org/" + "a" * 90, 23)],
)
def test_weights_on_x(text, weight):
    assert measure(text, "x") == weight


def test_one_cedilla_makes_an_sms_unicode():
    assert measure("a" * 160, "sms") == 1
    assert measure("ç" + "a" * 70, "sms") == 2
    with pytest.raises(ValueError, match="ç"):
        measure("ça", "gsm7")
    assert measure(transliterate_gsm7("ça œuvre « été » …"), "gsm7") > 0


def test_an_unknown_unit_is_a_clear_error():
    with pytest.raises(BroadcastError, match="furlongs"):
        measure("a", "furlongs")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Attention !", "Attention\u202f!"),
        ("Crue : quais", "Crue\u00a0: quais"),
        ("l'eau", "l’eau"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("à 18h40", "à 18\u00a0h\u00a040"),
        ("18:40", "18:40"),
        ("5 €", "5\u00a0€"),
        ("https://a.org/?q=l'eau ;", "https://a.org/?q=l'eau\u202f;"),
        ("bob@a.org", "bob@a.org"),
    ],
)
def test_french_typography(before, after):
    assert typo(before) == after
    assert typo(after) == after


@pytest.mark.parametrize("text", ["Attention ! Crue : l'eau monte ; « fuyez »...", "18h40 ?"])
def test_typography_for_networks_costs_nothing(text):
    assert measure(typo_net(text), "x") <= measure(text, "x")


def test_dates_in_words():
    assert when(datetime(2026, 11, 24, 18, 40)).replace("\u00a0", " ") == "mardi 24 novembre 2026 à 18 h 40"
    assert when(datetime(2026, 5, 1, 8, 0)).startswith("vendredi 1er mai 2026")
    assert hour(datetime(2026, 5, 1, 8, 0)) == "8\u00a0h"
    assert hashtags(["Crue", "Issy les M."]) == "#Crue #IssyLesM"
