"""Print: a story for the municipal journal, packed for the layout artist.

What the public sees: nothing until people have laid it out and printed it. A hand-over is a folder
and a ZIP with the story for InDesign (ICML, named paragraph styles), the same as plain text, the
pictures with their credits, an A4 proof with crop marks, and `manifest.json` with checksums. It
stays *handed over* until a person confirms with `broadcast resolve SLUG/CHANNEL --proof …`.

Quirks:
    - A new version replaces the package as a whole; the manifest says which files changed hands.
    - Text and shapes of the proof are CMYK, PNG pictures stay RGB; PDF/X is InDesign's business.
    - A withdrawn story leaves `RETIRE.txt` in its folder, so that nobody lays it out by mistake.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from broadcast import files
from broadcast.channel import (
    ChannelSettings,
    Drawing,
    Found,
    Idempotent,
    Limits,
    Memory,
    NotSeen,
    Published,
    Reply,
    Stream,
)
from broadcast.model import Part, sha256_of
from channels.print import proof, signs

#: Resolution below which a picture is too small for its column of 88 mm.
MIN_DPI, COLUMN_MM = 300, 88
#: What is said at the end of a message: words for the layout artist, not a story.
_NOTE = "FIN.txt"
#: Signs named in one sentence.
_MOST_SIGNS = 20


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind print."""

    path: str = "print"
    #: A folder with further fonts (TTF, OTF), for scripts and emoji that this machine lacks; "" for none.
    fonts: str = ""


class Print:
    """One folder for the layout artist."""

    kind: ClassVar[str] = "print"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "always"

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings
        self._dir = Path(settings.newsroom_dir) / settings.path
        self._fonts = str(Path(settings.newsroom_dir) / settings.fonts) if settings.fonts else ""

    @property
    def limits(self) -> Limits:
        """Paper takes everything; the length budget is the editor's."""
        return Limits(keeps_structure=True, keeps_originals=True, print_width_mm=COLUMN_MM, source="settings")

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Hand the story over; what has no layout (the end of a message) is a note beside it."""
        return self._hand_over(part) if "icml" in part.documents else self._note(part)

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Hand the new version over in place of the old."""
        return self._hand_over(part)

    def take_down(self, published: Published, *, key: str) -> None:
        """Take the package back, and say so in its folder."""
        folder = self._dir / published.external_id
        try:
            if folder.exists():
                files.write(
                    folder / "RETIRE.txt",
                    "Ce sujet est retiré : ne pas le mettre en page.\n".encode(),
                )
                for path in folder.iterdir():
                    if path.name != "RETIRE.txt":
                        path.unlink(missing_ok=True)
        except OSError as error:
            raise files.failure(error, self._settings.name) from error

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look whether exactly this story lies there."""
        name, wanted = ("story.icml", part.documents["icml"]) if "icml" in part.documents else (_NOTE, part.text + "\n")
        try:
            same = (self._dir / part.slug / name).read_bytes() == wanted.encode()
        except OSError:
            return NotSeen()
        return Found(published=self._published(part)) if same else NotSeen()

    def doubts(self, part: Part) -> Sequence[str]:
        """Name the signs that would be empty boxes on the proof."""
        lost = signs.missing(f"{part.title}\n{part.text}", self._fonts)
        if not lost:
            return []
        more = " …" if len(lost) > _MOST_SIGNS else ""
        return [
            f"l'épreuve montrera une case vide à la place de : {' '.join(lost[:_MOST_SIGNS])}{more} ; retirez ces signes, ou ajoutez "
            "des polices qui les ont (fonts-noto sous Debian, ou un dossier nommé par fonts)"
        ]

    def draw(self, part: Part) -> Sequence[Drawing]:
        """Return the proof's pages as pictures."""
        if "typ" not in part.documents:
            return []  # what is said at the end is a note, not a page
        pictures = {m.name: m.read() for m in part.media}
        return [
            Drawing(
                name=f"{part.slug}-epreuve-{n}.png",
                media_type="image/png",
                content=page,
                alt=f"Épreuve, page {n}",
            )
            for n, page in enumerate(proof.pages(part.documents["typ"], pictures, self._settings.name, self._fonts), 1)
        ]

    def _hand_over(self, part: Part) -> Published:
        pictures = {m.name: m.read() for m in part.media}
        contents: dict[str, bytes] = {
            "story.icml": part.documents["icml"].encode(),
            "story.txt": (part.text + "\n").encode(),
            "proof.pdf": proof.pdf(part.documents["typ"], pictures, part.title, self._settings.name, self._fonts),
            **pictures,
        }
        manifest = _manifest(part, contents)
        contents["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
        contents[f"{part.slug}.zip"] = _zip(part.slug, contents)
        try:
            self._put(self._dir / part.slug, contents)
        except OSError as error:
            raise files.failure(error, self._settings.name) from error
        return self._published(part)

    def _note(self, part: Part) -> Published:
        place = self._dir / part.slug / _NOTE
        try:
            files.write(place, f"{part.text}\n".encode())
        except OSError as error:
            raise files.failure(error, self._settings.name) from error
        return Published(external_id=part.slug, url=place.as_uri(), public=False)

    def _put(self, folder: Path, contents: Mapping[str, bytes]) -> None:
        # Built beside its place and swapped in whole: the artist never finds half a package.
        fresh = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for name, data in contents.items():
            files.write(fresh / name, data)
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        files.sync(folder.parent)
        shutil.rmtree(old, ignore_errors=True)

    def _published(self, part: Part) -> Published:
        url = (self._dir / part.slug / f"{part.slug}.zip").as_uri()
        return Published(external_id=part.slug, url=url, public=False)


def _manifest(part: Part, contents: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "slug": part.slug,
        "title": part.title,
        "language": part.language,
        "kind": part.options.get("kind"),
        "expires": part.expires_at.isoformat() if part.expires_at else None,
        "words": len(part.text.split()),
        "characters": len(part.text),
        "files": [{"name": n, "bytes": len(d), "sha256": sha256_of(d)} for n, d in sorted(contents.items())],
        "images": [
            {
                "file": m.name,
                "alt": m.alt,
                "credit": m.credit,
                "width_px": m.width_px,
                "height_px": m.height_px,
                "dpi_at_88_mm": round(m.width_px / (COLUMN_MM / 25.4)),
                "warning": "" if m.width_px / (COLUMN_MM / 25.4) >= MIN_DPI else f"moins de {MIN_DPI} dpi sur une colonne",
            }
            for m in part.media
        ],
    }


def _zip(slug: str, contents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(contents.items()):
            # A fixed date: the same story gives the same bytes.
            entry = zipfile.ZipInfo(f"{slug}/{name}", (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


ADAPTER: type[Stream] = Print
