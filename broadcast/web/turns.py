"""How many requests are worked on at once: threads are few, and one address may not have them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broadcast.web.crowd import place_of

#: Requests worked on at once for one address, and for all; there are 40 threads.
MAX_OF_ONE, MAX_OF_ALL = 12, 24


class Turns:
    """Passes requests on while there is a turn; more are told at once to come later."""

    def __init__(self, inner: ASGIApp, refusal: Callable[[], Response], *, free: Collection[str]) -> None:
        """Take what answers.

        Args:
            inner: the application.
            refusal: makes the answer to those who come later.
            free: paths that take no turn.
        """
        self._inner, self._refusal, self._free = inner, refusal, free
        self._at_work: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] in self._free:
            await self._inner(scope, receive, send)
            return
        place = place_of((scope.get("client") or ("",))[0])
        if self._at_work[place] >= MAX_OF_ONE or self._at_work.total() >= MAX_OF_ALL:
            await self._refusal()(scope, receive, send)
            return
        await self._passed(place, scope, receive, send)

    async def _passed(self, place: str, scope: Scope, receive: Receive, send: Send) -> None:
        self._at_work[place] += 1
        is_over = False

        def over() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self._at_work[place] -= 1
                if not self._at_work[place]:
                    del self._at_work[place]

        async def watched(message: Message) -> None:
            over()  # whoever fetches an answer slowly holds a connection, and no thread
            await send(message)

        try:
            await self._inner(scope, receive, watched)
        finally:
            over()
