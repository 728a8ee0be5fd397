"""Who may stay when many come: connections are bounded, for each address and in all.

Who comes is let in, and who has kept a place longest without finishing a request leaves for it: so an
address that opens hundreds of connections takes places from itself only, and a short request, as one for
`/healthz`, is answered whatever else is open, even when it comes from that same address.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeVar

#: Connections of one address at once, and of all; the process needs its descriptors (often 1,024) for sending, too.
MAX_OF_ONE, MAX_OF_ALL = 32, 128


class Stage(IntEnum):
    """How far a connection has come; who stands first here leaves first."""

    #: No whole request has come yet.
    UNFINISHED = 0
    #: The answer has begun, and is not fetched yet.
    ANSWERED = 1
    #: The request is being worked on.
    AT_WORK = 2


class Visitor(Protocol):
    """One connection."""

    @property
    def place(self) -> str:
        """Whose it is, as `place_of` gives it."""

    @property
    def stage(self) -> Stage:
        """How far it has come."""


V = TypeVar("V", bound=Visitor)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many connections may be open."""

    of_one: int = MAX_OF_ONE
    of_all: int = MAX_OF_ALL


def place_of(address: str) -> str:
    """Return whom an address belongs to: itself, or its /64 in IPv6, of which one machine has all addresses."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))


def who_leaves(crowd: Sequence[V], comer: V, bounds: Bounds) -> V | None:
    """Return who has to leave now that one more has come, None: there is room.

    Args:
        crowd: who is there, the oldest first, without `comer`.
        comer: who has just come.
        bounds: how many may be there.
    """
    own = [v for v in crowd if v.place == comer.place]
    if len(own) < bounds.of_one and len(crowd) < bounds.of_all:
        return None
    held = Counter(v.place for v in crowd)
    greatest = max(held.values())
    if len(own) >= min(bounds.of_one, greatest):
        leaves = min(own, key=lambda v: v.stage)
        return comer if leaves.stage is Stage.AT_WORK else leaves
    return min((v for v in crowd if held[v.place] == greatest), key=lambda v: v.stage)
