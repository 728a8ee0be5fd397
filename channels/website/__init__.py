"""Website: static pages that any web server can serve, feeds, and CAP documents.

What the public sees: a front page with the live alerts on top, a page for each message that says first what to do,
archives by month and kind, how to be told, whom to call, legal notice and accessibility statement; Atom, RSS and JSON
feeds, and for alerts a CAP 1.2 document and a CAP feed; for machines a Flash Briefing, spoken texts, schema.org data
and a sitemap. What has ended says so and never answers 404. No page needs a script; one betters the search.

The address of the site is `newsroom.base_url`. Settings: `settings.py`.

Quirks:
    - Order of writing: the page of the message, the front page, the feeds; then archives.
    - An archive page holds messages by order of first publication: it changes when one of them does, or when the next
      page begins.
    - There is no official CAP geocode name for INSEE codes: ours is FR-INSEE-COMMUNE.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from broadcast import files
from broadcast.channel import (
    Board,
    BoardView,
    ChannelSettings,
    Limits,
    Memory,
    Published,
)
from channels.website.hub import tell
from channels.website.pages import Site
from channels.website.settings import Settings

#: What the memory keeps: where and with which templates the whole site was last made.
_BUILT = "built"


class Website:
    """One site in one folder."""

    kind: ClassVar[str] = "website"
    settings_type: ClassVar[type[ChannelSettings]] = Settings

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings, self._memory = settings, memory
        self._dir = Path(settings.newsroom_dir) / settings.path

    @property
    def limits(self) -> Limits:
        """A page takes everything."""
        return Limits(keeps_structure=True, max_image_px=2400, max_image_bytes=2_000_000, source="settings")

    def missing(self) -> Sequence[str]:
        """Return what the pages cannot say of the town yet; nothing of it shows on them."""
        return list(self._settings.missing())

    def show(self, board: BoardView) -> list[Published]:
        """Write what changed, or the whole site where it is not there yet."""
        hub = self._settings.hub
        site = Site(self._dir, board, self._settings)
        mark = json.dumps([str(self._dir), site.digest()])
        whole = self._memory.get(_BUILT) != mark or not site.is_there()
        slugs: Sequence[str] = list(board.all_slugs()) if whole else board.changed
        try:
            site.write(slugs, whole=whole)
        except OSError as error:
            raise files.failure(error, self._settings.name) from error
        if whole:
            self._memory.put(_BUILT, mark)
        if hub and board.newsroom.base_url:
            tell(hub, board.newsroom.base_url, site.changed, world=board.newsroom.world)
        base = board.newsroom.base_url or self._dir.as_uri()
        shown = {slug: board.current(slug) for slug in board.changed}
        return [Published(external_id=s, url=f"{base}/a/{s}/") for s, showing in shown.items() if showing and showing.is_live]


ADAPTER: type[Board] = Website
