"""What a town tells its site about itself, and what the site says of what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadcast.text.languages import direction
from channels.website import town
from channels.website.settings import Settings
from channels.website.words import words_for


def settings(**values: Any) -> Settings:
    return Settings(name="website", kind="website", **values)


def test_without_an_audit_the_site_says_that_it_is_not_conformant():
    facts = town.facts(settings())
    assert facts["conformity"] == "non conforme" and facts["accessibility"] == "not_audited"
    with pytest.raises(ValueError, match="accessibility_audit"):
        settings(accessibility="full")
    assert town.facts(settings(accessibility="partial", accessibility_audit="82 %"))["conformity"] == "partiellement conforme"


def test_what_is_missing_is_named_by_its_key():
    keys = {line.split()[0] for line in settings().missing()}
    assert keys == {"publisher", "hosting", "phone", "data_contact", "accessibility", "subscribe_url"}
    told = settings(publisher="a", hosting="b", phone="1", data_contact="c", subscribe_url="https://e.org/", accessibility="none")
    assert list(told.missing()) == []


@pytest.mark.parametrize(("name", "data"), [("absent.svg", None), ("logo.gif", b"GIF"), ("vide.svg", b""), ("../dehors", None)])
def test_an_icon_that_cannot_be_shown_is_told_and_the_shipped_one_stands_in(tmp_path: Path, name: str, data: bytes | None):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    made = settings(newsroom_dir=str(tmp_path), icon=name)
    assert made.file("icon") is None and any(line.startswith("icon :") for line in made.missing())


@pytest.mark.parametrize(
    "values", [{"town_site": "ville.fr"}, {"follow": ("javascript:alert(1)",)}, {"mail": "mairie"}, {"accessibility_on": "hier"}]
)
def test_what_no_page_could_show_is_refused(values: dict[str, Any]):
    with pytest.raises(ValueError, match=next(iter(values))):
        settings(**values)


def test_ways_of_sharing_carry_title_and_address_whole():
    (mail, x) = town.shares(["mail", "x"], "Crue & vent : 50 %", "https://www.example.org/a/crue/")
    assert mail["href"] == (
        "mailto:?subject=Crue%20%26%20vent%20%3A%2050%20%25&body=Crue%20%26%20vent%20%3A%2050%20%25%0Ahttps%3A%2F%2Fwww.example.org%2Fa%2Fcrue%2F"
    )
    assert x["href"].startswith("https://x.com/intent/post?url=https%3A%2F%2F")


@pytest.mark.parametrize(
    ("language", "side"),
    [
        ("fr", "ltr"),
        ("ar", "rtl"),
        ("ar-MA", "rtl"),
        ("he", "rtl"),
        ("fa", "rtl"),
        ("uz-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("ku", "ltr"),
    ],
)
def test_a_language_is_written_from_its_side(language: str, side: str):
    assert direction(language) == side


def test_the_words_of_a_page_are_those_of_the_first_language_it_speaks():
    assert [words_for(*tags).language for tags in (("en-GB", "fr"), ("ar", "en"), ("ar", "oc"))] == ["en", "en", "fr"]
    assert words_for("fr").said.keys() == words_for("en").said.keys()
