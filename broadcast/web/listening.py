"""The server under the pages: uvicorn, with bounds on how many connections are open and how long each may last."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from broadcast.web.crowd import Bounds, Stage, place_of, who_leaves

if TYPE_CHECKING:
    from uvicorn import Config, Server

#: How long a connection may take to send its request, and how long it may last in all, seconds.
MAX_REQUEST_S, MAX_CONNECTION_S = 10.0, 60.0
#: How many may be open at once.
BOUNDS = Bounds()
#: How many are let in before those let in already are heard: fewer than one address may have, so that whoever
#: comes with a whole request is read before a crowd behind it can take its place.
LET_IN_AT_ONCE = 8
#: How many may wait before the door.
QUEUE = 512
#: Longest request line with headers, bytes.
MAX_HEAD_BYTES = 16 * 2**10
#: How long the end waits for answers under way, seconds.
STOP_S = 3
#: One line so often, at most, on connections that were closed for want of room, seconds.
TOLD_S = 60.0

_log = logging.getLogger("broadcast.web")


class _Complaints:
    """Says that connections were closed for want of room, without a line for each."""

    def __init__(self) -> None:
        self._count, self._next = 0, 0.0

    def note(self, place: str) -> None:
        self._count += 1
        if time.monotonic() >= self._next:
            _log.info(
                "page d'état : trop de connexions ouvertes à la fois, les plus anciennes sans demande complète sont fermées "
                "(%d depuis la dernière fois, maintenant de %s)",
                self._count,
                place or "?",
            )
            self._count, self._next = 0, time.monotonic() + TOLD_S


def listening(application: Callable[..., Any]) -> Server:
    """Return a server for the application; it runs where its `run` is called.

    Args:
        application: an ASGI application.
    """
    import uvicorn

    class Doorkeeper(uvicorn.Server):
        """Lets few in at once, though many may wait."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            for bound in sockets or []:
                bound.listen(QUEUE)  # asyncio takes one number for both, and has made it small

    return Doorkeeper(_config(application))


def _config(application: Callable[..., Any]) -> Config:
    import uvicorn

    logger = logging.getLogger("uvicorn")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return uvicorn.Config(
        application,
        http=_protocol(),
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=LET_IN_AT_ONCE,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=STOP_S,
    )


def _protocol() -> type[asyncio.Protocol]:
    from uvicorn.protocols.http.h11_impl import H11Protocol

    complaints = _Complaints()

    class Guest(H11Protocol):
        """One connection, which leaves when it is late, or for another where there is no room."""

        @property
        def place(self) -> str:
            return self._place

        @property
        def stage(self) -> Stage:
            if self.cycle is None:
                return Stage.UNFINISHED
            return Stage.ANSWERED if self.cycle.response_started else Stage.AT_WORK

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it, too
            super().connection_made(transport)
            self._place = place_of(self.client[0] if self.client else "")
            self._timers = [
                self.loop.call_later(MAX_REQUEST_S, self._late_with_request),
                self.loop.call_later(MAX_CONNECTION_S, transport.abort),
            ]
            leaves = who_leaves(list(crowd), self, BOUNDS)
            crowd[self] = None
            if leaves is not None:
                complaints.note(leaves.place)
                del crowd[leaves]
                leaves.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            crowd.pop(self, None)
            for timer in self._timers:
                timer.cancel()
            super().connection_lost(exc)

        def _late_with_request(self) -> None:
            if self.cycle is None:
                self.transport.abort()

    #: Everybody who is there, the oldest first.
    crowd: dict[Guest, None] = {}
    return Guest
