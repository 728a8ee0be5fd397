"""Finding an old message without a script: by month and by kind.

What stands where is kept in a file of the site, so that a change reads nothing but what changed: for each month the
archive page on which it begins, for each message kind its newest messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from channels.website.writer import Writer

#: Where it is kept.
FILE = "archive/index.json"
#: Messages of one kind that its page shows.
MOST = 20
#: Message kind -> folder and heading of its page.
_KINDS = {
    "alert": ("alertes", "Alertes"),
    "all_clear": ("fins-d-alerte", "Fins d’alerte"),
    "holding": ("premiers-points", "Premiers points"),
    "practical": ("infos-pratiques", "Infos pratiques"),
    "information": ("informations", "Informations"),
    "activity": ("animations", "Animations"),
}


def known(kept: str) -> dict[str, Any] | None:
    """Return what such a file says; None if it is none, and the whole site is to be made anew."""
    try:
        values = json.loads(kept)
        months = {str(month): int(page) for month, page in values["months"].items()}
        kinds = {str(kind): {str(s): int(n) for s, n in slugs.items()} for kind, slugs in values["kinds"].items()}
        pages = int(values["pages"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return {"pages": pages, "months": months, "kinds": {kind: slugs for kind, slugs in kinds.items() if kind in _KINDS}}


class Shelves:
    """Months and kinds of the archives."""

    def __init__(self, kept: str = "") -> None:
        values = known(kept) or {}
        #: Pages of the archives.
        self._pages: int = values.get("pages", 0)
        #: "2026-11" -> number of the archive page on which the month begins.
        self._months: dict[str, int] = values.get("months", {})
        #: Message kind -> slug -> position in the order of first publication.
        self._kinds: dict[str, dict[str, int]] = values.get("kinds", {})
        self._before = self.kept()

    def kept(self) -> str:
        """Return what is to be known the next time."""
        return json.dumps({"months": self._months, "kinds": self._kinds, "pages": self._pages}, sort_keys=True)

    def take(self, items: Iterable[Mapping[str, Any]], page: int) -> None:
        """Note the messages of one archive page."""
        for item in items:
            month = f"{item['first_at']:%Y-%m}"
            self._months[month] = min(self._months.get(month, page), page)
            for kind, known in self._kinds.items():
                if kind != item["options"].get("kind"):
                    known.pop(item["slug"], None)  # a new version may be of another kind
            self._note(item)

    def write(self, writer: Writer, slugs: Sequence[str], pages: int, *, whole: bool) -> None:
        """Write the pages of the kinds that these messages are of, and the page that leads to all of them."""
        changed, was = set(slugs), json.loads(self._before)
        self._pages = pages
        for kind, known in self._kinds.items():
            before = was["kinds"].get(kind, {})
            if whole or changed & known.keys() or before.keys() - known.keys():
                self._shelf(writer, kind, known)
        self._kinds = {kind: known for kind, known in self._kinds.items() if known}
        writer.put(FILE, self.kept())
        if whole or (self._months, self._kinds.keys(), pages) != (was["months"], was["kinds"].keys(), was["pages"]):
            kinds = [{"folder": folder, "heading": heading} for k, (folder, heading) in _KINDS.items() if k in self._kinds]
            writer.page("archive/", "shelves.html", words=writer.french, kinds=kinds, years=self._years(writer), pages=pages)

    def _note(self, item: Mapping[str, Any]) -> None:
        known = self._kinds.setdefault(item["options"].get("kind", "information"), {})
        known[item["slug"]] = item["position"]
        newest = sorted(known.items(), key=lambda pair: pair[1], reverse=True)[:MOST]
        known.clear()
        known.update(newest)

    def _shelf(self, writer: Writer, kind: str, known: Mapping[str, int]) -> None:
        folder, heading = _KINDS[kind]
        shown = sorted(writer.board.these(list(known)), key=lambda s: s.position, reverse=True)
        writer.page(
            f"archive/{folder}/",
            "shelf.html",
            words=writer.french,
            heading=heading,
            most=MOST,
            rows=writer.rows([writer.items.of(s) for s in shown]),
        )

    def _years(self, writer: Writer) -> list[dict[str, Any]]:
        years: dict[str, list[dict[str, Any]]] = {}
        for month, page in sorted(self._months.items(), reverse=True):
            at = datetime.strptime(f"{month}-01 +0000", "%Y-%m-%d %z")
            years.setdefault(month[:4], []).append({"page": page, "name": writer.french.month(at)})
        return [{"number": year, "months": months} for year, months in years.items()]
