"""Drafts, parts, limits and findings as JSON for the rows, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from broadcast.channel import Limits
from broadcast.model import Draft, Finding, Media, Part, canonical_json


@cache
def _adapter(type_: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_)


def draft_to_json(draft: Draft) -> str:
    """Return a draft as canonical JSON, without the raw file (it has a column of its own)."""
    facts = _adapter(Draft).dump_python(draft, mode="json", exclude={"source_text"})
    return canonical_json(facts)


def draft_from_json(text: str, source_text: str) -> Draft:
    """Return the draft that `draft_to_json` wrote."""
    import json

    draft: Draft = _adapter(Draft).validate_python(json.loads(text) | {"source_text": source_text})
    return draft


def part_from_facts(facts: Mapping[str, Any], read: Callable[[str], bytes]) -> Part:
    """Return the part that `model.part_facts` described; `read` gives the bytes of a media hash."""

    def time_of(value: str | None) -> datetime | None:
        return datetime.fromisoformat(value) if value else None

    def reader(sha256: str) -> Callable[[], bytes]:
        return lambda: read(sha256)

    def media_of(values: Mapping[str, Any]) -> Media:
        focus = values.get("focus")
        return Media(**{**values, "focus": tuple(focus) if focus else None}, read=reader(values["sha256"]))

    return Part(
        slug=facts["slug"],
        text=facts["text"],
        html=facts["html"],
        title=facts["title"],
        link=facts["link"],
        media=tuple(media_of(m) for m in facts["media"]),
        documents=facts["documents"],
        options=facts["options"],
        language=facts["language"],
        starts_at=time_of(facts["starts_at"]),
        expires_at=time_of(facts["expires_at"]),
    )


def limits_to_json(limits: Limits) -> str:
    """Return limits as canonical JSON."""
    return canonical_json(_adapter(Limits).dump_python(limits, mode="json"))


def limits_from_json(text: str) -> Limits:
    """Return the limits that `limits_to_json` wrote."""
    limits: Limits = _adapter(Limits).validate_json(text)
    return limits


def findings_to_json(findings: tuple[Finding, ...]) -> str:
    """Return findings as canonical JSON."""
    return canonical_json(_adapter(tuple[Finding, ...]).dump_python(findings, mode="json"))


def findings_from_json(text: str) -> tuple[Finding, ...]:
    """Return the findings that `findings_to_json` wrote."""
    findings: tuple[Finding, ...] = _adapter(tuple[Finding, ...]).validate_json(text)
    return findings


def values_of(row: Any) -> Mapping[str, Any]:
    """Return a Core result row as a mapping."""
    mapping: Mapping[str, Any] = row._mapping
    return mapping
