"""Times of day in one form, however they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.text import compact_hours, set_hours, typo


@pytest.mark.parametrize("typed", ["14h30", "14H30", "14:30", "14 h 30", "14 H 30", "14h 30", "14\u00a0h\u00a030"])
def test_every_way_to_type_a_time_is_one(typed):
    assert set_hours(f"Réunion à {typed}.") == "Réunion à 14\u00a0h\u00a030."


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("de 12h à 17h", "de 12_h à 17_h"),
        ("14 H", "14_h"),
        ("8h00", "8_h"),
        ("de 08:30 à 12:00", "de 8_h_30 à 12_h"),
        ("9h-12h", "9_h-12_h"),
        ("24h/24 et 7j/7", "24_h/24 et 7j/7"),
        ("48h de retard", "48_h de retard"),
        ("0h05", "0_h_05"),
    ],
)
def test_spans_and_durations_follow_the_same_rule(typed, set_):
    assert set_hours(typed).replace("\u00a0", "_") == set_


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("8h-12h/14h-18h", "8_h-12_h/14_h-18_h"),
        ("8h30/12h et 13 h/17h", "8_h_30/12_h et 13_h/17_h"),
        ("24h/24", "24_h/24"),
        ("le 12/14h", "le 12/14h"),
        ("https://www.example.org/8h/14h", "https://www.example.org/8h/14h"),
    ],
)
def test_a_stroke_parts_two_times(typed: str, set_: str):
    assert set_hours(typed).replace("\u00a0", "_") == set_


@pytest.mark.parametrize(
    "text",
    [
        "échelle 1:25 000",
        "format 16:9, score 3:2",
        "18:40:12",
        "l'A13h20",
        "12hPa",
        "4x12h",
        "H24",
        "10 000 h",
        "12,5 h",
        "https://a.fr/?t=14:30",
        "`14:30`",
        "01 41 23 80 00",
    ],
)
def test_what_is_no_time_stays(text):
    assert set_hours(text) == text


def test_a_sign_says_a_time_without_spaces():
    assert compact_hours("Ouvert de 8h00 à 12 h 30") == "Ouvert de 8H à 12H30"


@given(st.text("0123456789hH:., \u00a0/aà-"))
def test_setting_twice_changes_nothing_and_typography_agrees(text):
    once = set_hours(text)
    assert set_hours(once) == once
    assert set_hours(typo(once)) == typo(once)
