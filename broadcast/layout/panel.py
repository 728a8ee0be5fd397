"""Drawing a sign page, pixel by pixel, as the panel will, and enlarged for people."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from broadcast.channel import Panel
from broadcast.layout import font

if TYPE_CHECKING:
    from PIL import Image

_COLOURS = {
    "amber": (255, 176, 32),
    "red": (255, 70, 50),
    "green": (80, 230, 90),
    "white": (245, 245, 240),
    "yellow": (255, 225, 60),
    "blue": (90, 150, 255),
}
_DOT, _BACK, _OFF = 8, (12, 12, 14), (34, 32, 30)


def pictures(lines: Sequence[str], panel: Panel, size: tuple[int, int]) -> tuple[bytes, bytes]:
    """Return a PNG of the exact size of the panel, and one eight times as large, with round dots as its lamps."""
    from PIL import Image, ImageChops

    on = _lit(lines, panel, size)
    small = Image.new("P", on.size, 0)
    small.putpalette([0, 0, 0, *_colour(panel)])
    small.paste(1, (0, 0), on)
    lamps, frame = _lamps(*on.size), 2 * _DOT
    colours = Image.new("L", on.size, 1)
    colours.paste(2, (0, 0), on)
    dots = ImageChops.darker(colours.resize(lamps.size, Image.Resampling.NEAREST), lamps)
    large = Image.new("L", (lamps.width + 2 * frame, lamps.height + 2 * frame), 0)
    large.paste(dots, (frame, frame))
    large.putpalette([*_BACK, *_OFF, *_colour(panel)])
    return _png(small), _png(large)


def _lit(lines: Sequence[str], panel: Panel, size: tuple[int, int]) -> Image.Image:
    """Return the lit lamps; lines stand in the middle."""
    from PIL import Image

    columns, rows = size
    width = panel.width_px or columns * font.CELL_WIDTH
    height = panel.height_px or rows * font.CELL_HEIGHT
    on = Image.new("1", (width, height), 0)
    top = (height - len(lines) * font.CELL_HEIGHT) // 2
    for row, line in enumerate(lines):
        left = (width - (len(line) * font.CELL_WIDTH - 1)) // 2
        for column, char in enumerate(line):
            shape = _shape(char)
            on.paste(1, (left + column * font.CELL_WIDTH, top + row * font.CELL_HEIGHT), shape)
    return on


@lru_cache(maxsize=512)
def _shape(char: str) -> Image.Image:
    from PIL import Image

    rows = _glyph(char)
    shape = Image.new("1", (len(rows[0]), len(rows)), 0)
    shape.putdata([bit == "#" for bits in rows for bit in bits])
    return shape


@lru_cache(maxsize=16)
def _lamps(width: int, height: int) -> Image.Image:
    """Return a mask of round dots, one for each lamp."""
    from PIL import Image, ImageDraw

    one = Image.new("L", (_DOT, _DOT), 0)
    ImageDraw.Draw(one).ellipse((1, 1, _DOT - 2, _DOT - 2), fill=255)
    row = Image.new("L", (width * _DOT, _DOT), 0)
    for x in range(width):
        row.paste(one, (x * _DOT, 0))
    mask = Image.new("L", (width * _DOT, height * _DOT), 0)
    for y in range(height):
        mask.paste(row, (0, y * _DOT))
    return mask


def _glyph(char: str) -> tuple[str, ...]:
    # What the font lacks is a finding that blocks; the picture shows a hole.
    return font.glyph(char) if font.has(char) else font.glyph("?")


def _colour(panel: Panel) -> tuple[int, int, int]:
    return _COLOURS.get(panel.colours[0] if panel.colours else "amber", _COLOURS["amber"])


def _png(picture: object) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()
