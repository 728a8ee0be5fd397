"""Which alert goes on with which by what it names, and which may be relayed at all: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from broadcast.alerts import Alert


def unpublishable(alert: Alert, senders: Sequence[str] = ()) -> str:
    """Return why an alert must never be relayed, "" if it may."""
    if alert.status != "Actual":
        return f"statut {alert.status} : exercice, essai ou brouillon, jamais publié comme réel"
    if alert.scope != "Public":
        return f"diffusion {alert.scope} : jamais relayé"
    if alert.msg_type in ("Ack", "Error"):
        return f"message technique ({alert.msg_type})"
    if senders and alert.sender not in senders:
        return f"expéditeur « {alert.sender} » : cette source n'a pas à parler pour lui"
    return ""


def lineage_of(alert: Alert, lineages: Mapping[str, str]) -> str:
    """Return the chain that an alert goes on, "" if none of those that it names has come."""
    for reference in references_of(alert, own=True):
        lineage = lineages.get(reference, "")
        if lineage:
            return lineage
    return ""


def references_of(alert: Alert, *, own: bool = False) -> list[str]:
    """Return the identities that an alert names; with `own` those of its own sender, who alone may go on with them."""
    named = [r for r in alert.references if not own or r.sender == alert.sender]
    return [f"{r.sender},{r.identifier},{int(r.sent.timestamp())}" for r in named]
