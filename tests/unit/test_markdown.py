"""Markdown once: what people write is understood, what is hostile is harmless."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import html as lxml_html

from broadcast.blocks import ListBlock, Paragraph, Table, Text
from broadcast.errors import ContentError
from broadcast.markdown import lead, parse, parse_with_losses, to_html, to_plain


def dangers(page: str) -> list[str]:
    tree = lxml_html.fragment_fromstring(page, create_parent="div")
    found = []
    for element in tree.iter():
        if element.tag in (
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "svg",
            "math",
        ):
            found.append(str(element.tag))
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "style" or value.strip().lower().startswith(("javascript:", "data:")):
                found.append(f"{name}={value}")
    return found


def test_a_list_glued_to_a_paragraph_is_a_list():
    blocks = parse("À faire :\n- fermer\n- monter\n1) un\n2) deux").blocks
    assert isinstance(blocks[1], ListBlock)
    assert not blocks[1].ordered
    assert len(blocks[1].items) == 2
    assert isinstance(blocks[2], ListBlock)
    assert blocks[2].ordered


def test_a_bare_address_becomes_a_link_without_the_full_stop():
    assert '<a href="https://example.org/a" rel="noopener">https://example.org/a</a>.' in to_html(
        parse("Voir https://example.org/a.")
    )


def test_tables_keep_their_cells():
    table = parse("| Nom | h |\n|---|--:|\n| Café & Cie | 8 h |").blocks[0]
    assert isinstance(table, Table)
    assert table.align == ("", "right")
    assert table.rows[0][0] == (Text("Café & Cie"),)
    assert "Café & Cie – h : 8 h" in to_plain(parse("| Nom | h |\n|---|--:|\n| Café & Cie | 8 h |"))


def test_html_is_not_passed_through_and_is_reported_with_its_line():
    document, losses = parse_with_losses("Bonjour\n\n<b onclick=x()>gras</b>\n<script>alert(1)</script>fin `<i>`")
    assert dangers(to_html(document)) == []
    assert "gras" in to_plain(document)
    assert "alert" not in to_plain(document)
    assert "<i>" in to_plain(document)
    assert [loss.line for loss in losses] == [3, 3, 4, 4]


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScript:alert(1)",
        "data:text/html,x",
        "java\tscript:alert(1)",
        "vbscript:x",
    ],
)
def test_a_dangerous_link_keeps_its_words_only(link):
    page = to_html(parse(f"[cliquez]({link}) ![x]({link})"))
    assert dangers(page) == []
    assert "cliquez" in page


@pytest.mark.parametrize("char", ["[", "*", ">", "(", "`", "_", "!", "- ", "#", "|", "<", "&", "1) ", "    "])
def test_a_wall_of_one_sign_neither_hangs_nor_crashes(char):
    try:
        to_plain(parse(char * 20_000))
    except ContentError:
        pass


def test_the_lead_is_the_first_paragraph():
    assert lead(parse("# Titre\n\nLes **quais** sont fermés.\n\nSuite")) == "Les quais sont fermés."
    assert isinstance(parse("a\nb").blocks[0], Paragraph)


@pytest.mark.conformance
def test_commonmark_samples_give_harmless_html(conformance: Path):
    for case in json.loads((conformance / "html/commonmark-0.31.2.json").read_text()):
        document = parse(case["markdown"])
        to_plain(document)
        page = to_html(document)
        if page.strip():
            assert dangers(page) == [], case["markdown"]


@pytest.mark.conformance
def test_hostile_html_is_harmless(conformance: Path):
    for path in sorted((conformance / "html/bleach").glob("*.test")):
        page = to_html(parse(path.read_text()))
        if page.strip():
            assert dangers(page) == [], path
