"""Pictures as each place takes them: small enough, upright, without what the camera wrote into them."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from broadcast.channel import Limits
from broadcast.model import Media, sha256_of
from broadcast.pictures import fitted, without_metadata

JPEG = ("image/jpeg",)
NETWORK = Limits(
    max_images=4, max_image_bytes=1_000_000, max_image_px=2000, image_types=("image/jpeg", "image/png", "image/webp")
)


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), random.Random(1).randbytes(width * height * bands))


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def media(data: bytes, media_type: str = "image/jpeg", name: str = "quai.jpg") -> Media:
    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
    return Media(
        name=name,
        media_type=media_type,
        sha256=sha256_of(data),
        size_bytes=len(data),
        width_px=width,
        height_px=height,
        alt="Le quai",
        read=lambda: data,
    )


def with_gps(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Fabricant", orientation
    exif.get_ifd(0x8825)[2] = (48.0, 49.0, 12.0)
    return encoded(Image.linear_gradient("L").resize((300, 200)).convert("RGB"), "JPEG", exif=exif, comment=b"chez moi")


def opened(one: Media) -> Image.Image:
    return Image.open(io.BytesIO(one.read()))


def test_position_device_and_comments_leave_the_pixels_untouched():
    source = with_gps()
    (made,) = fitted((media(source),), NETWORK)
    data = made.read()
    assert not opened(made).getexif() and b"Fabricant" not in data and b"chez moi" not in data
    assert opened(made).tobytes() == Image.open(io.BytesIO(source)).tobytes()
    assert made.alt == "Le quai" and made.sha256 == sha256_of(data) and made.size_bytes == len(data)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_types_lose_their_metadata_too(kind):
    exif = Image.Exif()
    exif[0x010F] = "Fabricant"
    data = encoded(noise(40, 30), kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    assert b"Fabricant" in data
    bare = without_metadata(data, f"image/{kind.lower()}")
    assert b"Fabricant" not in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(data)).tobytes()


def test_a_photograph_taken_upright_stands_upright_everywhere():
    (made,) = fitted((media(with_gps(orientation=6)),), NETWORK)
    assert opened(made).size == (200, 300) == (made.width_px, made.height_px)
    assert not opened(made).getexif()


def test_six_megabytes_become_less_than_one():
    source = encoded(noise(2900, 2000), "JPEG", quality=95)
    assert len(source) > 6_000_000
    (made,) = fitted((media(source),), NETWORK)
    assert made.size_bytes == len(made.read()) <= 1_000_000
    assert max(opened(made).size) <= 2000
    ratio = opened(made).width / opened(made).height
    assert abs(ratio - 2900 / 2000) < 0.02


def test_the_original_is_kept_where_the_place_keeps_originals():
    source = encoded(noise(2600, 1800), "JPEG", quality=60)
    (made,) = fitted((media(source),), Limits(max_image_bytes=1000, max_image_px=100, keeps_originals=True, image_types=JPEG))
    assert opened(made).size == (2600, 1800)


def test_a_clear_png_stays_clear_or_lies_on_white():
    picture = Image.new("RGBA", (50, 40), (255, 0, 0, 0))
    data = encoded(picture, "PNG")
    (kept,) = fitted((media(data, "image/png", "logo.png"),), NETWORK)
    assert opened(kept).convert("RGBA").getpixel((5, 5))[3] == 0
    (flat,) = fitted((media(data, "image/png", "logo.png"),), Limits(image_types=JPEG))
    assert flat.name == "logo.jpg" and flat.media_type == "image/jpeg"
    assert min(opened(flat).convert("RGB").getpixel((5, 5))) > 250


def test_no_more_pictures_than_the_place_takes():
    one = media(with_gps())
    assert len(fitted((one,) * 6, NETWORK)) == 4
    assert fitted((one,), Limits(max_images=0)) == ()


@given(st.binary(max_size=200), st.sampled_from(["image/jpeg", "image/png", "image/webp", "image/gif"]))
def test_files_that_are_not_pictures_come_back_as_they_are_or_shorter(data, media_type):
    assert len(without_metadata(data, media_type)) <= max(len(data), 12)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("limits", [NETWORK, Limits(max_image_px=100), Limits(keeps_originals=True)])
def test_nothing_that_the_camera_wrote_survives_a_new_encoding_either(orientation, limits):
    (made,) = fitted((media(with_gps(orientation)),), limits)
    assert b"chez moi" not in made.read() and b"Fabricant" not in made.read() and not opened(made).getexif()


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 3}, {"subsampling": 0}])
def test_what_a_telephone_hangs_behind_a_photograph_goes(options):
    source = encoded(noise(90, 60), "JPEG", **options)
    inside = source[:2] + b"\xff\xe4\x00\x0aMAISON!!" + b"\xff\xe2\x00\x08MPF\x00AA" + source[2:]
    assert without_metadata(inside + b"un film, MAISON" * 9, "image/jpeg") == source
    assert without_metadata(inside[:-2], "image/jpeg") == source[:-2], "without its end mark, as some cameras write it"


def test_comments_of_moving_pictures_go_and_they_still_move():
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    source = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80, comment=b"chez moi")
    made = without_metadata(source, "image/gif")
    assert b"chez moi" in source and b"chez moi" not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.n_frames == 3 and picture.info["duration"] == 80


def test_sixteen_bits_keep_their_shades():
    source = encoded(Image.new("I;16", (400, 200), 40_000), "PNG")
    for types in (("image/png",), JPEG):
        (made,) = fitted((media(source, "image/png", "plan.png"),), Limits(max_image_px=100, image_types=types))
        assert opened(made).getpixel((5, 5)) == pytest.approx(156, abs=1)


@pytest.mark.parametrize("profile", [b"", b"\0" * 12 + b"prtrCMYKLab " + b"\0" * 200])
def test_inks_are_for_print_and_screens_get_colours(profile):
    source = encoded(Image.new("CMYK", (300, 200), (0, 255, 255, 0)), "JPEG", icc_profile=profile)
    (screen,) = fitted((media(source),), NETWORK)
    (paper,) = fitted((media(source),), Limits(keeps_originals=True))
    assert (
        opened(screen).mode == "RGB" and opened(screen).getpixel((5, 5))[0] > 240 and not opened(screen).info.get("icc_profile")
    )
    assert opened(paper).mode == "CMYK" and opened(paper).info.get("icc_profile", b"") == profile
