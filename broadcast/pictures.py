"""A picture made to fit a place: upright, small enough, of a type it takes, without what the camera wrote into it.

What fits already keeps its pixels: metadata (position, device, thumbnails) is cut out without
decoding the picture. Anything else is made anew, as large as the place allows.
"""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from broadcast.channel import Limits
from broadcast.model import Media, sha256_of

#: Qualities tried before a picture is made smaller.
_QUALITIES = (88, 80, 70)
#: Each try after that has so much of the side before.
_SHRINK = 0.85
_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif"}
_ORIENTATION = 0x0112
#: Colour space of a picture's mode, as a profile names it.
_SPACES = {"RGB": b"RGB ", "RGBA": b"RGB ", "L": b"GRAY", "LA": b"GRAY", "CMYK": b"CMYK"}


def fitted(media: tuple[Media, ...], limits: Limits) -> tuple[Media, ...]:
    """Return the pictures as a place takes them: as many as it takes, each within its limits."""
    chosen = media if limits.max_images is None else media[: limits.max_images]
    return tuple(_fitted(one, limits) for one in chosen)


def _fitted(media: Media, limits: Limits) -> Media:
    if media.media_type not in _ENDINGS:
        return media
    max_px = None if limits.keeps_originals else limits.max_image_px
    max_bytes = None if limits.keeps_originals else limits.max_image_bytes
    made = _made(_Bytes(media), max_px, max_bytes, limits.image_types, limits.keeps_originals)
    if made is None:
        return media
    data, media_type, width, height = made
    stem = media.name.rpartition(".")[0] or media.name
    name = media.name if media_type == media.media_type else stem + _ENDINGS[media_type]
    return replace(
        media,
        name=name,
        media_type=media_type,
        sha256=sha256_of(data),
        size_bytes=len(data),
        width_px=width or media.width_px,
        height_px=height or media.height_px,
        read=partial(bytes, data),
    )


class _Bytes:
    """The bytes of a picture, told apart by their hash: a message goes to many places."""

    def __init__(self, media: Media) -> None:
        self.sha256, self.media_type, self.read = media.sha256, media.media_type, media.read

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bytes) and other.sha256 == self.sha256


@lru_cache(maxsize=64)
def _made(
    source: _Bytes, max_px: int | None, max_bytes: int | None, types: tuple[str, ...], keeps_inks: bool
) -> tuple[bytes, str, int, int] | None:
    """Return (bytes, type, width, height) of what fits; None: the picture fits as it is. Screens get no printer's inks."""
    from PIL import Image

    data = source.read()
    with Image.open(io.BytesIO(data)) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1) not in (0, 1)
        large = max_px is not None and max(picture.size) > max_px
        moves = getattr(picture, "n_frames", 1) > 1
        inks = picture.mode == "CMYK" and not keeps_inks
    if not turned and not large and not inks and source.media_type in types:
        bare = without_metadata(data, source.media_type)
        if max_bytes is None or len(bare) <= max_bytes:
            return None if bare == data else (bare, source.media_type, 0, 0)
    if moves and not large and source.media_type in types and max_bytes is None:
        return None
    return _anew(data, max_px, max_bytes, source.media_type, types, keeps_inks)


def _anew(
    data: bytes, max_px: int | None, max_bytes: int | None, media_type: str, types: tuple[str, ...], keeps_inks: bool
) -> tuple[bytes, str, int, int] | None:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data)) as opened:
        if max_px is not None:
            opened.draft(None, (max_px, max_px))  # a JPEG is read no larger than it is needed
        turned = opened.getexif().get(_ORIENTATION, 1) not in (0, 1)
        picture: Any = (ImageOps.exif_transpose(opened) if turned else None) or opened
        clear = "A" in picture.getbands() or "transparency" in picture.info
        wanted = _type_for(media_type, clear, types)
        if wanted is None:
            return None
        picture = _in_colours(picture, wanted, keeps_inks)
        if max_px is not None:
            picture.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
        while True:
            for quality in _QUALITIES:
                made = _encoded(picture, wanted, quality)
                if max_bytes is None or len(made) <= max_bytes:
                    return made, wanted, picture.width, picture.height
                if wanted == "image/png":
                    break
            if wanted == "image/png" and not clear and "image/jpeg" in types:
                wanted, picture = "image/jpeg", picture.convert("RGB")
                continue
            if min(picture.size) < 64:
                return None  # no such limit exists; the check says that it does not fit
            size = (max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK)))
            picture = picture.resize(size, Image.Resampling.LANCZOS)


def _type_for(media_type: str, clear: bool, types: tuple[str, ...]) -> str | None:
    if media_type in types and media_type != "image/gif":
        return media_type
    order = ("image/png", "image/webp", "image/jpeg") if clear else ("image/jpeg", "image/webp", "image/png")
    return next((t for t in order if t in types), None)


def _in_colours(picture: Any, wanted: str, keeps_inks: bool) -> Any:
    from PIL import Image

    if picture.mode.startswith("I"):  # sixteen bits a lamp; a plain conversion would make all of it white
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if wanted != "image/jpeg":
        return picture if picture.mode in ("RGB", "RGBA", "L", "LA") else picture.convert("RGBA")
    if picture.mode in ("RGBA", "LA", "P"):
        under = Image.new("RGB", picture.size, "white")
        over = picture.convert("RGBA")
        under.paste(over, mask=over.getchannel("A"))
        return under
    if picture.mode == "CMYK":
        return picture if keeps_inks else _on_screen(picture)
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")


def _on_screen(picture: Any) -> Any:
    """Return a picture in inks as a screen shows it, by its own colour profile where that can be read."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if profile:
        try:
            return ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return picture.convert("RGB")


def _encoded(picture: Any, media_type: str, quality: int) -> bytes:
    out = io.BytesIO()
    # The colour profile stays, for the colours' sake, where it speaks of the colours that the picture has.
    profile = picture.info.get("icc_profile")
    options: dict[str, Any] = {"icc_profile": profile if profile and profile[16:20] == _SPACES.get(picture.mode) else None}
    if media_type == "image/jpeg":
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True, **options)
    elif media_type == "image/webp":
        picture.save(out, "WEBP", quality=quality, method=4, **options)
    else:
        picture.save(out, "PNG", optimize=True, **options)
    return without_metadata(out.getvalue(), media_type)  # the encoder copies comments along


def without_metadata(data: bytes, media_type: str) -> bytes:
    """Return a picture file without position, device, comments and thumbnails; its pixels untouched.

    A file that is not built as its type says comes back as it is.
    """
    strip = {"image/jpeg": _bare_jpeg, "image/png": _bare_png, "image/webp": _bare_webp, "image/gif": _bare_gif}.get(media_type)
    try:
        return strip(data) if strip else data
    except (struct.error, IndexError, ValueError):
        return data


def _bare_jpeg(data: bytes) -> bytes:
    out, place = bytearray(data[:2]), 2
    # At the mark D9 the picture ends; behind it telephones hang a film or a second picture, each with its own position.
    while place < len(data) and data[place + 1] != 0xD9:
        if data[place] != 0xFF:
            raise ValueError("no JPEG")
        marker = data[place + 1]
        length = struct.unpack(">H", data[place + 2 : place + 4])[0]
        begin, place = place, place + 2 + length
        if marker == 0xDA:
            place = _end_of_scan(data, place)
        if _is_of_picture(marker, data[begin + 4 : begin + 16]):
            out += data[begin:place]
    return bytes(out) + data[place : place + 2]


def _is_of_picture(marker: int, begins: bytes) -> bool:
    """True for what is needed to show a JPEG: of what programs add (APP, comments), JFIF, colour profile and Adobe's colours."""
    if marker == 0xFE or 0xE0 <= marker <= 0xEF:
        return (marker, begins[:5]) in ((0xE0, b"JFIF\0"), (0xEE, b"Adobe")) or (marker, begins[:12]) == (0xE2, b"ICC_PROFILE\0")
    return True


def _end_of_scan(data: bytes, place: int) -> int:
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            return len(data)
        if data[place + 1] == 0 or 0xD0 <= data[place + 1] <= 0xD7:
            place += 2
        elif data[place + 1] == 0xFF:
            place += 1
        else:
            return place


#: What is needed to show a PNG, moving or not.
_PNG = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST sPLT pHYs acTL fcTL fdAT mDCV cLLI mDCv cLLi".split()
)


def _bare_png(data: bytes) -> bytes:
    out, place, name = bytearray(data[:8]), 8, b""
    while name != b"IEND" and place < len(data):
        length = struct.unpack(">I", data[place : place + 4])[0]
        name = data[place + 4 : place + 8]
        if name in _PNG:
            out += data[place : place + 12 + length]
        place += 12 + length
    return bytes(out)


def _bare_webp(data: bytes) -> bytes:
    chunks, place = bytearray(), 12
    while place + 8 <= len(data):
        name, length = data[place : place + 4], struct.unpack("<I", data[place + 4 : place + 8])[0]
        whole = data[place : place + 8 + length + (length & 1)]
        if name == b"VP8X":
            whole = whole[:8] + bytes([whole[8] & ~0b1100]) + whole[9:]  # no EXIF, no XMP from here on
        if name in (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"):
            chunks += whole
        place += 8 + length + (length & 1)
    return data[:4] + struct.pack("<I", len(chunks) + 4) + b"WEBP" + bytes(chunks)


def _bare_gif(data: bytes) -> bytes:
    place = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    out = bytearray(data[:place])
    while data[place] != 0x3B:
        begin, kind = place, data[place]
        if kind == 0x2C:
            place += 11 + (3 << (data[place + 9] & 7) + 1 if data[place + 9] & 0x80 else 0)
        elif kind == 0x21:
            place += 2
        else:
            raise ValueError("no GIF")
        while data[place]:
            place += 1 + data[place]
        place += 1
        # A comment, or XMP; what says how the picture moves stays.
        if kind == 0x2C or (data[begin + 1] != 0xFE and data[begin + 3 : begin + 14] != b"XMP DataXMP"):
            out += data[begin:place]
    return bytes(out) + b";"
