"""Each message on the site in its own language: typography, words around it, dates, direction, wherever it is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree, html

from tests.integration.places_folder import send_all
from tests.newsroom import MESSAGE, Folder

SITE = '[channels.website]\nkind = "website"\n'
ENGLISH = """---
title: "Flood: stay away from the river!"
kind: alert
level: severe
language: en-GB
expires: 2099-11-23T08:00:00+01:00
instruction: "Leave now: do you need help?"
---
Is 50% of the town flooded? Yes: 50% of it!
"""
ARABIC = """---
title: "فيضان: ابتعدوا عن النهر!"
kind: alert
level: extreme
language: ar
expires: 2099-11-23T08:00:00+01:00
instruction: "غادروا الآن!"
---
ارتفع منسوب النهر.
"""
GERMAN = """---
title: "Hochwasser: Ufer meiden!"
kind: practical
language: de
expires: 2099-11-23T08:00:00+01:00
---
Die Ufer sind gesperrt: was nun?
"""
FRENCH_SPACES = ("\u202f", "\u00a0")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A French town's site with messages in three other languages."""
    folder = Folder(tmp_path_factory.mktemp("languages") / "n", SITE).people()
    for slug, text in (("flood", ENGLISH), ("faydan", ARABIC), ("hochwasser", GERMAN), ("gone", ENGLISH), ("crue", None)):
        folder.approved(slug, text=text)
    send_all(folder)
    folder.run("withdraw", "gone", "--as", "bob", "--reason", "x", "--tell", "Wrong river: sorry!")
    return folder.path / "public"


def tree(site: Path, name: str) -> html.HtmlElement:
    return html.fromstring((site / name / "index.html").read_text())


def titles(site: Path, name: str) -> dict[str, html.HtmlElement]:
    found = tree(site, name).xpath("//a[contains(@href, 'a/')][not(ancestor::nav)]")
    return {a.get("href").split("a/", 1)[1].split("/")[0]: a for a in found}


@pytest.mark.parametrize("where", ["", "archive/1", "archive/alertes"])
def test_an_english_title_is_set_in_english_wherever_it_is_listed(site: Path, where: str):
    assert titles(site, where)["flood"].text_content() == "Flood: stay away from the river!"
    assert "\u202f!" in titles(site, where)["crue"].text_content() or "\u00a0:" in titles(site, where)["crue"].text_content()


@pytest.mark.parametrize("slug", ["flood", "gone"])
def test_an_english_page_holds_no_french_space_nor_word(site: Path, slug: str):
    page = tree(site, f"a/{slug}")
    assert page.get("lang") == "en"
    said = page.xpath("//main")[0].text_content() + page.xpath("string(//title)")
    assert not any(space in said for space in FRENCH_SPACES), repr(said)
    assert "Que faire" not in said and "Terminé" not in said
    metas = " ".join(page.xpath("//meta/@content"))
    assert not any(space in metas for space in FRENCH_SPACES) and "retirée" not in metas
    if slug == "gone":
        assert "Wrong river: sorry!" in said


def test_a_card_of_another_language_says_which(site: Path):
    for slug, language, way in (("flood", "en-GB", "ltr"), ("faydan", "ar", "rtl")):
        link = titles(site, "")[slug]
        (card,) = link.xpath("ancestor::article")
        assert (link.getparent().get("lang"), link.getparent().get("dir")) == (language, way)
        assert all((p.get("lang"), p.get("dir")) == (language, way) for p in card.xpath(".//p[@class='do']"))
        assert not any(space in link.text_content() for space in FRENCH_SPACES)


def test_right_to_left_words_have_their_direction_on_page_and_in_lists(site: Path):
    page = tree(site, "a/faydan")
    assert page.xpath("//h1/@dir") == ["rtl"] and page.xpath("//div[@class='body']/@dir") == ["rtl"]
    assert titles(site, "archive/1")["faydan"].get("dir") == "rtl"


def test_feeds_say_the_language_of_each_message(site: Path):
    atom = etree.fromstring((site / "feed.atom").read_bytes())
    ns = {"a": "http://www.w3.org/2005/Atom"}
    for entry in atom.xpath("a:entry", namespaces=ns):
        slug = entry.findtext("a:id", namespaces=ns).rstrip("/").rsplit("/", 1)[-1]
        language = {"flood": "en-GB", "gone": "en-GB", "faydan": "ar", "hochwasser": "de"}.get(slug)
        assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == language
        content = html.fromstring(entry.findtext("a:content", namespaces=ns))
        assert slug != "faydan" or content.get("dir") == "rtl"
    items = {i["url"].rstrip("/").rsplit("/", 1)[-1]: i for i in json.loads((site / "feed.json").read_text())["items"]}
    assert items["gone"]["title"] == "[Ended] Flood" and items["gone"]["language"] == "en-GB"
    assert "sorry!" in items["gone"]["content_html"] and "Leave now" not in items["gone"]["content_html"]


def test_a_french_message_of_an_english_town_is_french_on_its_page_and_marked_in_lists(tmp_path: Path):
    folder = Folder(tmp_path / "n", SITE, newsroom='language = "en"').people()
    folder.approved(text=MESSAGE.format(more="language: fr\n"))
    folder.approved("flood", text=ENGLISH)
    send_all(folder)
    public = folder.path / "public"
    assert tree(public, "a/crue-quais").get("lang") == "fr" and tree(public, "").get("lang") == "en"
    assert titles(public, "")["crue-quais"].getparent().get("lang") == "fr"
    assert "\u00a0:" in titles(public, "")["crue-quais"].text_content()
    for name in ("urgences", "accessibilite", "archive", "archive/1"):
        assert tree(public, name).get("lang") == "fr", name
    assert titles(public, "archive/1")["flood"].get("lang") == "en-GB"
