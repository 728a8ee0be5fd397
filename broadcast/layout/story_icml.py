"""Blocks as ICML, the story format that InDesign places and updates; named paragraph styles.

Source: Adobe's IDML/ICML file format specification (DOMVersion 8.0), read 2026-11-23.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from broadcast.blocks import (
    Block,
    Code,
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    ListBlock,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Table,
    Text,
)

#: The styles that a layout artist finds by name, with what they look like until the journal's own take over.
STYLES = {
    "Surtitre": 'PointSize="9" FontStyle="Bold" Capitalization="AllCaps"',
    "Titre": 'PointSize="24" FontStyle="Bold" SpaceAfter="6"',
    "Chapo": 'PointSize="12" FontStyle="Bold" SpaceAfter="6"',
    "Texte": 'PointSize="10" SpaceAfter="4"',
    "Intertitre": 'PointSize="12" FontStyle="Bold" SpaceBefore="6" SpaceAfter="3"',
    "Liste": 'PointSize="10" LeftIndent="10" FirstLineIndent="-8" BulletsAndNumberingListType="BulletList"',
    "Liste numérotée": 'PointSize="10" LeftIndent="12" FirstLineIndent="-10" BulletsAndNumberingListType="NumberedList"',
    "Citation": 'PointSize="10" FontStyle="Italic" LeftIndent="10"',
    "Tableau": 'PointSize="9"',
    "Tableau tête": 'PointSize="9" FontStyle="Bold"',
    "Encadré": 'PointSize="10" LeftIndent="6" RightIndent="6"',
    "Légende": 'PointSize="8" FontStyle="Italic"',
    "Crédit": 'PointSize="7"',
}
_CHARACTERS = {
    "Gras": 'FontStyle="Bold"',
    "Italique": 'FontStyle="Italic"',
    "Lien": 'Underline="true"',
    "Code": "",
}
_PLAIN = "$ID/[No character style]"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def to_icml(document: Document) -> str:
    """Return the paragraphs of a body as an ICML fragment."""
    return "\n".join(p for n, block in enumerate(document.blocks) for p in _block(block, f"t{n}"))


def paragraph(style: str, text: str) -> str:
    """Return one paragraph of plain text in a named style."""
    return _paragraph(style, _run(_PLAIN, text))


def icml_document(fragment: str) -> str:
    """Return a whole ICML file around paragraphs.

    Args:
        fragment: what `to_icml` and `paragraph` gave.
    """
    paragraph_styles = "\n".join(
        f'    <ParagraphStyle Self="ParagraphStyle/{escape(name)}" Name="{escape(name)}" {look}>'
        '<Properties><BasedOn type="object">$ID/NormalParagraphStyle</BasedOn></Properties></ParagraphStyle>'
        for name, look in STYLES.items()
    )
    character_styles = "\n".join(
        f'    <CharacterStyle Self="CharacterStyle/{name}" Name="{name}" {look}/>' for name, look in _CHARACTERS.items()
    )
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<?aid style="50" type="snippet" readerVersion="6.0" featureSet="513" product="8.0(370)" ?>
<?aid SnippetType="InCopyInterchange"?>
<Document DOMVersion="8.0" Self="doc">
  <RootCharacterStyleGroup Self="rc">
    <CharacterStyle Self="CharacterStyle/{_PLAIN}" Name="{_PLAIN}"/>
{character_styles}
  </RootCharacterStyleGroup>
  <RootParagraphStyleGroup Self="rp">
    <ParagraphStyle Self="$ID/NormalParagraphStyle" Name="$ID/NormalParagraphStyle"/>
{paragraph_styles}
  </RootParagraphStyleGroup>
  <RootCellStyleGroup Self="rcell"><CellStyle Self="CellStyle/Cellule" Name="Cellule"/></RootCellStyleGroup>
  <RootTableStyleGroup Self="rtable"><TableStyle Self="TableStyle/Tableau" Name="Tableau"/></RootTableStyleGroup>
  <Story Self="story" TrackChanges="false" StoryTitle="" AppliedTOCStyle="n" AppliedNamedGrid="n">
    <StoryPreference OpticalMarginAlignment="true" OpticalMarginSize="12"/>
{fragment}
  </Story>
</Document>
"""


def _block(block: Block, key: str) -> Iterator[str]:
    if isinstance(block, Heading):
        yield _paragraph("Intertitre", _inlines(block.children))
    elif isinstance(block, Paragraph):
        yield _paragraph("Texte", _inlines(block.children))
    elif isinstance(block, ListBlock):
        yield from _list(block, key)
    elif isinstance(block, Quote):
        for inner in block.blocks:
            if isinstance(inner, Paragraph):
                yield _paragraph("Citation", _inlines(inner.children))
            else:
                yield from _block(inner, key)
    elif isinstance(block, Table):
        yield _table(block, key)
    elif isinstance(block, CodeBlock):
        for line in block.text.split("\n"):
            yield _paragraph("Texte", _run("Code", line))
    else:
        yield paragraph("Texte", "* * *")


def _list(block: ListBlock, key: str) -> Iterator[str]:
    style = "Liste numérotée" if block.ordered else "Liste"
    for n, item in enumerate(block.items):
        for inner in item:
            if isinstance(inner, Paragraph):
                yield _paragraph(style, _inlines(inner.children))
            else:
                yield from _block(inner, f"{key}i{n}")


def _table(table: Table, key: str) -> str:
    rows = ([table.head] if table.head else []) + list(table.rows)
    count = max((len(row) for row in rows), default=1) or 1
    cells = []
    for y, row in enumerate(rows):
        style = "Tableau tête" if table.head and y == 0 else "Tableau"
        for x in range(count):
            words = _inlines(row[x]) if x < len(row) else _run(_PLAIN, "")
            cells.append(
                f'<Cell Self="{key}c{x}x{y}" Name="{x}:{y}" RowSpan="1" ColumnSpan="1" '
                f'AppliedCellStyle="CellStyle/Cellule">{_range(style, words)}</Cell>'
            )
    columns = "".join(f'<Column Self="{key}col{x}" Name="{x}"/>' for x in range(count))
    lines = "".join(f'<Row Self="{key}row{y}" Name="{y}"/>' for y in range(len(rows)))
    head = 1 if table.head else 0
    body = (
        f'<Table Self="{key}" HeaderRowCount="{head}" FooterRowCount="0" BodyRowCount="{len(rows) - head}" '
        f'ColumnCount="{count}" AppliedTableStyle="TableStyle/Tableau">{lines}{columns}{"".join(cells)}</Table>'
    )
    return _paragraph(
        "Tableau",
        f'<CharacterStyleRange AppliedCharacterStyle="CharacterStyle/{_PLAIN}">{body}</CharacterStyleRange>',
    )


def _inlines(children: Iterable[Inline], style: str = _PLAIN) -> str:
    out = []
    for child in children:
        if isinstance(child, Text):
            out.append(_run(style, child.text))
        elif isinstance(child, Emphasis):
            out.append(_inlines(child.children, "Italique"))
        elif isinstance(child, Strong):
            out.append(_inlines(child.children, "Gras"))
        elif isinstance(child, Code):
            out.append(_run("Code", child.text))
        elif isinstance(child, Link):
            out.append(_link(child))
        elif isinstance(child, Picture):
            out.append(_run(style, child.alt))
        elif isinstance(child, LineBreak):
            out.append(_run(style, "\u2028"))
    return "".join(out) or _run(style, "")


def _link(link: Link) -> str:
    # On paper an address must be read: it follows its words.
    words = _inlines(link.children, "Lien")
    shown = "".join(c.text for c in link.children if isinstance(c, Text))
    bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", link.url).rstrip("/")
    return words if bare in shown else words + _run(_PLAIN, f" ({bare})")


def _run(style: str, text: str) -> str:
    clean = escape(_CONTROL.sub("", text), quote=False)
    return f'<CharacterStyleRange AppliedCharacterStyle="CharacterStyle/{style}"><Content>{clean}</Content></CharacterStyleRange>'


def _range(style: str, words: str) -> str:
    return f'<ParagraphStyleRange AppliedParagraphStyle="ParagraphStyle/{escape(style)}">{words}</ParagraphStyleRange>'


def _paragraph(style: str, words: str) -> str:
    return "    " + _range(style, f"{words}<Br/>")
