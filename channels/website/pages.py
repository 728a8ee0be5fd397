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
from broadcast.model import sha256_of
from channels.website.history import CapDocument, cap_documents, changes

#: Messages on the front page and in the feeds, and on one archive page.
LATEST, PAGE = 20, 20
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
    "withdrawn": "La mairie l’a retiré.",
    "superseded": "Un autre message le remplace.",
}


class Site:
    """The site in one folder, as one view of the board wants it."""

    def __init__(self, folder: Path, board: BoardView) -> None:
        self._dir, self._board = folder, board
        self._zone = ZoneInfo(board.newsroom.timezone)
        self._base = board.newsroom.base_url

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
        live, latest = self._board.live(), self._board.latest(LATEST)
        self._front(live, latest)
        self._feeds(latest)
        self._cap_feed(latest)
        self._archives(slugs, whole=whole)

    def _put(self, name: str, data: bytes | str) -> None:
        files.write(self._dir / name, data.encode() if isinstance(data, str) else data)

    def _frame(self, name: str, depth: int, **values: Any) -> str:
        return self._board.frame(name, {"site": self._common(depth), **values})

    def _common(self, depth: int) -> dict[str, Any]:
        # Relative addresses: the site also works from a folder, or below a path.
        return {
            "root": "../" * depth or "./",
            "base": self._base,
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
        self._put(
            f"a/{slug}/index.html",
            self._frame(
                "page.html",
                2,
                item=self._item(current),
                versions=self._versions(history),
                caps=documents,
            ),
        )

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
            json.dumps(self._json_feed(items), ensure_ascii=False, indent=1),
        )

    def _json_feed(self, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
        room = self._board.newsroom
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": room.name,
            "home_page_url": f"{self._base}/",
            "feed_url": f"{self._base}/feed.json",
            "language": room.language,
            "authors": [{"name": room.name}],
            "items": [
                {
                    "id": i["url"],
                    "url": i["url"],
                    "title": _title(i),
                    "content_html": i["html"],
                    "summary": i["summary"],
                    "date_published": i["first_at"].isoformat(timespec="seconds"),
                    "date_modified": i["stamp"].astimezone(self._zone).isoformat(timespec="seconds"),
                    "tags": i["options"].get("hashtags", []),
                    "language": i["language"],
                    "_broadcast": {
                        "kind": i["options"].get("kind"),
                        "level": i["options"].get("level"),
                        "expired": not i["live"],
                        "expires": i["expires_at"].isoformat(timespec="seconds") if i["expires_at"] else None,
                    },
                }
                for i in items
            ],
        }

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
            "title": _title(item),
            "summary": item["summary"],
            "updated": document.sent.astimezone(self._zone),
            "url": f"{self._base}/cap/{document.name}",
            "page": item["url"],
        }

    def _archives(self, slugs: Sequence[str], *, whole: bool) -> None:
        last = -(-self._board.count() // PAGE)
        wanted = range(1, last + 1) if whole else self._touched(slugs, last)
        for number in wanted:
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

    def _touched(self, slugs: Sequence[str], last: int) -> list[int]:
        # Only the newest page grows; the ones before it are full and stay as they are, ended
        # messages included: their pages say that they have ended.
        return [last] if last and slugs else []


def _words(showing: Showing) -> str:
    return showing.rendition.parts[0].text


def _title(item: dict[str, Any]) -> str:
    return item["title"] if item["live"] else f"[Terminé] {item['title']}"
