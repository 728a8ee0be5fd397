"""Two changes of one message file brought together, paragraph by paragraph and key by key. Pure.

Nothing is guessed: where both changed the same paragraph or key, or both put something in the same place, there is no
merged text, and people decide.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_KEY = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:")


class _Collision(Exception):
    """Both changed the same thing, differently."""


@dataclass(frozen=True, slots=True)
class _Edits:
    """What one side did to each paragraph (None: took it out), and what it put before it."""

    changed: Mapping[int, str | None] = field(default_factory=dict)
    put: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def merge(base: str, theirs: str, yours: str) -> str | None:
    """Return the text with both changes; None: they collide.

    Args:
        base: the file from which both went on.
        theirs: the one that was submitted first.
        yours: the other one.
    """
    parts = [_parts(text) for text in (base, theirs, yours)]
    if any(part is None for part in parts):
        return None
    (head0, body0), (head1, body1), (head2, body2) = [part for part in parts if part is not None]
    try:
        header = "".join(f"{block}\n" for block in _merged_keys(_keys(head0), _keys(head1), _keys(head2)))
        body = "\n\n".join(_merged(_paragraphs(body0), _edits(body0, body1), _edits(body0, body2)))
    except _Collision:
        return None
    return f"---\n{header}---\n{body}\n"


def likeness(one: str, other: str) -> float:
    """Return how much of two texts is the same, 0 to 1, by their lines."""
    return difflib.SequenceMatcher(None, one.splitlines(), other.splitlines(), autojunk=False).ratio()


def _parts(text: str) -> tuple[str, str] | None:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ends = [n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")]
    if not ends or lines[0].rstrip() != "---":
        return None
    return "\n".join(lines[1 : ends[0]]), "\n".join(lines[ends[0] + 1 :]).strip("\n")


def _keys(header: str) -> dict[str, str]:
    """Return the lines of each key; what stands before the first one is under ""."""
    blocks: dict[str, list[str]] = {}
    name = ""
    for line in header.split("\n"):
        match = _KEY.match(line)
        name = match[1] if match else name
        blocks.setdefault(name, []).append(line.rstrip())
    return {key: "\n".join(lines) for key, lines in blocks.items() if any(lines)}


def _merged_keys(base: Mapping[str, str], theirs: Mapping[str, str], yours: Mapping[str, str]) -> list[str]:
    names = [*theirs, *(k for k in yours if k not in theirs)]
    chosen = (_chosen(base.get(k), theirs.get(k), yours.get(k)) for k in names)
    return [block for block in chosen if block is not None]


def _chosen(base: str | None, theirs: str | None, yours: str | None) -> str | None:
    if theirs == yours or yours == base:
        return theirs
    if theirs == base:
        return yours
    raise _Collision


def _paragraphs(body: str) -> list[str]:
    return [p.rstrip() for p in re.split(r"\n[ \t]*(?:\n[ \t]*)+(?=\S)|\n[ \t]*\n(?=[ \t]+\S)", body.strip("\n")) if p.strip()]


def _edits(base: str, text: str) -> _Edits:
    old, new = _paragraphs(base), _paragraphs(text)
    changed: dict[int, str | None] = {}
    put: dict[int, tuple[str, ...]] = {}
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        pairs = min(i2 - i1, j2 - j1)
        changed |= {i1 + n: new[j1 + n] for n in range(pairs)} | dict.fromkeys(range(i1 + pairs, i2))
        if j2 - j1 > pairs:
            put[i1 + pairs] = tuple(new[j1 + pairs : j2])
    return _Edits(changed, put)


def _merged(base: Sequence[str], theirs: _Edits, yours: _Edits) -> list[str]:
    made: list[str] = []
    for n in range(len(base) + 1):
        mine, other = theirs.put.get(n, ()), yours.put.get(n, ())
        if mine and other and mine != other:
            raise _Collision
        made += mine or other
        if n < len(base):
            paragraph = _chosen(base[n], theirs.changed.get(n, base[n]), yours.changed.get(n, base[n]))
            made += [] if paragraph is None else [paragraph]
    return made
