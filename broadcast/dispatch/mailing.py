"""One claimed delivery going out to its list: who is next is committed before anybody is called.

The calls run side by side; the ledger is kept by one thread, several rows a transaction. A crash leaves in doubt those
who were handed to the threads (few at first, then what leaves in a fraction of a second), and nobody gets a second mail.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from broadcast.channel import CanCountPeople, CanSendAbreast, CanSendEach, Published, Reply
from broadcast.dispatch.base import Dispatcher
from broadcast.dispatch.lanes import Answer, Lanes
from broadcast.dispatch.suspects import Suspects, is_one_recipients
from broadcast.errors import ChannelMisconfigured, ChannelUnavailable, DeliveryError, OutcomeUnknown, StoreError
from broadcast.fence import Claim, ask, holding
from broadcast.model import Part
from broadcast.outbox import Delivery
from broadcast.release import Verdict
from broadcast.store import claims, postings, recipients
from broadcast.store.base import Tx
from broadcast.store.recipients import Line

#: Recipients between two looks at the votes, the end of the message and what is more urgent; and seconds.
_ASK_EVERY, _ASK_EVERY_S = 20, 1.0
#: Recipients handed to the threads at most, and what of them may leave before the ledger is written, seconds.
_MOST_IN_FLIGHT, _FLIGHT_S = 48, 0.25
#: "Not now" answers in a row after which the relay itself is taken to be busy.
_MAX_UNAVAILABLE = 5
#: Tries to write the ledger while the database refuses, and seconds between two.
_WRITES, _WRITE_AGAIN_S = 60, 1.0


class Mailing:
    """Sends until nobody is left, or until the rest must wait."""

    def __init__(
        self,
        d: Dispatcher,
        adapter: CanSendEach,
        delivery: Delivery,
        verdict: Callable[[Tx], Verdict],
        read_list: Callable[[], Callable[[Tx], None]],
        claim: Claim | None = None,
    ) -> None:
        """Prepare.

        Args:
            d: the dispatcher.
            adapter: of the channel.
            delivery: claimed, its attempt committed, its ledger open.
            verdict: asks whether the delivery may still leave.
            read_list: reads the list as it is now, and returns what takes it on.
            claim: asked before anything leaves; a mail that it stops is in doubt, as it is for who took over.
        """
        self._d, self._adapter, self._delivery = d, adapter, delivery
        self._verdict, self._read_list, self._claim = verdict, read_list, claim
        self._suspects = Suspects()
        self._done, self._asked_at, self._asked_s = 0, 0, 0.0
        self._unavailable = 0
        self._stands = False
        self._began_s = time.monotonic()
        self._mark = self._list_mark()
        #: Why the rest must not leave now; None: it may.
        self.verdict: Verdict | None = None
        #: True: something more urgent waits for this channel.
        self.gives_way = False

    def run(self, part: Part, reply_to: Reply | None) -> None:
        """Send.

        Raises:
            ChannelMisconfigured: nobody can be reached until someone mends it; nobody was struck off for it.
            StoreError: the database refused for a minute.
        """
        lanes = Lanes(self._abreast(), lambda address: self._call(part, address, reply_to), self._adapter.close)
        fault: ChannelMisconfigured | None = None
        answers: list[Answer] = []
        try:
            while True:
                fault = fault or self._fault_of(answers)
                if answers:
                    self._keep(answers)
                    self._d.pause("receipt")
                fresh = [] if fault or self._stops else self._next(self._most() - lanes.in_flight)
                # Somebody accepted among those under way lifts a suspicion: then it goes on.
                lanes.halt(bool(fault) or self._stops)
                lanes.send(fresh)
                answers = lanes.take(lanes.in_flight - self._most() // 2)
                if not answers and not fresh:
                    break
            fault = fault or self._judge_the_last()
        finally:
            lanes.halt(True)
            lanes.close()
        if fault is not None:
            self._put_back()
            raise fault

    def _call(self, part: Part, address: str, reply_to: Reply | None) -> Answer:
        d = self._d
        d.pause("attempt")
        published: Published | None = None
        error: DeliveryError | None = None
        if self._has_lapsed:
            return Answer(address)  # nothing has left for this one: whoever has the list by now goes on
        try:
            with holding(self._claim):
                ask()
                published = self._adapter.send_to(part, address, key=self._delivery.key, reply_to=reply_to)
        except DeliveryError as fault:
            error = fault
        except Exception as fault:  # noqa: BLE001  (a fault in an adapter costs one recipient, recorded)
            error = OutcomeUnknown(f"erreur inattendue : {fault!r}")
        d.pause("answer")
        return Answer(address, published, error)

    @property
    def _has_lapsed(self) -> bool:
        return self._claim is not None and not self._claim.holds

    @property
    def _stops(self) -> bool:
        is_over = self.verdict is not None or self.gives_way or self._d.stopping() or self._has_lapsed
        return is_over or self._unavailable >= _MAX_UNAVAILABLE or self._suspects.concern_everybody

    # How much is handed over at once: little while nothing is known of the relay, then a fraction of a second's worth.
    def _most(self) -> int:
        per_s = self._done / max(time.monotonic() - self._began_s, 0.001)
        return min(_MOST_IN_FLIGHT, max(2 * self._abreast(), int(per_s * _FLIGHT_S)), 1 + self._done)

    def _abreast(self) -> int:
        return max(1, self._adapter.abreast) if isinstance(self._adapter, CanSendAbreast) else 1

    def _list_mark(self) -> str:
        return self._adapter.list_mark() if isinstance(self._adapter, CanCountPeople) else ""

    def _fault_of(self, answers: list[Answer]) -> ChannelMisconfigured | None:
        """Take note of what was answered; return what concerns everybody."""
        fault: ChannelMisconfigured | None = None
        for answer in answers:
            error = answer.error
            if error is None:
                self._unavailable = self._unavailable if answer.published is None else 0
            elif is_one_recipients(error):
                self._unavailable = 0
            elif isinstance(error, ChannelMisconfigured):
                fault = fault or error
            else:
                self._unavailable += 1
        return fault

    def _keep(self, answers: list[Answer]) -> None:
        """Write what was answered: what a call came to must not be forgotten."""
        lines = [line for answer in answers for line in self._lines_of(answer)]
        published = next((a.published for a in answers if a.published is not None), None)
        for left in range(_WRITES - 1, -1, -1):
            try:
                self._write(lines, published)
                return
            except StoreError:
                if not left:
                    raise
                threading.Event().wait(_WRITE_AGAIN_S)

    def _write(self, lines: list[Line], published: Published | None) -> None:
        d = self._d
        with d.db.write() as tx:
            if not self._is_ours(tx):
                # This process slept: what another wrote meanwhile stands, but a mail that was taken is a fact.
                lines = [line for line in lines if line.state == recipients.SENT]
            recipients.write(tx, self._delivery.uid, lines, d.clock.now())
            if published is not None and not self._stands:
                _keep_posting(tx, self._delivery, published, d)
        self._stands = self._stands or published is not None

    def _next(self, room: int) -> list[str]:
        """Write who is being sent to next, as many as there is room for, and return them."""
        takes_on = self._changed_list()
        with self._d.db.write() as tx:
            if takes_on is not None:
                takes_on(tx)
            if room <= 0 or not self._may_go_on(tx):
                return []
            if self._suspects.wants_others:
                return recipients.take(tx, self._delivery.uid, 1, self._d.clock.now(), from_the_end=True)
            return recipients.take(tx, self._delivery.uid, room, self._d.clock.now())

    def _lines_of(self, answer: Answer) -> list[Line]:
        address, error = answer.address, answer.error
        if answer.published is not None:
            self._done += 1
            own = [Line(a, recipients.REFUSED, str(e)) for a, e in self._suspects.accept()]
            return [*own, Line(address, recipients.SENT, tries=1)]
        if error is None:
            return [Line(address, recipients.PLANNED)]
        self._done += 1
        if is_one_recipients(error):
            self._suspects.refuse(address, error)
            return [Line(address, recipients.WAITING if error.unclear else recipients.REFUSED, str(error), tries=1)]
        if isinstance(error, ChannelMisconfigured):
            return [Line(address, recipients.PLANNED)]
        state = recipients.WAITING if isinstance(error, ChannelUnavailable) else recipients.UNKNOWN
        return [Line(address, state, str(error), tries=1)]

    def _may_go_on(self, tx: Tx) -> bool:
        if self._suspects.concern_everybody or self._has_lapsed or not self._is_ours(tx):
            return False  # another process took over: its ledger rows say what is in doubt
        now_s = time.monotonic()
        if self._done and self._done - self._asked_at < _ASK_EVERY and now_s - self._asked_s < _ASK_EVERY_S:
            return True
        self._asked_at, self._asked_s = self._done, now_s
        verdict = self._verdict(tx)
        self.verdict = None if verdict.go else verdict
        self.gives_way = claims.is_more_urgent_due(tx, self._delivery, self._d.clock.now())
        return verdict.go and not self.gives_way

    def _is_ours(self, tx: Tx) -> bool:
        return claims.holds(tx, self._delivery.uid, self._d.claimant)

    def _changed_list(self) -> Callable[[Tx], None] | None:
        """Read the list again if it changed; None: it is as it was."""
        mark = self._list_mark()
        if mark == self._mark:
            return None
        self._mark = mark  # noted first: what changes while it is read is read again
        return self._read_list()

    def _judge_the_last(self) -> ChannelMisconfigured | None:
        """Decide whose the refusals were that nobody came after."""
        d, suspects = self._d, self._suspects
        if suspects.concern_everybody:
            return suspects.reason()
        with d.db.write() as tx:
            counts = recipients.counts(tx, self._delivery.uid)
            if counts.get(recipients.PLANNED) or not self._is_ours(tx):
                return None  # cut short: the next session decides
            tries = recipients.tries_of(tx, self._delivery.uid, [a for a, _ in suspects.unclear])
            before = frozenset(address for address, count in tries.items() if count > 1)
            reason = suspects.reason() if suspects.unclear else None
            own = suspects.at_the_end(reached=bool(counts.get(recipients.SENT)), tried_before=before)
            if own is None:
                return reason
            recipients.write(tx, self._delivery.uid, [Line(a, recipients.REFUSED, str(e)) for a, e in own], d.clock.now())
        return None

    def _put_back(self) -> None:
        with self._d.db.write() as tx:
            if not self._is_ours(tx):
                return
            recipients.put_last(tx, self._delivery.uid, self._suspects.put_back(), self._d.clock.now())


def _keep_posting(tx: Tx, delivery: Delivery, published: Published, d: Dispatcher) -> None:
    # From the first mail on there is something to correct and to end.
    known = postings.of_message(tx, delivery.message_uid, delivery.channel)
    if not any(p.slot == delivery.slot and p.number == delivery.number and p.state == "up" for p in known):
        postings.keep_up(
            tx,
            channel=delivery.channel,
            message_uid=delivery.message_uid,
            slot=delivery.slot,
            published=published,
            number=delivery.number,
            at=d.clock.now(),
        )
