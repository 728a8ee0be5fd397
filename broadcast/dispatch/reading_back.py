"""After an older copy of the database was put in place: what it does not know to stand is looked for before anything is said anew.

A copy knows nothing of what left after it was made. A message that is approved again, or was about to leave, may
stand already: so each new post is first sought on its network, and what is found there is adopted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.channel import CanFind, Found, Published, Stream
from broadcast.errors import ChannelMisconfigured, ChannelUnavailable, DeliveryError
from broadcast.model import Action, Part
from broadcast.outbox import Delivery
from broadcast.store import newsroom, outcomes
from broadcast.store.base import Tx

#: How long after a copy was put in place its newsroom looks before it posts.
LOOKS_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """What a look for a post that may stand already needs."""

    #: Until when the copy knew what had left.
    since: datetime
    #: What is known to be of other deliveries.
    known_ids: frozenset[str]


def of(tx: Tx, delivery: Delivery, now: datetime) -> ReadBack | None:
    """Return what to look for before this delivery leaves; None: the database was always there."""
    switches = newsroom.switches(tx)
    if switches.restored_at is None or switches.restored_from_at is None or delivery.action is not Action.PUBLISH:
        return None
    if now > switches.restored_at + LOOKS_FOR:
        return None
    return ReadBack(since=switches.restored_from_at, known_ids=outcomes.known_ids(tx, delivery.channel, delivery.uid))


def standing(adapter: Stream, delivery: Delivery, part: Part, back: ReadBack) -> Published | None:
    """Return what already stands on the network of what a delivery would post; None: nothing, or it cannot be asked.

    Raises:
        ChannelUnavailable: it could not be seen; nothing was posted.
        ChannelMisconfigured: the access does not allow to look.
    """
    if not isinstance(adapter, CanFind):
        return None
    try:
        answer = adapter.find(part, key=delivery.key, since=back.since, known_ids=back.known_ids)
    except ChannelMisconfigured:
        raise
    except DeliveryError as error:
        words = f"{delivery.channel} : base restaurée, rien ne part avant d'avoir relu le canal : {error}"
        raise ChannelUnavailable(words, retry_after_s=getattr(error, "retry_after_s", None)) from error
    return answer.published if isinstance(answer, Found) else None
