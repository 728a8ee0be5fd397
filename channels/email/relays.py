"""Connections to one relay, lent to one thread each."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from broadcast.errors import ChannelUnavailable
from channels.email.smtp import Relay


class Relays:
    """As many connections as the relay takes."""

    def __init__(self, make: Callable[[], Relay], most: int, timeout_s: float) -> None:
        """Prepare; nothing is opened.

        Args:
            make: makes a connection, not open yet.
            most: open at once.
            timeout_s: waits at most so long for one that others have.
        """
        self._make, self._most, self._timeout_s = make, most, timeout_s
        self._idle: list[Relay] = []
        self._lent = 0
        self._change = threading.Condition()

    @contextlib.contextmanager
    def one(self) -> Iterator[Relay]:
        """Lend a connection that is open.

        Raises:
            DeliveryError: the relay cannot be reached.
        """
        relay = self._borrow()
        try:
            yield relay
        finally:
            with self._change:
                self._lent -= 1
                self._idle.append(relay)
                self._change.notify()

    def close(self) -> None:
        """Say goodbye on all connections that nobody has."""
        with self._change:
            idle, self._idle = self._idle, []
        for relay in idle:
            relay.close()

    def _borrow(self) -> Relay:
        while True:
            with self._change:
                if not self._change.wait_for(lambda: self._idle or self._lent < self._most, self._timeout_s):
                    raise ChannelUnavailable("toutes les connexions au relais sont occupées")
                relay = self._idle.pop() if self._idle else self._make()
                self._lent += 1
            try:
                relay.check()
                return relay
            except BaseException as error:
                with self._change:
                    self._lent -= 1
                    others = self._lent + len(self._idle)
                    self._change.notify()
                    if not isinstance(error, ChannelUnavailable) or not others:
                        raise
                    # It takes no more than it has: those are shared.
                    self._most = max(1, min(self._most, others))
