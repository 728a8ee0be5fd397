"""What the tree of a body is trimmed with: addresses that may stand, words of a line, white space at its ends. Pure."""

from __future__ import annotations

import re

from broadcast import blocks as b

#: What stands beside the page: "#part", "/path", "file.pdf", but no "//host".
_BESIDE = re.compile(r"#|/(?![/\\])|[\w.%+\-]+(?:[/?#]|$)")
INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]")


def is_safe_url(url: str) -> bool:
    """True for web, mail and telephone addresses, and for what lies beside the page."""
    bare = INVISIBLE.sub("", url)
    if ":" in re.split(r"[/?#]", bare, maxsplit=1)[0]:
        return bare.lower().startswith(("http://", "https://", "mailto:", "tel:"))
    return bool(_BESIDE.match(bare))


def words_in(children: tuple[b.Inline, ...]) -> str:
    """Return the words of a line, without their formatting."""
    return "".join(c.text for c in children if isinstance(c, b.Text | b.Code))


def named(name: str, item: tuple[b.Block, ...]) -> tuple[b.Block, ...]:
    """Return the blocks of an item that begins with its own name, such as "01. "."""
    if item and isinstance(item[0], b.Paragraph):
        return b.Paragraph((b.Text(name), *item[0].children)), *item[1:]
    return b.Paragraph((b.Text(name.rstrip()),)), *item


def _is_blank(inline: b.Inline) -> bool:
    return isinstance(inline, b.LineBreak) or (isinstance(inline, b.Text) and not inline.text.strip())


def trimmed(children: tuple[b.Inline, ...]) -> tuple[b.Inline, ...]:
    """Return the inlines without white space and new lines at both ends."""
    items = list(children)
    while items and _is_blank(items[0]):
        items.pop(0)
    while items and _is_blank(items[-1]):
        items.pop()
    if items and isinstance(items[0], b.Text):
        items[0] = b.Text(items[0].text.lstrip())
    if items and isinstance(items[-1], b.Text):
        items[-1] = b.Text(items[-1].text.rstrip())
    return tuple(items)
