"""Blocks as typst markup; every sign that means something to typst is escaped."""

from __future__ import annotations

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

_SPECIAL = set("\\`*_#$@<>[]{}~=-+/\"'^&|:;.!()")
_KEEP = set(":;.!()'^&|{}")


def escape_typst(text: str) -> str:
    """Return text that typst prints as it is, wherever it stands."""
    out = []
    for char in text:
        if char in _SPECIAL - _KEEP:
            out.append(f"\\{char}")
        elif char == "\n":
            out.append(" ")
        elif ord(char) < 32:
            continue
        else:
            out.append(char)
    escaped = "".join(out)
    # A number and a full stop at the beginning of a line would start a list.
    return escaped.replace(". ", "\\. ", 1) if escaped[:1].isdigit() else escaped


def string(text: str) -> str:
    """Return a typst string literal."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return '"' + "".join(c for c in safe if ord(c) >= 32) + '"'


def to_typst(document: Document) -> str:
    """Return the markup of a whole body."""
    return "\n\n".join(_block(block) for block in document.blocks)


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"#heading(level: {min(block.level + 1, 6)})[{_inlines(block.children)}]"
    if isinstance(block, Paragraph):
        return _inlines(block.children)
    if isinstance(block, ListBlock):
        items = ", ".join("[" + "\n\n".join(_block(b) for b in item) + "]" for item in block.items)
        return f"#enum(start: {block.start}, {items})" if block.ordered else f"#list({items})"
    if isinstance(block, Quote):
        return "#quote(block: true)[" + "\n\n".join(_block(b) for b in block.blocks) + "]"
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, CodeBlock):
        return f"#raw(block: true, {string_lines(block.text)})"
    return "#line(length: 100%, stroke: 0.5pt)"


def string_lines(text: str) -> str:
    """Return a typst string literal that keeps its lines."""
    return '"' + "\\n".join(string(line)[1:-1] for line in text.split("\n")) + '"'


def _table(table: Table) -> str:
    count = max([len(table.head), *(len(row) for row in table.rows)], default=1) or 1
    sides = [side or "left" for side in table.align] + ["left"] * count
    align = ", ".join(sides[:count])
    head = ", ".join(f"[#strong[{_inlines(cell)}]]" for cell in table.head)
    rows = [row + ((),) * (count - len(row)) for row in table.rows]
    body = ", ".join(f"[{_inlines(cell)}]" for row in rows for cell in row)
    return f"#table(columns: {count}, align: ({align},), stroke: (x: none, y: 0.4pt), table.header({head}), {body})"


def _inlines(children: tuple[Inline, ...]) -> str:
    return "".join(_inline(child) for child in children)


def _inline(child: Inline) -> str:
    if isinstance(child, Text):
        return escape_typst(child.text)
    if isinstance(child, Emphasis):
        return f"#emph[{_inlines(child.children)}]"
    if isinstance(child, Strong):
        return f"#strong[{_inlines(child.children)}]"
    if isinstance(child, Code):
        return f"#raw({string(child.text)})"
    if isinstance(child, Link):
        words = _inlines(child.children) or escape_typst(child.url)
        return f"#link({string(child.url)})[{words}]"
    if isinstance(child, Picture):
        return escape_typst(child.alt)
    return " \\\n"
