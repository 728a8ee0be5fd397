"""Outlines as careless senders write them: mended where the meaning shows, kept as a trace where it does not. Pure.

Nothing that was mended counts as an outline: it only tells a person that the town may be concerned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from broadcast.feeds.cap_check import circle_problems, polygon_problems
from broadcast.feeds.geometry import Point

_NUMBER = r"[+-]?\d{1,9}(?:\.\d{0,15})?"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")
#: Of an outline that cannot be read, so much is kept, characters.
_TRACE = 200


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline as it may be used."""

    #: As CAP wants it; "" where it is flawed.
    sure: str = ""
    #: What is left of a flawed one.
    unsure: str = ""
    wrong: str = ""
    assumed: str = ""


_LOST = "périmètre laissé de côté"


def polygon(text: str) -> Shape:
    """Return a polygon, mended if need be."""
    if not any(polygon_problems(text)):
        return Shape(sure=text)
    points = _points(text)
    if not points:
        return Shape(unsure=text[:_TRACE] or "?", wrong="ce n'est pas une suite de lat,lon", assumed=_LOST)
    faults = []
    if any(abs(lat) > 90 for lat, _ in points):
        points = [(lon, lat) for lat, lon in points]
        faults.append("latitudes et longitudes échangées")
    if any(abs(lat) > 90 or abs(lon) > 360 for lat, lon in points):
        return Shape(unsure=text[:_TRACE], wrong="des points hors du globe", assumed=_LOST)
    if any(abs(lon) > 180 for _, lon in points):
        faults.append("des longitudes au-delà de 180°")
    if points[0] != points[-1]:
        points.append(points[0])
        faults.append("le contour n'est pas fermé")
    if len(set(points)) < 3:
        return Shape(unsure=text[:_TRACE], wrong="moins de trois points", assumed=_LOST)
    return Shape(
        unsure=" ".join(f"{lat:.15g},{lon:.15g}" for lat, lon in points),
        wrong=", ".join(faults) or "écriture inhabituelle",
        assumed="périmètre deviné, à vérifier sur une carte",
    )


def circle(text: str) -> Shape:
    """Return a circle, mended if need be."""
    if not any(circle_problems(text)):
        return Shape(sure=text)
    numbers = re.findall(_NUMBER, text)
    if len(numbers) != 3 or re.sub(rf"{_NUMBER}|[,;\s]|km", "", text):
        return Shape(unsure=text[:_TRACE] or "?", wrong="ce n'est pas « lat,lon rayon »", assumed=_LOST)
    lat, lon, radius = map(float, numbers)
    if abs(lat) > 90 >= abs(lon):
        lat, lon = lon, lat
    if abs(lat) > 90 or abs(lon) > 360 or radius < 0:
        return Shape(unsure=text[:_TRACE], wrong="un centre hors du globe ou un rayon négatif", assumed=_LOST)
    return Shape(
        unsure=f"{lat:.15g},{lon:.15g} {radius:.15g}", wrong="écriture inhabituelle", assumed="cercle deviné, à vérifier"
    )


def _points(text: str) -> list[Point]:
    text = re.sub(r"\s*,\s*", ",", text.strip().replace(";", " "))
    pairs = [_PAIR.fullmatch(word) for word in text.split()]
    if pairs and all(pairs):
        return [(float(pair[1]), float(pair[2])) for pair in pairs if pair]
    numbers = re.split(r"[\s,]+", text)
    if len(numbers) % 2 or not all(re.fullmatch(_NUMBER, number) for number in numbers):
        return []
    return list(zip(map(float, numbers[::2]), map(float, numbers[1::2]), strict=True))
