"""Two alerts for one place: which contradict each other, and which only stand side by side."""

from __future__ import annotations

from typing import Any

import pytest

from broadcast.alongside import contradiction
from broadcast.model import MessageKind
from tests.builders import a_draft


def alert(title: str, **more: Any):
    facts = {"kind": MessageKind.ALERT, "title": title, "short": "", "instruction": "", "body": "", "areas": ("92040",)} | more
    return a_draft(**facts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rupture de digue : évacuez le quartier bas", "Nuage toxique : confinez-vous"),
        ("Quittez les quais", "Ne quittez pas votre logement"),
        ("Attaque en cours : mettez-vous à l’abri", "ÉVACUATION du centre commercial"),
        ("Eau : ne buvez pas l'eau du robinet", "L'eau est de nouveau potable"),
    ],
)
def test_orders_of_which_nobody_can_follow_both_contradict(one: str, other: str):
    assert contradiction(alert(one), alert(other)) and contradiction(alert(other), alert(one))


def test_a_cap_response_says_more_than_the_words():
    assert contradiction(alert("Incendie", response="evacuate"), alert("Incendie", response="shelter"))


def test_two_instructions_for_one_event_contradict_and_for_two_events_do_not():
    one = alert("Crue", event="Inondation", instruction="Montez à l'étage")
    assert contradiction(one, alert("Crue", event="inondation", instruction="Allez au gymnase"))
    assert not contradiction(one, alert("Vent", event="Tempête", instruction="Rentrez vos pots"))
    assert not contradiction(one, alert("Crue", event="Inondation", instruction="montez à l’étage"))


@pytest.mark.parametrize("other", [{"areas": ("75056",)}, {"kind": MessageKind.ALL_CLEAR}])
def test_another_place_and_an_end_contradict_nothing(other: dict[str, Any]):
    assert not contradiction(alert("Évacuez le quartier"), alert("Confinez-vous", **other))


def test_one_that_says_both_contradicts_nobody():
    assert not contradiction(alert("Quittez les berges. Puis restez chez vous."), alert("Confinez-vous"))
