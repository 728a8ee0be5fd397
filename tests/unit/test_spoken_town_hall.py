"""What a speaker of the town hall would say: short numbers, references, heights, titles, ways to ask."""

from __future__ import annotations

import pytest

from broadcast.layout.spoken import spoken, spoken_elsewhere


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Appelez le 0 969 369 900.", "Appelez le zéro neuf cent soixante-neuf, trois cent soixante-neuf, neuf cents."),
        ("0 970 809 700", "zéro neuf cent soixante-dix, huit cent neuf, sept cents"),
        ("0 825 00 11 22", "zéro huit cent vingt-cinq, zéro zéro, onze, vingt-deux"),
        ("Violences : 3919 ou 39 19.", "Violences : trente-neuf dix-neuf ou trente-neuf dix-neuf."),
        ("3114, jour et nuit", "trente et un quatorze, jour et nuit"),
        ("3500 habitants", "trois mille cinq cents habitants"),
        ("3 919 euros", "trois mille neuf cent dix-neuf euros"),
        ("Arrêté n° 2026-412", "Arrêté numéro deux mille vingt-six tiret quatre cent douze"),
        ("décret 2022-907", "décret deux mille vingt-deux tiret neuf cent sept"),
        ("art. L. 2212-2", "article L deux mille deux cent douze tiret deux"),
        ("arrêté n°2026/412", "arrêté numéro deux mille vingt-six barre quatre cent douze"),
        ("saison 2026-2027", "saison deux mille vingt-six à deux mille vingt-sept"),
        ("du 1er/12/2026", "du premier décembre deux mille vingt-six"),
        ("le 1er/12", "le premier décembre"),
        ("un niveau de 1,60 m", "un niveau d'un mètre soixante"),
        ("5,80 m", "cinq mètres quatre-vingts"),
        ("2,05 m", "deux mètres zéro cinq"),
        ("0,80 m d'eau", "quatre-vingts centimètres d'eau"),
        ("1m60", "un mètre soixante"),
        ("1,60 m²", "un virgule soixante mètre carré"),
        ("12,5 km", "douze virgule cinq kilomètres"),
        ("M. et Mme Martin", "monsieur et madame Martin"),
        ("M. ou Mme le maire", "monsieur ou madame le maire"),
        ("Infos : www.ville.fr ou 15.", "Infos : sur internet ou quinze."),
        ("Infos : www.ville.fr, ou au 15.", "Infos : sur internet, ou au quinze."),
        ("Infos : www.ville.fr.", "Infos."),
        ("126. par la rue", "cent vingt-six : par la rue."),
    ],
)
def test_a_speaker_says(written, said):
    assert spoken(written) == said


def test_a_voice_of_another_language_keeps_numbers_and_leaves_addresses():
    said = spoken_elsewhere("Call 112 now.\nMore: https://www.example.org/a .\n\nMove before 6 pm")
    assert said == "Call 112 now.\nMore.\nMove before 6 pm"
