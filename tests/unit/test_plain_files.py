"""Only plain files are opened: a pipe, a device or a link to itself is told at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from broadcast.errors import ContentError, SettingsError
from broadcast.files import read_plain
from broadcast.frontmatter import MessageFileError, parse
from broadcast.media import load
from broadcast.model import Image
from broadcast.settings.secrets import read_secret
from tests.builders import a_draft


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe.png", 0o600)
    return tmp_path / "pipe.png"


def test_a_pipe_is_refused_at_once(pipe):
    with pytest.raises(OSError, match="ce n'est pas un fichier ordinaire"):
        read_plain(pipe, 100)


def test_a_device_is_refused_at_once():
    with pytest.raises(OSError, match="ce n'est pas un fichier ordinaire"):
        read_plain(Path("/dev/zero"), 100)


def test_no_more_is_read_than_one_byte_beyond_the_limit(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 1000)
    assert len(read_plain(tmp_path / "a", 10)) == 11


def test_a_pipe_as_picture_is_told(pipe):
    with pytest.raises(ContentError, match=r"image pipe.png : ce n'est pas un fichier ordinaire"):
        load(a_draft(images=(Image(file="pipe.png", alt="La place"),)), pipe.parent, root=pipe.parent)


@pytest.mark.parametrize("target", ["loop.png", "gone.png"])
def test_a_link_that_leads_nowhere_is_told(tmp_path, target):
    (tmp_path / "loop.png").symlink_to(target)
    with pytest.raises(ContentError, match=r"liens en boucle|absent"):
        load(a_draft(images=(Image(file="loop.png", alt="La place"),)), tmp_path, root=tmp_path)


def test_a_pipe_as_secret_is_told(pipe):
    with pytest.raises(SettingsError, match="ce n'est pas un fichier ordinaire"):
        read_secret(pipe.parent, "pipe.png", "channels.m.token_file")


@pytest.mark.parametrize(
    "header",
    [
        "images:\n" + "".join(f'  - {{file: "{n}.png", alt: "Image numéro {n}"}}\n' for n in range(3000)),
        "override:\n" + "".join(f'  x-{n}: {{text: "Texte {n}"}}\n' for n in range(6000)),
        "images:\n" + '  - {file: "a.png", alt: "b"}\n' * 41,
    ],
)
def test_an_endless_header_is_refused_before_it_is_read(header):
    with pytest.raises(MessageFileError) as caught:
        parse(f"---\ntitle: T\n{header}---\nTexte.\n", slug="a", file="a.md")
    assert "au plus" in str(caught.value)
