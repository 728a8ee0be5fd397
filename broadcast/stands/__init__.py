"""Look-alike networks on 127.0.0.1: for the demo, exercises and tests. One file per network kind, and two files they share."""

from __future__ import annotations

import importlib
import pkgutil

from broadcast.stands.base import Stand


def stand_type(kind: str) -> type[Stand] | None:
    """Return the stand of a channel kind, None for kinds that speak to no network."""
    if kind not in {m.name for m in pkgutil.iter_modules(__path__)} - {"base", "server"}:
        return None
    stand: type[Stand] = importlib.import_module(f"broadcast.stands.{kind}").STAND
    return stand
