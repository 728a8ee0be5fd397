"""Spoken text: what a loudspeaker says of texts that people write, and how long that takes."""

from __future__ import annotations

import pytest

from broadcast.layout.spoken import duration_s, spoken
from tests.unit.spoken_examples import EXAMPLES


def test_the_example_of_the_specification():
    assert spoken("RDV 18h30") == "rendez-vous à dix-huit heures trente"


@pytest.mark.parametrize(("text", "said"), EXAMPLES)
def test_examples(text, said):
    assert spoken(text) == said


@pytest.mark.parametrize("said", [said for _, said in EXAMPLES if "arobase" not in said])
def test_what_is_said_stays_as_it_is(said):
    assert spoken(said) == said


def test_a_whole_message():
    text = (
        "Crue de la Seine : évitez les quais\n\n"
        "Les quais sont fermés depuis 7 h 15. Niveau : 5,80 m (+ 20 cm).\n\n"
        "Ce que fait la ville :\n\n"
        "- la police fait évacuer les voitures ;\n"
        "- un point d’accueil, 12 av. Foch, de 8 h à 20 h\n\n"
        "Tél. : 01 41 23 80 00. En savoir plus : https://ville.example/crue\n"
        "#Crue #IssyLesMoulineaux"
    )
    assert spoken(text) == (
        "Crue de la Seine : évitez les quais.\n"
        "Les quais sont fermés depuis sept heures quinze. Niveau : cinq mètres quatre-vingts (plus vingt centimètres).\n"
        "Ce que fait la ville :\n"
        "la police fait évacuer les voitures.\n"
        "un point d'accueil, douze avenue Foch, de huit heures à vingt heures.\n"
        "Téléphone : zéro un, quarante et un, vingt-trois, quatre-vingts, zéro zéro. En savoir plus\n"
        "Crue Issy Les Moulineaux"
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 0.0), ("un deux trois quatre cinq", 2.0), ("un, deux !", 0.8), ("Bonjour ! — …", 0.4)]
)
def test_duration(text, seconds):
    assert duration_s(text) == seconds


def test_the_duration_of_the_example():
    assert duration_s(spoken("RDV 18h30")) == 2.0
