"""Writing the site: pages first, then the front page, then feeds; only what changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broadcast import files
from broadcast.channel import BoardView, Showing
from broadcast.model import EndedBecause, sha256_of
from channels.website import machines
from channels.website.history import CapDocument, cap_documents, changes

#: Messages on the front page and in the feeds, and on one archive page.
LATEST, PAGE = 20, 20
#: Live alerts on top of the front page; more than these are in the list and in the archives.
TOP = 20
#: Addresses in one file of the sitemap.
MAP = 200
#: Files written in one go.
_AT_ONCE = 100
_FRAMES = (
    "page.html",
    "front.html",
    "archive.html",
    "feed.atom",
    "feed.rss",
    "cap.atom",
)

_BECAUSE = {
    "expired": "Sa date de fin est passée.",
    "all_clear": "La fin d’alerte a été donnée.",
    "withdrawn": "La mairie l’a retirée.",
    "superseded": "Un autre message la remplace.",
}


class Site:
    """The site in one folder, as one view of the board wants it."""

    def __init__(self, folder: Path, board: BoardView, hub: str = "") -> None:
        self._dir, self._board, self._hub = folder, board, hub
        #: Names of the files that were written because they changed.
        self.changed: list[str] = []
        self._zone = ZoneInfo(board.newsroom.timezone)
        self._base = board.newsroom.base_url
        #: Files to write, in the order in which they shall appear.
        self._waiting: list[tuple[Path, bytes]] = []
        #: What templates see of a message, made once for all the pages that show it.
        self._items: dict[tuple[str, int], dict[str, Any]] = {}

    def digest(self) -> str:
        """Return a hash over the frames, to notice other templates."""
        return sha256_of(b"".join(self._board.asset(name) for name in (*_FRAMES, "style.css")))

    def write(self, slugs: Sequence[str], *, whole: bool) -> None:
        """Write the pages of these messages and all that gathers them.

        Raises:
            OSError: a file could not be written; what was written before is whole.
        """
        self._put("style.css", self._board.asset("style.css"))
        for slug in slugs:
            self._message(slug)
        live, latest = self._board.live(TOP), self._board.latest(LATEST)
        self._front(live, latest)
        self._feeds(latest)
        self._cap_feed(latest)
        self._briefing(live, latest)
        self._archives(slugs, whole=whole)
        self._sitemap(slugs, whole=whole)
        self._flush()

    def _put(self, name: str, data: bytes | str) -> None:
        self._waiting.append((self._dir / name, data.encode() if isinstance(data, str) else data))
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.changed += [path.relative_to(self._dir).as_posix() for path in files.write_all(waiting)]

    def _frame(self, name: str, depth: int, **values: Any) -> str:
        return self._board.frame(name, {"site": self._common(depth), **values})

    def _common(self, depth: int) -> dict[str, Any]:
        # Relative addresses: the site also works from a folder, or below a path.
        return {
            "root": "../" * depth or "./",
            "base": self._base,
            "hub": self._hub,
            "exercise": self._board.newsroom.world == "exercise",
        }

    def _message(self, slug: str) -> None:
        history = self._board.history(slug)
        if not history:
            return
        current = self._board.current(slug) or history[-1]
        for media in current.rendition.parts[0].media:
            self._put(f"a/{slug}/{media.name}", media.read())
        documents = cap_documents([*history[:-1], current], self._board.newsroom)
        for document in documents:
            self._put(f"cap/{document.name}", document.text)
        item = self._item(current)
        self._put(
            f"a/{slug}/index.html",
            self._frame(
                "page.html",
                2,
                item=item,
                versions=self._versions(history),
                caps=documents,
                announcement=machines.announcement(item, self._board.newsroom),
            ),
        )
        if spoken := machines.spoken_of(current):
            self._put(f"a/{slug}/spoken.txt", spoken + "\n")

    def _versions(self, history: Sequence[Showing]) -> list[dict[str, Any]]:
        rows = []
        for number, showing in enumerate(history, 1):
            text = _words(showing)
            before = _words(history[number - 2]) if number > 1 else ""
            rows.append(
                {
                    "number": number,
                    "at": self._local(showing.published_at),
                    "text": text,
                    "changes": changes(before, text) if number > 1 else "",
                }
            )
        return rows

    def _item(self, showing: Showing) -> dict[str, Any]:
        key = (showing.slug, showing.revision)
        if key not in self._items:
            self._items[key] = self._described(showing)
        return self._items[key]

    def _described(self, showing: Showing) -> dict[str, Any]:
        part = showing.rendition.parts[0]
        ended = showing.ended_at
        return {
            "slug": showing.slug,
            "title": part.title,
            "html": part.html,
            "text": part.text,
            "options": part.options,
            "summary": part.options.get("summary") or part.text,
            "language": part.language,
            "images": [
                {
                    "name": m.name,
                    "alt": m.alt,
                    "credit": m.credit,
                    "width": m.width_px,
                    "height": m.height_px,
                }
                for m in part.media
            ],
            "url": f"{self._base}/a/{showing.slug}/",
            "first_at": self._local(showing.first_published_at),
            "at": self._local(showing.published_at),
            "updated": showing.published_at != showing.first_published_at,
            "expires_at": self._local(part.expires_at) if part.expires_at else None,
            "ended_at": self._local(ended) if ended else None,
            "because": _BECAUSE.get(showing.ended_because.value, "") if showing.ended_because else "",
            "live": showing.is_live,
            "is_withdrawn": showing.ended_because is EndedBecause.WITHDRAWN,
            "stamp": max(filter(None, (showing.published_at, ended))),
        }

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)

    def _front(self, live: Sequence[Showing], latest: Sequence[Showing]) -> None:
        urgent = [s for s in live if s.rendition.parts[0].options.get("kind") in ("alert", "holding", "all_clear")]
        top = {s.slug for s in urgent}
        rest = [s for s in latest if s.slug not in top]
        self._put(
            "index.html",
            self._frame(
                "front.html",
                0,
                alerts=[self._item(s) for s in urgent],
                items=[self._item(s) for s in rest],
                pages=-(-self._board.count() // PAGE),
            ),
        )

    def _feeds(self, latest: Sequence[Showing]) -> None:
        items = [self._item(s) for s in latest]
        # The feed's own date is that of its newest change, so that writing it again changes nothing.
        updated = max((i["stamp"] for i in items), default=datetime.fromtimestamp(0, self._zone)).astimezone(self._zone)
        for name in ("feed.atom", "feed.rss"):
            self._put(name, self._frame(name, 0, items=items, updated=updated))
        self._put(
            "feed.json",
            json.dumps(machines.json_feed(items, self._board.newsroom, self._hub), ensure_ascii=False),
        )

    def _cap_feed(self, latest: Sequence[Showing]) -> None:
        entries: list[dict[str, Any]] = []
        for showing in latest:
            if showing.rendition.parts[0].documents.get("cap", "").strip():
                history = self._board.history(showing.slug)
                documents = cap_documents([*history[:-1], showing], self._board.newsroom)
                if documents:
                    entries.append(self._cap_entry(showing, documents[-1]))
        updated = max(
            (e["updated"] for e in entries),
            default=datetime.fromtimestamp(0, self._zone),
        )
        self._put("cap.atom", self._frame("cap.atom", 0, entries=entries, updated=updated))

    def _cap_entry(self, showing: Showing, document: CapDocument) -> dict[str, Any]:
        item = self._item(showing)
        return {
            "id": f"{self._base}/cap/{document.name}",
            "title": machines.titled(item),
            "summary": item["summary"],
            "updated": document.sent.astimezone(self._zone),
            "url": f"{self._base}/cap/{document.name}",
            "page": item["url"],
        }

    def _briefing(self, live: Sequence[Showing], latest: Sequence[Showing]) -> None:
        newest = sorted({s.slug: s for s in (*live, *latest) if s.is_live}.values(), key=_since, reverse=True)
        last = max((s.ended_at or s.published_at for s in latest), default=datetime.fromtimestamp(0, self._zone))
        items = machines.flash_briefing(newest, self._board.newsroom, last)
        self._put("flash-briefing.json", json.dumps(items, ensure_ascii=False))

    def _archives(self, slugs: Sequence[str], *, whole: bool) -> None:
        count = self._board.count()
        for number in _pages(count, PAGE, 0 if whole else len(slugs)):
            items = [self._item(s) for s in self._board.archive(number, PAGE)]
            full = len(items) == PAGE
            self._put(
                f"archive/{number}/index.html",
                self._frame(
                    # A full page names no later one: it must never change because of it.
                    "archive.html",
                    2,
                    items=items,
                    number=number,
                    last=number if not full else None,
                ),
            )

    def _sitemap(self, slugs: Sequence[str], *, whole: bool) -> None:
        count = self._board.count()
        for number in _pages(count, MAP, 0 if whole else len(slugs)):
            urls = [f"{self._base}/a/{slug}/" for slug in self._board.slugs(number, MAP)]
            self._put(f"sitemap-{number}.xml", machines.sitemap([f"{self._base}/", *urls] if number == 1 else urls))
        self._put("sitemap.xml", machines.sitemap_index(f"{self._base}/sitemap-{n}.xml" for n in _pages(count, MAP, 0)))


def _pages(count: int, size: int, newest: int) -> range:
    """Return the pages, 1 is the oldest, that the `newest` messages may stand on; 0: all of them."""
    return range((count - newest) // size + 1 if newest else 1, -(-count // size) + 1)


def _since(showing: Showing) -> datetime:
    return showing.published_at


def _words(showing: Showing) -> str:
    return showing.rendition.parts[0].text
