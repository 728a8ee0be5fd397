"""Renditions that boards have read: they never change once frozen, so they are read once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from broadcast.model import Form, Rendition
from broadcast.store import renditions

if TYPE_CHECKING:
    from broadcast.store.base import Database

#: Revisions kept, the last used ones: front page, feeds and archive page of a few boards.
KEPT = 500


class FrozenRenditions:
    """The renditions of revisions for a channel, the last used ones in memory; safe to share between threads."""

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._turn = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, int], Mapping[Form, Rendition]] = OrderedDict()

    def of(
        self, db: Database, read_media: Callable[[str], bytes], channel: str, revisions: Iterable[tuple[str, int]]
    ) -> dict[tuple[str, int], Mapping[Form, Rendition]]:
        """Return the renditions of revisions, given as (message, number), for one channel."""
        wanted = list(dict.fromkeys(revisions))
        with self._turn:
            found = {key: self._kept[channel, *key] for key in wanted if (channel, *key) in self._kept}
        missing = [key for key in wanted if key not in found]
        if missing:
            with db.read() as tx:
                found |= renditions.of_revisions(tx, missing, read_media, channel=channel)
        with self._turn:
            for key in wanted:
                self._kept.pop((channel, *key), None)
                if found[key]:  # what could not be read may be mended
                    self._kept[channel, *key] = found[key]
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return found
