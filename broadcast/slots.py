"""The one thing that is filled in after approval: what is known only at publication (design §4, Slots)."""

from __future__ import annotations

from collections.abc import Mapping

#: Names of times and numbers known only at publication are written between these two private-use
#: characters in a document; they are the only thing filled in after approval.
SLOT_OPEN, SLOT_CLOSE = "\ue000", "\ue001"


def slot(name: str) -> str:
    """Return the mark that stands for a value known only at publication.

    Names: `published_at` (first publication of the message), `updated_at` (of this revision),
    `sent`, `identifier`, `references`, `expires_day`, `expires_week` (CAP), `version` (1, 2, …).
    """
    return f"{SLOT_OPEN}{name}{SLOT_CLOSE}"


def fill_slots(document: str, values: Mapping[str, str]) -> str:
    """Return `document` with each slot replaced; an unknown slot becomes empty."""
    head, *rest = document.split(SLOT_OPEN)
    parts = [head]
    for piece in rest:
        name, _, tail = piece.partition(SLOT_CLOSE)
        parts += [values.get(name, ""), tail]
    return "".join(parts)
