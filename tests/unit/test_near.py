"""When something happens, as people say it, and true when it is said."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from broadcast.model import Part
from broadcast.stamps import as_said_at, near_until_midnight
from broadcast.text import last_day, lasts, tells_when

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 29, 11, tzinfo=PARIS)


def at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS) if text else None


@pytest.mark.parametrize(
    ("onset", "until", "near", "dated"),
    [
        (None, "2026-11-29T18:00", "Jusqu’à ce soir à 18 h", "Jusqu’au dimanche 29 novembre à 18 h"),
        (None, "2026-11-30T08:00", "Jusqu’à demain à 8 h", "Jusqu’au lundi 30 novembre à 8 h"),
        (None, "2026-11-29T14:30", "Jusqu’à cet après-midi à 14 h 30", "Jusqu’au dimanche 29 novembre à 14 h 30"),
        (None, "2026-11-30T00:00", "Jusqu’à ce soir à minuit", "Jusqu’au dimanche 29 novembre à minuit"),
        ("2026-11-30T08:00", "2026-11-30T17:00", "Demain de 8 h à 17 h", "Le lundi 30 novembre de 8 h à 17 h"),
        (
            "2026-11-29T20:00",
            "2026-11-30T06:00",
            "De ce soir 20 h à demain 6 h",
            "Du dimanche 29 novembre 20 h au lundi 30 novembre 6 h",
        ),
        ("2026-11-30T00:00", None, "À partir de demain", "À partir du lundi 30 novembre"),
        ("2026-11-28T00:00", "2026-11-29T18:00", "Jusqu’à ce soir à 18 h", "Jusqu’au dimanche 29 novembre à 18 h"),
        ("2026-12-01T00:00", "2026-12-12T00:00", "Du mardi 1er au vendredi 11 décembre", "Du mardi 1er au vendredi 11 décembre"),
        ("2026-12-07T09:00", "2027-01-08T17:30", *["Du lundi 7 décembre au vendredi 8 janvier 2027, 17 h 30"] * 2),
        ("2026-11-27T08:00", "2026-11-28T08:00", "", ""),
        (None, None, "", ""),
    ],
)
def test_times_are_said_as_people_say_them(onset, until, near, dated):
    assert lasts(at(onset), at(until), NOW, near=True).replace("\u00a0", " ") == near
    assert lasts(at(onset), at(until), NOW, near=False).replace("\u00a0", " ") == dated


@pytest.mark.parametrize(
    ("text", "onset", "until", "told"),
    [
        ("Coupure lundi 30 de 8 h à 17 h", "2026-11-30T08:00", "2026-11-30T17:00", True),
        ("Coupure lundi 30", "2026-11-30T08:00", "2026-11-30T17:00", False),
        ("Coupure lundi de 8h à 17 heures", "2026-11-30T08:00", "2026-11-30T17:00", True),
        ("jusqu'au 18 décembre", None, "2026-12-18T18:00", True),
        ("du 1er au 4 décembre", "2026-12-01T00:00", "2026-12-04T23:59", True),
        ("18 chaises", None, "2026-12-18T18:00", False),
        ("rien", None, None, False),
    ],
)
def test_a_time_that_the_text_tells_is_not_said_again(text, onset, until, told):
    assert tells_when(text, at(onset), at(until)) is told


def test_midnight_belongs_to_the_day_that_it_ends():
    assert last_day(datetime(2026, 12, 12, tzinfo=PARIS)) == "vendredi 11 décembre 2026"


def test_near_words_leave_on_their_day_only():
    part = near_until_midnight(Part(slug="a", text="Ce soir."), dated="Dimanche.", at=NOW)
    assert as_said_at(part, datetime(2026, 11, 29, 22, 59, tzinfo=ZoneInfo("UTC"))).text == "Ce soir."
    assert as_said_at(part, datetime(2026, 11, 29, 23, 0, tzinfo=ZoneInfo("UTC"))).text == "Dimanche."
    assert as_said_at(part, None).text == "Dimanche." and as_said_at(part, None).documents == {}
    assert as_said_at(Part(slug="a", text="Texte."), None).text == "Texte."
