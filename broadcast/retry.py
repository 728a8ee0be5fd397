"""What follows the outcome of a call: pure. Error and history in, next state and time out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    DeliveryError,
)
from broadcast.model import Action, DeliveryState

#: Shortest wait before a new try, whatever the platform says, seconds.
MIN_WAIT_S = 0.5
#: Longest wait that a platform is granted: "in a thousand years" is no answer, and no time can hold it.
MAX_WAIT_S = 86_400.0
#: Look-ups that failed (not: that saw nothing) after which a person is asked.
MAX_FAILED_LOOKS = 50
#: Unknown outcomes of one delivery after which a person is asked (bounded reconcile).
MAX_UNKNOWNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Waiting times, seconds."""

    backoff_first_s: float = 5.0
    backoff_max_s: float = 900.0
    find_delay_s: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What a delivery becomes."""

    state: DeliveryState
    #: Not before this time; None: at once or never.
    not_before_at: datetime | None = None
    reason: str = ""
    needs_person: bool = False
    #: The channel is paused, with the reason.
    pauses_channel: bool = False


def backoff_s(tries: int, policy: RetryPolicy, jitter: float) -> float:
    """Return seconds to wait before try `tries + 1`; `jitter` is between 0 and 1."""
    full: float = min(policy.backoff_max_s, policy.backoff_first_s * 2 ** min(max(tries - 1, 0), 30))
    return full * (0.75 + jitter / 2)


def after_error(
    error: DeliveryError,
    *,
    tries: int,
    now: datetime,
    policy: RetryPolicy,
    jitter: float,
) -> Next:
    """Return what a delivery becomes after a call that did not end as published.

    Anything that is none of the three certain outcomes is unknown.
    """
    if isinstance(error, ChannelUnavailable):
        asked = error.retry_after_s
        wait_s = asked if asked is not None and math.isfinite(asked) else backoff_s(tries, policy, jitter)
        return Next(
            state=DeliveryState.WAITING,
            not_before_at=now + timedelta(seconds=min(max(wait_s, MIN_WAIT_S), MAX_WAIT_S)),
            reason=str(error),
        )
    if isinstance(error, ChannelRefused):
        return Next(state=DeliveryState.REFUSED, reason=str(error))
    if isinstance(error, ChannelMisconfigured):
        return Next(state=DeliveryState.HELD, reason=str(error), pauses_channel=True)
    return Next(state=DeliveryState.UNKNOWN, reason=str(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is known of a delivery whose outcome is unknown."""

    action: Action
    is_board: bool
    can_find: bool
    #: How long a repeated key answers the first result again; None never, timedelta.max always.
    idempotent_for: timedelta | None
    #: When the doubtful attempt was made.
    attempted_at: datetime
    #: Look-ups that saw nothing since that attempt, and ones that failed.
    looks: int = 0
    failed_looks: int = 0
    #: Outcomes of this delivery that stayed unknown so far.
    unknowns: int = 1


def settles_by_repeating(doubt: Doubt, now: datetime) -> bool:
    """True if making the same call again is safe: boards, edits, takedowns, and open idempotency windows."""
    if doubt.is_board or doubt.action is not Action.PUBLISH:
        return True
    if doubt.can_find or doubt.idempotent_for is None:
        return False
    return doubt.idempotent_for == timedelta.max or now - doubt.attempted_at < doubt.idempotent_for


def is_always_safe(doubt: Doubt) -> bool:
    """True where a key answers the first result for ever: repeating the call is a look that also mends."""
    return doubt.idempotent_for == timedelta.max


def needs_person(doubt: Doubt, now: datetime) -> bool:
    """True if no machine can settle it."""
    if doubt.unknowns > MAX_UNKNOWNS or doubt.failed_looks > MAX_FAILED_LOOKS:
        return True
    return not doubt.can_find and not settles_by_repeating(doubt, now)


def after_not_seen(doubt: Doubt, *, now: datetime, policy: RetryPolicy) -> Next:
    """Return what follows a look that saw nothing; `doubt.looks` counts it already.

    Two looks are needed, the second at least `find_delay_s` after the attempt: networks show new
    posts late.
    """
    free_at = doubt.attempted_at + timedelta(seconds=policy.find_delay_s)
    if doubt.looks >= 2 and now >= free_at:
        return Next(
            state=DeliveryState.PLANNED,
            reason="absent après deux vérifications : nouvel envoi",
        )
    again_at = max(free_at, now) if doubt.looks >= 1 else now
    return Next(
        state=DeliveryState.UNKNOWN,
        not_before_at=again_at,
        reason="pas encore vu sur le canal ; nouvelle vérification prévue",
    )
