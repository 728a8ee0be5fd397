"""The fence of a claim: may this call still begin, or has the claim lapsed while this process slept?

A process can be suspended between the commit of its attempt and the first byte of its call (SIGSTOP, a
laptop's lid, a virtual machine) for longer than its claim holds; another may have looked and posted
meanwhile. So whoever is about to speak to a network, or to put a file in its place, asks here, immediately
before. The clocks that are asked count suspension: CLOCK_BOOTTIME, and the machine's own time, which alone
moves in a guest that its host froze.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from broadcast.clock import awake_s, wall_s
from broadcast.errors import ClaimLost

#: Part of a claim's time that is kept back: clocks of two machines differ, and a request takes time to arrive.
MARGIN = 1 / 6

_here = threading.local()


class _Moment:
    """A point in time on both clocks."""

    def __init__(self) -> None:
        self._awake_s, self._wall_s = awake_s(), wall_s()

    def since_s(self) -> float:
        """Return how long ago it is, by the clock that says more."""
        return max(awake_s() - self._awake_s, wall_s() - self._wall_s)


class Claim:
    """One claim, made at the time of this value and renewed since; once lapsed it stays lost."""

    def __init__(self, lease_s: float) -> None:
        self._good_s = lease_s * (1 - MARGIN)
        self._at = _Moment()
        self._is_lost = False

    @property
    def holds(self) -> bool:
        """False once it has lapsed: somebody else may be at work on it."""
        self._is_lost = self._is_lost or self._at.since_s() > self._good_s
        return not self._is_lost

    def renewed(self, at: _Moment) -> None:
        """Note that it was renewed, which was begun `at`; what was lost before then stays lost."""
        if not self._is_lost:
            self._at = at


class Hold:
    """The claims of one dispatcher, which are renewed together."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._claims: weakref.WeakSet[Claim] = weakref.WeakSet()

    def claim(self, lease_s: float) -> Claim:
        """Return a claim that is about to be written; made before it is, so that its time is never counted too long."""
        made = Claim(lease_s)
        with self._turn:
            self._claims.add(made)
        return made

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Renew, within, the claims in the database; counted from before it began, and only if it ends well."""
        at = _Moment()
        with self._turn:
            known = [claim for claim in self._claims if claim.holds]
        yield
        for claim in known:
            claim.renewed(at)


@contextmanager
def holding(claim: Claim | None) -> Iterator[None]:
    """Let what this thread does within ask for this claim."""
    before = getattr(_here, "claim", None)
    _here.claim = claim
    try:
        yield
    finally:
        _here.claim = before


def ask() -> None:
    """Ask, immediately before something leaves, whether the claim of this thread still holds.

    Raises:
        ClaimLost: it has lapsed; nothing more may leave under it.
    """
    claim = getattr(_here, "claim", None)
    if claim is not None and not claim.holds:
        raise ClaimLost(
            "cet envoi n'est plus à ce programme : il a été suspendu plus longtemps que son bail (machine en veille ?) ; "
            "rien n'est parti d'ici depuis, un autre programme a pu l'envoyer : vérification"
        )
