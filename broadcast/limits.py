"""What fits in a place: limits of a network, the face of a street sign."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The face of an electronic street sign: what `layout.sign` fills."""

    #: Characters across and lines down; for a pixel panel computed from the font.
    columns: int = 0
    rows: int = 0
    #: Pixels; 0: a character panel, drawn with one cell a character.
    width_px: int = 0
    height_px: int = 0
    #: Name of a Python codec or "all": characters outside it are replaced (É -> E) or reported.
    charset: str = "all"
    #: "upper" or "as_written".
    case: str = "upper"
    max_pages: int = 2
    #: Colours that the panel can show, first is the default text colour: "amber", "red", "white"…
    colours: tuple[str, ...] = ("amber",)
    #: Seconds for which a page stays at least.
    min_page_time_s: float = 3.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What fits, as the platform counts it. None means no limit of ours."""

    max_length: int | None = None
    #: A unit of `broadcast.text.measure`.
    unit: str = "characters"
    #: Largest text in UTF-8, bytes.
    max_bytes: int | None = None
    #: Longest text beside pictures; a longer one goes without them.
    max_length_with_images: int | None = None
    #: Posts of a thread at most; 1: the place has no threads.
    max_parts: int = 1
    max_images: int | None = None
    max_image_bytes: int | None = None
    image_types: tuple[str, ...] = (
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
    )
    max_alt_length: int | None = None
    #: Longest side of a picture, pixels; larger ones are made smaller.
    max_image_px: int | None = None
    #: Width of a printed column, millimetres: a picture must have 300 dots an inch on it.
    print_width_mm: float | None = None
    #: True where pictures go as their author gave them (print), position data removed.
    keeps_originals: bool = False
    #: What a URL weighs where the platform shortens it.
    url_length: int | None = None
    #: False where the platform shows plain text only.
    keeps_structure: bool = False
    #: Set for signs: the text is laid out in pages of this panel.
    panel: Panel | None = None
    #: "default" (of the platform), "settings" or "probe".
    source: str = "default"
