"""Lines and pages of a sign end where a reader loses least."""

from __future__ import annotations

import pytest

from broadcast.channel import Panel
from broadcast.layout.sign import pages

PANEL = Panel(columns=16, rows=4, max_pages=2)


def shown(text: str, panel: Panel = PANEL) -> list[list[str]]:
    return [[line.replace("\u00a0", " ") for line in page.lines] for page in pages(text, panel, phrases={}).pages]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("142 commerces ouverts, 4 livrent.", ["142 COMMERCES", "OUVERTS,", "4 LIVRENT."]),
        ("Attaque en cours. Restez à l'abri, ne sortez pas.", ["ATTAQUE", "EN COURS.", "RESTEZ À L'ABRI,", "NE SORTEZ PAS."]),
        ("Conférence sur l'eau samedi à la salle des fêtes.", ["CONFÉRENCE", "SUR L'EAU SAMEDI", "À LA SALLE", "DES FÊTES."]),
        ("Bus 126, 189 et 290 détournés", ["BUS 126, 189", "ET 290 DÉTOURNÉS"]),
        ("Concours pour les 4-12 ans", ["CONCOURS POUR", "LES 4-12 ANS"]),
        ("Tél. 01 41 23 80 00", ["TÉL.", "01 41 23 80 00"]),
    ],
)
def test_no_unit_is_torn_between_lines(text, page):
    assert shown(text) == [page]


def test_pages_turn_at_the_end_of_a_sentence():
    assert shown("Quais fermés. Évitez les bords de Seine. Ne descendez pas sur les berges.") == [
        ["QUAIS FERMÉS.", "ÉVITEZ LES BORDS", "DE SEINE."],
        ["NE DESCENDEZ PAS", "SUR LES BERGES."],
    ]


def test_the_last_page_is_no_orphan():
    first, second = shown("Vaccination sans rendez-vous samedi 12 décembre de 9H à 17H salle des fêtes")
    assert second == ["DE 9H À 17H", "SALLE DES FÊTES"]
    assert len(first) > 1


@pytest.mark.parametrize("columns", [7, 12, 16, 20, 24, 40])
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 6])
def test_sense_costs_no_page(columns, rows):
    text = "Coupure d'eau rue de la Paix de 9H à 12H. Eau potable : école Foch."
    words = text.upper().split()
    lines = [""]
    for word in words:  # as many words as a line holds: the fewest lines there can be
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(f"{lines[-1]} {word}".strip()) <= columns else [*lines, word]
    fewest = -(-len(lines) // rows)
    made = pages(text, Panel(columns=columns, rows=rows, max_pages=99), phrases={}).pages
    assert len(made) <= fewest
    shown_words = " ".join(" ".join(page.lines) for page in made).replace("\u00a0", " ").split()
    assert [word for word in shown_words if word != ":"] == [word for word in words if word != ":"]
