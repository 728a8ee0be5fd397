"""The block tree of a message's body: what Markdown becomes once, and every renderer walks.

Values only. `broadcast.markdown` makes it; HTML, plain text, sign text, typst and ICML read it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Literal characters; never markup."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Emphasised words (italic)."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Strong:
    """Strong words (bold)."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Literal code within a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address; a bare address has itself as its words."""

    url: str
    children: tuple[Inline, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture within the text."""

    url: str
    alt: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A forced new line."""


Inline = Text | Emphasis | Strong | Code | Link | Picture | LineBreak


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` is 1 to 6."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list; each item is a sequence of blocks."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    #: The number of each item as the author wrote it; empty: 1, 2, 3…
    given: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The number that each item carries wherever it is read."""
        return self.given or tuple(range(1, len(self.items) + 1))

    @property
    def breaks(self) -> tuple[bool, ...]:
        """For each item whether its number is not the one that counting on from the item before would give."""
        return tuple(number != before + 1 for before, number in zip((0, *self.numbers), self.numbers, strict=False))


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a cell is a sequence of inlines; `align` is "", "left", "center" or "right" a column."""

    head: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    align: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Literal lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


Block = Heading | Paragraph | ListBlock | Table | Quote | CodeBlock | Rule


@dataclass(frozen=True, slots=True)
class Document:
    """The whole body."""

    blocks: tuple[Block, ...] = ()
