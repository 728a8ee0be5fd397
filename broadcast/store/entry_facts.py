"""An entry as JSON, as the database keeps it: what is empty is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from broadcast.alerts import Alert, Doubt, Entry
from broadcast.model import canonical_json


@cache
def _alerts() -> TypeAdapter[Alert]:
    return TypeAdapter(Alert)


def entry_to_json(entry: Entry) -> str:
    """Return an entry as JSON."""
    facts: dict[str, Any] = {
        f.name: _plain(getattr(entry, f.name))
        for f in fields(entry)
        if f.name not in ("alert", "doubts") and getattr(entry, f.name)
    }
    if entry.doubts:
        facts["doubts"] = [asdict(doubt) for doubt in entry.doubts]
    if entry.alert is not None:
        facts["alert"] = _alerts().dump_python(entry.alert, mode="json")
    return canonical_json(facts)


def entry_from_json(text: str) -> Entry:
    """Return the entry that `entry_to_json` wrote."""
    return _entry(json.loads(text))


def _entry(facts: Mapping[str, Any]) -> Entry:
    values = {"title": "", **facts}  # what is empty was left out
    for name in ("published", "updated"):
        if values.get(name):
            values[name] = datetime.fromisoformat(values[name])
    values["doubts"] = tuple(Doubt(**doubt) for doubt in values.get("doubts", ()))
    if "alert" in values:
        values["alert"] = _alerts().validate_python(values["alert"])
    return Entry(**values)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
