"""Saying each thing once: sentences, what of them was said already, what a new version changes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from broadcast.text import words_of

#: Words that carry no meaning of their own; negations do, and stay.
_SMALL = frozenset(
    [
        "a",
        "au",
        "aux",
        "ce",
        "ces",
        "cet",
        "cette",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "elles",
        "en",
        "est",
        "et",
        "etre",
        "eu",
        "il",
        "ils",
        "j",
        "je",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "m",
        "me",
        "mes",
        "mon",
        "n",
        "nos",
        "notre",
        "on",
        "ou",
        "par",
        "pour",
        "qu",
        "que",
        "qui",
        "s",
        "sa",
        "se",
        "ses",
        "son",
        "sont",
        "sur",
        "t",
        "te",
        "tes",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "y",
    ]
)
#: Of French: "n" alone is half of a negation whose other half stays.
_SENTENCE = re.compile(r"(?<=[.!?…])(?:[ \u00a0\u202f]?[»”\")])?\s+(?![a-zà-öø-ÿœ])|\n+")
_BULLET = re.compile(r"^\s*(?:[–—•*-]|\d{1,3}[.)])\s+")


def sentence(words: str) -> str:
    """Return words as a sentence: with a full stop unless they end with a mark of their own."""
    words = words.rstrip()
    bare = words.rstrip(' »”")\u00a0\u202f')
    return words if not words or bare.endswith((".", "!", "?", "…", ":", ";")) else f"{words}."


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line of a list is one, without its mark."""
    return [piece for line in _SENTENCE.split(text) if (piece := _BULLET.sub("", line).strip())]


def beginning(text: str, most: int) -> str:
    """Return the whole sentences that fit in so many characters; of a longer first one its words, and that it goes on."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    said = ""
    for one in sentences(text):
        if len(said) + 1 + len(one) > most:
            break
        said = f"{said} {one}".strip()
    return said or f"{text[: most - 1].rpartition(' ')[0].rstrip(' ,;:')}…"


def key(text: str) -> tuple[str, ...]:
    """Return what two texts that say the same have in common: their words in order, without case, accents and marks."""
    return tuple(words_of(text))


def fresh(text: str, said: Iterable[str]) -> str:
    """Return the sentences of `text` that say more than what was said; "" if none does.

    A sentence goes only if every word of it that means something was said: nothing is lost by that.
    """
    known = {stem for one in said for stem in _stems(one)}
    left = [one for one in sentences(text) if not _stems(one) or not _stems(one) <= known]
    return text.strip() if len(left) == len(sentences(text)) else " ".join(left)


def without(text: str, said: Sequence[str]) -> str:
    """Return a plain text without the paragraphs that are, word for word, what was said."""
    known = {key(one) for one in said if one}
    return "\n\n".join(p for p in text.split("\n\n") if not key(p) or key(p) not in known)


def begins_with(text: str, title: str) -> bool:
    """True if the first sentence of a text is the title and more."""
    first = key(next(iter(sentences(text)), ""))
    return bool(title) and len(first) > len(key(title)) and first[: len(key(title))] == key(title)


def _stems(text: str) -> frozenset[str]:
    # A plural is no other meaning; "pas" and "plus" are no plurals.
    return frozenset(w if len(w) < 5 or w.isdigit() else w.rstrip("sx").rstrip("e") for w in words_of(text) if w not in _SMALL)
