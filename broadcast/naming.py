"""What an alert is called when it is over: its event, never what people were told to do. Pure."""

from __future__ import annotations

import itertools
import re

#: Where a title goes on after what happens; a colon inside a time or an address is none.
_COLON = re.compile(r"[ \u00a0\u202f]*:[ \u00a0\u202f]+|(?<=[^\W\d]):(?=[^\W\d])")
#: Marks that end a thought. A comma does not: what follows one may go on with an order ("Évitez les quais, le pont").
_MARK = re.compile(r"[ \u00a0\u202f]*[;.!?…–—][ \u00a0\u202f]+|[ \u00a0\u202f]+-[ \u00a0\u202f]+")
_COMMA = re.compile(r"[ \u00a0\u202f]*,[ \u00a0\u202f]+")
#: How an order begins in French: "évitez", "ne sortez pas", "n'allez pas", "mettez-vous"; a negated infinitive; an
#: infinitive of the verbs of which instructions are made (many nouns end alike: "danger", "chantier"); a call.
_FRENCH = re.compile(
    r"(?:ne |n['’])?(?!assez\b|chez\b|nez\b|rez\b)[\w’'-]*\wez(?:-vous)?\b|ne pas \w+|(?:merci|prière) de\b|faites\b|"
    r"(?:se |s['’])?(?:abriter|appeler|boire|confiner|consommer|couper|éloigner|écouter|évacuer|éviter|faire bouillir|fermer|"
    r"limiter|mettre|monter|protéger|quitter|rejoindre|rentrer|respecter|rester|sortir|suivre)\b|(?:tous )?(?:à l['’]abri|aux abris)\b",
    re.IGNORECASE,
)
#: And in English; words that begin French titles too ("report") are not among them.
_ENGLISH = re.compile(
    r"(?:please |do not |don['’]t |never )(?:\w+)|(?:avoid|boil|close|drink|evacuate|follow|get|go|keep|leave|move|prepare|"
    r"remain|return|seek|shelter|stay|take (?:cover|shelter|care)|turn|use)\b",
    re.IGNORECASE,
)
#: Words that say that something happens, not what.
_BARE = frozenset(("alerte", "alert", "attention", "danger", "info", "information", "urgent", "warning"))
_ENDS = " .!?…,;–—-\u00a0\u202f"


def is_order(words: str) -> bool:
    """True if words tell people to do something ("Évitez les quais", "Ne sortez pas", "Take shelter")."""
    words = words.strip()
    return _FRENCH.match(words) is not None or _ENGLISH.match(words) is not None


def event_name(title: str, event: str = "") -> str:
    """Return what a message is about, in a few words; "" where its title is an order and nothing else is known.

    Args:
        title: "Attaque en cours : mettez-vous à l'abri" → "Attaque en cours".
        event: what the message itself calls it; it comes first.
    """
    if event.strip():
        return event.strip()
    names = [_named(part).strip(_ENDS) for part in _COLON.split(title)]
    return next((name for name in names if name and name.casefold() not in _BARE), "")


def _named(words: str) -> str:
    """Return the first thoughts that are no order, as they are written."""
    start: int | None = None
    for begin, end in _thoughts(words):
        if is_order(words[begin:end]):
            if start is not None:
                return words[start:begin]
        elif start is None and words[begin:end].strip(_ENDS):
            start = begin
    return "" if start is None else words[start:]


def _thoughts(words: str) -> list[tuple[int, int]]:
    """Return where each thought begins and ends; a comma ends one only before an order."""
    cuts = {found.end() for found in _MARK.finditer(words)}
    cuts |= {found.end() for found in _COMMA.finditer(words) if is_order(words[found.end() :])}
    edges = [0, *sorted(cuts), len(words)]
    return list(itertools.pairwise(edges))
