"""From what people write to what Python-Markdown reads: lists understood, hidden HTML taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from broadcast.errors import ContentError

#: Longest body in characters and lines, and how many brackets and backticks, or stars
#: and tags, one paragraph may have:
#: far above any message, and where Python-Markdown, which is quadratic in them, still takes no second.
MAX_BODY, MAX_LINES, MAX_SIGNS, MAX_MARKS = 200_000, 5_000, 400, 4_000
#: Deepest nesting of lists and quotations.
MAX_DEPTH = 12
#: More signs of one sort in a row are no formatting, and make the parser slow.
_MAX_ROW = 199

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
#: Bullets of other programs: nobody means anything else by them. A dash may also stand within a sentence.
_BULLETS, _DASH = "•◦▪‣●○∙", "–"
_ITEM = re.compile(rf"([ \t]*)([-*+{_BULLETS}{_DASH}]|\d{{1,9}}[.)])([ \t\u00a0\u202f]+)(?=\S)")
_RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_QUOTE = re.compile(r"[ ]{0,3}>[ ]?")
_HEAD = re.compile(r"(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){" + str(MAX_DEPTH + 1) + "}")
_ROW = re.compile(r"([\[\](*_!<`])\1{" + str(_MAX_ROW) + "}")
#: What hides words from readers, and the code in which it is only text.
_HIDING = re.compile(
    r"^(?P<fence>[ ]{0,3}(?:`{3,}|~{3,}))|(?P<span>`+)|(?P<open><(?:!--|(?P<name>script|style)\b[^<>]*>))",
    re.IGNORECASE | re.MULTILINE,
)
#: Longest code span in which HTML is taken for text.
_MAX_SPAN = 2_000


def refuse_hostile(source: str) -> None:
    """Refuse what no message is, before a parser spends time on it.

    Raises:
        ContentError: too long, too deep, or made of formatting signs.
    """
    if len(source) > MAX_BODY:
        raise ContentError(f"corps trop long : {len(source)} caractères, au plus {MAX_BODY} ; partagez le message")
    signs = marks = 0
    for number, line in enumerate(source.split("\n"), 1):
        if number > MAX_LINES:
            raise ContentError(f"corps trop long : au plus {MAX_LINES} lignes ; partagez le message", file="corps", line=number)
        indent = len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4))
        if indent > 4 * MAX_DEPTH or (_HEAD.match(line) and not _RULE.match(line)):
            raise _too_deep(number)
        signs = signs + sum(map(line.count, "[]`\\")) if line.strip() else 0
        marks = marks + sum(map(line.count, "*_<")) if line.strip() else 0
        if signs > MAX_SIGNS or marks > MAX_MARKS or _ROW.search(line):
            raise ContentError("trop de signes de mise en forme à la suite ; ôtez-en", file="corps", line=number)


def _too_deep(number: int) -> ContentError:
    return ContentError(
        f"trop imbriqué (au plus {MAX_DEPTH} niveaux) ; simplifiez listes et citations", line=number, file="corps"
    )


def without_hidden(source: str) -> tuple[str, list[tuple[str, int]]]:
    """Return the source without scripts, styles and comments, and (what, where) was taken out.

    What has no end is left: it becomes text like any other HTML.
    """
    pieces, taken, position, unclosed = [], [], 0, set[str]()
    while match := _HIDING.search(source, position):
        end = _end_of(match, unclosed)
        if match["open"] and end > match.end():
            pieces.append(source[position : match.start()])
            taken.append((match["open"], match.start()))
        else:
            pieces.append(source[position:end])
        position = end
    return "".join([*pieces, source[position:]]), taken


def _end_of(match: re.Match[str], unclosed: set[str]) -> int:
    """Return where what begins here ends; the end of the match itself if it never does."""
    source, begun = match.string, match.end()
    if match["fence"]:
        mark = match["fence"].strip()
        closing = re.compile(rf"^[ ]{{0,3}}{mark}[{mark[0]}]*[ \t]*$", re.MULTILINE).search(source, begun)
        return closing.end() if closing else len(source)
    if match["span"]:
        mark = match["span"]
        stop = min(len(source), begun + _MAX_SPAN)
        ending = re.compile(rf"(?<!`){mark}(?!`)").search(source, begun, stop)
        return ending.end() if ending else begun
    closer = "-->" if match["name"] is None else f"</{match['name'].lower()}"
    found = None if closer in unclosed else re.compile(f"{closer}[^<>]*>?", re.IGNORECASE).search(source, begun)
    if found is None:
        unclosed.add(closer)
        return begun
    return found.start() + 3 if closer == "-->" else found.end()


def understood(source: str) -> str:
    """Return the source with lists as Python-Markdown reads them.

    Lists glued to a paragraph get their empty line, `1)` becomes `1.`, and items below an item are
    indented by four, however few spaces were typed.

    Raises:
        ContentError: nested too deep.
    """
    return "\n".join(_lines(source.split("\n"), 1))


def _lines(lines: list[str], first: int) -> Iterator[str]:
    writer = _Lists()
    fence = ""
    quote: list[str] = []
    for number, line in enumerate(lines, first):
        if not fence and (quote or not writer.open) and _QUOTE.match(line):
            quote.append(_QUOTE.sub("", line, count=1))
            continue
        yield from _quoted(quote, number)
        quote = []
        opening = _FENCE.match(line)
        if fence or opening:
            if not fence and opening:
                fence = opening[1]
            elif opening and opening[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            yield line
            continue
        goes_on = bool("".join(lines[number - first + 1 : number - first + 2]).strip())
        yield from writer.take(line, number, goes_on)
    yield from _quoted(quote, first + len(lines))


def _quoted(quote: list[str], after: int) -> Iterator[str]:
    for line in _lines(quote, after - len(quote)) if quote else ():
        yield f"> {line}".rstrip() if not line.endswith("  ") else f"> {line}"


@dataclass(frozen=True, slots=True)
class _Level:
    """An open list: where its sign stands, where its words begin."""

    sign: int
    words: int
    ordered: bool


class _Lists:
    """Writes the lines of lists anew, four spaces a level."""

    def __init__(self) -> None:
        self.open: list[_Level] = []
        self.last = ""

    def take(self, line: str, number: int, goes_on: bool) -> Iterator[str]:
        """Yield what stands for the next line, perhaps with an empty line before; say whether words follow in the next."""
        if goes_on and (len(line) - len(line.rstrip("\\"))) % 2:
            line = line[:-1] + "  "  # a new line, as CommonMark writes it
        item = None if _RULE.match(line) else _ITEM.match(line)
        width = len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4))
        if item and (self.open or width < 4) and self._begins(item):
            yield from self._item(item, line, width, number)
        else:
            yield self._other(line, width)
        self.last = line

    def _begins(self, item: re.Match[str]) -> bool:
        # As in CommonMark: of the numbers only 1 begins a list in the midst of a paragraph ("… en\n2026. Puis").
        return bool(self.open) or not self.last.strip() or (item[2][:-1] in ("", "1") and item[2] != _DASH)

    def _item(self, item: re.Match[str], line: str, width: int, number: int) -> Iterator[str]:
        closed = None
        while self.open and width < self.open[-1].sign + 2:
            closed = self.open.pop()
        ordered = item[2][0].isdigit()
        if len(self.open) >= MAX_DEPTH:
            raise _too_deep(number)
        glued = bool(self.last.strip()) and not self.open and (closed is None or closed.ordered != ordered)
        if glued:
            yield ""
        indent = "    " * len(self.open)
        self.open.append(_Level(width, width + len(item[2]) + len(item[3].expandtabs(4)), ordered))
        sign = "-" if item[2] in _BULLETS + _DASH else item[2].replace(")", ".")
        yield f"{indent}{sign} {line[item.end() :]}"

    def _other(self, line: str, width: int) -> str:
        if not line.strip() or not self.open:
            return line
        if not width:
            if not self.last.strip():
                self.open.clear()
            return line
        while self.open and width <= self.open[-1].sign:
            self.open.pop()
        if not self.open:
            return line
        beyond = max(0, width - self.open[-1].words) if width >= self.open[-1].words + 4 else 0
        return "    " * len(self.open) + " " * beyond + line.lstrip(" \t")
