"""Before the calls: claim what is due on many channels at once, ask again, commit the attempts.

One transaction asks again, claims and commits the attempts; no call starts before its commit. A
crash before it leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broadcast.dispatch import reading_back
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.release import Asker, put_aside, unreadable
from broadcast.fence import Claim
from broadcast.model import Action, Rendition
from broadcast.outbox import Delivery, Posting
from broadcast.release import Verdict
from broadcast.store import claims, postings, queue, renditions
from broadcast.store.base import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call whose attempt is committed."""

    delivery: Delivery
    rendition: Rendition | None
    #: What stands of the message on the channel, where the call needs it.
    standing: tuple[Posting, ...] = ()
    #: Set where it may stand already, unknown to the database.
    back: reading_back.ReadBack | None = None
    #: Asked before something leaves; None: nothing to ask.
    claim: Claim | None = None


def launch(d: Dispatcher, sizes: Mapping[str, int]) -> dict[str, list[Call]]:
    """Claim up to so many deliveries of each channel, and return the calls to make, by channel.

    Args:
        d: the dispatcher.
        sizes: channel -> deliveries at most.
    """
    d.pause("claim")
    calls: dict[str, list[Call]] = {}
    left = dict(sizes)
    while left:
        made, put_by = _launch(d, left)
        calls |= made
        # What was put aside keeps nothing back that stands behind it on its channel.
        left = {name: sizes[name] for name in put_by if name not in made}
    if calls:
        d.pause("attempt")
    return calls


def _launch(d: Dispatcher, sizes: Mapping[str, int]) -> tuple[dict[str, list[Call]], set[str]]:
    """Return the calls to make, and the channels of which something was put aside."""
    claim, now = d.claim(), d.clock.now()
    calls: dict[str, list[Call]] = {}
    aside = []
    with d.db.write() as tx:
        due = queue.due(tx, sizes, now)
        if not due:
            return {}, set()
        stored, damaged = renditions.read_for(tx, [w for w in due if w.action is not Action.TAKE_DOWN], d.read_media)
        asker = Asker(d, tx, now)
        verdicts: dict[str, Verdict] = {}
        standing: dict[str, tuple[Posting, ...]] = {}
        for wanted in due:
            try:
                if wanted.uid in damaged:
                    raise damaged[wanted.uid]
                standing[wanted.uid] = _standing(tx, wanted)
                verdicts[wanted.uid] = asker.verdict(wanted, stored.get(wanted.uid))
            except Exception as error:  # noqa: BLE001  (raised again unless a row of this delivery is to blame)
                verdicts[wanted.uid] = unreadable(error, wanted)
        staying = claims.take(tx, [w for w in due if not verdicts[w.uid].go], d.claimant, d.lease_end())
        for delivery in staying:
            put_aside(d, tx, delivery, verdicts[delivery.uid], now)
            aside.append((delivery, verdicts[delivery.uid]))
        going = [w for w in due if verdicts[w.uid].go]
        for delivery in claims.take_for_attempt(tx, going, d.claimant, d.lease_end(), now, d.clock.wall()):
            call = Call(
                delivery=delivery,
                rendition=stored.get(delivery.uid),
                standing=standing[delivery.uid],
                back=reading_back.of(tx, delivery, now),
                claim=claim,
            )
            calls.setdefault(delivery.channel, []).append(call)
    for delivery, verdict in aside:
        d.tell(delivery, verdict.state, reason=verdict.reason)
    return calls, {delivery.channel for delivery, _ in aside}


def _standing(tx: Tx, delivery: Delivery) -> tuple[Posting, ...]:
    # The first post of a message answers nothing and changes nothing.
    if delivery.seq == 0 and delivery.action is Action.PUBLISH:
        return ()
    return tuple(postings.of_message(tx, delivery.message_uid, delivery.channel))
