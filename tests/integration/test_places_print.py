"""What the layout artist of the journal is given: a whole package and a proof with its boxes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from lxml import etree
from pypdf import PdfReader

from tests.integration.places_folder import IMAGE, send_all
from tests.newsroom import Folder


def test_the_package_for_the_layout_artist_is_whole(folder: Folder):
    folder.approved(more=IMAGE)
    send_all(folder)
    place = folder.path / "print/crue-quais"
    manifest = json.loads((place / "manifest.json").read_text())
    for entry in manifest["files"]:
        assert hashlib.sha256((place / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]
    with zipfile.ZipFile(io.BytesIO((place / "crue-quais.zip").read_bytes())) as archive:
        assert archive.testzip() is None
        assert {"crue-quais/story.icml", "crue-quais/manifest.json", "crue-quais/quai.png"} <= set(archive.namelist())
    story = etree.fromstring((place / "story.icml").read_bytes())
    declared = {e.get("Self") for e in story.iter("ParagraphStyle", "CharacterStyle")}
    used = {e.get("AppliedParagraphStyle") for e in story.iter("ParagraphStyleRange")}
    used |= {e.get("AppliedCharacterStyle") for e in story.iter("CharacterStyleRange")}
    assert used <= declared
    page = PdfReader(place / "proof.pdf").pages[0]
    assert round(float(page.trimbox.width) / 72 * 25.4) == 210 and page.bleedbox.width > page.trimbox.width


def test_the_proof_is_tagged_and_has_its_boxes(folder: Folder):
    folder.approved(more=IMAGE)
    send_all(folder)
    proof = PdfReader(folder.path / "print/crue-quais/proof.pdf")
    root, page = proof.trailer["/Root"], proof.pages[0]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "fr"
    found: list[tuple[str, str | None]] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif hasattr(node, "get"):
            found.append((str(node.get("/S")), node.get("/Alt")))
            walk(node.get("/K"))

    walk(root["/StructTreeRoot"])
    assert ("/H1", None) in found and ("/Figure", "Le quai <inondé> & fermé") in found
    trim, bleed, media = page.trimbox, page.bleedbox, page.mediabox
    assert round(trim.width / 72 * 25.4) == 210 and round(trim.height / 72 * 25.4) == 297
    assert media.left < bleed.left < trim.left and trim.right < bleed.right < media.right
    assert round((trim.left - bleed.left) / 72 * 25.4) == 3
