"""The block tree as plain text that reads well."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from broadcast.errors import UsageError

#: How `to_plain` says a link: with its address in brackets behind, or by its words alone.
LINK_STYLES = ("words (url)", "words")


def to_plain(document: Document, link_style: str = "words (url)") -> str:
    """Return readable plain text: lists with dashes, tables a line a row, addresses in brackets.

    Raises:
        UsageError: no such link style.
    """
    if link_style not in LINK_STYLES:
        raise UsageError(f"style de lien inconnu : {link_style!r} ; choisissez parmi : {', '.join(LINK_STYLES)}")
    urls = link_style == "words (url)"
    return "\n\n".join(filter(None, (_block(block, "", urls) for block in document.blocks)))


def lead(document: Document) -> str:
    """Return the words that stand alone: the first paragraph, with its list where it announces one ("Sont fermés :")."""
    blocks = _lead(document)
    if not blocks:
        return ""
    first, *rest = blocks
    assert isinstance(first, Paragraph)
    words = inline_plain(first.children)
    return "\n".join([words, *(_block(block, "", True) for block in rest)])


def after_lead(document: Document) -> Document:
    """Return the body without what `lead` says."""
    said = _lead(document)
    return Document(tuple(block for block in document.blocks if not any(block is one for one in said)))


def _lead(document: Document) -> tuple[Block, ...]:
    for n, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            follows = document.blocks[n + 1 : n + 2]
            announces = inline_plain(block.children).rstrip().endswith(":")
            return (block, *follows) if announces and follows and isinstance(follows[0], ListBlock | Table) else (block,)
    return ()


def words(document: Document) -> list[str]:
    """Return the words of a body in their order, without numbers of lists and addresses behind links."""
    return [word for said in _said(document.blocks) for word in re.findall(r"\w+(?:[’'\-]\w+)*", said)]


def _said(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            yield inline_plain(block.children, urls=False)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _said(item)
        elif isinstance(block, Quote):
            yield from _said(block.blocks)
        elif isinstance(block, Table):
            yield from (inline_plain(cell, urls=False) for row in (block.head, *block.rows) for cell in row)
        elif isinstance(block, CodeBlock):
            yield block.text


def _block(block: Block, indent: str, urls: bool) -> str:
    if isinstance(block, Heading | Paragraph):
        return indent + inline_plain(block.children, urls=urls).replace("\n", f"\n{indent}")
    if isinstance(block, ListBlock):
        return "\n".join(_items(block, indent, urls))
    if isinstance(block, Quote):
        inner = "\n\n".join(_block(b, indent, urls) for b in block.blocks)
        return f"{indent}« {inner.strip()} »"
    if isinstance(block, Table):
        return "\n".join(indent + line for line in _rows(block, urls))
    if isinstance(block, CodeBlock):
        return "\n".join(indent + line for line in block.text.splitlines())
    return f"{indent}* * *"


def _items(block: ListBlock, indent: str, urls: bool) -> Iterator[str]:
    for number, item in zip(block.numbers, block.items, strict=True):
        mark = f"{number}. " if block.ordered else "– "
        deeper = indent + " " * len(mark)
        inner = "\n".join(_block(b, deeper, urls) for b in item)
        yield indent + mark + inner.removeprefix(deeper)


def _rows(table: Table, urls: bool) -> Iterator[str]:
    """Yield a line a row: its first cell, then each other with the name of its column."""
    names = [inline_plain(cell, urls=urls) for cell in table.head]
    for row in table.rows:
        cells = [inline_plain(cell, urls=urls).replace("\n", " ") for cell in row]
        rest = [f"{name} : {cell}" if name else cell for name, cell in zip(names[1:], cells[1:], strict=False) if cell]
        yield " – ".join(filter(None, [*cells[:1], *rest, *cells[len(names) :]]))
    if not table.rows:
        yield " – ".join(filter(None, names))


def inline_plain(children: tuple[Inline, ...], *, urls: bool = True) -> str:
    """Return the words of a line; with `urls`, an address follows its words in brackets."""
    return "".join(_inline(child, urls) for child in children)


def _inline(child: Inline, urls: bool) -> str:
    if isinstance(child, Text | Code):
        return child.text
    if isinstance(child, Emphasis | Strong):
        return inline_plain(child.children, urls=urls)
    if isinstance(child, Link):
        return _link(child, urls)
    return child.alt if isinstance(child, Picture) else "\n"


def _link(link: Link, urls: bool) -> str:
    said = inline_plain(link.children, urls=urls)
    bare = link.url.removeprefix("mailto:").removeprefix("tel:")
    # Words that are the address, and parts of a page that plain text has not, need no brackets.
    if not urls or said in (link.url, bare) or link.url.startswith("#"):
        return said
    return f"{said} ({bare})" if said.strip() else bare
