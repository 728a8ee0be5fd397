"""A picture within the text is shown on the site, goes along where pictures go, and leaves no lone word behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from broadcast import intake
from broadcast.app import App
from broadcast.dispatch.send import send
from broadcast.errors import ContentError
from broadcast.stands import stand_type
from tests.newsroom import Folder

TEXT = """\
---
title: Marché déplacé
kind: practical
expires: 2099-11-23T08:00:00+01:00
{more}---
Le marché se tient place de la Gare.

![Plan de la place]({url})

Les bus s'arrêtent devant.
"""


@pytest.fixture
def folder(tmp_path: Path):
    with stand_type("mastodon")() as stand:
        made = Folder(tmp_path, '[channels.site]\nkind = "website"\n' + Folder.network("reseau", stand, tmp_path))
        made.people()
        Image.new("RGB", (40, 30)).save(tmp_path / "content/messages/Plan gare.png")
        yield made


def test_it_stands_in_its_place_on_the_site_and_goes_along_to_a_network(folder: Folder):
    folder.approved("marche", text=TEXT.format(url="Plan%20gare.png", more=""))
    app = App(folder.path)
    send(app.dispatcher(lambda _: None))
    made = intake.read(app, folder.path / "content/messages/marche.md").proof.renditions
    parts = {r.channel: r.parts[0] for r in made if r.form == "publish"}
    app.close()
    page = (folder.path / "public/a/marche/index.html").read_text()
    assert page.count('<img src="plan-gare.png"') == 1 and (folder.path / "public/a/marche/plan-gare.png").exists()
    assert [m.alt for m in parts["reseau"].media] == ["Plan de la place"]
    assert "Plan" not in parts["reseau"].text and "\n\n\n" not in parts["reseau"].text


def test_a_picture_that_images_names_too_goes_along_once(folder: Folder):
    more = 'images: [{file: "Plan gare.png", alt: "Le plan", credit: "Ville"}]\n'
    app = App(folder.path)
    reading = intake.read(app, folder.message("marche", TEXT.format(url="Plan%20gare.png", more=more)))
    app.close()
    assert [(m.alt, m.credit) for m in reading.media] == [("Le plan", "Ville")]


@pytest.mark.parametrize("url", ["https://images.example/plan.png", "http://images.example/plan.png"])
def test_a_picture_that_others_serve_blocks_with_the_way_out(folder: Folder, url):
    app = App(folder.path)
    found = intake.read(app, folder.message("marche", TEXT.format(url=url, more=""))).proof.findings
    app.close()
    (finding,) = [f for f in found if f.code == "image_remote"]
    assert finding.blocking and finding.line == 8


def test_a_picture_that_is_not_there_is_told_with_its_line(folder: Folder):
    app = App(folder.path)
    with pytest.raises(ContentError) as caught:
        intake.read(app, folder.message("marche", TEXT.format(url="absent.png", more="")))
    app.close()
    assert caught.value.line == 8


def test_a_picture_without_words_blocks(folder: Folder):
    app = App(folder.path)
    text = TEXT.format(url="Plan%20gare.png", more="").replace("Plan de la place", "")
    found = intake.read(app, folder.message("marche", text)).proof.findings
    app.close()
    assert [f.line for f in found if f.code == "alt_missing"] == [8]
