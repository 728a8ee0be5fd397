"""Reading the pictures that a message names: type by content, size within bounds, never outside the newsroom."""

from __future__ import annotations

import io
import os
import re
import unicodedata
import warnings
from pathlib import Path

from broadcast.errors import ContentError, os_reason
from broadcast.files import read_plain
from broadcast.model import Draft, Image, Media, sha256_of
from broadcast.phone_pictures import from_phone, what_it_is

#: Largest picture file, and most pixels: what a town hall's camera makes, not a decompression bomb.
MAX_BYTES, MAX_PIXELS = 40 * 2**20, 120_000_000
_TYPES = {
    "PNG": ("image/png", ".png"),
    "JPEG": ("image/jpeg", ".jpg"),
    "WEBP": ("image/webp", ".webp"),
    "GIF": ("image/gif", ".gif"),
}


def load(draft: Draft, folder: Path, *, root: Path) -> tuple[Media, ...]:
    """Return the pictures of a message.

    Args:
        draft: the message.
        folder: where its file lies; picture paths start here.
        root: the newsroom folder; beyond it nothing is read, unless the message itself lies elsewhere.

    Raises:
        ContentError: a picture is missing, no picture, too large, or outside; with the line.
    """
    taken: set[str] = set()
    return tuple(_load(draft, n, image, folder, root, taken) for n, image in enumerate(draft.images))


def _load(draft: Draft, n: int, image: Image, folder: Path, root: Path, taken: set[str]) -> Media:
    line = draft.lines.get(f"images.{n}") or draft.lines.get("images")

    def wrong(why: str) -> ContentError:
        return ContentError(
            f"image {image.file} : {why}",
            subject=draft.slug,
            file=draft.file,
            line=line,
        )

    try:
        path = _found(folder, image.file).resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, before Python 3.13
        raise wrong(os_reason(error) if isinstance(error, OSError) else "liens en boucle") from error
    if not any(path.is_relative_to(base.resolve()) for base in (root, folder)):
        raise wrong("hors du dossier de la rédaction ; copiez-la à côté du message")
    try:
        data = read_plain(path, MAX_BYTES)
    except OSError as error:
        raise wrong(os_reason(error)) from error
    if len(data) > MAX_BYTES:
        raise wrong(f"plus de {MAX_BYTES // 2**20} Mo")
    data = from_phone(data, wrong)
    kind, width, height = _inspect(data, wrong)
    media_type, ending = _TYPES[kind]
    return Media(
        name=_name(path.stem, ending, taken),
        media_type=media_type,
        sha256=sha256_of(data),
        size_bytes=len(data),
        width_px=width,
        height_px=height,
        alt=image.alt,
        credit=image.credit,
        focus=image.focus,
        read=lambda: data,
    )


def _found(folder: Path, name: str) -> Path:
    """Return the file of that name; a Mac keeps letters and accents apart in names, where the message has them joined."""
    paths = [folder / unicodedata.normalize(form, name) for form in ("NFC", "NFD")]
    return next((path for path in paths if os.path.lexists(path)), folder / name)


def _inspect(data: bytes, wrong: object) -> tuple[str, int, int]:
    from PIL import Image as Pictures
    from PIL import UnidentifiedImageError

    assert callable(wrong)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pictures.DecompressionBombWarning)
            with Pictures.open(io.BytesIO(data)) as picture:
                kind = picture.format or ""
                if picture.width * picture.height > MAX_PIXELS:
                    raise wrong("trop de pixels")
                picture.load()
                width, height = picture.size
                if picture.getexif().get(0x0112) in (5, 6, 7, 8):  # lies on its side
                    width, height = height, width
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Pictures.DecompressionBombWarning,
        Pictures.DecompressionBombError,
    ) as error:
        raise wrong(what_it_is(data) or "ce n'est pas une image lisible (PNG, JPEG, WebP, GIF ou HEIC)") from error
    if kind not in _TYPES:
        raise wrong(f"format {kind or 'inconnu'} ; enregistrez-la en PNG ou JPEG")
    return kind, width, height


def _name(stem: str, ending: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "image"
    name, n = f"{base}{ending}", 2
    while name in taken:
        name, n = f"{base}-{n}{ending}", n + 1
    taken.add(name)
    return name
