"""The proof of the journal: read without a glass, signed on its first page, and honest about signs that it cannot show."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from broadcast import intake, registry
from broadcast.app import App
from channels.print import signs
from tests.newsroom import MESSAGE, Folder

SENTENCE = "Les quais restent fermés entre le pont et l'écluse, et la passerelle est interdite aux piétons jusqu'à demain matin. "


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A newsroom with a journal alone."""
    return Folder(tmp_path / "n", '[channels.journal]\nkind = "print"\n').people()


def reading(folder: Folder, text: str) -> Any:
    app = App(folder.path)
    read = intake.read(app, folder.message(text=text))
    app.close()
    return read


def proof(folder: Folder, text: str) -> PdfReader:
    app = App(folder.path)
    adapter: Any = registry.open_channel(app.settings, "journal")
    app.close()
    part = reading(folder, text).proof.renditions[0].parts[0]
    return PdfReader(io.BytesIO(adapter._hand_over(part) and (folder.path / "print/crue-quais/proof.pdf").read_bytes()))


@pytest.mark.parametrize("sentences", [2, 6, 30])
def test_the_lines_of_a_proof_have_a_length_that_eyes_like(folder: Folder, sentences: int):
    paragraph = SENTENCE * 2
    pages = proof(folder, MESSAGE.format(more="") + "\n\n" + "\n\n".join([paragraph] * (sentences // 2))).pages
    lines = [line.strip() for page in pages for line in page.extract_text().splitlines()]
    full = [line for line in lines if any(word in line for word in ("passerelle", "interdite", "piétons")) and len(line) > 40]
    assert full and max(map(len, full)) <= 80 and sorted(map(len, full))[len(full) // 2] >= 50


def test_the_type_of_a_proof_is_never_tiny(folder: Folder):
    sizes: list[float] = []
    page = proof(folder, MESSAGE.format(more="contact: 01 41 23 80 00\n") + SENTENCE * 40).pages[0]
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: sizes.append(abs(size * tm[0])) if text.strip() else None)
    assert sizes and min(sizes) >= 9
    assert sorted(sizes)[len(sizes) // 2] >= 11


def test_a_short_message_is_one_page_that_people_sign(folder: Folder):
    pages = proof(folder, MESSAGE.format(more="contact: 01 41 23 80 00\n")).pages
    text = pages[0].extract_text()
    assert len(pages) == 1 and "Bon à tirer" in text and "signes, espaces comprises" in text
    assert text.index("Que faire") < text.index("depuis ce matin")


def test_signs_without_a_shape_are_named_before_approval(folder: Folder):
    text = (
        MESSAGE.format(more="").replace("Crue de la Seine", "🚨 Crue de la Seine")
        + "\n市役所, 👨‍👩‍👧 et 1️⃣ : œuvre, l’eau, « non », 5 €, ½.\n"
    )
    (finding,) = [f for f in reading(folder, text).proof.findings if f.code == "shown_badly"]
    assert not finding.blocking and finding.channel == "journal"
    named = finding.message.partition(" : ")[2]
    assert all(sign in named for sign in ("🚨", "市", "役", "所", "1️⃣", "👨‍👩‍👧"))
    assert not any(sign in named.partition(";")[0].rpartition(":")[2] for sign in ("œ", "½", "€", "«"))


def test_what_every_font_has_costs_nothing_and_says_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(signs, "_refused", lambda *_: pytest.fail("typst was asked"))
    assert signs.missing("Où ? « Là-bas », l’île… à 5\u00a0€ – n° 3, cœur, Łódź, 20 %\u202f; 12 ° — ¼ ²") == []


def test_a_sign_that_only_says_how_its_neighbour_looks_is_no_loss():
    assert "☎️" not in signs.missing("☎️ ⚠️ 1️⃣")
