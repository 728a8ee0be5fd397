"""Blocks as typst: every text compiles, and is printed as it was written."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from broadcast.blocks import (
    CodeBlock,
    Document,
    Link,
    ListBlock,
    Paragraph,
    Strong,
    Table,
    Text,
)
from broadcast.layout.story import escape_typst, to_typst, typst_string
from tests.unit.documents import SIGNS, documents

PAGE = "#set page(width: 100cm, height: auto)\n#set par(justify: false)\n"


def printed(markup: str) -> str:
    """Return what the PDF says, without white space, which the extraction does not keep."""
    import typst

    pdf = typst.compile((PAGE + markup).encode(), ignore_system_fonts=True)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(text.split())


def document(*blocks: Any) -> Document:
    return Document(blocks)


def para(*children: Any) -> Paragraph:
    return Paragraph(children)


@pytest.mark.parametrize(
    "text",
    [
        "= pas un titre",
        "- pas une liste",
        "+ pas un numéro",
        "/ Terme: rien",
        "12. mars",
        "1.",
        "1) un",
        "// rien n’est caché",
        "/* rien */ non plus",
        "a... -- --- -1 -? b",
        "#panic() #let x = 1; #{ 1 }",
        "$x^2$ et 3 $",
        "@crue <crue> \\ \\u{41} `code` ~",
        "https://example.org/a_b*c?d=e&f=g#h",
        "l'eau \"monte\" 'vite'",
    ],
)
def test_a_text_is_printed_as_it_was_written(text: str) -> None:
    assert printed(escape_typst(text)) == "".join(text.split())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(SIGNS, max_size=40))
def test_any_signs_are_printed_as_they_were_written(text: str) -> None:
    assert printed("|" + escape_typst(text) + "|") == "|" + "".join(text.split()) + "|"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_document_compiles(doc: Document) -> None:
    import typst

    typst.compile(to_typst(doc).encode(), ignore_system_fonts=True)


@pytest.mark.parametrize("after", ["(ouverte)", ".fr", "; fermée", "[note]", ": oui"])
def test_what_follows_strong_words_is_text(after: str) -> None:
    doc = document(para(Strong((Text("Mairie"),)), Text(after)))
    assert printed(to_typst(doc)) == "Mairie" + "".join(after.split())


def test_a_link_without_address_or_with_an_endless_one_keeps_its_words() -> None:
    doc = document(para(Link("", (Text("ici"),)), Link("https://e.org/" + "a" * 9000, (Text("là"),))))
    assert printed(to_typst(doc)) == "icilà"


def test_lists_keep_their_nesting_and_their_first_number() -> None:
    inner = ListBlock(False, ((para(Text("eau")),),))
    doc = document(ListBlock(True, ((para(Text("Prenez")), inner), (para(Text("Partez")),)), (4, 5)))
    text = printed(to_typst(doc))
    assert "4.Prenez" in text
    assert "•eau" in text
    assert "5.Partez" in text


def test_short_rows_are_filled_up() -> None:
    doc = document(Table(((Text("Lieu"),),), (((Text("Mairie"),), (Text("8 h"),)), ((Text("Gymnase"),),))))
    assert to_typst(doc).count("[") == 2 * 2 + 4  # two heads with a strong word each, four cells
    assert printed(to_typst(doc)) == "LieuMairie8hGymnase"


def test_code_keeps_its_lines() -> None:
    assert printed(to_typst(document(CodeBlock('a = "1"\n\n  b\\n')))) == 'a="1"b\\n'
    assert to_typst(document(CodeBlock("a\nb"))) == '#raw(block: true, "a\\nb")'


def test_a_string_literal_stays_on_one_line() -> None:
    assert typst_string('a"b\\c\nd\x00') == '"a\\"b\\\\c d"'
