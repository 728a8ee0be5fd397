"""The page of the demonstration: a row a message, its places side by side, read in a moment."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.integration.test_places_site import axe_script
from tests.newsroom import COMMAND


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `broadcast demo` leaves."""
    target = tmp_path_factory.mktemp("demo") / "d"
    done = subprocess.run([COMMAND, "demo", str(target)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return target / "demo.html"


def rows(demo: Path) -> dict[str, Any]:
    sections = html.fromstring(demo.read_text()).xpath("//section[@aria-labelledby]")
    return {section.get("aria-labelledby"): section for section in sections}


def places(row: Any) -> dict[str, str]:
    return {li.find("h3").text: li.xpath("string(p[@class='state'])") for li in row.xpath(".//li[@class='place']")}


def test_each_message_is_one_row_with_all_its_places(demo: Path):
    found = rows(demo)
    assert list(found)[:4] == ["crue-quais", "commerces-ouverts", "concours-dessin", "point-situation"] and len(found) == 7
    assert list(places(found["crue-quais"])) == [
        *("Site", "Panneau", "X", "Facebook", "Mastodon", "Bluesky", "Telegram", "WordPress", "Courriel", "Journal", "À la main")
    ]


def test_each_place_says_how_its_message_stands_there(demo: Path):
    found = rows(demo)
    flood, contest = places(found["crue-quais"]), places(found["concours-dessin"])
    assert flood["Facebook"] == "en ligne, corrigé sur place" and flood["X"] == "en ligne, suite en réponse"
    assert flood["Courriel"].startswith("à 3 destinataires") and flood["Journal"] == "remis au maquettiste"
    assert contest["X"] == contest["Facebook"] == contest["Site"] == "retiré" and contest["Panneau"] == "éteint"
    assert places(found["point-situation"])["X"] == "en ligne, fil de 4"


def test_a_reply_stands_before_what_it_follows(demo: Path):
    (words,) = rows(demo)["crue-quais"].xpath(".//li[h3='X']//div[@class='words']")
    first, second = words.xpath("div")
    assert first.text.startswith("Mise à jour") and second.text.startswith("ALERTE")


def test_the_page_is_short_fits_a_phone_and_axe_finds_nothing(demo: Path, chromium: str):
    from playwright.sync_api import sync_playwright

    found: list[Any] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scheme, width in (("light", 1280), ("dark", 360)):
            view = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            view.goto(demo.as_uri())
            assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
            if width == 1280:
                assert view.evaluate("document.documentElement.scrollHeight") < 4500
            view.evaluate(axe_script())
            result = view.evaluate("() => axe.run({ iframes: false })")
            found += [(width, v["id"], v["nodes"][0]["html"]) for v in result["violations"]]
            view.close()
        browser.close()
    assert found == []
