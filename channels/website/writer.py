"""The files of a site: made from frames, waiting until enough are together, written whole and only where they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from broadcast import files
from broadcast.channel import BoardView
from channels.website import town
from channels.website.item import Items
from channels.website.settings import Settings
from channels.website.words import Words, words_for

#: Files written in one go.
_AT_ONCE = 100
#: Between two lines of a list: no text holds it.
_END = "<!--|-->"


class Writer:
    """Frames filled and files written, in the order in which they shall appear."""

    def __init__(self, folder: Path, board: BoardView, settings: Settings) -> None:
        self.board, self.settings = board, settings
        self.items = Items(board.newsroom)
        #: The words of pages that are no message's.
        self.words = words_for(board.newsroom.language)
        #: Those of pages that are written in French only, whatever the town speaks: law, numbers, archives.
        self.french = words_for("fr")
        self.base = board.newsroom.base_url
        #: Names of the files that were written because they changed.
        self.changed: list[str] = []
        self._dir = folder
        self._waiting: list[tuple[Path, bytes]] = []
        self._rows: dict[str, Markup] = {}
        self._town = town.facts(settings)
        icon, picture = settings.file("icon"), settings.file("share_image")
        self._icon = f"icon{icon.suffix.lower()}" if icon else "icon.svg"
        self._picture = f"partage{picture.suffix.lower()}" if picture and self.base else ""

    def put(self, name: str, data: bytes | str) -> None:
        """Let a file hold this; it is written with the next ones.

        Raises:
            OSError: a file could not be written; what was written before is whole.
        """
        self._waiting.append((self._dir / name, data.encode() if isinstance(data, str) else data))
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def page(self, path: str, template: str, *, words: Words | None = None, **values: Any) -> None:
        """Let `<path>index.html` be a page of this template; `path` is "" or ends with a stroke."""
        depth = path.count("/")
        self.put(f"{path}index.html", self.frame(template, depth, w=words or self.words, town=self._town, path=path, **values))

    def frame(self, template: str, depth: int, **values: Any) -> str:
        """Return a filled frame of a file so many folders below the front page."""
        # Relative addresses: the site also works from a folder, or below a path.
        site = {
            "root": "../" * depth or "./",
            "base": self.base,
            "hub": self.settings.hub,
            "exercise": self.board.newsroom.world == "exercise",
            "icon": self._icon,
            "picture": self._picture,
        }
        return self.board.frame(template, {"site": site, **values})

    def rows(self, items: Sequence[Mapping[str, Any]]) -> list[Markup]:
        """Return the lines of messages in a list of the archives, each made once though several lists show it."""
        unmade = [item for item in items if item["slug"] not in self._rows]
        if unmade:
            made = self.frame("rows.html", 2, w=self.french, items=unmade).split(_END)
            self._rows |= {item["slug"]: Markup(row) for item, row in zip(unmade, made, strict=False)}  # noqa: S704  (a frame escapes)
        return [self._rows[item["slug"]] for item in items]

    def put_assets(self) -> None:
        """Let the style, the script of the search, the icon and the picture of shared links be there."""
        for name in ("style.css", "search.js"):
            self.put(name, self.board.asset(name))
        icon, picture = self.settings.file("icon"), self.settings.file("share_image")
        self.put(self._icon, icon.read_bytes() if icon else self.board.asset("icon.svg"))
        if picture and self._picture:
            self.put(self._picture, picture.read_bytes())

    def flush(self) -> None:
        """Write what waits.

        Raises:
            OSError: a file could not be written; what was written before is whole.
        """
        waiting, self._waiting = self._waiting, []
        self.changed += [path.relative_to(self._dir).as_posix() for path in files.write_all(waiting)]
