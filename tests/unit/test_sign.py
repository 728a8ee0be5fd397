"""Signs: no word cut, nothing dropped, only the panel's characters, time to read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.channel import Panel
from broadcast.layout import font
from broadcast.layout.sign import page_time_s, pages

PANEL = Panel(columns=16, rows=4)


def test_the_example_of_the_specification():
    laid = pages("Gymnases fermés jusqu'à nouvel ordre", PANEL, phrases={})
    assert len(laid.pages) <= 2 and not laid.findings
    assert all(len(line) <= 16 for page in laid.pages for line in page.lines)


def test_abbreviations_only_where_needed():
    phrases = {"rendez-vous": "RDV", "avenue": "AV"}
    assert "RENDEZ-VOUS" in " ".join(pages("Rendez-vous avenue Foch", PANEL, phrases=phrases).pages[0].lines)
    tight = pages("Rendez-vous avenue Foch demain matin sans faute", Panel(columns=11, rows=2, max_pages=2), phrases=phrases)
    assert "RDV" in str(tight.pages)


def test_too_much_text_blocks_and_drops_nothing():
    laid = pages("mot " * 60, PANEL, phrases={})
    assert laid.findings[0].code == "sign_too_many_pages" and laid.findings[0].over_by
    assert sum(line.split().count("MOT") for page in laid.pages for line in page.lines) == 60


def test_charsets_and_words_that_do_not_fit():
    assert pages("Éété", Panel(columns=16, rows=4, charset="ascii"), phrases={}).pages[0].lines == ("EETE",)
    assert pages("日本", PANEL, phrases={}).findings[0].code == "sign_character"
    assert any(f.code == "sign_word_too_wide" for f in pages("anticonstitutionnellement", PANEL, phrases={}).findings)


def test_three_units_of_information_get_six_seconds():
    assert page_time_s(["QUAI FERMÉ.", "PONT FERMÉ.", "GARE FERMÉE."], PANEL) >= 6


def test_the_font_has_every_french_letter():
    for char in "AÀÂÆBCÇDEÉÈÊËFGHIÎÏJKLMNOÔŒPQRSTUÙÛÜVWXYŸZaàâæbcçdeéèêëfghiîïjklmnoôœpqrstuùûüvwxyÿz0123456789.,;:!?’«»()%€°–…":
        assert font.has(char), char


@given(st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=16), min_size=1, max_size=40), st.integers(1, 8))
def test_words_stay_whole_and_in_order(words, rows):
    laid = pages(" ".join(words), Panel(columns=16, rows=rows, max_pages=99), phrases={})
    shown = " ".join(line for page in laid.pages for line in page.lines).split()
    assert shown == [w.upper() for w in words]
    assert all(len(page.lines) <= rows for page in laid.pages)


def test_a_colon_stays_with_its_word_where_a_line_can_hold_both():
    panel = Panel(columns=16, rows=4, max_pages=2)
    (page,) = pages("Fin d'alerte : canicule.", panel, phrases={}).pages
    assert [line.replace("\u00a0", " ") for line in page.lines] == ["FIN D'ALERTE :", "CANICULE."]
    made = pages("Anticonstitution : oui", Panel(columns=16, rows=4, max_pages=2), phrases={})
    assert not [f for f in made.findings if f.blocking]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f"])
def test_quotes_that_a_panel_lacks_touch_their_words(space):
    (page,) = pages(f"Parking «{space}gratuit{space}»", Panel(columns=20, rows=2, charset="ascii"), phrases={}).pages
    assert page.lines == ('PARKING "GRATUIT"',)


def test_a_banner_stands_on_each_page_where_there_is_room():
    text = "Quais fermés. Évitez les bords de Seine. Ne descendez pas."
    laid = pages(text, Panel(columns=16, rows=3, max_pages=9), phrases={}, banner="EXERCICE")
    assert len(laid.pages) > 1 and all(page.lines[0] == "EXERCICE" and 2 <= len(page.lines) <= 3 for page in laid.pages)
    assert " ".join(" ".join(page.lines[1:]) for page in laid.pages).upper().startswith("QUAIS FERMÉS.")
    for narrow in (Panel(columns=40, rows=1, max_pages=9), Panel(columns=7, rows=3, max_pages=30)):
        assert pages("Quais", narrow, phrases={}, banner="EXERCICE").pages[0].lines == ("QUAIS",)
