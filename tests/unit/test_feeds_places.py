"""Names of areas: a name is believed as a whole; what is only a word inside something is for a person."""

from __future__ import annotations

import pytest

from broadcast.alerts import Area, Entry, Named
from broadcast.feeds.concern import Whereabouts, concerned
from tests.unit.cap_alert import an_alert
from tests.unit.test_feeds_concern import alert_for

LILLE = Whereabouts(communes=("59350",), names={"59350": "Lille"})
VIENNE = Whereabouts(communes=("38544",), names={"38544": "Vienne"})
GRENOBLE = Whereabouts(communes=("38185",), names={"38185": "Grenoble"})
POITIERS = Whereabouts(communes=("86194",), names={"86194": "Poitiers"})
SAINT_DENIS = Whereabouts(communes=("93066",), names={"93066": "Saint-Denis"})
REUNION = Whereabouts(communes=("97411",), names={"97411": "Saint-Denis"})
EU = Whereabouts(communes=("76255",), names={"76255": "Eu"})
ISSY = Whereabouts(communes=("92040",), names={"92040": "Issy-les-Moulineaux"})
AUCH = Whereabouts(communes=("32013",), names={"32013": "Auch"})
AGEN = Whereabouts(communes=("47001",), names={"47001": "Agen"})
TOURS = Whereabouts(communes=("37261",), names={"37261": "Tours"})
ALLIER = Whereabouts(communes=("65005",), names={"65005": "Allier"})
PARIS = Whereabouts(communes=("75056",), names={"75056": "Paris"})
DIJON = Whereabouts(communes=("21231",), names={"21231": "Dijon"})
SAINT_MARTIN = Whereabouts(communes=("97801",), names={"97801": "Saint-Martin"})


def sure(desc: str, where: Whereabouts) -> str | None:
    found = concerned(alert_for(desc=desc), where)
    return found.level if found.is_sure else None


@pytest.mark.parametrize(
    ("desc", "where", "level"),
    [
        ("Nord", LILLE, "department"),
        ("NORD (59)", LILLE, "department"),
        ("59 - Nord", LILLE, "department"),
        ("Département du Nord", LILLE, "department"),
        ("France - Nord", LILLE, "department"),
        ("Pas-de-Calais et Nord (59)", LILLE, "department"),
        ("Nord et Pas-de-Calais", LILLE, "department"),
        ("Département du Nord, Isère", LILLE, "department"),
        ("Hauts-de-France", LILLE, "region"),
        ("Isère", VIENNE, "department"),
        ("Département de l'Isère", VIENNE, "department"),
        ("Vienne (38)", VIENNE, "commune"),
        ("Vienne (38200)", VIENNE, "commune"),
        ("Commune de Vienne (38544)", VIENNE, "commune"),
        ("Vienne, Isère", VIENNE, "commune"),
        ("Vienne (86)", POITIERS, "department"),
        ("Vienne", POITIERS, "department"),
        ("Vienne, Deux-Sèvres", POITIERS, "department"),
        ("Saint-Denis (93)", SAINT_DENIS, "commune"),
        ("Saint-Denis, Seine-Saint-Denis", SAINT_DENIS, "commune"),
        ("Saint-Denis (974)", REUNION, "commune"),
        ("Réunion", REUNION, "department"),
        ("La Réunion", REUNION, "department"),
        ("Issy-les-Moulineaux", ISSY, "commune"),
        ("ISSY LES MOULINEAUX (92130)", ISSY, "commune"),
        ("Hauts-de-Seine, Yvelines", ISSY, "department"),
        ("Lot et Garonne et Gers", AUCH, "department"),
        ("Lot et Garonne", AGEN, "department"),
        ("Indre-et-Loire ; Loir-et-Cher", TOURS, "department"),
        ("Paris", PARIS, "department"),
        ("Côte d'Or", DIJON, "department"),
        ("Région Bourgogne-Franche-Comté", DIJON, "region"),
        ("France entière", AUCH, "nation"),
        ("Eu (76260)", EU, "commune"),
        ("Seine-Maritime", EU, "department"),
    ],
)
def test_a_whole_name_is_enough(desc, where, level):
    assert sure(desc, where) == level


@pytest.mark.parametrize(
    ("desc", "where"),
    [
        ("Nord-Isère", LILLE),
        ("Mer du Nord, secteur Dogger", LILLE),
        ("Mer du Nord", LILLE),
        ("Isère, Nord", LILLE),  # where in Isère?
        ("Nord de la Drôme", LILLE),
        ("Gare du Nord", LILLE),
        ("Le grand Nord", LILLE),
        ("Nord-Isère", GRENOBLE),
        ("Vallée de l'Isère", GRENOBLE),
        ("Vienne", VIENNE),
        ("Vienne (86)", VIENNE),
        ("Vienne, Autriche", VIENNE),
        ("Vienne, Autriche", POITIERS),
        ("Bassin de la Vienne aval", POITIERS),
        ("Saint-Denis", SAINT_DENIS),
        ("Saint-Denis, La Réunion", SAINT_DENIS),
        ("Saint-Denis (974)", SAINT_DENIS),
        ("Saint-Denis-en-Val", SAINT_DENIS),
        ("Plaine Saint-Denis et Aubervilliers", SAINT_DENIS),
        ("Seine-Saint-Denis nord", SAINT_DENIS),
        ("Eu", EU),
        ("Allier", ALLIER),  # the department, far from the town
        ("Saint-Martin", SAINT_MARTIN),
        ("Lot", AGEN),
        ("Haute-Vienne", POITIERS),
        ("Toute la Vienne et son bassin", VIENNE),
        ("Nouvelle-France", AUCH),
        ("Île de France (Maurice)", ISSY),
    ],
)
def test_a_word_inside_a_name_or_a_name_of_several_places_is_never_enough(desc, where):
    assert sure(desc, where) is None


@pytest.mark.parametrize(
    ("desc", "where"),
    [
        ("Vienne (86)", VIENNE),
        ("Saint-Denis (974)", SAINT_DENIS),
        ("Saint-Denis, La Réunion", SAINT_DENIS),
        ("Haute-Vienne", POITIERS),
        ("Lot", AGEN),
        ("Isère", LILLE),
    ],
)
def test_a_place_that_is_understood_and_elsewhere_is_not_even_proposed(desc, where):
    assert concerned(alert_for(desc=desc), where).level is None


def test_a_name_that_several_places_have_is_proposed_to_a_person():
    for desc, where in (
        ("Vienne", VIENNE),
        ("Saint-Denis", SAINT_DENIS),
        ("Nord-Isère", GRENOBLE),
        ("Issy-les-Moulineaux et Vanves", ISSY),
    ):
        found = concerned(alert_for(desc=desc), where)
        assert found.level is not None and "à vérifier" in found.because


def test_a_short_name_is_a_name_where_it_is_written_as_one():
    def level(title: str) -> str | None:
        return concerned(Entry(id="1", title=title), EU).level

    assert level("Les secours ont eu du mal à passer") is None
    assert level("peu de pluie, neufs, feu éteint") is None
    assert level("Inondation à Eu et au Tréport") == "commune"
    assert not concerned(Entry(id="1", title="Inondation à Eu"), EU).is_sure


def test_a_code_decides_whatever_the_name_says():
    entry = alert_for(("FR-INSEE-DEPARTEMENT", "38"), desc="Nord")
    assert concerned(entry, LILLE).level is None and concerned(entry, GRENOBLE).is_sure


def test_an_alert_without_any_place_is_judged_by_its_source():
    blank = an_alert(infos=(an_alert().infos[0],))
    entry = Entry(id="1", title="T", alert=blank)
    bare = Area(area_desc="", geocodes=())
    info = entry.alert.infos[0] if entry.alert else None
    from dataclasses import replace

    unnamed = replace(entry, alert=replace(blank, infos=(replace(info, areas=(bare,)),)))
    assert concerned(unnamed, LILLE).level is None
    assert concerned(unnamed, replace(LILLE, scope="national")).level == "nation"
    assert concerned(unnamed, replace(LILLE, keywords=("crue",))).is_sure is False
    named = replace(bare, geocodes=(Named("FR-INSEE-COMMUNE", "59350"),))
    assert concerned(replace(entry, alert=replace(blank, infos=(replace(info, areas=(named,)),))), LILLE).is_sure
