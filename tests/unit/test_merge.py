"""Two changes of one file: brought together where they do not touch, left to people where they do."""

from __future__ import annotations

import pytest

from broadcast.frontmatter.base import read_base, with_base, without_base
from broadcast.merge import merge

BASE = "---\ntitle: Crue\nexpires: 2026-11-23T08:00:00+01:00\n---\nUn.\n\nDeux.\n\nTrois.\n"


@pytest.mark.parametrize(
    ("theirs", "yours", "merged"),
    [
        (BASE.replace("Un.", "Un bis."), BASE.replace("Deux.", "Deux bis."), "Un bis.\n\nDeux bis.\n\nTrois."),
        (BASE.replace("Un.", "Un bis."), BASE + "\nQuatre.\n", "Un bis.\n\nDeux.\n\nTrois.\n\nQuatre."),
        (BASE.replace("Deux.\n\n", ""), BASE.replace("Trois.", "Trois bis."), "Un.\n\nTrois bis."),
        (BASE.replace("Un.", "Un bis."), BASE.replace("Un.", "Un bis."), "Un bis.\n\nDeux.\n\nTrois."),
        (
            BASE.replace("Deux.", "Deux.\n\nDeux et demi."),
            BASE.replace("Un.", "Zéro.\n\nUn."),
            "Zéro.\n\nUn.\n\nDeux.\n\nDeux et demi.\n\nTrois.",
        ),
    ],
)
def test_changes_that_do_not_touch_are_both_in_the_text(theirs: str, yours: str, merged: str):
    made = merge(BASE, theirs, yours)
    assert made is not None and made.split("---\n")[2].strip() == merged
    assert merge(BASE, yours, theirs) == made


@pytest.mark.parametrize(
    ("theirs", "yours"),
    [
        (BASE.replace("Deux.", "Deux bis."), BASE.replace("Deux.", "Deux ter.")),
        (BASE.replace("Deux.", "Deux bis."), BASE.replace("Deux.\n\n", "")),
        (BASE + "\nQuatre.\n", BASE + "\nCinq.\n"),
        (BASE.replace("title: Crue", "title: Crue forte"), BASE.replace("title: Crue", "title: Décrue")),
    ],
)
def test_changes_of_the_same_thing_are_left_to_people(theirs: str, yours: str):
    assert merge(BASE, theirs, yours) is None


def test_keys_are_brought_together_one_by_one():
    made = merge(
        BASE,
        BASE.replace("08:00", "09:00"),
        BASE.replace("title: Crue\n", "title: Crue\nlevel: severe\nchannels:\n  - website\n"),
    )
    assert made is not None and "09:00" in made and "level: severe\nchannels:\n  - website\n" in made


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_base_line_comes_goes_and_changes_and_nothing_else_does(newline: str):
    text = BASE.replace("\n", newline)
    first = with_base(text, "crue", 1)
    assert f"{newline}base: crue@1{newline}---" in first and without_base(first) == text
    assert with_base(first, "crue", 12) == with_base(text, "crue", 12)


def test_a_base_is_read_from_the_header_alone():
    text = "---\ntitle: T\n---\nbase: crue@3\n\n---\nbase: crue@4\n---\n"
    assert without_base(text) == text
    assert without_base(with_base(text, "t", 2)) == text
    assert read_base("crue-quais@2") == ("crue-quais", 2) and read_base("2") is None and read_base("Crue@2") is None


def test_what_has_no_header_is_left_alone():
    assert with_base("Bonjour", "t", 1) == "Bonjour" and merge("a", "b", "c") is None
