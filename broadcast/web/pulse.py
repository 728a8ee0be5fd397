"""What `/healthz` tells, in a place of its own: whatever else is asked of the pages, and however slow the database is.

Everybody who asks for health at the same time waits for one reading in one thread. A reading that takes too
long is not waited for: what was read last is told while it is young, and afterwards that the database fails.
"""

from __future__ import annotations

import asyncio

import anyio.to_thread

from broadcast.web.facts import Facts, Reader

#: How long whoever asks for health is kept waiting, and how old facts may be told when reading takes longer, seconds.
MAX_WAIT_S, MAX_AGE_S = 5.0, 60.0


class Pulse:
    """Reads the facts for `/healthz`; belongs to the loop that serves the pages."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._reading: asyncio.Task[Facts] | None = None
        self._own: anyio.CapacityLimiter | None = None

    async def facts(self) -> Facts:
        """Return the facts, within `MAX_WAIT_S`."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(MAX_WAIT_S):
                return await asyncio.shield(self._reading)
        except TimeoutError:
            return self._reader.last(MAX_AGE_S)

    async def _read(self) -> Facts:
        self._own = self._own or anyio.CapacityLimiter(1)
        return await anyio.to_thread.run_sync(self._reader.facts, limiter=self._own, abandon_on_cancel=True)
