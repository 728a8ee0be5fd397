"""Pictures from telephones are read: HEIC, AVIF, two pictures in one JPEG; what is no picture is named."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from broadcast.channel import Limits
from broadcast.errors import ContentError
from broadcast.media import load
from broadcast.model import Draft, Media
from broadcast.model import Image as Named
from broadcast.pictures import fitted
from tests.builders import a_draft


def a_picture(size: tuple[int, int] = (64, 48), colour: str = "red") -> Image.Image:
    return Image.new("RGB", size, colour)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    if kind == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def loaded(folder: Path, name: str, data: bytes) -> Media:
    (folder / name).write_bytes(data)
    draft: Draft = a_draft(images=(Named(file=name, alt="La place"),))
    (media,) = load(draft, folder, root=folder)
    return media


def opened(media: Media) -> Image.Image:
    return Image.open(io.BytesIO(media.read()))


@pytest.mark.parametrize(("kind", "name"), [("HEIF", "IMG_0001.HEIC"), ("AVIF", "photo.avif")])
def test_a_photograph_of_a_telephone_becomes_a_jpeg(tmp_path, kind, name):
    media = loaded(tmp_path, name, encoded(a_picture(), kind))
    assert (media.media_type, media.width_px, media.height_px) == ("image/jpeg", 64, 48)
    assert media.name.endswith(".jpg")
    red, green, blue = opened(media).convert("RGB").getpixel((30, 20))
    assert red > 200
    assert max(green, blue) < 60


def test_a_heic_that_lies_on_its_side_is_set_upright_and_says_nothing_of_its_place(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telephone of Jeanne"
    media = loaded(tmp_path, "a.heic", encoded(a_picture(), "HEIF", exif=exif.tobytes()))
    assert (media.width_px, media.height_px) == (48, 64)
    assert b"Jeanne" not in media.read()


def test_a_damaged_heic_is_named(tmp_path):
    with pytest.raises(ContentError, match="photo HEIC illisible"):
        loaded(tmp_path, "a.heic", encoded(a_picture(), "HEIF")[:300])


def two_pictures(**options: Any) -> bytes:
    return encoded(a_picture(), "MPO", save_all=True, append_images=[a_picture((32, 24), "blue")], **options)


def test_of_two_pictures_in_one_jpeg_the_first_is_used(tmp_path):
    media = loaded(tmp_path, "two.jpg", two_pictures())
    with opened(media) as picture:
        assert (picture.format, picture.size) == ("JPEG", (64, 48))
    assert len(media.read()) < len(two_pictures())


def test_the_first_of_two_pictures_still_knows_that_it_lies_on_its_side(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    media = loaded(tmp_path, "two.jpg", two_pictures(exif=exif))
    assert (media.width_px, media.height_px) == (48, 64)
    (ready,) = fitted((media,), Limits())
    with opened(ready) as picture:
        assert picture.size == (48, 64)


def test_a_jpeg_alone_stays_as_it_is(tmp_path):
    data = encoded(a_picture(), "JPEG")
    assert loaded(tmp_path, "one.jpg", data).read() == data


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("plan.svg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        ("plan.pdf", b"%PDF-1.7\n", "PDF"),
        ("film.mp4", b"\0\0\0\x20ftypisom" + b"\0" * 40, "film"),
        ("lettre.docx", b"PK\x03\x04" + b"\0" * 40, "document"),
        ("texte.png", b"bonjour", "PNG, JPEG, WebP, GIF ou HEIC"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path, name, data, said):
    with pytest.raises(ContentError, match=said):
        loaded(tmp_path, name, data)
