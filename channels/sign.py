"""Electronic street sign (journal électronique d'information): the folder that sign software picks up.

What the public sees: on each sign, the live messages in order of severity, page after page, each
long enough to be read. Every entry of `playlist.json` carries its start and its end, so that the
panel goes dark by itself even if this server is down.

Files, in `<path>/<channel>/`: `playlist.json`, and for each page `<slug>-<page>.txt` (the lines),
`.png` (panel size, one pixel a lamp) and `-preview.png` (for people); for each message `<slug>.multi`
(all its pages in the markup of NTCIP 1203).

No public interface of the French vendors was found (Lumiplan, Charvet, Centaure; 2026-11-23): a
file drop, or a transfer of this folder, is what they take.

Quirks:
    - The pictures were drawn at submission and are part of what was approved; nothing is drawn here.
    - The playlist is written after the files it names, and files are removed after the playlist.
    - Files in the folder that this channel did not make are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from broadcast import files
from broadcast.channel import (
    Board,
    BoardView,
    ChannelSettings,
    Drawing,
    Limits,
    Memory,
    Panel,
    Published,
    Showing,
)
from broadcast.model import Part

_WRITTEN = "written"
_FORMATS = ("txt", "png", "multi")
#: Larger is a mistake of typing, and its picture would fill the memory.
_LARGEST = {"columns": 200, "rows": 40, "width_px": 2000, "height_px": 1000}
#: Lamps that one letter takes, wide and high.
_LETTER_PX = (5, 10)


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind sign."""

    destination: ClassVar[tuple[str, ...]] = ("path",)

    path: str = "signs"
    columns: int = 0
    rows: int = 0
    width_px: int = 0
    height_px: int = 0
    #: "all", or a Python codec such as latin-1 or ascii.
    charset: str = "all"
    #: upper or as_written.
    case: str = "upper"
    colours: tuple[str, ...] = ("amber",)
    max_pages: int = 2
    min_page_time_s: float = 3.0
    #: Of txt, png and multi (NTCIP 1203); the playlist is always written.
    formats: tuple[str, ...] = ("txt", "png", "multi")

    def __post_init__(self) -> None:
        """Refuse a sign that does not exist, or that the sign software would get nothing for."""
        if not (self.columns and self.rows) and not (self.width_px and self.height_px):
            raise ValueError("indiquez columns et rows, ou width_px et height_px")
        for key, most in _LARGEST.items():
            if not 0 <= getattr(self, key) <= most:
                raise ValueError(f"{key} : de 1 à {most}")
        if not (self.columns and self.rows) and (self.width_px < _LETTER_PX[0] or self.height_px < _LETTER_PX[1]):
            raise ValueError("width_px et height_px : une lettre demande 5 points sur 10")
        if self.max_pages < 1:
            raise ValueError("max_pages : au moins 1")
        if self.case not in ("upper", "as_written"):
            raise ValueError(f"case : « {self.case} » ; à choisir parmi : upper, as_written")
        wrong = [name for name in self.formats if name not in _FORMATS]
        if wrong or not self.formats:
            raise ValueError(f"formats : « {''.join(wrong[:1])} » ; à choisir parmi : {', '.join(_FORMATS)}")
        try:
            "A".encode("ascii" if self.charset == "all" else self.charset)
        except (LookupError, ValueError):
            raise ValueError(f"charset : « {self.charset} » inconnu ; écrivez all, latin-1 ou ascii") from None


class Sign:
    """One sign, or several that show the same."""

    kind: ClassVar[str] = "sign"
    settings_type: ClassVar[type[ChannelSettings]] = Settings

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings, self._memory = settings, memory
        self._dir = Path(settings.newsroom_dir) / settings.path / settings.name

    @property
    def limits(self) -> Limits:
        """The panel of the settings."""
        s = self._settings
        panel = Panel(
            columns=s.columns,
            rows=s.rows,
            width_px=s.width_px,
            height_px=s.height_px,
            charset=s.charset,
            case=s.case,
            max_pages=s.max_pages,
            colours=s.colours,
            min_page_time_s=s.min_page_time_s,
        )
        return Limits(panel=panel, max_images=0, source="settings")

    def show(self, board: BoardView) -> list[Published]:
        """Write the pages of all live messages, then the playlist, then remove what is no longer shown."""
        live = board.live()
        wanted: dict[str, bytes] = {}
        entries: list[dict[str, Any]] = []
        for showing in live:
            for part in showing.rendition.parts:
                pages = self._files(part)
                wanted |= pages
                entries.append(self._entry(board, showing, part, pages))
        try:
            self._write(board, wanted, entries)
        except OSError as error:
            raise files.failure(error, self._settings.name) from error
        url = (self._dir / "playlist.json").as_uri()
        return [Published(external_id=s.slug, url=url) for s in live if s.slug in board.changed]

    def draw(self, part: Part) -> Sequence[Drawing]:
        """Return the enlarged picture of a page."""
        return [
            Drawing(name=m.name, media_type=m.media_type, content=m.read(), alt=m.alt)
            for m in part.media
            if m.name.endswith("-preview.png")
        ]

    def _files(self, part: Part) -> dict[str, bytes]:
        made: dict[str, bytes] = {}
        if "txt" in self._settings.formats:
            charset = "utf-8" if self._settings.charset == "all" else self._settings.charset
            text = part.text.replace("\u00a0", " ") + "\n"
            made[f"{part.slug}-{part.options['page']}.txt"] = text.encode(charset, "replace")
        if "png" in self._settings.formats:
            made |= {m.name: m.read() for m in part.media}
        if "multi" in self._settings.formats and part.documents.get("multi"):
            made[f"{part.slug}.multi"] = part.documents["multi"].encode("utf-8")
        return made

    def _entry(self, board: BoardView, showing: Showing, part: Part, pages: dict[str, bytes]) -> dict[str, Any]:
        zone = ZoneInfo(board.newsroom.timezone)
        start = showing.published_at
        return {
            "slug": part.slug,
            "revision": showing.revision,
            "page": part.options["page"],
            "pages": part.options["pages"],
            "lines": part.text.replace("\u00a0", " ").split("\n"),
            "page_time_s": part.options["page_time_s"],
            "start": start.astimezone(zone).isoformat(timespec="seconds"),
            "end": part.expires_at.astimezone(zone).isoformat(timespec="seconds") if part.expires_at else None,
            "kind": part.options["kind"],
            "level": part.options["level"],
            "priority": showing.priority,
            "files": sorted(pages),
        }

    def _write(self, board: BoardView, wanted: dict[str, bytes], entries: list[dict[str, Any]]) -> None:
        for name, data in wanted.items():
            files.write(self._dir / name, data)
        panel = self.limits.panel
        playlist = {
            "channel": self._settings.name,
            "exercise": board.newsroom.world == "exercise",
            "panel": {
                "columns": panel.columns,
                "rows": panel.rows,
                "width_px": panel.width_px,
                "height_px": panel.height_px,
            }
            if panel
            else {},
            "entries": entries,
        }
        files.write(
            self._dir / "playlist.json",
            (json.dumps(playlist, ensure_ascii=False, indent=1) + "\n").encode(),
        )
        before = set(json.loads(self._memory.get(_WRITTEN) or "[]"))
        if before != set(wanted):
            # Named before they are removed: a crash in between leaves them named, not forgotten.
            self._memory.put(_WRITTEN, json.dumps(sorted(before | set(wanted))))
            for name in before - set(wanted):
                (self._dir / name).unlink(missing_ok=True)
            self._memory.put(_WRITTEN, json.dumps(sorted(wanted)))


ADAPTER: type[Board] = Sign
