"""What short networks are given: threads that say all, corrections of texts that fill their post."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from broadcast import intake
from broadcast.app import App
from broadcast.model import Finding
from broadcast.stands import stand_type
from tests.newsroom import Folder

TEXT = """\
---
title: Alerte orange aux orages violents sur toute la commune
kind: alert
level: severe
expires: 2099-11-23T08:00:00+01:00
instruction: Restez chez vous.
contact: 01 41 23 80 00
{more}---
{body}
"""


@pytest.fixture
def read(tmp_path: Path):
    """Return the findings of a message on one network, and the texts of each form; no network is asked."""

    def read(kind: str, *, more: str = "", body: str = "Orages.") -> tuple[Sequence[Finding], dict[str, list[str]]]:
        with stand_type(kind)() as stand:
            folder = Folder(tmp_path, Folder.network("reseau", stand, tmp_path))
        app = App(folder.path)
        proof = intake.read(app, folder.message(text=TEXT.format(more=more, body=body))).proof
        app.close()
        return proof.findings, {r.form.value: [p.text for p in r.parts] for r in proof.renditions}

    return read


@pytest.mark.parametrize("kind", ["x", "bluesky"])
def test_a_thread_also_says_what_to_do_until_when_and_whom_to_call(read, kind):
    _, texts = read(
        kind,
        more="until: 2099-11-23T06:00:00+01:00\n",
        body="Les rues sont inondées et le resteront toute la nuit, disent les services. " * 8,
    )
    for form in ("publish", "correction"):
        assert len(texts[form]) > 2
        first, last = texts[form][0], texts[form][-1]
        assert first.split("\n\n")[1].startswith("Restez chez vous."), "what to do stands right after the title"
        assert "Jusqu’au lundi 23 novembre 2099 à 6\u00a0h" in last and "01 41 23 80 00" in last
        assert "\n\n\n" not in "".join(texts[form])


@pytest.mark.parametrize(
    ("kind", "length", "parts"),
    [("x", 262, 1), ("x", 280, 2), ("bluesky", 275, 1), ("bluesky", 300, 2), ("mastodon", 500, 2)],
)
def test_a_text_that_fills_its_post_may_be_corrected_all_the_same(read, kind, length, parts):
    words = ("Restez chez vous. " * 40)[: length - 1].strip(" .")
    words += "!" * (length - len(words))
    found, texts = read(kind, more=f'override: {{{kind}: {{text: "{words}"}}}}\n')
    assert not [f for f in found if f.blocking]
    assert texts["publish"] == [words] and len(texts["correction"]) == parts
    assert texts["correction"][0].startswith("Mise à jour – ")


def test_without_threads_it_blocks_and_names_the_text_to_shorten(read):
    found, _ = read("x", more='override: {x: {text: "' + "a" * 281 + '"}}\n')
    blocking = [f for f in found if f.blocking]
    assert blocking and all("override.x.text" in f.message for f in blocking)


def test_on_a_sign_a_long_title_is_no_matter_where_a_short_text_fits(tmp_path: Path):
    folder = Folder(tmp_path, '[channels.signs]\nkind = "sign"\ncolumns = 8\nrows = 1\nmax_pages = 3\n')
    text = TEXT.format(more="short: Canicule Buvez.\n", body="Texte.").replace("Alerte", "Anticonstitutionnellement, alerte")
    app = App(folder.path)
    proof = intake.read(app, folder.message(text=text)).proof
    app.close()
    assert not [f for f in proof.findings if f.blocking]
    assert [r.form.value for r in proof.renditions] == ["publish"]


def test_a_correction_that_does_not_fit_is_named_in_french(read):
    found, _ = read("x", more='override: {x: {text: "' + "a" * 281 + '"}}\n')
    assert [f for f in found if "(pour un rectificatif)" in f.message]


@pytest.mark.parametrize(
    ("owner", "expires", "said"), [("zoe", "", True), ("alice", "", False), ("zoe", "2099-01-01T08:00:00+01:00", False)]
)
def test_an_owner_whom_nobody_knows_is_told_where_a_message_has_no_end(tmp_path: Path, owner, expires, said):
    folder = Folder(tmp_path, '[channels.site]\nkind = "website"\n').people()
    header = f"title: Marché\nkind: practical\nowner: {owner}\n" + (f"expires: {expires}\n" if expires else "")
    app = App(folder.path)
    found = intake.read(app, folder.message("marche", f"---\n{header}---\nOuvert.\n")).proof.findings
    app.close()
    assert [f.line for f in found if f.code == "owner_unknown"] == ([4] if said else [])


def test_the_text_message_says_the_hour_in_french(tmp_path: Path):
    folder = Folder(tmp_path, '[channels.site]\nkind = "website"\n')
    app = App(folder.path)
    text, _ = intake.side_texts(
        app, intake.read(app, folder.message(text=TEXT.format(more="until: 2099-11-23T08:00:00+01:00\n", body="Orages.")))
    )
    app.close()
    assert "Jusqu'au lundi 23 novembre 2099 à 8 h." in text.text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_picture_is_found_however_its_name_keeps_its_accents(tmp_path: Path, form):
    folder = Folder(tmp_path, '[channels.site]\nkind = "website"\n').people()
    name = unicodedata.normalize(form, "été.png")
    Image.new("RGB", (4, 4)).save(folder.path / "content/messages" / name)
    app = App(folder.path)
    reading = intake.read(
        app, folder.message(text=TEXT.format(more='images: [{file: "été.png", alt: "Un pont"}]\n', body="Orages."))
    )
    app.close()
    assert [media.name for media in reading.media] == ["ete.png"]


@pytest.mark.parametrize("kind", ["x", "bluesky"])
def test_a_short_text_that_the_title_says_asks_for_no_room(read, kind):
    lead = "Les rues sont inondées et le resteront toute la nuit, disent les services de secours et la préfecture. " * 3
    found, texts = read(kind, more="short: Alerte orange aux orages violents.\n", body=lead)
    assert not [f for f in found if f.blocking] and len(texts["publish"]) == 1
    assert "Restez chez vous." in texts["publish"][0] and "01 41 23 80 00" in texts["publish"][0]
