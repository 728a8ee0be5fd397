"""Météo-France's vigilance with flaws: what shows is relayed, what contradicts itself is doubted, nothing is lost in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from broadcast.alerts import doubts_of
from broadcast.feeds.document import ParsedFeed
from broadcast.feeds.parse import parse_feed

BEGIN, END = "2026-11-29T05:00:00Z", "2026-11-29T23:00:00Z"


def _item(phenomenon: Any = "1", colour: Any = 4, lap_colour: Any = 4) -> dict[str, Any]:
    lap = {"begin_time": "2026-11-29T06:00:00Z", "end_time": "2026-11-29T18:00:00Z", "color_id": lap_colour}
    return {"phenomenon_id": phenomenon, "phenomenon_max_color_id": colour, "timelaps_items": [lap]}


def _domain(*items: Any, code: Any = "32", highest: Any = 4) -> dict[str, Any]:
    return {"domain_id": code, "max_color_id": highest, "phenomenon_items": list(items)}


def _read(*domains: Any) -> ParsedFeed:
    period = {"echeance": "J", "begin_validity_time": BEGIN, "end_validity_time": END, "timelaps": {"domain_ids": list(domains)}}
    calm = _domain(_item("2", 2, 2), code="65", highest=2)
    data = {"product": {"update_time": BEGIN, "periods": [period]}}
    period["timelaps"]["domain_ids"].append(calm)
    return parse_feed(json.dumps(data).encode(), url="https://source.example/vigilance")


@pytest.mark.parametrize("colour", [None, 1, 2])
def test_a_red_interval_under_a_lower_or_missing_colour_is_red_and_doubted(colour: Any):
    entry = _read(_domain(_item(colour=colour))).entries[0]
    assert entry.title == "Vigilance rouge vent violent : Gers (32)"
    assert [doubt.bears_on for doubt in doubts_of(entry)] == ["level"]


@pytest.mark.parametrize(
    "domain",
    [_domain(_item(phenomenon="01")), _domain(_item(phenomenon=1)), _domain(_item(colour="4"))],
)
def test_numbers_and_colours_are_read_however_they_are_written(domain: Any):
    feed = _read(domain)
    assert feed.entries[0].id == "vigilance.32.1.2026-11-29" and not doubts_of(feed.entries[0]) and not feed.problems


def test_a_department_without_its_nought_is_the_department():
    assert _read(_domain(_item(), code=1)).entries[0].title.endswith("Ain (01)")


@pytest.mark.parametrize("items", [[], [_item(colour=1, lap_colour=1)], [_item("3", 2, 2)]])
def test_a_department_whose_colour_no_phenomenon_explains_is_told_and_not_taken_for_calm(items: list[Any]):
    feed = _read(_domain(*items))
    assert any("32" in problem and "couleur 4" in problem for problem in feed.problems)
    assert not any(id_.startswith("vigilance.32.") for id_ in feed.speaks_of)


@pytest.mark.parametrize("order", [1, -1])
def test_a_phenomenon_written_twice_is_one_of_the_higher_colour(order: int):
    entries = _read(_domain(*[_item(colour=3, lap_colour=3), _item()][::order])).entries
    assert [entry.title for entry in entries[:-1]] == ["Vigilance rouge vent violent : Gers (32)"]
    assert entries[0].id == "vigilance.32.1.2026-11-29" and doubts_of(entries[0])


def test_a_domain_that_is_no_department_is_told_where_it_warns():
    feed = _read(_domain(_item(), code="ZZ"), _domain(_item(), code="99"), _domain(_item(), code="FRA"))
    assert feed.problems == ("vigilance : domaine ZZ : inconnu",)
