"""Numbers of a list leave as the author wrote them: bus lines, articles and departments are no ranks."""

from __future__ import annotations

import re

import pytest

from broadcast.blocks import ListBlock
from broadcast.layout.story_icml import to_icml
from broadcast.layout.story_typst import to_typst
from broadcast.markdown import parse, to_html, to_plain
from broadcast.typeset import typeset

LINES = "Lignes :\n\n126. rue de la Paix\n189. avenue Foch\n190. arrêt Mairie\n290. supprimée"


def shown(page: str) -> list[int]:
    """Return the numbers that a browser shows before the items of a page."""
    start = re.search(r'<ol start="(\d+)"', page)
    numbers = [int(start[1]) - 1 if start else 0]
    for value in re.findall(r'<li(?: value="(\d+)")?>', page):
        numbers.append(int(value) if value else numbers[-1] + 1)
    return numbers[1:]


def test_bus_lines_keep_their_numbers_on_a_page():
    assert shown(to_html(parse(LINES))) == [126, 189, 190, 290]


def test_bus_lines_keep_their_numbers_in_a_post():
    assert re.findall(r"^\d+", to_plain(parse(LINES)), re.MULTILINE) == ["126", "189", "190", "290"]


def test_bus_lines_keep_their_numbers_in_print():
    document = parse(LINES)
    assert re.findall(r"enum\.item\((\d+)\)", to_typst(document)) == ["126", "189", "190", "290"]
    # InDesign counts on by itself from 189 to 190.
    assert re.findall(r'NumberingStartAt="(\d+)"', to_icml(document)) == ["126", "189", "290"]


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("2. Horaires\n5. Stationnement", "2. Horaires\n5. Stationnement"),
        ("15) SAMU\n\n18) Pompiers\n\n112) Urgences", "15. SAMU\n18. Pompiers\n112. Urgences"),
        ("10. dix\n9. neuf", "10. dix\n9. neuf"),
        ("0. départ\n1. course", "0. départ\n1. course"),
        ("- ligne A\n    4. gare\n    6. port", "– ligne A\n  4. gare\n  6. port"),
        ("> 12. a\n> 15. b", "« 12. a\n15. b »"),
    ],
)
def test_a_list_is_read_with_the_numbers_it_was_written_with(source, plain):
    assert to_plain(parse(source)) == plain


def test_only_ones_are_counted_as_markdown_does():
    assert to_plain(parse("1. un\n1. deux\n1. trois")) == "1. un\n2. deux\n3. trois"


def test_a_nought_before_a_number_stays():
    (block,) = parse("01. Ain\n02. Aisne").blocks
    assert isinstance(block, ListBlock)
    assert not block.ordered
    assert to_plain(parse("01. Ain\n02. Aisne")) == "– 01. Ain\n– 02. Aisne"


def test_a_number_longer_than_browsers_count_stays():
    assert "12345678901. dossier" in to_plain(parse("12345678901. dossier"))


def test_typography_leaves_the_numbers_alone():
    assert shown(to_html(typeset(parse(LINES)))) == [126, 189, 190, 290]
