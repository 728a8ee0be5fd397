"""The block tree as safe HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

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
from broadcast.text import contacts

_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "loading"},
    "li": {"value"},
    "ol": {"start"},
    "table": {"role"},
    "tbody": {"role"},
    "tr": {"role"},
    "th": {"scope", "class"},
    "td": {"class", "data-label", "role"},
    "div": {"class", "tabindex", "role", "aria-label"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}


def to_html(document: Document, heading_offset: int = 1) -> str:
    """Return safe HTML; a heading of level 1 becomes `<h2>`, as the title is the page's own."""
    import nh3

    raw = "\n".join(_block(block, heading_offset) for block in document.blocks)
    return nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener")


def highest_heading(document: Document) -> int:
    """Return the highest level of the headings, 1 where there are none: below a title no level is left out."""
    return min(_levels(document.blocks), default=1)


def _levels(blocks: Iterable[Block]) -> Iterator[int]:
    for block in blocks:
        if isinstance(block, Heading):
            yield block.level
        elif isinstance(block, Quote):
            yield from _levels(block.blocks)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _levels(item)


def _block(block: Block, offset: int) -> str:
    if isinstance(block, Heading):
        level = min(max(block.level + offset, 1), 6)
        return f"<h{level}>{inline_html(block.children)}</h{level}>"
    if isinstance(block, Paragraph):
        return f"<p>{inline_html(block.children)}</p>"
    if isinstance(block, ListBlock):
        return _list(block, offset)
    if isinstance(block, Quote):
        return "<blockquote>" + "".join(_block(b, offset) for b in block.blocks) + "</blockquote>"
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, CodeBlock):
        return f"<pre><code>{escape(block.text)}</code></pre>"
    return "<hr>"


def _list(block: ListBlock, offset: int) -> str:
    tag = "ol" if block.ordered else "ul"
    values = [f' value="{n}"' if block.ordered and leaps else "" for n, leaps in zip(block.numbers, block.breaks, strict=True)]
    start = values[0].replace("value", "start") if values else ""
    items = (_item(value, item, offset) for value, item in zip(["", *values[1:]], block.items, strict=False))
    return f"<{tag}{start}>" + "".join(items) + f"</{tag}>"


def _item(value: str, item: tuple[Block, ...], offset: int) -> str:
    if item and isinstance(item[0], Paragraph):
        rest = "".join(_block(b, offset) for b in item[1:])
        return f"<li{value}>{inline_html(item[0].children)}{rest}</li>"
    return f"<li{value}>" + "".join(_block(b, offset) for b in item) + "</li>"


def _table(table: Table) -> str:
    from broadcast.markdown.plain import inline_plain

    def side(column: int) -> str:
        name = table.align[column] if column < len(table.align) else ""
        return f' class="{escape(name)}"' if name else ""

    # What a narrow screen shows before each cell, where every row is a card of its own.
    names = [inline_plain(c) for c in table.head]

    def label(column: int) -> str:
        name = names[column] if column < len(names) else ""
        return f' data-label="{escape(name)}"' if name else ""

    def cells(row: tuple[tuple[Inline, ...], ...]) -> str:
        return "".join(f'<td role="cell"{side(n)}{label(n)}>{inline_html(cell)}</td>' for n, cell in enumerate(row))

    head = "".join(f'<th scope="col"{side(n)}>{inline_html(c)}</th>' for n, c in enumerate(table.head))
    body = "".join(f'<tr role="row">{cells(row)}</tr>' for row in table.rows)
    # The roles stay what they are where a style makes cards of the rows: a browser would forget the table.
    # A wide table scrolls in a region of its own, which the keyboard can reach.
    words = "Tableau : " + ", ".join(names)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(words)}"><table role="table">'
        f'<thead><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
    )


def inline_html(children: tuple[Inline, ...]) -> str:
    """Return the HTML of a line; what asks for it passes the whole through nh3."""
    return "".join(map(_inline, children))


def _inline(child: Inline) -> str:
    if isinstance(child, Text):
        return linked(child.text)
    if isinstance(child, Emphasis):
        return f"<em>{inline_html(child.children)}</em>"
    if isinstance(child, Strong):
        return f"<strong>{inline_html(child.children)}</strong>"
    if isinstance(child, Code):
        return f"<code>{escape(child.text)}</code>"
    if isinstance(child, Link):
        words = "".join(_unlinked(c) for c in child.children)
        return f'<a href="{escape(child.url)}"{_title(child.title)}>{words}</a>'
    if isinstance(child, Picture):
        address = f'src="{escape(child.url)}" alt="{escape(child.alt)}"'
        return f'<img {address}{_title(child.title)} loading="lazy">'
    return "<br>"


@lru_cache(maxsize=4096)
def linked(text: str, *, is_contact: bool = False) -> str:
    """Return plain text as HTML in which numbers to call and addresses to write to are links."""
    return "".join(
        f'<a href="{escape(address)}">{escape(words, quote=False)}</a>' if address else escape(words, quote=False)
        for words, address in contacts.links(text, is_contact=is_contact)
    )


def _unlinked(child: Inline) -> str:
    """Return what stands inside a link: it holds no other."""
    if isinstance(child, Text):
        return escape(child.text, quote=False)
    if isinstance(child, Emphasis | Strong):
        tag = "em" if isinstance(child, Emphasis) else "strong"
        return f"<{tag}>{''.join(map(_unlinked, child.children))}</{tag}>"
    return _inline(child)


def _title(title: str) -> str:
    return f' title="{escape(title)}"' if title else ""
