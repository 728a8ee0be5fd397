"""Writing the site: the page of the message first, then the front page, then feeds and archives; only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from broadcast.channel import BoardView, Showing
from broadcast.model import canonical_json, sha256_of
from channels.website import archives, feeds, machines, shelves, standing, town
from channels.website.history import cap_documents, changes
from channels.website.item import URGENT
from channels.website.settings import Settings
from channels.website.words import words_for
from channels.website.writer import Writer

#: Messages on the front page and in the feeds, and on one archive page.
LATEST, PAGE = 20, 20
#: Live alerts on top of the front page; more than these are in the list and in the archives.
TOP = 20
#: Addresses in one file of the sitemap.
MAP = 200
_FRAMES = (
    *("page.html", "front.html", "archive.html", "shelf.html", "shelves.html", "rows.html", *standing.PAGES.values()),
    *("layout.html", "card.html", "sos.html", "feed.atom", "feed.rss", "cap.atom", "style.css", "search.js", "icon.svg"),
)


class Site:
    """The site in one folder, as one view of the board wants it."""

    def __init__(self, folder: Path, board: BoardView, settings: Settings) -> None:
        self._dir, self._board, self._settings = folder, board, settings
        self._writer = Writer(folder, board, settings)
        self._items = self._writer.items

    @property
    def changed(self) -> Sequence[str]:
        """Names of the files that were written because they changed."""
        return self._writer.changed

    def is_there(self) -> bool:
        """True if the folder holds a site that can be gone on with."""
        return (self._dir / "index.html").exists() and shelves.known(self._kept()) is not None

    def _kept(self) -> str:
        try:
            return (self._dir / shelves.FILE).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def digest(self) -> str:
        """Return a hash over frames, settings and names: with another one every page is made anew."""
        room = self._board.newsroom
        frames = sha256_of(b"".join(self._board.asset(name) for name in _FRAMES))
        names = [room.name, room.base_url, room.language, room.timezone, room.world]
        return sha256_of(canonical_json([frames, names, repr(self._settings)]).encode())

    def write(self, slugs: Sequence[str], *, whole: bool) -> None:
        """Write the pages of these messages and all that gathers them.

        Raises:
            OSError: a file could not be written; what was written before is whole.
        """
        if whole:
            self._writer.put_assets()
        for slug in slugs:
            self._message(slug)
        live, latest = self._board.live(TOP), self._board.latest(LATEST)
        self._front(live, latest)
        feeds.write(self._writer, live, latest)
        self._archives(slugs, whole=whole)
        self._sitemap(slugs, whole=whole)
        # For whoever wants to see that nothing was cut from the newsroom's record: it says nothing of any message.
        self._writer.put("audit.txt", f"{self._board.audit_head}\n")
        if whole:
            standing.write(self._writer)
        self._writer.flush()

    def _message(self, slug: str) -> None:
        history = self._board.history(slug)
        if not history:
            return
        current = self._board.current(slug) or history[-1]
        for media in current.rendition.parts[0].media:
            self._writer.put(f"a/{slug}/{media.name}", media.read())
        room = self._board.newsroom
        documents = cap_documents([*history[:-1], current], room)
        for document in documents:
            self._writer.put(f"cap/{document.name}", document.text)
        item = self._items.of(current)
        self._writer.page(
            f"a/{slug}/",
            "page.html",
            words=words_for(item["language"], room.language),
            item=item,
            versions=self._versions(history),
            caps=documents,
            shares=town.shares(self._settings.share, item["title"], item["url"]) if room.base_url else [],
            announcement=machines.announcement(item, room),
        )
        if spoken := machines.spoken_of(current):
            self._writer.put(f"a/{slug}/spoken.txt", spoken + "\n")

    def _versions(self, history: Sequence[Showing]) -> list[dict[str, Any]]:
        rows = []
        for number, showing in enumerate(history, 1):
            part = showing.rendition.parts[0]
            before = history[number - 2].rendition.parts[0].text if number > 1 else ""
            rows.append(
                {
                    "number": number,
                    "at": self._items.local(showing.published_at),
                    "text": part.text,
                    "change": part.options.get("change", ""),
                    "changes": changes(before, part.text) if number > 1 else "",
                }
            )
        return rows

    def _front(self, live: Sequence[Showing], latest: Sequence[Showing]) -> None:
        urgent = [s for s in live if s.rendition.parts[0].options.get("kind") in URGENT]
        top = {s.slug for s in urgent}
        items = [self._items.of(s) for s in latest if s.slug not in top]
        alerts = [self._items.of(s) for s in urgent]
        self._writer.page(
            "",
            "front.html",
            alerts=alerts,
            items=items,
            others=[i for i in (*alerts, *items) if i["live"] and i["is_foreign"]],
            pages=archives.page_of(self._board.count(), PAGE),
        )

    def _archives(self, slugs: Sequence[str], *, whole: bool) -> None:
        count = self._board.count()
        last = archives.page_of(count, PAGE)
        found = shelves.Shelves("" if whole else self._kept())
        for number in archives.pages(count, PAGE) if whole else archives.touched(self._positions(slugs), count, PAGE):
            shown = self._board.archive(number, PAGE)
            items = [self._items.of(s) for s in shown]
            # It names the next page, never how many there are: a full page stays as it is.
            self._writer.page(
                f"archive/{number}/",
                "archive.html",
                words=self._writer.french,
                rows=self._writer.rows(items[::-1]),
                number=number,
                has_later=number < last,
            )
            found.take(items, number)
        found.write(self._writer, slugs, last, whole=whole)

    def _sitemap(self, slugs: Sequence[str], *, whole: bool) -> None:
        count, base = self._board.count(), self._board.newsroom.base_url
        for number in archives.pages(count, MAP) if whole else archives.touched(self._positions(slugs), count, MAP):
            urls = [f"{base}/a/{slug}/" for slug in self._board.slugs(number, MAP)]
            self._writer.put(f"sitemap-{number}.xml", machines.sitemap([f"{base}/", *urls] if number == 1 else urls))
        index = machines.sitemap_index(f"{base}/sitemap-{n}.xml" for n in archives.pages(count, MAP))
        self._writer.put("sitemap.xml", index)

    def _positions(self, slugs: Sequence[str]) -> list[int]:
        return [shown.position for slug in slugs if (shown := self._board.current(slug)) is not None]
