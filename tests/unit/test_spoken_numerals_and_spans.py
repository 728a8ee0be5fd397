"""A voice says Roman numerals, spans of days and dates, and what stands on signs of the air, as people do."""

from __future__ import annotations

import pytest

from broadcast.layout.spoken import spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Le XXIe siècle", "Le vingt et unième siècle"),
        ("Ier et IIIe arrondissements", "premier et troisième arrondissements"),
        ("la Ire République", "la première République"),
        ("place Louis XIV et rue Henri IV", "place Louis quatorze et rue Henri quatre"),
        ("Plan niveau II", "Plan niveau deux"),
        ("Pie XII.", "Pie douze."),
    ],
)
def test_a_numeral_is_said_where_it_is_one(text: str, said: str):
    assert spoken(text) == said


@pytest.mark.parametrize(
    "text",
    ["Ce soir", "Les écoles", "Jean V. Dupont", "Groupe C", "CIVIL", "MDCC", "La vie, la Cie", "Annexe X", "Louis C. Dupont"],
)
def test_other_capitals_are_letters(text: str):
    assert spoken(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ouvert lun.-ven.", "Ouvert du lundi au vendredi"),
        ("Fermé du sam. au dim. 9h", "Fermé du samedi au dimanche neuf heures"),
        (
            "13/11/2026-15/11/2026",
            "du treize novembre deux mille vingt-six au quinze novembre deux mille vingt-six",
        ),
        (
            "du 1/12/2026 - 3/12/2026",
            "du premier décembre deux mille vingt-six au trois décembre deux mille vingt-six",
        ),
        ("13/14 juillet", "treize et quatorze juillet"),
        ("Particules : 60 µg/m3", "Particules : soixante microgrammes par mètre cube"),
        ("Nitrates : 52 mg/l", "Nitrates : cinquante-deux milligrammes par litre"),
        ("1/2 h d'attente", "une demi-heure d'attente"),
        ("gratuit -12 ans", "gratuit moins de douze ans"),
        ("voir p. 12, nos 3 et 4", "voir page douze, numéros trois et quatre"),
        ("12 rue du Gal Leclerc", "douze rue du Général Leclerc"),
        ("-5 °C cette nuit", "moins cinq degrés cette nuit"),
    ],
)
def test_spans_and_units_are_said_as_people_do(text: str, said: str):
    assert spoken(text) == said
