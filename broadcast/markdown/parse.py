"""Python-Markdown's tree made into our blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from broadcast import blocks as b
from broadcast.errors import ContentError
from broadcast.markdown.pieces import INVISIBLE, is_safe_url, named, trimmed, words_in
from broadcast.markdown.source import MAX_DEPTH, refuse_hostile, understood, without_hidden

if TYPE_CHECKING:
    from broadcast.markdown.engine import Engine

_FOOTNOTE = re.compile(r"^ {0,3}\[\^[^\[\]\n]+\]:", re.MULTILINE)
#: Numbers that are names: "01" would lose its nought, and browsers count to nine digits.
_NAME = re.compile(r"0\d+|\d{10,}")
_STRUCK = re.compile(r"(?<![~\\])~~(?=[^\s~])[^~\n]{1,200}(?<=[^\s~])~~(?!~)")
_INLINE = frozenset({"em", "strong", "code", "a", "img", "br"})
_STASHED = re.compile("\x02wzxhzdk:(\\d+)\x03")
#: What Python-Markdown keeps apart: an escaped sign, an entity or a fenced block, an entity of its own making …
_APART = "\x02(?P<sign>\\d+)\x03|\x02wzxhzdk:(?P<stash>\\d+)\x03|{amp}(?P<name>#\\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);"
_IN_TEXT = re.compile(_APART.replace("{amp}", "\x02amp\x03"))
#: … and, in code and addresses only, entities that it has not read. Each is read once: "&amp;lt;" says "&lt;".
_IN_RAW = re.compile(_APART.replace("{amp}", "(?:&|\x02amp\x03)"))


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the source that could not be kept."""

    #: "html_dropped", "link_dropped", "link_incomplete", "image_dropped", "image_remote", "strikethrough", "footnote"
    #: or "table_cells".
    code: str
    message: str
    #: Line within the body, 1-based; 1 where it cannot be told.
    line: int
    #: It must be mended before anything leaves.
    blocking: bool = False


def parse(source: str) -> b.Document:
    """Return the block tree of a body.

    Raises:
        ContentError: too long, too deep, or hostile.
    """
    return parse_with_losses(source)[0]


def parse_with_losses(source: str) -> tuple[b.Document, tuple[Loss, ...]]:
    """Return the block tree of a body, and what could not be kept, in the order of its lines.

    Raises:
        ContentError: too long, too deep, or hostile.
    """
    from broadcast.markdown.engine import engine

    source = re.sub("[\x00\x02\x03]", "\ufffd", source.replace("\r\n", "\n").replace("\r", "\n"))
    refuse_hostile(source)
    visible, hidden = without_hidden(source)
    tree = _Tree(engine(), source)
    try:
        document = b.Document(tuple(tree.blocks(tree.root(understood(visible)), 0)))
    except RecursionError as error:
        raise ContentError("corps trop imbriqué pour être lu ; simplifiez listes et citations") from error
    losses = [_tag_loss(tag, source.count("\n", 0, at) + 1) for tag, at in hidden]
    losses += [_tag_loss(tag, tree.line_of(tag)) for tag in tree.engine.dropped if not tag.startswith("</")]
    for row, words in tree.engine.cut:
        message = (
            f"ce rang du tableau a plus de cases que son en-tête : « {words} » ne paraîtrait nulle part ; ajoutez la colonne"
        )
        losses.append(Loss("table_cells", message, tree.line_of(row.strip(), words), blocking=True))
    for note in _FOOTNOTE.finditer(source):
        message = f"note de bas de page « {note[0].strip()} » : écrivez-la entre parenthèses dans le texte"
        losses.append(Loss("footnote", message, source.count("\n", 0, note.start()) + 1))
    for struck in _STRUCK.finditer(source):
        message = f"texte barré « {struck[0]} » : les habitants liraient les deux ; n'écrivez que ce qui vaut"
        losses.append(Loss("strikethrough", message, source.count("\n", 0, struck.start()) + 1))
    return document, tuple(sorted([*losses, *tree.losses], key=lambda loss: loss.line))


def _tag_loss(tag: str, line: int) -> Loss:
    shown = " ".join(tag.split())[:30]
    return Loss("html_dropped", f"balise HTML « {shown} » ignorée : écrivez en Markdown", line)


def is_elsewhere(url: str) -> bool:
    """True for what a browser asks another server for: "http://…", "//host/…", and what it takes for those."""
    bare = INVISIBLE.sub("", url).replace("\\", "/").lower()
    return bare.startswith(("//", "http:", "https:"))


@dataclass
class _Tree:
    """Walks one body."""

    engine: Engine
    source: str
    losses: list[Loss] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)

    def root(self, source: str) -> Element:
        lines = source.split("\n")
        for preprocessor in self.engine.preprocessors:
            lines = preprocessor.run(lines)
        root: Any = self.engine.parser.parseDocument(lines).getroot()
        for processor in self.engine.treeprocessors:
            changed: Any = processor.run(root)
            root = root if changed is None else changed
        found: Element = root
        return found

    def line_of(self, *needles: str) -> int:
        """Return the line of the first needle that the source has, each time the next one."""
        for needle in filter(None, needles):
            at = self.source.find(needle, self._seen.get(needle, -1) + 1)
            if at >= 0:
                self._seen[needle] = at
                return self.source.count("\n", 0, at) + 1
        return 1

    def blocks(self, parent: Element, depth: int) -> Iterator[b.Block]:
        if depth > MAX_DEPTH * 2:
            raise ContentError(f"corps trop imbriqué (au plus {MAX_DEPTH} niveaux)")
        loose = self._loose(parent)
        if loose:
            yield b.Paragraph(loose)
        for child in parent:
            block = None if child.tag in _INLINE else self._block(child, depth)
            if block is not None:
                yield block

    def _loose(self, parent: Element) -> tuple[b.Inline, ...]:
        """Return the words that stand in a list item or quotation without a paragraph of their own."""
        if parent.tag == "div":
            return ()
        return trimmed(tuple(self._inlines(parent, loose=True)))

    def _block(self, element: Element, depth: int) -> b.Block | None:
        tag = element.tag
        if re.fullmatch("h[1-6]", tag):
            children = trimmed(tuple(self._inlines(element)))
            return b.Heading(int(tag[1]), children) if children else None
        if tag in ("ul", "ol"):
            return self._list(element, depth)
        if tag == "blockquote":
            return b.Quote(tuple(self.blocks(element, depth + 1)))
        if tag == "table":
            return self._table(element)
        if tag == "pre":
            return b.CodeBlock(self._raw("".join(element.itertext())).rstrip("\n"))
        if tag == "hr":
            return b.Rule()
        return self._paragraph(element)

    def _list(self, element: Element, depth: int) -> b.ListBlock:
        items = [item for item in element if item.tag == "li"]
        blocks = tuple(tuple(self.blocks(item, depth + 1)) for item in items)
        written = [item.get("value") or "" for item in items] if element.tag == "ol" else []
        if any(_NAME.fullmatch(number) for number in written):
            # What no list can count stands in the words.
            return b.ListBlock(False, tuple(named(f"{n}. ", item) for n, item in zip(written, blocks, strict=True)))
        numbers = tuple(int(number or 1) for number in written)
        counting = set(numbers) == {1} or numbers == tuple(range(1, len(numbers) + 1))
        return b.ListBlock(element.tag == "ol", blocks, () if counting else numbers)

    def _paragraph(self, element: Element) -> b.Block | None:
        stashed = _STASHED.fullmatch("".join(element.itertext()).strip())
        fenced = self._stash(stashed[1]) if stashed else ""
        if fenced.startswith("<"):  # else an entity that stands alone
            return b.CodeBlock(unescape(re.sub(r"<[^>]+>", "", fenced)).rstrip("\n"))
        children = trimmed(tuple(self._inlines(element)))
        return b.Paragraph(children) if children else None

    def _table(self, element: Element) -> b.Table:
        rows = [tuple(trimmed(tuple(self._inlines(cell))) for cell in row) for row in element.iter("tr")]
        head = element.find("thead/tr")
        styles = [cell.get("style") or "" for cell in (head if head is not None else ())]
        align = tuple(m[1] if (m := re.search(r"text-align:\s*(\w+)", s)) else "" for s in styles)
        return b.Table(rows[0] if rows else (), tuple(rows[1:]), align)

    def _inlines(self, element: Element, *, loose: bool = False) -> Iterator[b.Inline]:
        yield from self._text(element.text)
        for child in element:
            if loose and child.tag not in _INLINE:
                continue
            yield from self._inline(child)
            yield from self._text(child.tail)

    def _inline(self, element: Element) -> Iterator[b.Inline]:
        tag = element.tag
        if tag == "br":
            yield b.LineBreak()
        elif tag == "code":
            yield b.Code(self._raw("".join(element.itertext())))
        elif tag == "img":
            yield self._picture(element)
        elif tag == "a":
            yield from self._link(element)
        elif tag in ("em", "strong"):
            children = tuple(self._inlines(element))
            yield b.Strong(children) if tag == "strong" else b.Emphasis(children)
        else:
            yield from self._inlines(element)

    def _picture(self, element: Element) -> b.Inline:
        url, alt, title = (self._raw(element.get(name) or "") for name in ("src", "alt", "title"))
        if is_elsewhere(url):
            # Whoever serves it could change it after approval, and would learn who reads the message.
            message = (
                f"image « {url[:60]} » prise sur un autre serveur : enregistrez-la à côté du message, puis dans l'en-tête "
                f'images: [{{file: photo.jpg, alt: "{alt or "ce que l’image montre"}"}}]'
            )
            self.losses.append(Loss("image_remote", message, self.line_of(url, f"![{alt}]"), blocking=True))
            return b.Text(alt)
        if is_safe_url(url):
            return b.Picture(url, alt, title)
        self._drop("image_dropped", "image", url, f"![{alt}]")
        return b.Text(alt)

    def _link(self, element: Element) -> Iterator[b.Inline]:
        url = self._raw(element.get("href") or "")
        children = tuple(self._inlines(element))
        if is_safe_url(url):
            if not re.match(r"#|https?://|mailto:|tel:", INVISIBLE.sub("", url), re.IGNORECASE):
                message = f"lien « {url[:30]} » : hors du site il ne mène nulle part ; écrivez l'adresse entière (https://…)"
                self.losses.append(Loss("link_incomplete", message, self.line_of(url)))
            yield b.Link(url, children, self._raw(element.get("title") or ""))
            return
        self._drop("link_dropped", "lien", url, f"[{words_in(children)}]")
        yield from children

    def _drop(self, code: str, what: str, url: str, words: str) -> None:
        message = f"{what} sans son adresse « {url[:30]} » : seules les adresses web, de courriel et de téléphone sont gardées"
        line = self.line_of(url, words, words.rstrip("]"))
        self.losses.append(Loss(code, message, line))

    def _text(self, text: str | None) -> Iterator[b.Inline]:
        # An address that is its own words stays as it was typed, in a string of another type.
        read = self._plain if type(text) is str else self._raw
        clean = re.sub(r"[ \t]*\n[ \t\n]*|  +", " ", read(text or ""))
        if clean:
            yield b.Text(clean)

    def _plain(self, text: str) -> str:
        """Put back what Python-Markdown keeps apart in text that it has read."""
        return re.sub("[\x00\x02\x03]", "", _IN_TEXT.sub(self._put_back, text))

    def _raw(self, text: str) -> str:
        """Put back what Python-Markdown keeps apart, and read the entities of code, addresses and titles."""
        return re.sub("[\x00\x02\x03]", "", _IN_RAW.sub(self._put_back, text))

    def _put_back(self, match: re.Match[str]) -> str:
        if match["sign"]:
            return chr(int(match["sign"]))
        if not match["stash"]:
            return _entity(match["name"])
        stash = self._stash(match["stash"])
        if stash.startswith("&"):
            return _entity(stash[1:-1])
        return unescape(re.sub(r"<[^>]+>", "", stash))

    def _stash(self, number: str) -> str:
        return str(self.engine.htmlStash.rawHtmlBlocks[int(number)])


def _entity(name: str) -> str:
    """Return what an entity stands for; one that does not exist stands for itself."""
    return unescape(f"&{name};") if name.startswith("#") else html5.get(f"{name};", f"&{name};")
