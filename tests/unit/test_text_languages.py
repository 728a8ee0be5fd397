"""Typography, dates and times follow the language of a text."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcast.text import languages

PARIS = ZoneInfo("Europe/Paris")
AT = datetime(2026, 11, 24, 18, 40, tzinfo=PARIS)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "mardi 24 novembre 2026 à 18_h_40"),
        ("fr-CA", "mardi 24 novembre 2026 à 18_h_40"),
        ("en", "Tuesday 24 November 2026 at 18:40"),
        ("en-GB", "Tuesday 24 November 2026 at 18:40"),
        ("de", "2026-11-24 18:40"),
        ("ar", "2026-11-24 18:40"),
    ],
)
def test_a_time_is_said_in_the_language_of_the_text(language, said):
    assert languages.when(AT, language).replace("\u00a0", "_") == said


def test_midnight_belongs_to_the_day_that_it_ends():
    assert languages.last_day(datetime(2026, 11, 25, tzinfo=PARIS), "en") == "Tuesday 24 November 2026"


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (None, 9.5, "Until today at 18:30"),
        (None, 33, "Until tomorrow at 18:00"),
        (None, 15, "Until today at midnight"),
        (24, None, "From tomorrow at 09:00"),
        (23, 32, "Tomorrow from 08:00 to 17:00"),
        (72, 96, "From Friday 27 November, 09:00, to Saturday 28 November, 09:00"),
        (None, 24 * 45, "Until Friday 8 January 2027 at 09:00"),
        (None, -1, ""),
    ],
)
def test_english_says_when_an_event_lasts(begins, ends, said):
    at = [NOW + timedelta(hours=h) if h is not None else None for h in (begins, ends)]
    assert languages.lasts(*at, NOW, near_days=True, language="en") == said


def test_a_third_language_gets_numbers_that_everybody_reads():
    assert languages.lasts(None, AT, NOW, near_days=True, language="uk") == "2026-11-24 18:40"


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_only_french_gets_french_typography(language):
    text = "Wait! 50% at 14:30: it's “open” - 5€"
    assert languages.set_type(text, language) == languages.set_type_for_networks(text, language) == text


def test_french_hours_are_one_everywhere():
    assert languages.set_type("de 14h30 à 16:00", "fr") == languages.set_type_for_networks("de 14h30 à 16:00", "fr")
    assert languages.set_type("à 14:30", "fr") == "à 14\u00a0h\u00a030"


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("he", "rtl"),
        ("ur", "rtl"),
        ("az-Arab", "rtl"),
        ("fr", "ltr"),
        ("uk", "ltr"),
        ("ar-Latn", "ltr"),
    ],
)
def test_the_direction_of_a_script(language, way):
    assert languages.direction(language) == way
