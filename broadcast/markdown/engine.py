"""Python-Markdown set up so that no HTML of the source passes, one engine a thread."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import ReferenceProcessor
from markdown.extensions.sane_lists import SaneOListProcessor
from markdown.extensions.tables import TableProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

#: Names by which a thing in angle brackets is a tag; "<moins de 5 degrés>" is text.
_ELEMENTS = """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body
    br button canvas caption center cite code col colgroup command content data datalist dd del details dfn dialog dir
    div dl dt element em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header
    hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee
    math menu menuitem meta meter multicol nav nobr noembed noframes noscript object ol optgroup option output p param
    picture plaintext portal pre progress q rb rp rt rtc ruby s samp script search section select shadow slot small
    source spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time
    title tr track tt u ul var video wbr xml xmp
"""
_NAMES = "|".join(sorted(_ELEMENTS.split(), key=len, reverse=True))
_TAG = rf"<(?:!--(?:(?!-->).){{0,500}}-->|/?(?P<name>{_NAMES})(?![\w.@:\-])[^<>]*>|[!?][A-Za-z\[][^<>]*>)"
_BARE_URL = r"(?<![\w/:.@])https?://[^\s<>\"«»\x02\x03|]*[^\s<>\"«»\x02\x03|.,;:!?'’*_`…]"
_OPENING = {")": "(", "]": "["}
#: Between these tags words of two paragraphs would run together.
_APART = frozenset(
    [
        "address",
        "article",
        "aside",
        "div",
        "dd",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "p",
        "section",
        "td",
        "th",
        "tr",
    ]
)


class Engine(Markdown):
    """Python-Markdown that keeps what it dropped."""

    def __init__(self) -> None:
        super().__init__(extensions=["tables", "sane_lists", "fenced_code"], output_format="html")
        #: Tags left out of the body being read.
        self.dropped: list[str] = []
        #: Rows of tables, and the words of theirs that stand beyond the last column.
        self.cut: list[tuple[str, str]] = []
        self.preprocessors.deregister("html_block")
        self.parser.blockprocessors.register(_Reference(self.parser), "reference", 15)
        self.parser.blockprocessors.register(_Numbered(self.parser), "olist", 40)
        self.parser.blockprocessors.register(_Table(self), "table", 75)
        self.inlinePatterns.deregister("html")
        self.inlinePatterns.register(_Tag(_TAG, self), "html", 90)
        self.inlinePatterns.register(_BareUrl(_BARE_URL, self), "bare_url", 85)
        for name in ("prettify", "unescape"):
            if name in self.treeprocessors:
                self.treeprocessors.deregister(name)


class _Reference(ReferenceProcessor):
    """Takes the addresses that links name; a footnote (`[^1]: …`) is no address."""

    RE = re.compile(ReferenceProcessor.RE.pattern.replace(r"\[(", r"\[(?!\^)("), re.MULTILINE)


class _Numbered(SaneOListProcessor):
    """Keeps the number that the author gave each item, which Python-Markdown counts anew: bus lines are no ranks."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser)
        self._read: list[list[str]] = []

    def get_items(self, block: str) -> list[str]:
        found = (self.CHILD_RE.match(line) for line in block.split("\n"))
        self._read.append([match[2].rstrip(".") for match in found if match])
        return super().get_items(block)

    def run(self, parent: Element, blocks: list[str]) -> None:
        super().run(parent, blocks)  # lists within these items are read, and their numbers taken, meanwhile
        numbers = self._read.pop()
        items = parent if parent.tag in ("ol", "ul") else parent[-1]
        for item, number in zip(items[-len(numbers) :], numbers, strict=True):
            item.set("value", number)


class _Table(TableProcessor):
    """Notes the cells beyond the last column: every reader of Markdown leaves them out without a word."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.parser, {"use_align_attribute": False})
        self.engine = engine

    def _build_row(self, row: str, parent: Element, align: Sequence[str | None]) -> None:
        beyond = [cell.strip() for cell in self._split_row(row)[len(align) :]]  # type: ignore[attr-defined]  # the stubs leave it out
        if any(beyond):
            self.engine.cut.append((row, " | ".join(filter(None, beyond))))
        super()._build_row(row, parent, align)  # type: ignore[misc]  # as above


class _Tag(InlineProcessor):
    """Takes a tag out of the words; `<br>` is a new line."""

    def __init__(self, pattern: str, engine: Engine) -> None:
        super().__init__(pattern, engine)
        self.compiled_re = re.compile(pattern, re.DOTALL | re.IGNORECASE)
        self.engine = engine

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | str, int, int]:  # type: ignore[override]  # Markdown's own ones differ, too
        name = (m["name"] or "").lower()
        if name == "br":
            return Element("br"), m.start(), m.end()
        self.engine.dropped.append(m[0])
        apart = name in _APART and data[: m.start()].strip() and data[m.end() :].strip()
        return " " if apart else "", m.start(), m.end()


class _BareUrl(InlineProcessor):
    """Makes a bare address a link, without the punctuation and closing bracket of the sentence."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # Markdown's own ones differ, too
        url = m[0]
        while url[-1] in ")]" and url.count(url[-1]) > url.count(_OPENING[url[-1]]):
            url = url[:-1].rstrip(".,;:!?'’*_")
        link = Element("a", href=url)
        link.text = AtomicString(url)
        return link, m.start(), m.start() + len(url)


_local = threading.local()


def engine() -> Engine:
    """Return the engine of this thread, ready for a body."""
    found: Engine | None = getattr(_local, "engine", None)
    if found is None:
        found = _local.engine = Engine()
    found.reset()
    found.dropped.clear()
    found.cut.clear()
    return found
