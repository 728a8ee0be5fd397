"""Blocks as ICML, the story format that InDesign places and updates; named paragraph styles.

Addresses are hyperlinks (for the PDF made of the journal) and are also printed after their words.

Source: Adobe's IDML/ICML file format specification (DOMVersion 8.0), read 2026-11-23.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import count

from broadcast.blocks import (
    Block,
    Code,
    CodeBlock,
    Document,
    Emphasis,
    Heading,
    Inline,
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
    "Intertitre 1": 'PointSize="14" FontStyle="Bold" SpaceBefore="8" SpaceAfter="3"',
    "Intertitre 2": 'PointSize="12" FontStyle="Bold" SpaceBefore="6" SpaceAfter="3"',
    "Intertitre 3": 'PointSize="10" FontStyle="Bold" SpaceBefore="4" SpaceAfter="2"',
    "Liste": 'PointSize="10" LeftIndent="10" FirstLineIndent="-8" BulletsAndNumberingListType="BulletList"',
    "Liste 2": 'PointSize="10" LeftIndent="22" FirstLineIndent="-8" BulletsAndNumberingListType="BulletList"',
    "Liste numérotée": 'PointSize="10" LeftIndent="12" FirstLineIndent="-10" BulletsAndNumberingListType="NumberedList"',
    "Liste numérotée 2": 'PointSize="10" LeftIndent="24" FirstLineIndent="-10" NumberingLevel="2" '
    'BulletsAndNumberingListType="NumberedList"',
    "Liste suite": 'PointSize="10" LeftIndent="12"',
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
    "Gras italique": 'FontStyle="Bold Italic"',
    "Lien": 'Underline="true"',
    "Code": "",
}
_PLAIN = "$ID/[No character style]"
#: What a further emphasis makes of a character style.
_ITALIC = {"Gras": "Gras italique", "Gras italique": "Gras italique"}
_BOLD = {"Italique": "Gras italique", "Gras italique": "Gras italique"}
_SPACE = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
#: The mark of a link in a fragment; `icml_document` adds what it leads to.
_SOURCE = re.compile('<HyperlinkTextSource Self="[^"]*" Name="([^"]*)"')
_SIDES = {"center": ' Justification="CenterAlign"', "right": ' Justification="RightAlign"'}


def to_icml(document: Document) -> str:
    """Return the paragraphs of a body as an ICML fragment."""
    return _numbered("\n".join(_blocks(document.blocks, "t")))


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
    fragment = _numbered(fragment)
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
{_destinations(fragment)}</Document>
"""


def _numbered(fragment: str) -> str:
    """Return a fragment in which every link has an id of its own."""
    number = count(1)
    return _SOURCE.sub(lambda m: f'<HyperlinkTextSource Self="lien-{next(number)}" Name="{m[1]}"', fragment)


def _destinations(fragment: str) -> str:
    """Return what the links of a story lead to; InDesign keeps it beside the story."""
    return "".join(
        f'''  <HyperlinkURLDestination Self="HyperlinkURLDestination/lien-{n}" Name="{url}" DestinationURL="{url}" \
Hidden="false" DestinationUniqueKey="{n}"/>
  <Hyperlink Self="hyperlien-{n}" Name="Lien {n}" Source="lien-{n}" Visible="false" DestinationUniqueKey="{n}">
    <Properties><BorderColor type="enumeration">Black</BorderColor>\
<Destination type="object">HyperlinkURLDestination/lien-{n}</Destination></Properties>
  </Hyperlink>
'''
        for n, url in enumerate(_SOURCE.findall(fragment), 1)
    )


def _blocks(blocks: Sequence[Block], key: str, style: str = "Texte", depth: int = 0) -> Iterator[str]:
    for n, block in enumerate(blocks):
        yield from _block(block, f"{key}{n}", style, depth)


def _block(block: Block, key: str, style: str, depth: int) -> Iterator[str]:
    if isinstance(block, Heading):
        yield _paragraph(f"Intertitre {min(block.level, 3)}", _inlines(block.children))
    elif isinstance(block, Paragraph):
        yield _paragraph(style, _inlines(block.children))
    elif isinstance(block, ListBlock):
        yield from _list(block, key, depth + 1)
    elif isinstance(block, Quote):
        yield from _blocks(block.blocks, f"{key}q", "Citation", depth)
    elif isinstance(block, Table):
        yield from _table(block, key)
    elif isinstance(block, CodeBlock):
        for line in block.text.split("\n"):
            yield _paragraph(style, _run("Code", line))
    else:
        yield paragraph(style, "* * *")


def _list(block: ListBlock, key: str, depth: int) -> Iterator[str]:
    style = ("Liste numérotée" if block.ordered else "Liste") + (" 2" if depth > 1 else "")
    for n, (item, number, leaps) in enumerate(zip(block.items, block.numbers, block.breaks, strict=True)):
        # Only the beginning of an item carries its bullet or number; a list does not count on from another.
        begins = block.ordered and (n == 0 or leaps)
        restarts = f' NumberingContinue="false" NumberingStartAt="{number}"' if begins else ""
        first, rest = item[:1], item[1:]
        if first and isinstance(first[0], Paragraph):
            yield _paragraph(style, _inlines(first[0].children), restarts)
        else:
            yield _paragraph(style, _run(_PLAIN, ""), restarts)
            rest = item
        yield from _blocks(rest, f"{key}i{n}b", "Liste suite", depth)


def _table(table: Table, key: str) -> Iterator[str]:
    rows = ([table.head] if table.head else []) + list(table.rows)
    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    sides = [_SIDES.get(side, "") for side in table.align] + [""] * width
    cells = []
    for y, row in enumerate(rows):
        style = "Tableau tête" if table.head and y == 0 else "Tableau"
        for x in range(width):
            words = _inlines(row[x]) if x < len(row) else _run(_PLAIN, "")
            cells.append(
                f'<Cell Self="{key}c{x}x{y}" Name="{x}:{y}" RowSpan="1" ColumnSpan="1" '
                f'AppliedCellStyle="CellStyle/Cellule">{_range(style, words, sides[x])}</Cell>'
            )
    columns = "".join(f'<Column Self="{key}col{x}" Name="{x}"/>' for x in range(width))
    lines = "".join(f'<Row Self="{key}row{y}" Name="{y}"/>' for y in range(len(rows)))
    head = 1 if table.head else 0
    body = (
        f'<Table Self="{key}" HeaderRowCount="{head}" FooterRowCount="0" BodyRowCount="{len(rows) - head}" '
        f'ColumnCount="{width}" AppliedTableStyle="TableStyle/Tableau">{lines}{columns}{"".join(cells)}</Table>'
    )
    yield _paragraph(
        "Tableau",
        f'<CharacterStyleRange AppliedCharacterStyle="CharacterStyle/{_PLAIN}">{body}</CharacterStyleRange>',
    )


def _inlines(children: Iterable[Inline], style: str = _PLAIN) -> str:
    return "".join(_inline(child, style) for child in children) or _run(style, "")


def _inline(child: Inline, style: str) -> str:
    if isinstance(child, Text):
        return _run(style, child.text)
    if isinstance(child, Emphasis):
        return _inlines(child.children, _ITALIC.get(style, "Italique"))
    if isinstance(child, Strong):
        return _inlines(child.children, _BOLD.get(style, "Gras"))
    if isinstance(child, Code):
        return _run("Code", child.text)
    if isinstance(child, Link):
        return _link(child, style)
    if isinstance(child, Picture):
        return _run(style, child.alt)
    return _content(style, "\u2028")


def _link(link: Link, style: str) -> str:
    words = _inlines(link.children, "Lien" if style == _PLAIN else style)
    url = _clean(link.url).strip()
    if not url:
        return words
    source = f'<HyperlinkTextSource Self="lien" Name="{escape(url)}" Hidden="false">{words}</HyperlinkTextSource>'
    bare = re.sub(r"^(?:https?://|mailto:|tel:)", "", url).rstrip("/")
    # On paper an address must be read: it follows its words, unless they are the address.
    return source if _squeezed(bare) in _squeezed(_plain(link.children)) else source + _run(style, f" ({bare})")


def _plain(children: Iterable[Inline]) -> str:
    return "".join(child.text if isinstance(child, Text | Code) else _plain(getattr(child, "children", ())) for child in children)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s.]", "", text)


def _clean(text: str) -> str:
    return _CONTROL.sub("", _SPACE.sub(" ", text))


def _run(style: str, text: str) -> str:
    return _content(style, escape(_clean(text), quote=False))


def _content(style: str, content: str) -> str:
    return (
        f'<CharacterStyleRange AppliedCharacterStyle="CharacterStyle/{style}"><Content>{content}</Content></CharacterStyleRange>'
    )


def _range(style: str, words: str, more: str = "") -> str:
    name = escape(style)
    return f'<ParagraphStyleRange AppliedParagraphStyle="ParagraphStyle/{name}"{more}>{words}</ParagraphStyleRange>'


def _paragraph(style: str, words: str, more: str = "") -> str:
    return "    " + _range(style, f"{words}<Br/>", more)
