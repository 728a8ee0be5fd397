"""The end of an alert as a message: to exactly the channels that carried it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from broadcast.model import Action, DeliveryState, Form, PostingState
from broadcast.naming import event_name
from broadcast.outbox import Delivery, Posting
from broadcast.words import fits_title, plain, quoted

#: States in which a publication stands, was handed to people, or may stand.
_CARRIED = frozenset({DeliveryState.DELIVERED, DeliveryState.HANDED_OVER, DeliveryState.UNKNOWN, DeliveryState.CLAIMED})


def carried(deliveries: Iterable[Delivery], postings: Iterable[Posting]) -> list[str]:
    """Return the channels where a message was, or may have been, said; those of people included."""
    said = [d.channel for d in deliveries if d.form is not Form.ENDING and has_left(d)]
    up = [p.channel for p in postings if p.state is not PostingState.DOWN]
    return list(dict.fromkeys([*said, *up]))


def has_left(delivery: Delivery) -> bool:
    """True if what a delivery says stands, was handed to people, or may stand."""
    return delivery.action is not Action.TAKE_DOWN and (delivery.state in _CARRIED or delivery.open_attempt)


def title_of_end(title: str, event: str = "") -> str:
    """Return "Fin d'alerte : …" with what is over, never with what people were told to do."""
    words = f"Fin d'alerte : {event_name(title, event)}"
    return words.removesuffix(" : ") if fits_title(words) else "Fin d'alerte"


def short_of_end(event: str, title: str) -> str:
    """Return what signs and short networks say: which alert is over, since others may go on."""
    return f"{title_of_end(title, event)}."


def all_clear_text(
    *,
    slug: str,
    title: str,
    event: str,
    channels: Sequence[str],
    areas: Sequence[str],
    expires: str,
    owner: str,
    incident: str = "",
    source: str = "",
    told_by: str = "",
    description: str = "",
) -> str:
    """Return the text of the message file that ends an alert.

    Args:
        slug: the alert.
        title: its title.
        event: what it was about, in a word or two; "" where it does not say.
        channels: where it was said.
        areas: INSEE codes, none for the newsroom's.
        expires: until when the end is shown.
        owner: who closes it.
        incident: as the alert's.
        source: front matter value of the source that announced the end, "" if the town hall does.
        told_by: name of that source.
        description: what the source says of the end.
    """
    head = [
        f"title: {quoted(title_of_end(title, event))}",
        f"short: {quoted(short_of_end(event, title))}",
        "kind: all_clear",
        "level: minor",
        f"areas: [{', '.join(map(quoted, areas))}]" if areas else "",
        f"channels: [{', '.join(map(quoted, channels))}]",
        f"expires: {expires}",
        f"ends: {slug}",
        f"incident: {quoted(incident)}" if incident else "",
        f"owner: {quoted(owner)}",
        f"source: {source}" if source else "",
    ]
    told = f" : {plain(told_by)} en a annoncé la fin" if told_by else ""
    body = [f"L'alerte « {plain(title)} » est terminée{told}. Vous pouvez reprendre vos activités habituelles."]
    body += [plain(description)] if description else []
    return "\n".join(["---", *filter(None, head), "---", "\n\n".join(body), ""])
