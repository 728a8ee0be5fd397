"""Alerts that hold at the same time for the same place, and what two of them say against each other. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from broadcast.model import Draft, MessageKind

#: Kinds that tell people what to do now.
TELLS = frozenset({MessageKind.ALERT, MessageKind.HOLDING})

_NOT = r"\bn(?:e |')(?:[a-z]+ )?"
#: What people are asked to do, by words without accents: (deed, pattern); what is forbidden is looked for first.
_DEEDS = (
    ("stay", rf"{_NOT}(?:quitt|evacu|sort)[a-z]* (?:pas|plus)"),
    ("stay", r"\bconfin|\brestez (?:chez|a l'interieur|dans|confine)|\ba l'abri|\babrite|\bcalfeutr|\brentrez chez vous"),
    ("leave", r"\bevacu|\bquittez|\brejoignez (?:le|la|les|l'|un)"),
    ("no water", rf"{_NOT}(?:buvez|consomm)[a-z]* (?:pas|plus)|\bnon potable|\bimpropre"),
    ("water", r"\b(?:buvez|boire|consommez|potable)"),
)
#: Pairs of which nobody can do both.
_AGAINST = (frozenset({"stay", "leave"}), frozenset({"no water", "water"}))
#: CAP responseType -> deed.
_RESPONSES = {"shelter": "stay", "evacuate": "leave"}


def same_place(one: Draft, other: Draft) -> bool:
    """True if two messages concern a place in common; a message without areas concerns all of the newsroom's."""
    return not one.areas or not other.areas or not set(one.areas).isdisjoint(other.areas)


def contradiction(one: Draft, other: Draft) -> str:
    """Say in what two alerts for one place contradict each other, in French; "" if in nothing that can be seen.

    Seen are orders of which nobody can follow both, and two different instructions for one event or incident.
    """
    if not same_place(one, other) or MessageKind.ALL_CLEAR in (one.kind, other.kind):
        return ""
    pair = next((p for p in _AGAINST if _oppose(deeds(one), deeds(other), p)), None)
    if pair is not None:
        return "les deux consignes ne peuvent pas être suivies à la fois"
    about_one = _folded(one.event) and _folded(one.event) == _folded(other.event)
    if not (about_one or (one.incident and one.incident == other.incident)):
        return ""
    says, said = _folded(one.instruction), _folded(other.instruction)
    return "deux consignes différentes pour le même événement" if says and said and says != said else ""


def deeds(draft: Draft) -> frozenset[str]:
    """Return what a message asks people to do: by its CAP response, else by its words."""
    known = _RESPONSES.get((draft.response or "").lower())
    if known:
        return frozenset({known})
    # Sentence by sentence, that a "do not" reaches no further than its own.
    words = re.split(r"[.!?;\n]+", _folded("\n".join((draft.title, draft.short, draft.instruction, draft.body))))
    return frozenset(deed for deed in (_deed(sentence) for sentence in words) if deed)


def _deed(sentence: str) -> str:
    return next((deed for deed, pattern in _DEEDS if re.search(pattern, sentence)), "")


def _oppose(one: Iterable[str], other: Iterable[str], pair: frozenset[str]) -> bool:
    mine, theirs = pair.intersection(one), pair.intersection(other)
    # Who says both (leave the river bank, then stay at home) contradicts nobody by it.
    return len(mine) == 1 and len(theirs) == 1 and mine != theirs


def _folded(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[ \t]+", " ", bare.replace("’", "'")).strip()
