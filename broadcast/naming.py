"""What an alert is called when it is over: its event, never what people were told to do. Pure."""

from __future__ import annotations

import re

#: Where a title goes on after what happens: a colon, or another mark before an order.
_COLON = re.compile(r"[ \u00a0\u202f]*:[ \u00a0\u202f]+")
_BEFORE_ORDER = re.compile(r"[ \u00a0\u202f]*[,;.!?…–—][ \u00a0\u202f]+(?=(?:ne |n['’])?[\w’'-]+ez\b)", re.IGNORECASE)
#: How an order begins in French: "évitez", "ne sortez pas", "n'allez pas", "mettez-vous"; and its infinitive after "ne pas".
_ORDER = re.compile(
    r"(?:ne |n['’]|n’)?(?!assez\b|chez\b|nez\b|rez\b)[\w’'-]*\wez(?:-vous)?\b|ne pas \w+|merci de\b", re.IGNORECASE
)


def is_order(words: str) -> bool:
    """True if words tell people to do something ("Évitez les quais", "Ne sortez pas")."""
    return _ORDER.match(words.strip()) is not None


def event_name(title: str, event: str = "") -> str:
    """Return what a message is about, in a few words; "" where its title is an order and nothing else is known.

    Args:
        title: "Attaque en cours : mettez-vous à l'abri" → "Attaque en cours".
        event: what the message itself calls it; it comes first.
    """
    if event.strip():
        return event.strip()
    pieces = [piece.strip(" .!?…\u00a0\u202f") for piece in _pieces(title)]
    return next((piece for piece in pieces if piece and not is_order(piece)), "")


def _pieces(title: str) -> list[str]:
    at_colon = _COLON.split(title, maxsplit=1)
    return [piece for part in at_colon for piece in _BEFORE_ORDER.split(part, maxsplit=1)]
