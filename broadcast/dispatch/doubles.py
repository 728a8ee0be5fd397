"""Afterwards: where two processes may each have made a post, the network is looked at, and a double becomes a task."""

from __future__ import annotations

from datetime import timedelta

from broadcast.channel import CanFind, Found
from broadcast.dispatch import record
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.streams import part_of, rendition_of
from broadcast.errors import BroadcastError
from broadcast.lifecycle import UNSETTLED
from broadcast.model import Action, DeliveryState
from broadcast.outbox import Delivery
from broadcast.store import deliveries, doubles, outcomes


def look_for_doubles(d: Dispatcher) -> None:
    """Look at what is due for a second look."""
    now = d.clock.now()
    with d.db.read() as tx:
        wanted = [(look, deliveries.get(tx, look.delivery_uid)) for look in doubles.due(tx, now)]
    for look, delivery in wanted:
        _look(d, look, delivery)


def _look(d: Dispatcher, look: doubles.SecondLook, delivery: Delivery) -> None:
    later = d.clock.now() + timedelta(seconds=max(d.retry.find_delay_s, 1.0))
    is_open = delivery.state in UNSETTLED and not delivery.needs_person
    answer = None
    if not is_open and delivery.state is DeliveryState.DELIVERED and delivery.action is Action.PUBLISH:
        try:
            answer = _find(d, look, delivery)
        except Exception:  # noqa: BLE001  (a network that does not answer is asked again)
            is_open = True
    with d.db.write() as tx:
        if isinstance(answer, Found):
            first = outcomes.Standing(delivery.external_id, delivery.url)
            record.double(tx, delivery, first, answer.published, d.clock.now())
        if is_open or isinstance(answer, Found):  # there may be a third
            doubles.postpone(tx, delivery.uid, later)
        else:
            doubles.done(tx, delivery.uid)


def _find(d: Dispatcher, look: doubles.SecondLook, delivery: Delivery) -> object:
    if delivery.channel not in d.places:
        return None
    try:
        adapter = d.open_channel(delivery.channel)
    except BroadcastError:
        return None
    if not isinstance(adapter, CanFind):
        return None
    with d.db.read() as tx:
        known = outcomes.known_ids(tx, delivery.channel, "")
    part = part_of(delivery, rendition_of(d, delivery))
    return adapter.find(part, key=delivery.key, since=look.since_wall_at, known_ids=known)
