"""French typography on a block tree: words only, never code or addresses. Pure."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from broadcast.blocks import Document, Text
from broadcast.text.languages import is_french, set_type

_Node = TypeVar("_Node")


def typeset(document: Document, language: str = "fr") -> Document:
    """Return the document with the typography of its language: French spaces, apostrophes and times in its words."""
    return _node(document) if is_french(language) else document


def _node(node: _Node) -> _Node:
    if isinstance(node, Text):
        return replace(node, text=set_type(node.text, "fr"))
    changed: dict[str, Any] = {}
    for field in fields(node):  # type: ignore[arg-type]  # every block is a dataclass
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            changed[field.name] = _tuple(value)
    return replace(node, **changed) if changed else node  # type: ignore[type-var]  # as above


def _tuple(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_tuple(v) if isinstance(v, tuple) else v if isinstance(v, str | int) else _node(v) for v in value)
