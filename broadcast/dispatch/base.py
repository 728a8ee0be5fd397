"""What the parts of the dispatcher share."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from broadcast.channel import Board, Stream
from broadcast.clock import Clock
from broadcast.dispatch.frozen import FrozenRenditions
from broadcast.fence import Claim, Hold
from broadcast.lifecycle import Policy
from broadcast.model import DeliveryState, Newsroom
from broadcast.outbox import Delivery
from broadcast.plan import Place
from broadcast.retry import RetryPolicy
from broadcast.store import messages
from broadcast.store.base import Database, Tx

_log = logging.getLogger("broadcast.dispatch")


def heard(listener: Callable[..., None], *facts: object) -> None:
    """Tell a listener: what it raises (a closed pipe, a full disk) costs its own line, never a delivery or a loop."""
    try:
        listener(*facts)
    except Exception as error:  # noqa: BLE001  (whatever a listener does, sending goes on)
        with suppress(Exception):  # the log may be what failed
            _log.warning("ce qui s'est passé n'a pas pu être dit : %r", error)


class Frames(Protocol):
    """What boards need of the renderer."""

    def frame(self, kind: str, template: str, values: Mapping[str, Any], newsroom: Newsroom) -> str:
        """Render a frame template of a kind."""

    def asset(self, kind: str, name: str) -> bytes:
        """Return the bytes of a file beside the templates of a kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that became of a delivery, for progress and the report."""

    uid: str
    slug: str
    number: int
    channel: str
    action: str
    state: DeliveryState
    url: str = ""
    reason: str = ""
    needs_person: bool = False


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """One newsroom's dispatcher in one process."""

    db: Database
    clock: Clock
    newsroom: Newsroom
    places: Mapping[str, Place]
    #: Opens a channel by name.
    open_channel: Callable[[str], Stream | Board]
    frames: Frames
    #: Gives the bytes of a media hash.
    read_media: Callable[[str], bytes]
    claimant: str
    policy: Policy = field(default_factory=Policy)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    lease_s: float = 30.0
    #: The claims of this process, renewed together.
    hold: Hold = field(default_factory=Hold)
    #: The channel whose page the others point at; they give it a head start.
    canonical: str = ""
    #: Renditions that boards read again and again.
    frozen: FrozenRenditions = field(default_factory=FrozenRenditions)
    #: Called at "claim", "attempt", "answer", "receipt"; a test may wait there.
    pause: Callable[[str], None] = lambda point: None
    on_event: Callable[[Event], None] = lambda event: None
    #: Told the slug of a message whose end has come.
    on_expired: Callable[[str], None] = lambda slug: None
    #: True once this process was told to stop: no new call starts, what is under way ends.
    stopping: Callable[[], bool] = lambda: False
    jitter: Callable[[], float] = random.random

    def claim(self) -> Claim:
        """Return the claim that is about to be written; calls made under it ask whether it still holds."""
        return self.hold.claim(self.lease_s)

    def lease_end(self) -> datetime:
        """Return until when a claim made now holds."""
        return self.clock.now() + timedelta(seconds=self.lease_s)

    def tell(self, delivery: Delivery, state: DeliveryState, **facts: Any) -> None:
        """Report what became of a delivery."""
        event = Event(
            uid=delivery.uid,
            slug=delivery.slug,
            number=delivery.number,
            channel=delivery.channel,
            action=delivery.action.value,
            state=state,
            **facts,
        )
        heard(self.on_event, event)

    def tell_expired(self, slug: str) -> None:
        """Report that the end of a message has come."""
        heard(self.on_expired, slug)

    def ask_for_plan(self, tx: Tx, message_uid: str) -> None:
        """Let the message be planned again at the next turn."""
        messages.update_message(tx, message_uid, needs_plan=True)
