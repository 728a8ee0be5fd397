"""What of a message a place says: every unit of meaning once, what matters most first, as long as there is room. Pure.

A template says the title, the source and the address always, and each other unit where it is asked to
(`{% if says.contact %}`). Units are asked for one after the other, in the order below; one that does not fit is left
out whole and told, and the next may still fit. Nothing is ever cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

#: Units besides title, source and address, in the order in which they are missed. `lead` and `body` say more in the
#: place of `words`, where a template makes use of them.
#: When an event takes place is only said where its author wrote it, and then it is worth more than a text about it.
UNITS = ("instruction", "change", "end", "words", "contact", "more", "hashtags", "lead", "body")
#: A correction is found, like what it corrects, by its hashtags.
OF_CORRECTION = ("instruction", "hashtags", *(name for name in UNITS if name not in ("instruction", "hashtags")))
#: How a unit that did not fit is named to the author.
NAMES = {
    "instruction": "la consigne (instruction)",
    "words": "le texte (short ou premier paragraphe)",
    "end": "le début et la fin (onset, until)",
    "contact": "le contact",
    "more": "le lien (link)",
    "hashtags": "les mots-dièse (hashtags)",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a place says, and what it has no room for."""

    units: frozenset[str]
    text: str
    #: Units that have something to say here, and did not fit; an upgrade (`lead`, `body`) is none.
    left: tuple[str, ...] = ()
    #: Which sentences of what changed are said.
    changes: tuple[int, ...] = ()
    #: True if the text, title and address at least, is within the limits.
    fits: bool = True


def asked(units: Sequence[str] | frozenset[str]) -> SimpleNamespace:
    """Return the units as a template asks for them."""
    return SimpleNamespace(**{name: name in units for name in UNITS})


ALL = frozenset(UNITS) - {"lead", "body"}


def fill(
    write: Callable[[frozenset[str], tuple[int, ...]], str],
    fits: Callable[[str], bool],
    changes: int,
    order: Sequence[str] = UNITS,
) -> Chosen:
    """Choose the units that a place has room for.

    Args:
        write: makes the text that says these units, and these sentences of what changed.
        fits: True for a text within the limits of the place.
        changes: sentences there are of what changed.
        order: units, what is missed most first.
    """
    units: frozenset[str] = frozenset()
    said: tuple[int, ...] = ()
    text, left = write(units, said), []
    for name in order:
        if name == "change":
            said = _sentences(write, fits, units, changes)
            longer = write(units | {name}, said) if said else text
        else:
            longer = write(units | {name}, said)
        if longer == text:
            continue
        if fits(longer):
            text, units = longer, units | {name}
        elif name in NAMES:
            left.append(name)
    return Chosen(units=units, text=text, left=tuple(left), changes=said, fits=fits(text))


def _sentences(
    write: Callable[[frozenset[str], tuple[int, ...]], str], fits: Callable[[str], bool], units: frozenset[str], count: int
) -> tuple[int, ...]:
    said: tuple[int, ...] = ()
    for n in range(count):
        if fits(write(units | {"change"}, (*said, n))):
            said = (*said, n)
    return said
