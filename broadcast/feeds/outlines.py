"""Outlines of areas against the place of the town. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from broadcast.alerts import Area
from broadcast.feeds import geometry
from broadcast.feeds.whereabouts import Concern, Whereabouts


def drawn_around(area: Area, where: Whereabouts) -> Concern | None:
    """Return how the outlines of an area concern the town, None if they do not."""
    for text in area.polygons:
        polygon = geometry.points(text)
        if not polygon:
            continue
        if where.position and geometry.is_inside(where.position, polygon):
            return Concern("position", f"la mairie est dans le périmètre « {area.area_desc} »")
        if len(where.outline) > 2 and geometry.meet(where.outline, polygon):
            return Concern("position", f"le périmètre « {area.area_desc} » touche la commune")
    for text in area.circles:
        round_ = geometry.circle(text)
        if round_ is None:
            continue
        centre, radius_km = round_
        if where.position and geometry.distance_km(where.position, centre) <= radius_km:
            return Concern("position", f"la mairie est à moins de {radius_km:g} km du centre de « {area.area_desc} »")
        if len(where.outline) > 2 and geometry.circle_meets(centre, radius_km, where.outline):
            return Concern("position", f"le cercle « {area.area_desc} » touche la commune")
    return None


def unsure_around(area: Area, where: Whereabouts, *, alone: bool = False) -> Iterator[Concern]:
    """Yield what a flawed outline may mean for the town; one that cannot be read counts where the area says nothing else."""
    exchanged = replace(area, polygons=tuple(map(_exchanged, area.polygons)), circles=tuple(map(_exchanged, area.circles)))
    found = drawn_around(exchanged, where) if drawn_around(area, where) is None else None
    if found is not None:
        # Both are on the globe: nothing else tells that longitudes were written first.
        yield Concern(found.level, f"{found.because}, si ses latitudes et longitudes sont échangées : à vérifier", is_sure=False)
    for text in area.unsure:
        is_drawn = geometry.circle(text) is not None or len(geometry.points(text)) > 2
        if not is_drawn and alone:
            yield Concern("unclear", f"périmètre illisible de « {area.area_desc} » : à vérifier", is_sure=False)
        elif is_drawn:
            mended = replace(area, circles=(text,)) if geometry.circle(text) else replace(area, polygons=(text,))
            found = next(filter(None, (drawn_around(mended, seen) for seen in _around(where))), None)
            if found is not None:
                yield Concern(found.level, f"{found.because}, mais ce périmètre est douteux : à vérifier", is_sure=False)


def _exchanged(text: str) -> str:
    """Return an outline with the two numbers of each of its points changed over."""
    return re.sub(r"([^\s,]+),([^\s,]+)", r"\2,\1", text)


def _around(where: Whereabouts) -> Iterator[Whereabouts]:
    """Yield the town as it lies, and one turn of the globe further, for outlines that go past 180°."""
    for turn in (0.0, 360.0, -360.0):
        position = (where.position[0], where.position[1] + turn) if where.position else None
        yield replace(where, position=position, outline=tuple((lat, lon + turn) for lat, lon in where.outline))
