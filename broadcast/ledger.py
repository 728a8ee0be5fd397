"""The ledger of a list in words, and its end where a message ends before everybody got it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from broadcast.model import DeliveryState
from broadcast.store import outcomes, recipients
from broadcast.store.base import Tx

#: State of a row -> one of them, many of them; in the order in which they are said.
_WORDS: Mapping[str, tuple[str, str]] = {
    recipients.SENT: ("envoyé", "envoyés"),
    recipients.SENDING: ("en cours", "en cours"),
    recipients.PLANNED: ("à envoyer", "à envoyer"),
    recipients.WAITING: ("à réessayer", "à réessayer"),
    recipients.DROPPED: ("abandonné", "abandonnés"),
    recipients.LEFT: ("retiré de la liste", "retirés de la liste"),
    recipients.REFUSED: ("refusé", "refusés"),
    recipients.UNKNOWN: ("incertain", "incertains"),
    recipients.UNREAD: ("ligne non comprise", "lignes non comprises"),
}
#: Whose names people need, to act on them.
_NAMED = (recipients.REFUSED, recipients.UNKNOWN, recipients.WAITING)
#: Names and numbers that are said of each state; the rest is counted.
_SAID = 3
_LINES_SAID = 12


def report(tx: Tx, delivery_uid: str) -> str:
    """Return one line on the ledger of a delivery: how many in each state, and whom it concerns."""
    counts = recipients.counts(tx, delivery_uid)
    words = ", ".join(f"{counts[s]} {one if counts[s] == 1 else many}" for s, (one, many) in _WORDS.items() if counts.get(s))
    if not words:
        return "liste vide : personne à qui envoyer"
    lines = [line.removeprefix("ligne ") for line, _ in recipients.some(tx, delivery_uid, recipients.UNREAD, _LINES_SAID)]
    if lines:
        words += f" ({numbers(lines, counts[recipients.UNREAD])})"
    named = [f"{a} ({r})" if r and a not in r else r or a for s in _NAMED for a, r in recipients.some(tx, delivery_uid, s, _SAID)]
    return " ; ".join([words, *named])


def numbers(lines: list[str], count: int) -> str:
    """Return numbers of lines as people say them: the first of them, and how many more there are."""
    said = ", ".join(lines[:_LINES_SAID])
    return said if count <= _LINES_SAID else f"{said} et {count - _LINES_SAID} autres"


def close(tx: Tx, delivery_uid: str, why: str, at: datetime) -> str:
    """Leave out who has not been sent to, since the message does not leave any more; say who got it.

    Returns:
        What the delivery came to, "" where nothing of it ever went to a list.
    """
    if not recipients.is_open(tx, delivery_uid):
        return ""
    sent = recipients.abandon(tx, delivery_uid, at)
    told = f"{report(tx, delivery_uid)} ; {why}"
    state = DeliveryState.DELIVERED if sent else DeliveryState.DROPPED
    outcomes.settle(tx, delivery_uid, None, state=state.value, reason=told, settled_at=at)
    return told
