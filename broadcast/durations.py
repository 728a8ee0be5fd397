"""Durations as people write them: `30s`, `10m`, `2h`, `1d`."""

from __future__ import annotations

import re

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "j": 86400}


def seconds_of(text: str | float) -> float:
    """Return seconds.

    Raises:
        ValueError: it is no duration.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhdj])\s*", str(text))
    if not match:
        raise ValueError(f"« {text} » n'est pas une durée ; écrivez 30s, 10m, 2h ou 1d")
    return float(match[1]) * _UNITS[match[2]]
