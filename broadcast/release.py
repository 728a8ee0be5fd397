"""What is asked again just before a call: pure. Facts in, go or not out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broadcast.model import Action, DeliveryState, EndedBecause, Form
from broadcast.outbox import Delivery
from broadcast.plan import END_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is asked again just before a call."""

    now: datetime
    stopped: bool
    channel_paused: str
    #: True if the votes still approve exactly what is stored.
    approved: bool
    latest_approved: int
    embargo_until_at: datetime | None
    expires_at: datetime | None
    ended_because: EndedBecause | None
    #: True if the hash of the stored rendition is the one that was planned.
    intact: bool = True
    #: True if something of this message already stands on this channel.
    already_public: bool = False
    #: True if a later reminder of the same revision is due already.
    newer_round_due: bool = False
    #: Until when what is not urgent waits, and why; None: it need not.
    quiet_until_at: datetime | None = None
    quiet_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Go on, or become held, waiting or dropped."""

    go: bool
    state: DeliveryState = DeliveryState.CLAIMED
    reason: str = ""
    not_before_at: datetime | None = None


def may_leave(delivery: Delivery, facts: Release) -> Verdict:
    """Return whether a claimed delivery may be sent now; asked in the transaction of its attempt."""
    if facts.channel_paused:
        return Verdict(
            go=False,
            state=DeliveryState.HELD,
            reason=f"canal en pause : {facts.channel_paused}",
        )
    if delivery.action is Action.TAKE_DOWN or delivery.form is Form.ENDING:
        return Verdict(go=True)
    if facts.ended_because is not None:
        return Verdict(
            go=False,
            state=DeliveryState.DROPPED,
            reason=END_WORDS[facts.ended_because],
        )
    if facts.expires_at is not None and facts.expires_at <= facts.now:
        return Verdict(
            go=False,
            state=DeliveryState.DROPPED,
            reason=END_WORDS[EndedBecause.EXPIRED],
        )
    if delivery.number < facts.latest_approved:
        return Verdict(
            go=False,
            state=DeliveryState.DROPPED,
            reason=f"remplacé par la version {facts.latest_approved}",
        )
    if facts.newer_round_due:
        return Verdict(go=False, state=DeliveryState.DROPPED, reason="un rappel plus récent est dû")
    if not facts.intact:
        return Verdict(
            go=False,
            state=DeliveryState.HELD,
            reason="le texte enregistré n'est plus celui qui a été approuvé",
        )
    if not facts.approved:
        return Verdict(go=False, state=DeliveryState.HELD, reason="l'approbation ne vaut plus")
    if facts.stopped and not facts.already_public:
        return Verdict(
            go=False,
            state=DeliveryState.HELD,
            reason="arrêt général : rien de nouveau ne part",
        )
    if facts.embargo_until_at is not None and facts.now < facts.embargo_until_at:
        return Verdict(
            go=False,
            state=DeliveryState.PLANNED,
            reason="sous embargo",
            not_before_at=facts.embargo_until_at,
        )
    if facts.quiet_until_at is not None:
        return Verdict(
            go=False,
            state=DeliveryState.PLANNED,
            reason=facts.quiet_reason,
            not_before_at=facts.quiet_until_at,
        )
    return Verdict(go=True)
