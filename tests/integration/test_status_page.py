"""The page of a running process: words a duty officer understands, what to type, and room enough on a phone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from broadcast import late
from broadcast.dispatch.send import send
from broadcast.model import EndedBecause
from broadcast.web import page as pages
from broadcast.web.facts import ChannelFacts, Facts, FeedFacts, LateItem, Live
from tests.integration.places_folder import take_back
from tests.integration.scheduler_place import Place
from tests.integration.test_places_site import axe_script

AT = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
LONG = "Attaque en cours au centre commercial : mettez-vous à l'abri"
FACTS = Facts(
    at=AT,
    is_database_well=True,
    live=(
        Live(
            slug="attaque", title=LONG, channels=("website", "mastodon-ville", "x-ville"), expires_at=AT, urls=("https://e.org/",)
        ),
        Live(slug="vieux", title="Vent", channels=("journal",), expires_at=None, ended_because=EndedBecause.WITHDRAWN),
    ),
    late=(
        LateItem(
            message="attaque",
            title=LONG,
            channel="facebook-ville",
            what="needs_person",
            since_at=AT,
            commands=("broadcast resolve attaque/facebook-ville --published URL --as bob",),
        ),
        LateItem(
            message="attaque", title=LONG, channel="x", what="something_new", since_at=AT, commands=("broadcast status attaque",)
        ),
    ),
    channels=(ChannelFacts(name="website", kind="website", is_paused=True),),
    feeds=(FeedFacts(name="gouvernement", heard_at=AT, is_stale=True, is_paused=False),),
)


def shown(facts: Facts = FACTS) -> Any:
    return html.fromstring(pages.status_page(facts, name="Ville", zone="Europe/Paris", state="active"))


def test_every_lateness_has_its_words():
    source = Path(late.__file__).read_text()
    codes = set(re.findall(r'what="(\w+)"', source)) | late._WAYS_OUT.keys()
    assert codes and codes <= pages._LATE.keys()
    assert not [words for words in pages._LATE.values() if "_" in words]


def test_no_code_reaches_the_page():
    words = shown().text_content()
    assert "something_new" not in words and "à régler" in words and "_" not in words.replace("__", "")


def test_titles_and_what_to_type_stand_in_the_row():
    (row, _) = shown().xpath("//h2[text()='À régler']/following-sibling::table[1]//tbody/tr")
    assert row.find("th").text == LONG
    assert row.find(".//code").text == "broadcast resolve attaque/facebook-ville --published URL --as bob"


def test_what_is_over_is_not_told_as_being_online():
    tree = shown()
    (online, over) = (
        tree.xpath(f"//h2[text()='{t}']/following-sibling::table[1]")[0]
        for t in ("Messages en ligne", "Terminés, encore visibles")
    )
    assert "Vent" not in online.text_content() and "retiré" in over.text_content()


def test_a_withdrawn_message_is_not_online(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("broadcast.web.facts.KEPT_S", 0.0)
    place.folder.approved()
    send(place.app.dispatcher())
    assert "Crue de la Seine" in place.ask("/")[2].decode()
    take_back(place.folder)
    assert "Crue de la Seine" not in place.ask("/")[2].decode()


def test_the_page_fits_a_phone_and_axe_finds_nothing(tmp_path: Path, chromium: str):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "page.html"
    path.write_text(pages.status_page(FACTS, name="Ville", zone="Europe/Paris", state="active"))
    found: list[Any] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            for width in (320, 360, 1280):
                view = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                view.goto(path.as_uri())
                assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
                view.evaluate(axe_script())
                found += [(width, v["id"], v["nodes"][0]["html"]) for v in view.evaluate("() => axe.run()")["violations"]]
                view.close()
        browser.close()
    assert found == []
