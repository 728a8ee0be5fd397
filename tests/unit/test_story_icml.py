"""Blocks as ICML: well-formed whatever the text, every style declared, every link with its address."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree

from broadcast import markdown
from broadcast.blocks import (
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    LineBreak,
    Link,
    ListBlock,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
)
from broadcast.layout.story import icml_document, paragraph, to_icml
from tests.unit.documents import documents

STYLES = {
    "AppliedParagraphStyle": "ParagraphStyle",
    "AppliedCharacterStyle": "CharacterStyle",
    "AppliedCellStyle": "CellStyle",
    "AppliedTableStyle": "TableStyle",
}


def story(*blocks: Any) -> Any:
    return etree.fromstring(icml_document(to_icml(Document(blocks))).encode())


def check(root: Any) -> None:
    """Every style is declared, every id is there once, every link leads somewhere."""
    for attribute, element in STYLES.items():
        declared = {e.get("Self") for e in root.iter(element)}
        assert {e.get(attribute) for e in root.iter() if e.get(attribute)} <= declared
    ids = [e.get("Self") for e in root.iter() if isinstance(e.tag, str) and e.get("Self")]
    assert len(ids) == len(set(ids))
    sources = {e.get("Self") for e in root.iter("HyperlinkTextSource")}
    assert {e.get("Source") for e in root.iter("Hyperlink")} == sources
    destinations = {e.get("Self") for e in root.iter("HyperlinkURLDestination")}
    assert {e.text for e in root.iter("Destination")} == destinations


def lines(root: Any) -> list[tuple[str, str]]:
    """Return style and text of each paragraph of the story, tables left aside."""
    return [
        (e.get("AppliedParagraphStyle").removeprefix("ParagraphStyle/"), "".join(e.itertext("Content")))
        for e in root.find("Story").findall("ParagraphStyleRange")
    ]


def runs(root: Any) -> list[tuple[str, str]]:
    return [
        (e.get("AppliedCharacterStyle").removeprefix("CharacterStyle/"), "".join(e.itertext("Content")))
        for e in root.iter("CharacterStyleRange")
    ]


@settings(max_examples=200, deadline=None)
@given(documents())
def test_any_document_is_well_formed(doc: Document) -> None:
    check(etree.fromstring(icml_document(to_icml(doc)).encode()))


def test_it_says_to_indesign_what_it_is() -> None:
    root = story()
    before = root.getprevious()
    assert (before.target, before.text) == ("aid", 'SnippetType="InCopyInterchange"')
    assert (before.getprevious().target, before.getprevious().get("type")) == ("aid", "snippet")
    assert root.tag == "Document"
    assert root.get("DOMVersion") == "8.0"


def test_text_that_looks_like_markup_is_text() -> None:
    hostile = "</Content> ]]> &amp; <?ACE 4?> \x00\x0b\x1b\ufffe\ud800 a\nb"
    root = story(Paragraph((Text(hostile),)))
    assert lines(root) == [("Texte", "</Content> ]]> &amp; <?ACE 4?>   a b")]


def test_headings_keep_three_levels() -> None:
    root = story(*(Heading(level, (Text(str(level)),)) for level in range(1, 7)))
    assert [style for style, _ in lines(root)] == [f"Intertitre {n}" for n in (1, 2, 3, 3, 3, 3)]


def test_lists_nest_restart_and_number_an_item_once() -> None:
    inner = ListBlock(False, ((Paragraph((Text("eau"),)),),))
    item = (Paragraph((Text("Prenez"),)), Paragraph((Text("et encore"),)), inner)
    root = story(ListBlock(True, (item, (Paragraph((Text("Partez"),)),)), (4, 5)))
    assert lines(root) == [
        ("Liste numérotée", "Prenez"),
        ("Liste suite", "et encore"),
        ("Liste 2", "eau"),
        ("Liste numérotée", "Partez"),
    ]
    first, *others = root.find("Story").findall("ParagraphStyleRange")
    assert (first.get("NumberingContinue"), first.get("NumberingStartAt")) == ("false", "4")
    assert not [o for o in others if o.get("NumberingContinue")]


def test_a_quotation_and_its_code_are_quotations() -> None:
    root = story(Quote((Paragraph((Text("a"),)), CodeBlock("b\nc"))))
    assert lines(root) == [("Citation", "a"), ("Citation", "b"), ("Citation", "c")]


@pytest.mark.parametrize(
    ("node", "style"),
    [
        (Strong((Emphasis((Text("x"),)),)), "Gras italique"),
        (Emphasis((Strong((Text("x"),)),)), "Gras italique"),
        (Strong((Strong((Text("x"),)),)), "Gras"),
        (Emphasis((Emphasis((Text("x"),)),)), "Italique"),
        (Link("https://e.org/x", (Text("x"),)), "Lien"),
        (Link("https://e.org/x", (Strong((Text("x"),)),)), "Gras"),
    ],
)
def test_emphasis_within_emphasis_keeps_both(node: Any, style: str) -> None:
    assert runs(story(Paragraph((node,))))[0] == (style, "x")


def test_a_link_leads_to_its_address_and_is_readable_on_paper() -> None:
    root = story(
        Paragraph((Link("https://www.e.org/a?x=1&y=2", (Text("la carte"),)), LineBreak(), Text("Bientôt"))),
        Paragraph((Link("https://e.org/", (Text("e.org"),)),)),
        Paragraph((Link("tel:0141238000", (Text("01\u202f41 23 80 00"),)),)),
    )
    check(root)
    assert [text for _, text in lines(root)] == [
        "la carte (www.e.org/a?x=1&y=2)\u2028Bientôt",
        "e.org",
        "01\u202f41 23 80 00",
    ]
    addresses = [e.get("DestinationURL") for e in root.iter("HyperlinkURLDestination")]
    assert addresses == ["https://www.e.org/a?x=1&y=2", "https://e.org/", "tel:0141238000"]


def test_two_bodies_in_one_story_keep_their_links_apart() -> None:
    body = to_icml(Document((Paragraph((Link("https://e.org/a", (Text("a"),)),)),)))
    root = etree.fromstring(icml_document(body + "\n" + body).encode())
    check(root)
    assert len(list(root.iter("Hyperlink"))) == 2


def test_a_table_keeps_its_head_its_sides_and_its_short_rows() -> None:
    head = ((Text("Lieu"),), (Text("Heures"),))
    root = story(Table(head, (((Text("Mairie"),), (Text("8 h"),)), ((Text("Gymnase"),),)), ("", "right")))
    check(root)
    table = next(root.iter("Table"))
    assert (table.get("HeaderRowCount"), table.get("BodyRowCount"), table.get("ColumnCount")) == ("1", "2", "2")
    cells = {c.get("Name"): "".join(c.itertext("Content")) for c in table.iter("Cell")}
    assert cells == {"0:0": "Lieu", "1:0": "Heures", "0:1": "Mairie", "1:1": "8 h", "0:2": "Gymnase", "1:2": ""}
    sides = [c.find("ParagraphStyleRange").get("Justification") for c in table.iter("Cell")]
    assert sides == [None, "RightAlign"] * 3


def test_a_paragraph_has_the_style_it_is_given() -> None:
    root = etree.fromstring(icml_document(paragraph("Encadré", "Montez & <attendez>")).encode())
    check(root)
    assert lines(root) == [("Encadré", "Montez & <attendez>")]


def test_the_same_kinds_of_paragraphs_come_out_as_from_another_writer() -> None:
    folder = os.environ.get("CONFORMANCE_DATA", "")
    if not folder:
        pytest.skip("CONFORMANCE_DATA is not set")
    place = Path(folder) / "print/icml"
    theirs = etree.parse(place / "crise_pandoc.icml").getroot()
    source = (place / "crise_source.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    ours = etree.fromstring(icml_document(to_icml(markdown.parse(source))).encode())
    check(ours)
    assert {e.tag for e in ours if isinstance(e.tag, str)} <= {e.tag for e in theirs if isinstance(e.tag, str)} | {
        "RootCellStyleGroup",
        "RootTableStyleGroup",
    }
    for tag in ("Cell", "Hyperlink", "HyperlinkURLDestination", "HyperlinkTextSource", "Table"):
        assert len(list(ours.iter(tag))) == len(list(theirs.iter(tag))), tag
    assert [e.get("DestinationURL") for e in ours.iter("HyperlinkURLDestination")] == [
        e.get("DestinationURL") for e in theirs.iter("HyperlinkURLDestination")
    ]
