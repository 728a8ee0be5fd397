"""Points, polygons and circles of CAP, "lat,lon" in degrees. Pure; precise enough for a commune."""

from __future__ import annotations

from math import asin, cos, hypot, isfinite, radians, sin, sqrt

Point = tuple[float, float]
_EARTH_KM = 6371.0


def points(text: str) -> tuple[Point, ...]:
    """Return the points of "lat,lon lat,lon …"; none where it cannot be read."""
    try:
        pairs = [pair.split(",") for pair in text.split()]
        found = tuple((float(latitude), float(longitude)) for latitude, longitude in pairs)
    except ValueError:
        return ()
    return found if all(isfinite(number) for point in found for number in point) else ()


def circle(text: str) -> tuple[Point, float] | None:
    """Return centre and radius in km of "lat,lon radius"; None where it cannot be read."""
    centre, _, radius = text.strip().partition(" ")
    found = points(centre)
    try:
        return (found[0], float(radius)) if found and isfinite(float(radius)) else None
    except ValueError:
        return None


def distance_km(a: Point, b: Point) -> float:
    """Return the distance on the ground."""
    (lat1, lon1), (lat2, lon2) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def is_inside(point: Point, polygon: tuple[Point, ...]) -> bool:
    """Say whether a point is within a polygon (closed or not); on its border counts as within."""
    inside = False
    y, x = point
    for a, b in _edges(polygon):
        (y1, x1), (y2, x2) = a, b
        if _is_on(point, a, b):
            return True
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def meet(one: tuple[Point, ...], other: tuple[Point, ...]) -> bool:
    """Say whether two polygons have a point in common."""
    if any(is_inside(p, other) for p in one) or any(is_inside(p, one) for p in other):
        return True
    return any(_cross(a, b, c, d) for a, b in _edges(one) for c, d in _edges(other))


def circle_meets(centre: Point, radius_km: float, polygon: tuple[Point, ...]) -> bool:
    """Say whether a circle and a polygon have a point in common."""
    if is_inside(centre, polygon):
        return True
    return any(_distance_to_edge_km(centre, a, b) <= radius_km for a, b in _edges(polygon))


def _edges(polygon: tuple[Point, ...]) -> list[tuple[Point, Point]]:
    return [(a, b) for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True) if a != b]


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _is_on(p: Point, a: Point, b: Point) -> bool:
    if abs(_side(a, b, p)) > 1e-12:
        return False
    return min(a[0], b[0]) <= p[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _distance_to_edge_km(p: Point, a: Point, b: Point) -> float:
    # On a plane that touches the Earth at p: right to some metres over the tens of kilometres of an alert.
    scale = cos(radians(p[0]))
    ax, ay, bx, by = (a[1] - p[1]) * scale, a[0] - p[0], (b[1] - p[1]) * scale, b[0] - p[0]
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * (bx - ax) + ay * (by - ay)) / length))
    return radians(hypot(ax + along * (bx - ax), ay + along * (by - ay))) * _EARTH_KM
