"""Pictures as telephones and offices keep them (HEIC, AVIF, two pictures in one JPEG) made into one that every place reads."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

#: Brands of the ISO base media file format that hold a picture (ISO/IEC 23008-12, AV1 image file format).
_HEIF = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_AVIF = frozenset((b"avif", b"avis"))
#: As good as a telephone's own JPEG.
_QUALITY = 95


def from_phone(data: bytes, wrong: Callable[[str], Exception]) -> bytes:
    """Return a picture as PNG, JPEG, WebP or GIF where a telephone kept it otherwise; anything else as it is.

    Args:
        data: the whole file.
        wrong: makes the error that says why a picture cannot be read.

    Raises:
        Exception: what `wrong` makes; a HEIC that is damaged.
    """
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand in _HEIF | _AVIF:
        return _as_jpeg(data, "HEIC" if brand in _HEIF else "AVIF", wrong)
    return first_of_several(data) if data[:2] == b"\xff\xd8" else data


def what_it_is(data: bytes) -> str:
    """Return what a file is that somebody took for a picture, and the way out; "" if it cannot be told."""
    start = data[:1000].lstrip().lower()
    if data[:5] == b"%PDF-":
        return "c'est un PDF ; enregistrez la page en PNG, ou mettez le texte dans le message"
    if b"<svg" in start or (start.startswith(b"<?xml") and b"svg" in data[:4000].lower()):
        return "dessin vectoriel (SVG) ; enregistrez-le en PNG"
    if data[4:8] == b"ftyp":
        return "c'est un film ; mettez-le en ligne et donnez son adresse (link)"
    if data[:2] == b"PK":
        return "c'est un document ou une archive ; enregistrez l'image seule en PNG ou JPEG"
    return ""


def _as_jpeg(data: bytes, name: str, wrong: Callable[[str], Exception]) -> bytes:
    from PIL import Image, ImageOps

    if name == "HEIC":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    try:
        with Image.open(io.BytesIO(data)) as opened:
            profile = opened.info.get("icc_profile")
            picture = ImageOps.exif_transpose(opened)
            picture = picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, RuntimeError, Image.DecompressionBombError) as error:
        raise wrong(f"photo {name} illisible ; enregistrez-la en JPEG") from error
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, subsampling=0, icc_profile=profile)
    return out.getvalue()


def first_of_several(data: bytes) -> bytes:
    """Return the first picture of a JPEG that holds several (CIPA DC-007, "MPO"); any other JPEG as it is."""
    place, index = 2, None
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] not in (0xDA, 0xD9):
        length = struct.unpack(">H", data[place + 2 : place + 4])[0]
        if data[place + 1] == 0xE2 and data[place + 4 : place + 8] == b"MPF\0":
            index = (place, place + 2 + length)
        place += 2 + length
    if index is None:
        return data
    end = _end_of_picture(data, place)
    return data[: index[0]] + data[index[1] : end] if end else data


def _end_of_picture(data: bytes, place: int) -> int | None:
    """Return where the picture ends whose scans begin at a place; None if it never does."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            return None
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker in (0x00, 0xFF) or 0xD0 <= marker <= 0xD7:
            place += 1 if marker == 0xFF else 2
        elif place + 4 <= len(data):
            place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
        else:
            return None
