"""What is wrong in a settings file is said in French, with its place and the way out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from broadcast.errors import SettingsError, toml_reason
from broadcast.settings import load

ROOM = '[newsroom]\nname = "Ville"\n'


def refusal(folder: Path, text: str) -> str:
    (folder / "broadcast.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(folder, {})
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\na = 2", "deux fois"),
        ("[a]\n[a]", "ligne 2, colonne 3 : cette clé ou cette section est écrite deux fois"),
        ("a = oui", "un texte se met entre guillemets"),
        ('a = "b', "guillemet qui n'est pas fermé"),
        ("a = 'b", "guillemet qui n'est pas fermé"),
        ('a = "b\nc"', "guillemet qui n'est pas fermé"),
        ("a", "clé = valeur"),
        ("[a", "une section s'écrit [nom]"),
        ("école = 1", "ni accent ni espace"),
        ('a = "c:\\x"', "barre oblique inverse"),
        ('a = "b" "c"', "une seule valeur par ligne"),
        ("a = {b = 1", "accolade"),
        ('a = "\x01"', "caractère interdit"),
    ],
)
def test_toml_is_explained_in_french(text, said):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert said in toml_reason(str(caught.value))


def test_a_settings_file_that_is_no_toml_says_where(tmp_path):
    assert "broadcast.toml : ce n'est pas du TOML correct : ligne 3, colonne 9 : valeur illisible" in refusal(
        tmp_path, ROOM + "areas = x"
    )


def test_a_newsroom_speaks_a_language_that_is_complete(tmp_path):
    assert "français ou anglais" in refusal(tmp_path, ROOM + 'language = "de"\n')


@pytest.mark.parametrize("point", ["[2.2743, 48.8245]", "[55.45, -20.88]", "[-61.53, 16.24]"])
def test_exchanged_coordinates_are_told_with_the_right_ones(tmp_path, point):
    latitude, longitude = point.strip("[]").split(", ")
    assert f"échangées ; écrivez [{longitude}, {latitude}]" in refusal(tmp_path, ROOM + f"position = {point}\n")


def test_exchanged_coordinates_of_an_outline_are_told(tmp_path):
    said = refusal(tmp_path, ROOM + "outline = [[2.27, 48.82], [2.28, 48.83], [2.27, 48.82]]\n")
    assert "newsroom.outline : latitude et longitude échangées" in said


def test_a_town_abroad_keeps_its_coordinates(tmp_path):
    (tmp_path / "broadcast.toml").write_text(ROOM + "position = [46.2, 6.15]\noutline = [[50.85, 4.35], [45.5, -73.6]]\n")
    assert load(tmp_path, {}).position == (46.2, 6.15)
