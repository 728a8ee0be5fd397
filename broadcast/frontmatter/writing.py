"""A draft as a message file that reads back the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import yaml

from broadcast.frontmatter.rules import LITERAL
from broadcast.model import Draft

#: Field of a draft and the key of the file, in the order in which a file is written.
_WRITTEN: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("short", "short", str),
    ("kind", "kind", str),
    ("level", "level", str),
    ("urgency", "urgency", str),
    ("certainty", "certainty", str),
    ("category", "category", str),
    ("response", "response", str),
    ("event", "event", str),
    ("areas", "areas", list),
    ("channels", "channels", list),
    ("embargo_until_at", "embargo_until", datetime.isoformat),
    ("onset_at", "onset", datetime.isoformat),
    ("until_at", "until", datetime.isoformat),
    ("expires_at", "expires", datetime.isoformat),
    ("instruction", "instruction", str),
    ("contact", "contact", str),
    ("link", "link", str),
    ("hashtags", "hashtags", list),
    ("owner", "owner", str),
    ("next_update_at", "next_update", datetime.isoformat),
    ("repeat_every_s", "repeat_every", lambda s: f"{s}s"),
    ("incident", "incident", str),
    ("ends", "ends", str),
    ("language", "language", str),
    ("change", "change", str),
    ("is_correction", "correction", bool),
)


def to_text(draft: Draft) -> str:
    """Return a message file that reads back as the same draft."""
    header: dict[str, Any] = {"title": draft.title}
    for field, key, write in _WRITTEN:
        value = getattr(draft, field)
        if value not in (None, "", (), False):
            header[key] = write(value)
    if draft.images:
        header["images"] = [
            {k: v for k, v in (("file", i.file), ("alt", i.alt), ("credit", i.credit)) if v} for i in draft.images
        ]
    if draft.source:
        at = draft.source.published_at
        facts = {
            "name": draft.source.name,
            "url": draft.source.url,
            "published": at.isoformat() if at else "",
        }
        header["source"] = {k: v for k, v in facts.items() if v}
    if draft.overrides:
        header["override"] = {place: dict(item) for place, item in draft.overrides.items()}
    front = "".join(_written(key, value) for key, value in header.items())
    return f"---\n{front}---\n{draft.body}\n"


def _written(key: str, value: Any) -> str:
    # Literal keys are quoted, so that no sign in them can mean anything else.
    if key in LITERAL and isinstance(value, str):
        return f"{key}: {json.dumps(value, ensure_ascii=False)}\n"
    return yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10_000)
