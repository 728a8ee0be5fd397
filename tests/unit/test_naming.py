"""What is over is called by its event, never by what people were told to do."""

from __future__ import annotations

import pytest

from broadcast.all_clear import all_clear_text, short_of_end, title_of_end
from broadcast.naming import event_name, is_order


@pytest.mark.parametrize(
    ("title", "event", "name"),
    [
        ("Attaque en cours au centre commercial : mettez-vous à l'abri", "", "Attaque en cours au centre commercial"),
        ("Attaque en cours au centre commercial : mettez-vous à l'abri", "Attaque", "Attaque"),
        ("Attaque en cours, ne sortez pas", "", "Attaque en cours"),
        ("Fuite de gaz rue du Port. N'allumez rien !", "", "Fuite de gaz rue du Port"),
        ("Restez chez vous : nuage toxique", "", "nuage toxique"),
        ("Évitez les quais", "", ""),
        ("Point de situation sur la crue", "", "Point de situation sur la crue"),
        ("Assez d'eau pour tous : fin des restrictions", "", "Assez d'eau pour tous"),
    ],
)
def test_an_event_is_named_without_its_order(title, event, name):
    assert event_name(title, event) == name


@pytest.mark.parametrize(
    "words", ["Mettez-vous à l'abri", "Ne sortez pas", "N’utilisez pas l'eau", "ne pas boire l'eau", "buvez"]
)
def test_an_order_is_known_by_how_it_begins(words):
    assert is_order(words)


@pytest.mark.parametrize("words", ["Chez vous", "Assez", "Rez-de-chaussée inondés", "Nez rouge", "Attaque", "Crue"])
def test_what_only_looks_like_an_order_is_none(words):
    assert not is_order(words)


def test_the_end_of_an_alert_repeats_no_order():
    title = "Attaque en cours au centre commercial : mettez-vous à l'abri"
    text = all_clear_text(
        slug="a", title=title, event="", channels=["x"], areas=[], expires="2026-11-24T08:00:00+01:00", owner="a"
    )
    head = text.partition("\n---\n")[0]
    assert "Fin d'alerte : Attaque en cours au centre commercial" in head and "abri" not in head
    assert title_of_end("Évitez les quais") == "Fin d'alerte" and short_of_end("", "Évitez les quais") == "Fin d'alerte."
