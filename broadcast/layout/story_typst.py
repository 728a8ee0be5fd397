"""Blocks as typst markup; every sign that means something to typst is escaped."""

from __future__ import annotations

import re

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

#: Every sign that means something in typst's markup, somewhere. An escaped sign is printed as itself,
#: so it costs nothing to escape one that would have been harmless where it stands.
_SPECIAL = re.compile(r"[\\`*_#$@<>\[\]{}~=\-+/\"'^&|;:!().]")
#: What ends a line for typst; two of them would end the paragraph.
_SPACE = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
#: No file of text holds these.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
#: typst refuses longer addresses.
_MAX_URL = 8000


def escape_typst(text: str) -> str:
    """Return text that typst prints as it is, wherever it stands.

    Line ends and tabulators become spaces; other control characters go.
    """
    return _SPECIAL.sub(r"\\\g<0>", _CONTROL.sub("", _SPACE.sub(" ", text)))


def string(text: str) -> str:
    """Return a typst string literal on one line."""
    return _literal(_SPACE.sub(" ", text))


def _literal(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _CONTROL.sub("", safe) + '"'


def to_typst(document: Document) -> str:
    """Return the markup of a whole body."""
    return _blocks(document.blocks)


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"#heading(level: {min(block.level + 1, 6)})[{_inlines(block.children)}]"
    if isinstance(block, Paragraph):
        return _inlines(block.children)
    if isinstance(block, ListBlock):
        items = [f"[{_blocks(item)}]" for item in block.items]
        if block.ordered:
            numbered = (f"enum.item({number}){item}" for number, item in zip(block.numbers, items, strict=True))
            return f"#enum({', '.join(numbered)})"
        return f"#list({', '.join(items)})"
    if isinstance(block, Quote):
        return f"#quote(block: true)[{_blocks(block.blocks)}]"
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, CodeBlock):
        return f"#raw(block: true, {_literal(block.text)})"
    return "#line(length: 100%, stroke: 0.5pt)"


def _blocks(blocks: tuple[Block, ...]) -> str:
    return "\n\n".join(_block(block) for block in blocks)


def _table(table: Table) -> str:
    count = max([len(table.head), *(len(row) for row in table.rows)], default=1) or 1
    sides = [side or "left" for side in table.align] + ["left"] * count
    arguments = [
        f"columns: {count}",
        f"align: ({', '.join(sides[:count])},)",
        "stroke: (x: none, y: 0.4pt)",
    ]
    if table.head:
        head = table.head + ((),) * (count - len(table.head))
        arguments.append("table.header(" + ", ".join(f"[#strong[{_inlines(cell)}];]" for cell in head) + ")")
    rows = [row + ((),) * (count - len(row)) for row in table.rows]
    arguments += [f"[{_inlines(cell)}]" for row in rows for cell in row]
    return f"#table({', '.join(arguments)})"


def _inlines(children: tuple[Inline, ...]) -> str:
    return "".join(_inline(child) for child in children)


def _inline(child: Inline) -> str:
    # The semicolon ends an expression: without it a bracket or a full stop after it would belong to it.
    if isinstance(child, Text):
        return escape_typst(child.text)
    if isinstance(child, Emphasis):
        return f"#emph[{_inlines(child.children)}];"
    if isinstance(child, Strong):
        return f"#strong[{_inlines(child.children)}];"
    if isinstance(child, Code):
        return f"#raw({string(child.text)});"
    if isinstance(child, Link):
        words = _inlines(child.children) or escape_typst(child.url)
        url = string(child.url.strip())
        return f"#link({url})[{words}];" if 2 < len(url) <= _MAX_URL else words
    if isinstance(child, Picture):
        return escape_typst(child.alt)
    return "#linebreak();"
