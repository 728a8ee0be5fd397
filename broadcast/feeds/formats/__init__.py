"""Formats of feeds: a new one is one module here with `recognises` and `read` (see `document.Format`)."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import cast

from broadcast.feeds.document import Format


@cache
def formats() -> dict[str, Format]:
    """Return the modules of this folder by name, in alphabetical order."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    return {name: cast(Format, importlib.import_module(f"{__name__}.{name}")) for name in names}
