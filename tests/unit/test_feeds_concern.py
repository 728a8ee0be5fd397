"""Commune, department, region, nation; shapes; words: who is concerned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadcast.alerts import Area, Entry, Named
from broadcast.feeds import geometry
from broadcast.feeds.concern import Whereabouts, concerned
from broadcast.feeds.regions import DEPARTMENTS, REGIONS, department_of, region_of, whole_commune
from tests.unit.cap_alert import an_alert

ISSY = Whereabouts(
    communes=("92040",),
    names={"92040": "Issy-les-Moulineaux"},
    position=(48.8239, 2.2700),
    outline=((48.815, 2.25), (48.833, 2.25), (48.833, 2.29), (48.815, 2.29)),
    river_sections=("SN12",),
    emma={"FR999": "92", "FR998": "93"},
    keywords=("canicule", "eau potable"),
)
SQUARE = "48.7,2.1 49.0,2.1 49.0,2.4 48.7,2.4 48.7,2.1"
FAR = "43.0,5.0 43.5,5.0 43.5,5.5 43.0,5.0"


def alert_for(*geocodes: tuple[str, str], desc: str = "zone", **facts: object) -> Entry:
    area = Area(area_desc=desc, geocodes=tuple(Named(*g) for g in geocodes), **facts)
    alert = an_alert()
    return Entry(id="1", title="Alerte", alert=replace(alert, infos=(replace(alert.infos[0], areas=(area,)),)))


def level(entry: Entry, where: Whereabouts = ISSY) -> str | None:
    return concerned(entry, where).level


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("FR-INSEE-COMMUNE", "92040", "commune"),
        ("FR-INSEE-COMMUNE", "92012", None),
        ("FR-INSEE-DEPARTEMENT", "92", "department"),
        ("FR-INSEE-DEPARTEMENT", "93", None),
        ("FR-INSEE-REGION", "11", "region"),
        ("FR-INSEE-REGION", "93", None),
        ("INSEE", "92040", "commune"),
        ("INSEE", "92", "department"),
        ("INSEE", "93", None),
        ("department", "92", "department"),
        ("DEPARTEMENT", "93", None),
        ("FR-INSEE", "FR", "nation"),
        ("ISO 3166-2", "FR-92", "department"),
        ("ISO 3166-2", "FR-IDF", "region"),
        ("ISO 3166-2", "FR-BRE", None),
        ("ISO3166-1", "FR", "nation"),
        ("ISO3166-1", "DE", None),
        ("NUTS3", "FR105", "department"),
        ("NUTS3", "FR106", None),
        ("NUTS2", "FR10", "region"),
        ("NUTS1", "FRB", None),
        ("NUTS0", "FR", "nation"),
        ("EMMA_ID", "FR999", "department"),
        ("EMMA_ID", "FR998", None),
        ("EMMA_ID", "FR092", None),
        ("VIGICRUES-TRONCON", "SN12", "commune"),
        ("VIGICRUES-TRONCON", "SN13", None),
        ("FIPS6", "92", None),
        ("FR-INSEE-REGION", "99", None),
        ("ISO 3166-2", "DE-BY", None),
        ("NUTS3", "DE212", None),
    ],
)
def test_codes_are_matched_along_the_chain(name, value, expected):
    assert level(alert_for((name, value))) == expected


def test_an_item_for_the_neighbours_is_not_for_us_whatever_its_name_says():
    other = concerned(alert_for(("FR-INSEE-DEPARTEMENT", "93"), desc="Hauts-de-Seine"), ISSY)
    assert (other.level, other.because) == (None, "hors de la zone : Hauts-de-Seine")


def test_codes_are_strings():
    corsica = Whereabouts(communes=("2A004",))
    assert level(alert_for(("FR-INSEE-DEPARTEMENT", "2A")), corsica) == "department"
    assert level(alert_for(("FR-INSEE-DEPARTEMENT", "2B")), corsica) is None
    assert level(alert_for(("FR-INSEE-DEPARTEMENT", "1")), Whereabouts(communes=("01004",))) == "department"
    assert level(alert_for(("FR-INSEE-DEPARTEMENT", "01")), Whereabouts(communes=("97105",))) is None
    assert level(alert_for(("FR-INSEE-DEPARTEMENT", "971")), Whereabouts(communes=("97105",))) == "department"
    assert level(alert_for(("FR-INSEE-REGION", "1")), Whereabouts(communes=("97105",))) == "region"


def test_a_newsroom_may_stand_for_a_whole_department():
    prefecture = Whereabouts(communes=("92",))
    assert level(alert_for(("FR-INSEE-COMMUNE", "92040")), prefecture) == "commune"
    assert level(alert_for(("FR-INSEE-COMMUNE", "93001")), prefecture) is None
    assert level(alert_for(("FR-INSEE-DEPARTEMENT", "92")), prefecture) == "department"


def test_districts_belong_to_their_commune():
    assert level(alert_for(("INSEE", "75056")), Whereabouts(communes=("75115",))) == "commune"
    assert level(alert_for(("INSEE", "69385")), Whereabouts(communes=("69123",))) == "commune"
    assert level(alert_for(("INSEE", "13201")), Whereabouts(communes=("13001",))) is None


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"polygons": (SQUARE,)}, "position"),
        ({"polygons": (FAR,)}, None),
        ({"polygons": (FAR, SQUARE)}, "position"),
        ({"circles": ("48.82,2.27 5",)}, "position"),
        ({"circles": ("48.9,2.27 5",)}, None),
        ({"circles": ("48.9,2.27 9",)}, "position"),
        ({"polygons": ("nonsense",)}, None),
        ({"circles": ("nonsense",)}, None),
        ({"polygons": ("nan,nan inf,inf 1,1",)}, None),
        ({"circles": ("inf,1 3",)}, None),
        ({"circles": ("1,1 nan",)}, None),
        ({"unsure": ("nan,nan inf,inf 1,1",)}, "unclear"),
        ({"unsure": (SQUARE,)}, "position"),
        ({"unsure": (FAR,)}, None),
        ({"unsure": ("48.82,-357.73 5",)}, "position"),
    ],
)
def test_shapes_are_matched_with_the_town_hall(shape, expected):
    assert level(alert_for(**shape)) == expected


def test_shapes_are_matched_with_the_outline():
    where = replace(ISSY, position=None)
    inside_us = "48.82,2.26 48.821,2.26 48.821,2.261 48.82,2.26"
    across = "48.82,2.0 48.821,2.0 48.821,2.9 48.82,2.9 48.82,2.0"
    beside = "48.84,2.25 48.85,2.25 48.85,2.29 48.84,2.25"
    assert level(alert_for(polygons=(SQUARE,)), where) == "position"
    assert level(alert_for(polygons=(inside_us,)), where) == "position"
    assert level(alert_for(polygons=(across,)), where) == "position"
    assert level(alert_for(polygons=(beside,)), where) is None
    assert level(alert_for(circles=("48.825,2.30 1",)), where) == "position"
    assert level(alert_for(circles=("48.825,2.30 0.5",)), where) is None
    assert level(alert_for(circles=("48.82,2.26 0.01",)), where) == "position"


def test_places_of_one_area_add_up_and_the_nearest_is_told():
    assert level(alert_for(("FR-INSEE-DEPARTEMENT", "93"), polygons=(SQUARE,))) == "position"
    assert level(alert_for(("FR-INSEE-REGION", "11"), ("FR-INSEE-COMMUNE", "92040"), polygons=(SQUARE,))) == "commune"


@pytest.mark.parametrize(
    ("desc", "expected"),
    [
        ("Issy-les-Moulineaux et Vanves", "commune"),
        ("HAUTS DE SEINE", "department"),
        ("Seine-Saint-Denis", None),
        ("Île-de-France", "region"),
        ("Hauts-de-France", None),
        ("France", "nation"),
        ("La Frontière", None),
    ],
)
def test_names_are_believed_where_there_is_no_code(desc, expected):
    assert level(alert_for(desc=desc)) == expected
    assert level(alert_for(("EMMA_ID", "FR001"), desc=desc)) == expected


@pytest.mark.parametrize(
    ("commune", "desc"),
    [
        ("46042", "Lot-et-Garonne"),
        ("42218", "Haute-Loire"),
        ("73065", "Haute-Savoie"),
        ("01004", "Saint-Étienne"),
        ("86194", "Haute-Vienne"),
    ],
)
def test_a_short_name_within_a_long_one_is_not_the_place(commune, desc):
    assert level(alert_for(desc=desc), Whereabouts(communes=(commune,))) is None


def test_the_coast_is_not_for_inland_towns():
    coast = alert_for(("FR-INSEE-DEPARTEMENT", "29"), ("METEOFRANCE-LITTORAL", "2910"), desc="littoral, Finistère (29)")
    brest = Whereabouts(communes=("29019",))
    assert level(coast, brest) == "department"
    assert level(coast, replace(brest, is_coastal=False)) is None


def test_plain_items_concern_by_keyword_scope_or_name():
    def item(title: str, summary: str = "") -> Entry:
        return Entry(id="1", title=title, summary=summary)

    assert level(item("CANICULE : vigilance")) == "keyword"
    assert level(item("Coupure", "L'eau  potable manque")) == "keyword"
    assert level(item("La caniculette")) is None
    assert level(item("Travaux à Issy les Moulineaux")) == "commune"
    assert level(item("Rien pour nous")) is None
    assert level(item("Rien pour nous"), replace(ISSY, scope="national")) == "nation"
    assert level(item("Préfecture"), replace(ISSY, scope="department:92")) == "department"
    assert level(item("Préfecture"), replace(ISSY, scope="department:93")) is None
    assert level(item("Région"), replace(ISSY, scope="region:11")) == "region"
    assert level(item("ça"), replace(ISSY, keywords=("", "!"))) is None


def test_an_alert_with_areas_does_not_concern_by_keyword_or_scope():
    entry = alert_for(("FR-INSEE-DEPARTEMENT", "93"))
    assert level(replace(entry, title="canicule"), replace(ISSY, scope="national")) is None


def test_an_alert_without_area_is_judged_by_words_and_scope():
    entry = alert_for()
    bare = replace(entry, alert=replace(entry.alert, infos=(replace(entry.alert.infos[0], areas=()),)))
    assert level(bare) is None
    assert level(bare, replace(ISSY, scope="national")) == "nation"
    assert level(bare, replace(ISSY, keywords=("crue",))) == "keyword"


def test_the_table_is_whole():
    assert len([d for d in DEPARTMENTS.values() if d.region]) == 101
    assert len(REGIONS) == 18
    assert {d.region for d in DEPARTMENTS.values()} - {""} == set(REGIONS)
    assert len({d.nuts for d in DEPARTMENTS.values() if d.nuts}) == 101
    assert (department_of("92040"), department_of("2A004"), department_of("97105")) == ("92", "2A", "971")
    assert (department_of("99999"), department_of("x"), region_of("92"), region_of("988")) == ("", "", "11", "")
    assert (whole_commune("75115"), whole_commune("92040"), whole_commune("13055")) == ("75056", "92040", "13055")


def test_geometry_knows_borders_and_distances():
    triangle = geometry.points("0,0 0,10 10,0 0,0")
    assert geometry.is_inside((0, 5), triangle)
    assert geometry.is_inside((0, 0), triangle)
    assert not geometry.is_inside((6, 6), triangle)
    assert geometry.distance_km((48.8566, 2.3522), (45.7640, 4.8357)) == pytest.approx(392, abs=2)
    assert geometry.circle("1,2") is None
