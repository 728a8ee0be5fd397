"""What is asked again just before a call: pure. Facts in, go or not out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broadcast.model import Action, DeliveryState, EndedBecause, Form
from broadcast.outbox import Delivery
from broadcast.plan import END_WORDS

#: Why something is held; each has its own way out.
STOPPED = "arrêt général : rien de nouveau ne part"
ELSEWHERE = "partirait ailleurs ou sous un autre nom que ce qui a été approuvé"
_REVIEW = re.compile(r"la version (\d+) attend un vote")


def waits_for_vote(number: int, newer: int) -> str:
    """Return why an approved version that is not public yet is held."""
    return f"la version {newer} attend un vote : la version {number}, pas encore en ligne ici, ne part pas d'ici là"


def moved(approved: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Say which settings of place or name differ from those that were approved, in French; "" if none, or none are known."""
    if not approved or not now:
        return ""
    keys = [key for key in (*approved, *(k for k in now if k not in approved)) if approved.get(key) != now.get(key)]
    return ", ".join(f"{key} : « {approved.get(key, '')} » est devenu « {now.get(key, '')} »" for key in keys)


def way_out_of_hold(reason: str, slug: str, channel: str) -> str:
    """Return what a person does about what is held, by the reason it carries."""
    review = _REVIEW.match(reason)
    if review:
        name = f"{slug}@{review[1]}"
        return f"relisez-la (`broadcast show {name}`), puis approuvez-la ou renvoyez-la"
    if reason.startswith(STOPPED):
        return "levez l'arrêt général avec `broadcast resume`, puis `broadcast send`"
    if reason.startswith(ELSEWHERE):
        return "remettez le réglage d'avant, ou soumettez le message de nouveau et faites-le approuver"
    if reason.startswith("canal en pause"):
        return f"levez la cause, puis `broadcast channels resume {channel}`, et `broadcast send`"
    return f"levez la cause, puis `broadcast channels resume {channel}` si le canal est en pause, et `broadcast send`"


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
    #: Number of a newer version that waits for a vote, 0 if none does.
    in_review: int = 0
    #: True if part of this very version already stands on this channel.
    begun: bool = False
    #: What of the place or the name it would leave under is no longer as it was approved, "" if nothing.
    elsewhere: str = ""


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
        return Verdict(go=False, state=DeliveryState.HELD, reason=STOPPED)
    if facts.in_review > delivery.number and not facts.begun:
        return Verdict(go=False, state=DeliveryState.HELD, reason=waits_for_vote(delivery.number, facts.in_review))
    if facts.elsewhere:
        return Verdict(go=False, state=DeliveryState.HELD, reason=f"{ELSEWHERE} : {facts.elsewhere}")
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
