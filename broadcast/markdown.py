"""Markdown, once: Python-Markdown's tree made into our blocks, and the two renderers everyone needs.

The body is parsed a single time; HTML and plain text are made here, sign text, typst and ICML in
`broadcast.layout`. HTML in the source is never passed through: its words are kept, its tags not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

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
    Rule,
    Strong,
    Table,
    Text,
)
from broadcast.errors import ContentError

if TYPE_CHECKING:
    from markdown import Markdown

#: Longest body, characters; far above any message, below what makes a parser slow.
MAX_BODY = 200_000
#: Deepest nesting of lists and quotations.
MAX_DEPTH = 12
_SAFE_URL = re.compile(r"(?:https?://|mailto:|tel:|#|/(?!/)|[\w.%+\-]+(?:[/?#]|$))", re.IGNORECASE)
_BARE_URL = re.compile(r"(?<![\w/:.@\"'(\[<])https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?)\]'*_]", re.IGNORECASE)
_GLUED_LIST = re.compile(r"^(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_PAREN_NUMBER = re.compile(r"^([ \t]*)(\d{1,9})\)([ \t]+)", re.MULTILINE)
_FENCE = re.compile(r"^(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the source that could not be kept."""

    code: str
    message: str
    #: Line within the body, 1-based.
    line: int


def parse(source: str) -> Document:
    """Return the block tree of a body.

    Raises:
        ContentError: too long or too deep to be a message.
    """
    return parse_with_losses(source)[0]


def parse_with_losses(source: str) -> tuple[Document, tuple[Loss, ...]]:
    """Return the block tree of a body, and what could not be kept.

    Raises:
        ContentError: too long or too deep to be a message.
    """
    if len(source) > MAX_BODY:
        raise ContentError(f"corps trop long : {len(source)} caractères, au plus {MAX_BODY}")
    _refuse_depth(source)
    losses = list(_losses(source))
    engine = _engine()
    try:
        root: Any = engine.parser.parseDocument(_lines(engine, source)).getroot()
        for processor in engine.treeprocessors:
            if getattr(processor, "name", "") != "serialize":
                changed: Any = processor.run(root)
                if changed is not None:
                    root = changed
        return Document(tuple(_blocks(root, engine, 0))), tuple(losses)
    except RecursionError as error:
        raise ContentError("corps trop imbriqué pour être lu ; simplifiez les listes et citations") from error
    finally:
        engine.reset()


@cache
def _engine() -> Markdown:
    from markdown import Markdown

    engine = Markdown(extensions=["tables", "sane_lists", "fenced_code"], output_format="html")
    # HTML in a message is text: no tag of it may reach a page.
    engine.preprocessors.deregister("html_block")
    engine.inlinePatterns.deregister("html")
    for name in ("prettify", "unescape"):
        if name in engine.treeprocessors:
            engine.treeprocessors.deregister(name)
    return engine


def _refuse_depth(source: str) -> None:
    for number, line in enumerate(source.splitlines(), 1):
        head = line[: len(line) - len(line.lstrip(" \t>"))]
        if head.count(">") > MAX_DEPTH or len(head.expandtabs(4)) > 4 * MAX_DEPTH:
            raise ContentError(f"ligne {number} du corps : trop imbriquée (au plus {MAX_DEPTH} niveaux)")
        if re.search(r"([\[(*_!])\1{199}", line):
            raise ContentError(f"ligne {number} du corps : trop de signes de mise en forme à la suite")


def _lines(engine: Markdown, source: str) -> list[str]:
    lines = _without_html(_prepared(source)).split("\n")
    for processor in engine.preprocessors:
        lines = processor.run(lines)
    return lines


def _prepared(source: str) -> str:
    """Make what people write understood: `1)`, lists glued to a paragraph, bare addresses."""
    out: list[str] = []
    fenced, current = False, ""
    for line in source.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        if not fenced and not line.startswith(("    ", "\t")):
            line = _PAREN_NUMBER.sub(r"\1\2.\3", line)
            kind = _list_kind(line)
            if kind and kind != current and out and out[-1].strip():
                out.append("")
            current = kind or (current if line.strip() and line.startswith(" ") else "")
            line = _autolink(line)
        out.append(line)
    return "\n".join(out)


def _list_kind(line: str) -> str:
    """Return "-" or "1" for a line that begins a list item at the margin, else ""."""
    if not _GLUED_LIST.match(line):
        return ""
    return "1" if line[0].isdigit() else "-"


def _autolink(line: str) -> str:
    """Put bare addresses of a line in angle brackets, but not those of Markdown links."""
    pieces = re.split(r"(!?\[[^\]]*\]\([^)]*\))", line)
    return "".join(p if n % 2 else _BARE_URL.sub(lambda m: f"<{m[0]}>", p) for n, p in enumerate(pieces))


_HTML = re.compile(r"<(?:!--.*?(?:-->|\Z)|/?[A-Za-z][^\s<>]*(?:\s[^<>]*)?/?>)", re.DOTALL)
_ADDRESS = re.compile(r"<(?:https?://|mailto:)?[^\s<>]+(?:@|://|\.)[^\s<>]*>", re.IGNORECASE)


#: Literal code: fenced blocks and code spans, in which nothing is HTML.
_CODE = re.compile(
    r"^(```+|~~~+).*?^\1[`~]*[ \t]*$|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)",
    re.DOTALL | re.MULTILINE,
)


class _Words(HTMLParser):
    """Keeps the words of a piece of HTML, without what is not meant to be read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style")
        if tag == "br":
            self.out.append("  \n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")


def _without_html(source: str) -> str:
    """Return the source without tags; their words stay, scripts and styles go whole."""
    source = source.replace("\x00", "")
    if "<" not in source:
        return source
    kept: dict[str, str] = {}

    def keep(match: re.Match[str]) -> str:
        key = f"\x00{len(kept)}\x00"
        kept[key] = match[0]
        return key

    source = _CODE.sub(keep, source)
    text = _ADDRESS.sub(
        lambda m: keep(m) if not m[0].startswith("</") and " " not in m[0] else m[0],
        source,
    )
    if _HTML.search(text):
        words = _Words()
        words.feed(text)
        words.close()
        text = "".join(words.out)
    for _ in range(2):  # an address may stand within kept code
        text = re.sub("\x00\\d+\x00", lambda m: kept.get(m[0], ""), text)
    return text


def _losses(source: str) -> Iterator[Loss]:
    source = _CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), source)
    for match in _HTML.finditer(source):
        if not _ADDRESS.fullmatch(match[0]):
            line = source.count("\n", 0, match.start()) + 1
            yield Loss(
                "html_dropped",
                f"balise HTML « {match[0][:30]} » ignorée : écrivez en Markdown",
                line,
            )
    for match in re.finditer(
        r"\]\(\s*<?((?:javascript|data|vbscript|file)\s*:[^)\s]*)",
        source,
        re.IGNORECASE,
    ):
        line = source.count("\n", 0, match.start()) + 1
        yield Loss(
            "link_dropped",
            f"lien « {match[1][:30]} » ignoré : seules les adresses web sont gardées",
            line,
        )


def _blocks(parent: Element, engine: Markdown, depth: int) -> Iterator[Block]:
    if depth > MAX_DEPTH * 2:
        raise ContentError(f"corps trop imbriqué (au plus {MAX_DEPTH} niveaux)")
    loose = _loose(parent, engine)
    if loose:
        yield Paragraph(loose)
    for child in parent:
        block = _block(child, engine, depth)
        if block is not None:
            yield block


def _loose(parent: Element, engine: Markdown) -> tuple[Inline, ...]:
    """Return the text that stands in a list item or quotation without a paragraph of its own."""
    if parent.tag in ("div",):
        return ()
    inline = [c for c in parent if c.tag in _INLINE]
    if not (parent.text or "").strip() and not inline:
        return ()
    return _trimmed(tuple(_inlines(parent, engine, only_inline=True)))


_INLINE = frozenset({"em", "strong", "code", "a", "img", "br"})


def _block(element: Element, engine: Markdown, depth: int) -> Block | None:
    tag = element.tag
    if tag in _INLINE:
        return None
    if tag == "p":
        return _paragraph(element, engine)
    if re.fullmatch("h[1-6]", tag):
        return Heading(int(tag[1]), _trimmed(tuple(_inlines(element, engine))))
    if tag in ("ul", "ol"):
        items = tuple(tuple(_blocks(item, engine, depth + 1)) for item in element if item.tag == "li")
        return ListBlock(tag == "ol", items, int(element.get("start") or 1))
    if tag == "blockquote":
        return Quote(tuple(_blocks(element, engine, depth + 1)))
    if tag == "table":
        return _table(element, engine)
    if tag == "pre":
        return CodeBlock(_unstash("".join(element.itertext()), engine).rstrip("\n"))
    if tag == "hr":
        return Rule()
    return _paragraph(element, engine)


def _paragraph(element: Element, engine: Markdown) -> Block | None:
    raw = "".join(element.itertext()).strip()
    stashed = re.fullmatch("\x02wzxhzdk:(\\d+)\x03", raw)
    if stashed:  # a fenced block, kept apart by Python-Markdown
        html = str(engine.htmlStash.rawHtmlBlocks[int(stashed[1])])
        return CodeBlock(_strip_tags(html).rstrip("\n"))
    children = _trimmed(tuple(_inlines(element, engine)))
    return Paragraph(children) if children else None


def _strip_tags(html: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", "", html))


def _table(element: Element, engine: Markdown) -> Table:
    rows = [[tuple(_trimmed(tuple(_inlines(cell, engine)))) for cell in row] for row in element.iter("tr")]
    head = element.find("thead/tr")
    align = tuple(
        (re.search(r"text-align:\s*(\w+)", cell.get("style") or "") or [None, ""])[1] or ""
        for cell in (head if head is not None else [])
    )
    return Table(tuple(rows[0]) if rows else (), tuple(tuple(row) for row in rows[1:]), align)


def _inlines(element: Element, engine: Markdown, *, only_inline: bool = False) -> Iterator[Inline]:
    if element.text:
        yield from _text(element.text, engine)
    for child in element:
        if not only_inline or child.tag in _INLINE:
            yield from _inline(child, engine)
        elif child.tag not in _INLINE:
            continue
        if child.tail and (not only_inline or child.tag in _INLINE):
            yield from _text(child.tail, engine)


def _inline(element: Element, engine: Markdown) -> Iterator[Inline]:
    tag = element.tag
    if tag == "br":
        yield LineBreak()
    elif tag == "code":
        yield Code(_unstash("".join(element.itertext()), engine))
    elif tag == "img":
        url = _unstash(element.get("src") or "", engine)
        if is_safe_url(url):
            alt, title = (_unstash(element.get(a) or "", engine) for a in ("alt", "title"))
            yield Picture(url, alt, title)
    elif tag == "a":
        url = _unstash(element.get("href") or "", engine)
        children = tuple(_inlines(element, engine))
        if is_safe_url(url):
            yield Link(url, children, _unstash(element.get("title") or "", engine))
        else:
            yield from children
    elif tag in ("em", "strong"):
        children = tuple(_inlines(element, engine))
        yield Strong(children) if tag == "strong" else Emphasis(children)
    else:
        yield from _inlines(element, engine)


def is_safe_url(url: str) -> bool:
    """True for web, mail and telephone addresses, and for what lies beside the page."""
    bare = re.sub(r"[\x00-\x20\u00ad\u200b-\u200f\u2028-\u202e\ufeff]", "", url)
    if ":" in bare.split("/")[0].split("?")[0].split("#")[0]:
        return bare.lower().startswith(("http://", "https://", "mailto:", "tel:"))
    return bool(_SAFE_URL.match(bare))


def _text(text: str, engine: Markdown) -> Iterator[Inline]:
    clean = re.sub(r"\s*\n\s*", " ", _unstash(text, engine))
    if clean:
        yield Text(clean)


def _unstash(text: str, engine: Markdown) -> str:
    """Put back what Python-Markdown keeps apart: escaped characters, entities, code."""
    from html import unescape

    text = re.sub("\x02(\\d+)\x03", lambda m: chr(int(m[1])), text)
    text = re.sub(
        "\x02wzxhzdk:(\\d+)\x03",
        lambda m: _strip_tags(str(engine.htmlStash.rawHtmlBlocks[int(m[1])])),
        text,
    )
    text = text.replace("\x02amp\x03", "&")
    return unescape(re.sub("[\x02\x03]", "", text))


def _trimmed(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Return the inlines without white space at both ends."""
    items = list(children)
    while items and isinstance(items[0], Text) and not items[0].text.strip():
        items.pop(0)
    while items and (isinstance(items[-1], LineBreak) or (isinstance(items[-1], Text) and not items[-1].text.strip())):
        items.pop()
    if items and isinstance(items[0], Text):
        items[0] = Text(items[0].text.lstrip())
    if items and isinstance(items[-1], Text):
        items[-1] = Text(items[-1].text.rstrip())
    return tuple(items)


def to_html(document: Document, heading_offset: int = 1) -> str:
    """Return safe HTML; a heading of level 1 becomes `<h2>`, as the title is the page's own."""
    import nh3

    raw = "\n".join(_block_html(block, heading_offset) for block in document.blocks)
    return nh3.clean(
        raw,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )


_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
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
    "ol": {"start"},
    "th": {"scope", "class"},
    "td": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"},
}


def _block_html(block: Block, offset: int) -> str:
    if isinstance(block, Heading):
        level = min(block.level + offset, 6)
        return f"<h{level}>{inline_html(block.children)}</h{level}>"
    if isinstance(block, Paragraph):
        return f"<p>{inline_html(block.children)}</p>"
    if isinstance(block, ListBlock):
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and block.start != 1 else ""
        return f"<{tag}{start}>" + "".join(_item_html(item, offset) for item in block.items) + f"</{tag}>"
    if isinstance(block, Quote):
        return "<blockquote>" + "".join(_block_html(b, offset) for b in block.blocks) + "</blockquote>"
    if isinstance(block, Table):
        return _table_html(block)
    if isinstance(block, CodeBlock):
        return f"<pre><code>{escape(block.text)}</code></pre>"
    return "<hr>"


def _item_html(item: tuple[Block, ...], offset: int) -> str:
    if len(item) >= 1 and isinstance(item[0], Paragraph):
        rest = "".join(_block_html(b, offset) for b in item[1:])
        return f"<li>{inline_html(item[0].children)}{rest}</li>"
    return "<li>" + "".join(_block_html(b, offset) for b in item) + "</li>"


def _table_html(table: Table) -> str:
    def cls(column: int) -> str:
        side = table.align[column] if column < len(table.align) else ""
        return f' class="{side}"' if side else ""

    head = "".join(f'<th scope="col"{cls(n)}>{inline_html(c)}</th>' for n, c in enumerate(table.head))
    body = "".join(
        "<tr>" + "".join(f"<td{cls(n)}>{inline_html(c)}</td>" for n, c in enumerate(row)) + "</tr>" for row in table.rows
    )
    label = "Tableau : " + ", ".join(inline_plain(c) for c in table.head)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def inline_html(children: tuple[Inline, ...]) -> str:
    """Return the HTML of a line."""
    out = []
    for child in children:
        if isinstance(child, Text):
            out.append(escape(child.text, quote=False))
        elif isinstance(child, Emphasis):
            out.append(f"<em>{inline_html(child.children)}</em>")
        elif isinstance(child, Strong):
            out.append(f"<strong>{inline_html(child.children)}</strong>")
        elif isinstance(child, Code):
            out.append(f"<code>{escape(child.text)}</code>")
        elif isinstance(child, Link):
            title = f' title="{escape(child.title)}"' if child.title else ""
            out.append(f'<a href="{escape(child.url)}"{title}>{inline_html(child.children)}</a>')
        elif isinstance(child, Picture):
            out.append(f'<img src="{escape(child.url)}" alt="{escape(child.alt)}" loading="lazy">')
        else:
            out.append("<br>")
    return "".join(out)


def to_plain(document: Document) -> str:
    """Return readable plain text: lists with dashes, tables a line a row, addresses in brackets."""
    return "\n\n".join(filter(None, (_block_plain(block, "") for block in document.blocks)))


def _block_plain(block: Block, indent: str) -> str:
    if isinstance(block, Heading | Paragraph):
        return indent + inline_plain(block.children).replace("\n", f"\n{indent}")
    if isinstance(block, ListBlock):
        marks = (f"{n}. " if block.ordered else "– " for n in range(block.start, block.start + len(block.items)))
        return "\n".join(_item_plain(item, mark, indent) for item, mark in zip(block.items, marks, strict=True))
    if isinstance(block, Quote):
        inner = "\n\n".join(_block_plain(b, indent) for b in block.blocks)
        return f"{indent}« {inner.strip()} »"
    if isinstance(block, Table):
        return "\n".join(indent + line for line in _table_plain(block))
    if isinstance(block, CodeBlock):
        return "\n".join(indent + line for line in block.text.splitlines())
    return f"{indent}* * *"


def _item_plain(item: tuple[Block, ...], mark: str, indent: str) -> str:
    inner = "\n".join(_block_plain(b, indent + " " * len(mark)) for b in item)
    return indent + mark + inner.removeprefix(indent + " " * len(mark))


def _table_plain(table: Table) -> Iterator[str]:
    names = [inline_plain(cell) for cell in table.head]
    for row in table.rows:
        cells = [inline_plain(cell) for cell in row]
        rest = [f"{name} : {cell}" if name else cell for name, cell in zip(names[1:], cells[1:], strict=False) if cell]
        yield " – ".join([*cells[:1], *rest])


def inline_plain(children: tuple[Inline, ...]) -> str:
    """Return the words of a line; an address follows its words in brackets."""
    out = []
    for child in children:
        if isinstance(child, Text | Code):
            out.append(child.text)
        elif isinstance(child, Emphasis | Strong):
            out.append(inline_plain(child.children))
        elif isinstance(child, Link):
            words = inline_plain(child.children)
            bare = child.url.removeprefix("mailto:").removeprefix("tel:")
            out.append(words if words in (child.url, bare) or child.url.startswith("#") else f"{words} ({bare})")
        elif isinstance(child, Picture):
            out.append(child.alt)
        else:
            out.append("\n")
    return "".join(out)


def lead(document: Document) -> str:
    """Return the words of the first paragraph, which stands alone."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            return inline_plain(block.children)
    return ""
