"""Fixed words are complete in French and English, and none stands in a template without its translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadcast.render.labels import ENGLISH, KIND_LABELS, LEVEL_LABELS, is_spoken_here, label
from broadcast.shipped import shipped

TEMPLATES = sorted(
    path
    for path in shipped("templates").rglob("*")
    if path.suffix in (".txt", ".html", ".subject", ".typ") and path.parent.name != "website"
)
#: The mark of an exercise is one word everywhere: people and programs look for it.
SAME = {"EXERCICE", "RDV"}


def named(path: Path) -> set[str]:
    """Return the fixed words that a template asks for."""
    calls = " ".join(re.findall(r"\bt\(((?:[^()]|\([^()]*\))*)\)", path.read_text(encoding="utf-8")))
    return set(re.findall(r"[\"']([^\"']*)[\"']", calls))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_fixed_word_of_a_template_has_its_english(path):
    assert named(path) <= set(ENGLISH)


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.suffix != ".typ"], ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_words_stand_in_a_template_by_themselves(path):
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>|&\w+;", " ", text)
    assert set(re.findall(r"[^\W\d_]{2,}", text)) <= SAME


def test_kinds_and_levels_have_their_english():
    assert {*KIND_LABELS.values(), *LEVEL_LABELS.values()} <= set(ENGLISH)


def test_a_text_in_a_third_language_keeps_the_words_of_the_town():
    assert label("Contact :", "de") == "Contact :"
    assert label("Contact :", "en-GB") == "Contact:"
    assert not is_spoken_here("ar")
    assert is_spoken_here("fr-CA")
