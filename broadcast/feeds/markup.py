"""What the tags of HTML do to the words between them: which join, which part, and where links lead. Pure.

Only what is known to stand inside a line joins. Every other tag, known or not, parts what is before it from what
is after it: figures of a table glued together ("12", "10", "6") make a number that nobody wrote.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from broadcast.feeds.links import http_link

#: Stand for the borders of a cell and of a row until the text is plain; taken out of what comes.
CELL, ROW = "\ue000", "\ue001"
_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd mark nobr q rb rp rt ruby s samp small span"
    " strike strong sub sup time tt u var wbr"
)
_ROW_NAMES = "tr table thead tbody tfoot caption colgroup"
_OTHER_NAMES = (
    "address article aside audio blockquote body br button canvas center col dd details dialog dir div dl dt embed fieldset"
    " figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe input label legend li"
    " link main map math menu meta nav noscript object ol optgroup option output p param picture plaintext pre progress script"
    " search section select slot source style summary svg template textarea title track ul video xmp"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_CELLS = frozenset({"td", "th"})
_ROWS = frozenset(_ROW_NAMES.split())
#: HTML as people write it in texts; any other "<word>" is the word that it is.
_HTML = _INLINE | _CELLS | _ROWS | frozenset(_OTHER_NAMES.split())
#: What stands in these is not shown.
_HIDING = frozenset({"script", "style", "textarea", "title", "xmp", "plaintext", "iframe", "noscript", "template", "svg", "math"})
_OPENING = re.compile(r"<!--|</?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])|<")
TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]*)(?:\s[^<>]*)?/?>")
_LINK = re.compile(r"<(/?)a(\s[^<>]*)?>", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BARE = re.compile(r"<((?:https?://|mailto:|tel:)[^\s<>]+|[^\s<>@/]+@[^\s<>]+)>", re.IGNORECASE)
_BORDERS = re.compile(f"([{CELL}{ROW}])")
_ENTITY = re.compile(r"<!--|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def border(tag: re.Match[str]) -> str:
    """Return what a tag leaves in the text: nothing, a line break, or the border of a cell or a row."""
    name = tag[1].lower()
    if name in _INLINE:
        return ""
    return CELL if name in _CELLS else ROW if name in _ROWS else "\n"


def settled(text: str) -> str:
    """Return a text with its borders in words: a row is a line, cells stand apart by " ; "."""
    if CELL not in text and ROW not in text:
        return text
    made: list[str] = []
    mark = ""
    pieces = _BORDERS.split(text)
    for n, piece in enumerate(pieces):
        if n % 2:
            mark = ROW if ROW in (mark, piece) else CELL
            continue
        words = piece.lstrip() if n else piece
        words = words.rstrip() if n < len(pieces) - 1 else words
        if words:
            made += ["\n" if mark == ROW else " ; " if mark else ""] if made else []
            made.append(words)
            mark = ""
    return "".join(made)


def has_tags(text: str) -> bool:
    """Say whether a text holds tags of HTML."""
    return any(tag[1].lower() in _HTML for tag in TAG.finditer(text))


def has_entities(text: str) -> bool:
    """Say whether a text holds entities of HTML."""
    return _ENTITY.search(text) is not None


def only_html(text: str) -> str:
    """Return a text in which whatever only looks like a tag ("< 5", "<grave>") is escaped, as words.

    So is what would swallow the rest of the text: a <script> or a comment that nobody closes.
    """
    closed = {name for name in _HIDING if f"</{name}" in text.lower()}
    rest_at = text.rfind("-->")

    def or_words(found: re.Match[str]) -> str:
        if found[0] == "<!--":
            return "<!--" if found.start() < rest_at else "&lt;!--"
        name = (found[1] or "").lower()
        return found[0] if name in _HTML and (name not in _HIDING or name in closed) else f"&lt;{found[0][1:]}"

    return _OPENING.sub(or_words, text)


def with_addresses(text: str, base: str, known: str) -> str:
    """Return HTML whose links tell in words where they lead, but for what their own words say already.

    Args:
        text: HTML.
        base: address of the page, for relative links.
        known: address that is told anyway.
    """
    text = _BARE.sub(lambda bare: html.escape(html.unescape(bare[1]), quote=False), text)
    if not _LINK.search(text):
        return text
    made: list[str] = []
    at, words_from, href = 0, 0, ""
    for link in _LINK.finditer(text):
        made.append(text[at : link.start()])
        if href:
            made.append(_told(href, "".join(made[words_from:]), base, known))
        made.append(link[0])
        at, words_from, href = link.end(), len(made), "" if link[1] else _href(link[2] or "")
    return "".join([*made, text[at:]])


def _href(attributes: str) -> str:
    found = _HREF.search(attributes)
    return html.unescape(next((value for value in found.groups() if value is not None), "")).strip() if found else ""


def _told(href: str, words: str, base: str, known: str) -> str:
    """Return the address of a link in brackets, "" where there is none to tell."""
    words = html.unescape(TAG.sub("", words)) if len(words) < 2_000 else ""
    scheme, _, rest = href.partition(":")
    if scheme.lower() in ("tel", "sms", "mailto"):
        address = unquote(rest.partition("?")[0]).strip().lstrip("/")
        is_said = address.casefold() in words.casefold() if "@" in address else _digits(address)[-9:] in _digits(words)
    else:
        address = http_link(href, base)
        said = words.strip().casefold().rstrip("/")
        bare = re.sub(r"^https?://(www\.)?", "", address.casefold()).rstrip("/")
        is_said = not address or address == known or (bool(bare) and bare in said) or href.startswith("#")
    return "" if not address or is_said or not words.strip() else f" ({html.escape(address, quote=False)})"


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
