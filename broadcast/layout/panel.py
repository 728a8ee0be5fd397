"""Drawing a sign page, pixel by pixel, as the panel will, and enlarged for people."""

from __future__ import annotations

import io
from collections.abc import Sequence

from broadcast.channel import Panel
from broadcast.layout import font

_COLOURS = {
    "amber": (255, 176, 32),
    "red": (255, 70, 50),
    "green": (80, 230, 90),
    "white": (245, 245, 240),
    "yellow": (255, 225, 60),
    "blue": (90, 150, 255),
}
_DOT, _BACK, _OFF = 8, (12, 12, 14), (34, 32, 30)


def lit(lines: Sequence[str], panel: Panel, size: tuple[int, int]) -> tuple[int, int, set[tuple[int, int]]]:
    """Return width, height and the lit pixels; lines stand in the middle."""
    columns, rows = size
    width = panel.width_px or columns * font.CELL_WIDTH
    height = panel.height_px or rows * font.CELL_HEIGHT
    points = set()
    top = (height - len(lines) * font.CELL_HEIGHT) // 2
    for row, line in enumerate(lines):
        left = (width - (len(line) * font.CELL_WIDTH - 1)) // 2
        for column, char in enumerate(line):
            for y, bits in enumerate(_glyph(char)):
                points |= {
                    (
                        left + column * font.CELL_WIDTH + x,
                        top + row * font.CELL_HEIGHT + y,
                    )
                    for x, bit in enumerate(bits)
                    if bit == "#"
                }
    return (
        width,
        height,
        {(x, y) for x, y in points if 0 <= x < width and 0 <= y < height},
    )


def draw(lines: Sequence[str], panel: Panel, size: tuple[int, int]) -> bytes:
    """Return a PNG of the exact size of the panel."""
    from PIL import Image

    width, height, points = lit(lines, panel, size)
    picture = Image.new("P", (width, height), 0)
    picture.putpalette([0, 0, 0, *_colour(panel)])
    pixels = picture.load()
    assert pixels is not None
    for x, y in points:
        pixels[x, y] = 1
    return _png(picture)


def preview(lines: Sequence[str], panel: Panel, size: tuple[int, int]) -> bytes:
    """Return a PNG eight times as large, with round dots as the lamps of the panel."""
    from PIL import Image, ImageDraw

    width, height, points = lit(lines, panel, size)
    frame = 2 * _DOT
    picture = Image.new("P", (width * _DOT + 2 * frame, height * _DOT + 2 * frame), 0)
    picture.putpalette([*_BACK, *_OFF, *_colour(panel)])
    pen = ImageDraw.Draw(picture)
    for y in range(height):
        for x in range(width):
            left, top = frame + x * _DOT, frame + y * _DOT
            pen.ellipse(
                (left + 1, top + 1, left + _DOT - 2, top + _DOT - 2),
                fill=2 if (x, y) in points else 1,
            )
    return _png(picture)


def _glyph(char: str) -> tuple[str, ...]:
    # What the font lacks is a finding that blocks; the picture shows a hole.
    return font.glyph(char) if font.has(char) else font.glyph("?")


def _colour(panel: Panel) -> tuple[int, int, int]:
    return _COLOURS.get(panel.colours[0] if panel.colours else "amber", _COLOURS["amber"])


def _png(picture: object) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
