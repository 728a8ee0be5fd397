"""The proof: typst makes the pages, pypdf sets the trim and bleed boxes."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

from broadcast.errors import ChannelRefused

#: The sheet is A4 with 13 mm around it: 3 mm of bleed and room for crop marks (as in publish.typ).
MARGIN_MM, BLEED_MM = 13.0, 3.0
_POINTS = 72 / 25.4


def pdf(source: str, pictures: Mapping[str, bytes], title: str, who: str, fonts: str = "") -> bytes:
    """Return the proof as PDF with trim and bleed boxes; the same story gives the same bytes.

    Raises:
        ChannelRefused: the template's typst has a fault.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject

    reader = PdfReader(io.BytesIO(_compile(source, pictures, "pdf", who, fonts)[0]))
    writer = PdfWriter(clone_from=reader)
    for page in writer.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        for name, inset_mm in (
            ("trimbox", MARGIN_MM),
            ("bleedbox", MARGIN_MM - BLEED_MM),
        ):
            inset = inset_mm * _POINTS
            setattr(
                page,
                name,
                RectangleObject((inset, inset, width - inset, height - inset)),
            )
    writer.metadata = {"/Title": title, "/Creator": "Broadcast"}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pages(source: str, pictures: Mapping[str, bytes], who: str, fonts: str = "") -> list[bytes]:
    """Return the proof's pages as PNG.

    Raises:
        ChannelRefused: the template's typst has a fault.
    """
    return _compile(source, pictures, "png", who, fonts)


def _compile(source: str, pictures: Mapping[str, bytes], form: str, who: str, fonts: str) -> list[bytes]:
    import typst

    with tempfile.TemporaryDirectory(prefix="broadcast-proof-") as folder:
        for name, data in pictures.items():
            (Path(folder) / name).write_bytes(data)
        path = Path(folder) / "story.typ"
        path.write_text(source, encoding="utf-8")
        more = [fonts] if fonts else []
        try:
            if form == "pdf":
                made = typst.compile(str(path), root=folder, format="pdf", timestamp=0, font_paths=more)
            else:
                made = typst.compile(str(path), root=folder, format="png", ppi=110, font_paths=more)
        except (typst.TypstError, RuntimeError) as error:
            raise ChannelRefused(f"{who} : le modèle publish.typ a une faute : {str(error).splitlines()[0]}") from error
    return made if isinstance(made, list) else [bytes(made)]
