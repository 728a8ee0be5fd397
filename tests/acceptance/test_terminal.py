"""What people see on a terminal of 80 columns: rows that fit, addresses in one piece, French words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.terminal import seen
from tests.newsroom import SITE, Folder

LONG = "Coupure d'eau dans tout le quartier des Épinettes et de la Ferme : où trouver de l'eau potable"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "n", SITE + '[channels.journal]\nkind = "print"\n').people()
    path = folder.message("coupure-d-eau-epinettes-et-ferme")
    path.write_text(path.read_text().replace("Crue de la Seine : évitez les quais", LONG))
    folder.run("submit", path, "--as", "alice")
    folder.run("approve", "coupure-d-eau-epinettes-et-ferme", "--as", "bob", "--yes", "--send")
    return folder


def test_status_fits_eighty_columns_and_keeps_addresses_whole(folder):
    lines = seen(folder.path, "status", "coupure-d-eau-epinettes-et-ferme")
    address = "https://www.example.org/a/coupure-d-eau-epinettes-et-ferme/"
    assert [line for line in lines if address in line] == [f"  {address}"]
    assert [line for line in lines[2:] if len(line) > 80 and "://" not in line and "broadcast " not in line] == []


@pytest.mark.parametrize("words", [("status",), ("reviews",), ("channels",), ("people",)])
def test_lists_fit_eighty_columns(folder, words):
    lines = seen(folder.path, *words)
    assert [line for line in lines if len(line) > 80 and "broadcast " not in line] == []
    assert any(line.strip() for line in lines)


def test_a_title_is_whole_however_narrow_the_terminal(folder):
    assert LONG in " ".join(" ".join(seen(folder.path, "status", columns=48)).split())


@pytest.mark.parametrize("words", [(), ("check",), ("feeds", "add"), ("resolve",), ("status",)])
def test_help_fits_eighty_columns(folder, words):
    assert [line for line in seen(folder.path, *words, "--help", columns=200) if len(line) > 80] == []


def test_status_shows_the_newest_version_and_names_the_way_to_the_older_ones(folder):
    path = folder.message("coupure-d-eau-epinettes-et-ferme")
    path.write_text(path.read_text().replace("fermés", "ouverts"))
    folder.run("submit", path, "--as", "alice")
    folder.run("approve", "coupure-d-eau-epinettes-et-ferme", "--as", "bob", "--yes", "--send")
    shown = "\n".join(seen(folder.path, "status", "coupure-d-eau-epinettes-et-ferme"))
    everything = "\n".join(seen(folder.path, "status", "coupure-d-eau-epinettes-et-ferme", "--all"))
    assert "broadcast status coupure-d-eau-epinettes-et-ferme --all" in shown
    assert shown.count("publier") < everything.count("publier")


def test_roles_and_abilities_are_french_on_a_terminal_and_codes_in_json(folder):
    people = "\n".join(seen(folder.path, "people"))
    assert "rédaction (editor)" in people
    channels = "\n".join(seen(folder.path, "channels"))
    assert "retrouver une publication" in channels
    assert "take_down" not in channels
    assert "take_down" in {a for c in folder.json("channels", "list")["channels"] for a in c["abilities"]}
