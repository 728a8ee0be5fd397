"""The mail that people open: the city's head, the instruction first, tables that a telephone shows whole, a way to leave."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from channels.email.page import on, page_of, text_of
from channels.email.styled import Styled
from tests.contract.adapters import a_part, a_picture

TABLE = (
    "<table><thead><tr><th>Gymnase</th><th>Téléphone</th></tr></thead>"
    '<tbody><tr><td>Tabarly</td><td><a href="tel:+33141238010">01&nbsp;41 23 80 10</a></td></tr></tbody></table>'
)


@dataclass(frozen=True)
class Look:
    sender: str = "Ville d'Évry <infos@ville.example>"
    unsubscribe_url: str = "https://ville.example/stop?a={recipient}"
    color: str = "#7a1f3d"


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_fragment_keeps_every_word_and_tag_that_was_approved():
    fragment = f'<h2>A &amp; B &lt;c&gt;</h2>{TABLE}<p class="quiet" lang="fr">é &#233; &nbsp;x<br>y</p>'
    styled = Styled("#000000", "#ffffff", "").of(fragment)
    bare = re.sub(r'<span class="label"[^>]*>[^<]*</span>| style="[^"]*"', "", styled)
    assert bare == fragment


def test_tables_have_borders_and_each_cell_its_heading_for_narrow_screens():
    page = page_of(a_part(html=TABLE), Look())
    assert re.search(
        r'<td style="[^"]*border:1px solid[^"]*"><span class="label"[^>]*display:none[^>]*>Téléphone\u00a0: </span>', page
    )
    assert "@media (max-width:480px)" in page and "prefers-color-scheme:dark" in page
    assert "white-space:nowrap" in page  # a number is dialled whole


def test_the_city_stands_above_and_the_way_to_leave_below_in_both_parts():
    page, text = page_of(a_part(html="<p>x</p>"), Look()), text_of(a_part(), Look())
    assert page.index("Ville d&#x27;Évry") < page.index("<p>x</p>") < page.index("Se désabonner")
    assert "Se désabonner" in text
    without = Look(unsubscribe_url="")
    assert "Se désabonner" not in page_of(a_part(html="<p>x</p>"), without) + text_of(a_part(), without)


def test_a_picture_stands_where_the_template_wants_it_or_at_the_end():
    there = page_of(a_part(html='<p>a</p><div class="pictures"></div><p>b</p>', media=(a_picture(),)), Look())
    assert there.index("<p>a</p>") < there.index("cid:") < there.index("<p>b</p>")
    end = page_of(a_part(html="<p>a</p>", media=(a_picture(),)), Look())
    assert end.index("<p>a</p>") < end.index("cid:") and 'alt="Le quai inondé"' in end
    assert "cid:" not in page_of(a_part(html='<div class="pictures"></div>'), Look())


@pytest.mark.parametrize(
    ("language", "words", "leave"), [("ar", "rtl", "Se désabonner"), ("en-GB", "ltr", "Unsubscribe"), ("fr", "ltr", "Se")]
)
def test_the_page_follows_the_language_of_the_text(language: str, words: str, leave: str):
    page = page_of(a_part(html="<p>x</p>", language=language), Look())
    assert f'<html lang="{language}" dir="{words}">' in page and leave in page


@pytest.mark.parametrize(
    ("colour", "words"), [("#000000", "#ffffff"), ("#ffffff", "#1b1b1b"), ("#ffd400", "#1b1b1b"), ("#1f3a5f", "#ffffff")]
)
def test_words_on_the_colour_of_the_city_can_be_read(colour: str, words: str):
    assert on(colour) == words


@pytest.mark.parametrize("width", [320, 360, 700])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(width: int, scheme: str, chromium: str, tmp_path):
    api = pytest.importorskip("playwright.sync_api")
    cells = "".join(f"<td>mot-{n} {'x' * 12}</td>" for n in range(7))
    heads = "".join(f"<th>Colonne {n}</th>" for n in range(7))
    fragment = f"<h2>{'Inondation' * 6}</h2><table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>{TABLE}"
    fragment += f'<p><a href="https://ville.example/{"a" * 200}">https://ville.example/{"a" * 200}</a></p>'
    file = tmp_path / "mail.html"
    file.write_text(page_of(a_part(html=fragment), Look()), encoding="utf-8")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        back, ink = page.evaluate(
            "[getComputedStyle(document.querySelector('.card')).backgroundColor, getComputedStyle(document.querySelector('h2')).color]"
        )
        browser.close()
    lamps = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (back, ink)]
    assert abs(lamps[0] - lamps[1]) > 450 and (lamps[0] > lamps[1]) == (scheme == "light")
