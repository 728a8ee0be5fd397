"""The pages of the site, made from real messages: what they show, in which order, and for whom."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from tests.integration.places_folder import IMAGE, V2, send_all, take_back
from tests.newsroom import MESSAGE, Folder


def tree(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}


def axe_script() -> str:
    path = Path(os.environ.get("AXE_CORE") or Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js")
    if not path.exists():
        pytest.skip("axe-core is not installed (npm install --no-save axe-core)")
    return path.read_text()


def test_the_page_shows_text_picture_and_history(folder: Folder):
    folder.approved(more=IMAGE)
    send_all(folder)
    folder.approved(text=V2)
    send_all(folder)
    page = html.parse(folder.path / "public/a/crue-quais/index.html").getroot()
    assert page.get("lang") == "fr" and len(page.findall(".//h1")) == 1
    text = page.text_content()
    assert "Version 2" in text and "midi" in text
    assert "".join(page.find(".//del").itertext()).strip() and "".join(page.find(".//ins").itertext()).strip()
    (data,) = page.findall(".//script")  # data for machines: nothing that runs
    assert data.get("type") == "application/ld+json"
    announced = json.loads(data.text)
    assert announced["@type"] == "SpecialAnnouncement" and announced["url"] == "https://www.example.org/a/crue-quais/"
    assert announced["datePosted"] <= announced["dateModified"] < announced["expires"]


def test_the_sitemap_names_every_page_and_full_files_stay_as_they_are(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("channels.website.pages.MAP", 3)
    for n in range(4):
        folder.approved(f"info-{n}")
        send_all(folder)
        if n == 2:
            full = (folder.path / "public/sitemap-1.xml").stat().st_mtime_ns
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = etree.parse(folder.path / "public/sitemap.xml").getroot()
    files = [loc.text.rpartition("/")[2] for loc in index.iter(f"{space}loc")]
    assert files == ["sitemap-1.xml", "sitemap-2.xml"]
    named = [loc.text for f in files for loc in etree.parse(folder.path / "public" / f).iter(f"{space}loc")]
    assert named == ["https://www.example.org/", *(f"https://www.example.org/a/info-{n}/" for n in range(4))]
    assert (folder.path / "public/sitemap-1.xml").stat().st_mtime_ns == full


def test_archive_pages_filled_at_once_are_all_written(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("channels.website.pages.PAGE", 2)
    folder.approved("info-0")
    send_all(folder)
    for n in range(1, 6):
        folder.approved(f"info-{n}")
    send_all(folder)
    for page in (1, 2, 3):
        shown = (folder.path / f"public/archive/{page}/index.html").read_text()
        assert all(f"a/info-{n}/" in shown for n in (2 * page - 2, 2 * page - 1))


def test_showing_again_changes_no_byte_and_a_lost_site_is_made_anew(folder: Folder):
    for n in range(23):
        folder.approved(f"message-{n}")
    send_all(folder)
    first = tree(folder.path / "public")
    assert {"archive/1/index.html", "archive/2/index.html"} <= first.keys()
    (folder.path / "public/index.html").unlink()
    folder.approved("encore")
    send_all(folder)
    again = tree(folder.path / "public")
    assert again["archive/1/index.html"] == first["archive/1/index.html"]
    assert again["a/message-3/index.html"] == first["a/message-3/index.html"]


def test_axe_finds_nothing_on_the_site_in_a_real_browser(folder: Folder, chromium: str):
    script = axe_script()
    from playwright.sync_api import sync_playwright

    folder.approved(more=IMAGE)
    folder.approved(
        "commerces",
        text=MESSAGE.format(more="").replace("kind: alert", "kind: practical")
        + "\n| Nom | Heures |\n|---|---|\n| Boulangerie | 8 h |\n\n## Titre\n\n- un\n",
    )
    send_all(folder)
    folder.approved(text=V2)
    send_all(folder)
    take_back(folder, "commerces")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    found: list[Any] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=flags)
        for scheme in ("light", "dark"):
            for width in (360, 1200):
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                for name in ("index.html", "a/crue-quais/index.html", "a/commerces/index.html", "archive/1/index.html"):
                    page.goto((folder.path / "public" / name).as_uri())
                    page.evaluate(script)
                    result = page.evaluate("() => axe.run()")
                    found += [(name, width, scheme, v["id"], v["nodes"][0]["html"]) for v in result["violations"]]
                    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
                page.close()
        browser.close()
    assert found == []
