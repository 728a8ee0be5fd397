"""What pydantic found, in one French sentence a problem."""

from __future__ import annotations

import dataclasses
import difflib
from typing import Any

from pydantic import BaseModel, ValidationError


def sentence(error: ValidationError, path: str, type_: Any) -> str:
    """Return one line a problem: dotted path, what is wrong, the way out."""
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        place = ".".join([path, *(str(p) for p in problem["loc"])]).strip(".")
        lines.append(f"{place} : {_cause(problem, type_)}")
    return " ; ".join(lines)


def _cause(problem: Any, type_: Any) -> str:
    kind, last = problem["type"], str(problem["loc"][-1]) if problem["loc"] else ""
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        near = difflib.get_close_matches(last, _known_keys(type_, problem["loc"]), 1)
        return "clé inconnue" + (f" ; vouliez-vous dire « {near[0]} » ?" if near else " ; retirez-la")
    if kind in ("missing", "missing_argument"):
        return f"à indiquer (pour un secret : {last}_file, ou la variable d'environnement)"
    if kind == "string_type":
        return "doit être un texte : mettez-le entre guillemets"
    if kind == "literal_error":
        return f"à choisir parmi : {problem['ctx']['expected'].replace(' or ', ', ')}"
    for start, wanted in (
        ("bool", "true ou false"),
        ("int", "un nombre entier"),
        ("float", "un nombre"),
        ("greater", "plus grand"),
    ):
        if kind.startswith(start):
            return f"doit être {wanted}"
    if kind in ("list_type", "tuple_type"):
        return 'doit être une liste : ["un", "deux"]'
    return str(problem["msg"]).removeprefix("Value error, ")


def _known_keys(type_: Any, loc: tuple[Any, ...]) -> list[str]:
    if dataclasses.is_dataclass(type_):
        return [f.name for f in dataclasses.fields(type_)]
    model: Any = type_
    for step in loc[:-1]:
        annotation = model.model_fields[step].annotation if step in getattr(model, "model_fields", {}) else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)
