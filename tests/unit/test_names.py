"""Names of people: one script, not the program's own, and none that is read as another's."""

from __future__ import annotations

import pytest

from broadcast.names import canonical, fault_of, is_reserved, looks


@pytest.mark.parametrize("twin", ["Alice", "ALICE", "AIice", "ａｌｉｃｅ", "аlice", "alіce", "a" + "lice"])
def test_a_name_that_reads_like_another_shares_its_look(twin: str):
    assert not looks("alice").isdisjoint(looks(twin))


@pytest.mark.parametrize(("one", "other"), [("ace", "асе"), ("Bernard", "Bemard"), ("poste10", "poste1O"), ("Tom", "ΤΟΜ")])
def test_whole_names_of_another_script_and_pairs_of_letters_are_seen(one: str, other: str):
    assert not looks(one).isdisjoint(looks(other))


@pytest.mark.parametrize(("one", "other"), [("alice", "bob"), ("Élodie", "Elodie"), ("agent1", "agent2"), ("Marc", "Mare")])
def test_names_that_differ_to_the_eye_are_two_names(one: str, other: str):
    assert looks(one).isdisjoint(looks(other))


@pytest.mark.parametrize(
    "name", ["alice", "Jean-Luc d’Arc", "Éloïse", "Ñuño", "Δημήτρης", "Ольга", "さくら田", "M. Ndiaye 2", "root"]
)
def test_names_of_people_everywhere_are_names(name: str):
    assert fault_of(name) == ""


@pytest.mark.parametrize(
    "name", ["аlice", "Αlex", "bоb", "ｂob", "𝐛ob", "😀", "dispatcher", "Dispatcher", "SYSTEM", "système", "rule"]
)
def test_mixed_scripts_imitations_and_the_programs_names_are_refused(name: str):
    assert fault_of(name)


def test_the_programs_names_are_refused_however_they_are_spelt():
    assert is_reserved("DISPATCHER") and is_reserved("ЅУЅТЕМ") and not is_reserved("Alice")


def test_an_accent_is_one_letter_however_it_was_typed():
    assert canonical("E\u0301lodie") == "Élodie"
