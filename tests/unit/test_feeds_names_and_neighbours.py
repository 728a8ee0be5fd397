"""Names of places as sources write them, and places of the same name in other countries."""

from __future__ import annotations

import pytest

from broadcast.feeds.concern import Whereabouts, concerned
from broadcast.feeds.parse import parse
from broadcast.feeds.places import understood, word_in

HEAD = (
    "<identifier>X1</identifier><sender>meteo@source.example</sender><sent>2026-11-29T10:00:00+01:00</sent>"
    "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
)
JURA = Whereabouts(communes=("39300",), names={"39300": "Lons-le-Saunier"})
AUCH = Whereabouts(communes=("32013",), names={"32013": "Auch"}, position=(43.646, 0.585))
SQUARE = "43.6,0.5 43.7,0.5 43.7,0.7 43.6,0.7 43.6,0.5"


def _concern(where: Whereabouts, area: str):
    info = (
        "<info><category>Met</category><event>Vent</event><urgency>Immediate</urgency><severity>Severe</severity>"
        f"<certainty>Likely</certainty><area>{area}</area></info>"
    )
    data = f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{HEAD}{info}</alert>'.encode()
    return concerned(parse(data, url="https://source.example/cap", content_type=None)[0], where)


def _coded(name: str, value: str) -> str:
    return f"<areaDesc>Jura</areaDesc><geocode><valueName>{name}</valueName><value>{value}</value></geocode>"


@pytest.mark.parametrize(
    ("name", "value"), [("EMMA_ID", "CH012"), ("NUTS3", "CH025"), ("ISO 3166-2", "CH-JU"), ("SAME", "036073")]
)
def test_a_place_of_another_country_is_none_of_ours_whatever_its_name(name: str, value: str):
    assert _concern(JURA, _coded(name, value)).level is None


@pytest.mark.parametrize(("name", "value"), [("EMMA_ID", "FR039"), ("NUTS3", "FRC22"), ("ISO 3166-2", "FR-39"), ("HASC", "x")])
def test_a_code_of_france_or_an_unknown_one_leaves_the_name_its_meaning(name: str, value: str):
    found = _concern(JURA, _coded(name, value))
    assert (found.level, found.is_sure) == ("department", True)


@pytest.mark.parametrize(
    ("text", "code", "own", "level"),
    [
        ("Dept 59", "59", {}, "department"),
        ("Départements : 59", "59", {}, "department"),
        ("Commune du Mans", "72181", {"72181": "Le Mans"}, "commune"),
        ("Ville des Sables-d'Olonne", "85194", {"85194": "Les Sables-d'Olonne"}, "commune"),
        ("St-Pierre, La Réunion", "97416", {"97416": "Saint-Pierre"}, "commune"),
        ("Saint-Pierre (La Réunion)", "97416", {"97416": "Saint-Pierre"}, "commune"),
        ("Ste. Maxime", "83115", {"83115": "Sainte-Maxime"}, "commune"),
    ],
)
def test_names_are_understood_as_people_write_them(text: str, code: str, own: dict[str, str], level: str):
    places = understood(text, own)
    assert places is not None
    assert (places[0].level, places[0].code, places[0].is_sure) == (level, code, True)


@pytest.mark.parametrize("text", ["Jura (Suisse)", "Nord (Haïti)", "St-Gall", "Commune du Locle", "Département du Nord-Ouest"])
def test_a_name_with_a_stranger_beside_it_is_not_understood(text: str):
    assert understood(text, {"72181": "Le Mans"}) is None


@pytest.mark.parametrize(
    ("name", "text", "is_there"),
    [
        ("Le Havre", "Coupure d'eau au Havre", True),
        ("Le Mans", "gare du Mans fermée", True),
        ("Les Ulis", "alerte aux Ulis", True),
        ("Le Port", "accès au port fermé", False),
        ("Saint-Malo", "marée à St-Malo", True),
        ("Saint-Malo", "est malo", False),
    ],
)
def test_a_word_is_found_behind_its_joined_article_and_abbreviated(name: str, text: str, is_there: bool):
    assert word_in(name, text) is is_there


@pytest.mark.parametrize("shape", [f"<polygon>{SQUARE}</polygon>", "<circle>43.646,0.585 5</circle>"])
def test_longitudes_written_first_are_a_question_and_not_silence(shape: str):
    right = _concern(AUCH, f"<areaDesc>Zone A</areaDesc>{shape}")
    turned = shape.replace(SQUARE, " ".join(",".join(pair.split(",")[::-1]) for pair in SQUARE.split()))
    wrong = _concern(AUCH, f"<areaDesc>Zone A</areaDesc>{turned.replace('43.646,0.585', '0.585,43.646')}")
    assert (right.level, right.is_sure, wrong.level, wrong.is_sure) == ("position", True, "position", False)
    assert "échangées" in wrong.because


@pytest.mark.parametrize("xmlns", ["", ' xmlns="urn:oasis:names:tc:emergency:CAP:1.2"', ' xmlns="http://example.org/cap/v1.2"'])
def test_an_alert_under_a_wrong_namespace_is_kept_for_a_person(xmlns: str):
    info = "<info><event>Crue</event><headline>La rivière monte</headline></info>"
    entry = parse(f"<alert{xmlns}>{HEAD}{info}</alert>".encode(), url="https://source.example/cap", content_type=None)[0]
    assert entry.title == "La rivière monte" and entry.alert is not None
    assert ("xmlns", "public") in {(doubt.field, doubt.bears_on) for doubt in entry.alert.doubts}
