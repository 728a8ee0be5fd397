"""Drafts, limits and findings as JSON for the rows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from broadcast.channel import Limits
from broadcast.model import Draft, Finding, canonical_json


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
