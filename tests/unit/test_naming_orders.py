"""What an alert is called when it is over: never an order, in whatever form it was given."""

from __future__ import annotations

import pytest

from broadcast.naming import event_name, is_order


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Take shelter: gas leak at the harbour", "gas leak at the harbour"),
        ("Stay indoors! Chemical fire", "Chemical fire"),
        ("Don’t go to the river: flood", "flood"),
        ("Attack under way: take shelter", "Attack under way"),
        ("Do not drink the water", ""),
        ("Rester à l’abri : nuage toxique", "nuage toxique"),
        ("Évacuer immédiatement : rupture de barrage", "rupture de barrage"),
        ("Se confiner – fuite de chlore", "fuite de chlore"),
        ("Abritez-vous – tempête", "tempête"),
        ("Nuage toxique - confinez-vous", "Nuage toxique"),
        ("Incendie:évacuez le quartier", "Incendie"),
        ("À l’abri ! Attaque en cours", "Attaque en cours"),
        ("Tous aux abris : bombe", "bombe"),
        ("ALERTE : Crue, évitez les quais", "Crue"),
        ("Alerte : restez chez vous", ""),
        ("Évitez les quais, la passerelle et le pont", ""),
        ("Crue, évitez les quais, la passerelle", "Crue"),
        ("Crue de la Seine – quartier des quais : évitez le secteur", "Crue de la Seine – quartier des quais"),
        ("Fermer portes et fenêtres, couper la ventilation : incendie d’usine", "incendie d’usine"),
        ("Coupure d’eau à 8:30, faites des réserves", "Coupure d’eau à 8:30"),
    ],
)
def test_the_name_of_what_is_over_is_what_happened(title: str, name: str):
    assert event_name(title) == name


@pytest.mark.parametrize(
    "words", ["Danger d’incendie", "Chantier rue du Port", "Mer agitée", "Report de la fête", "Dernier point"]
)
def test_a_noun_is_no_order(words: str):
    assert not is_order(words) and event_name(words) == words
