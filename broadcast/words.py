"""What a source wrote, made safe for a message file: quoted for its header, plain in its body. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcast.frontmatter.rules import FORBIDDEN, MAX_SLUG, MAX_TITLE

#: What Markdown reads as more than itself, anywhere in a line.
_MARKS = re.compile(r"([\\`*_\[\]|>])")
#: And at its beginning; what no backslash escapes is written as a number.
_LEADING = re.compile(r"^(\s*)(#|[-+]|\d+[.)]|[=~])", re.MULTILINE)
_NUMBERED = {"=": "&#61;", "~": "&#126;"}
#: An address, without the punctuation of the sentence that it ends.
_ADDRESS = re.compile(r"(?<![\w/:.@])https?://[^\s<>\"«»\\`|]*[^\s<>\"«»\\`|.,;:!?'’*_…]")
#: An ampersand of an address that would be read as the beginning of an entity.
_ENTITY = re.compile(r"&(?=#?\w+;)")
#: Invisible characters that say nothing, and that signs and networks refuse or count.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")


def clean(text: str) -> str:
    """Return a text without the invisible characters that a message file may not hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", FORBIDDEN.sub("", unicodedata.normalize("NFC", text))).strip()


def line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(clean(text).split())


def quoted(text: str) -> str:
    """Return a text as YAML reads it whole: on one line, in double quotes."""
    return json.dumps(line(text), ensure_ascii=False)


def plain(text: str, is_linked: Callable[[str], bool] = lambda address: True) -> str:
    """Return a text as Markdown that shows just that text: nothing in it is markup or HTML.

    Args:
        text: what somebody else wrote.
        is_linked: says of an address in it whether it may be a link; else it stays words.
    """
    pieces, end = [], 0
    text = clean(text)
    for found in _ADDRESS.finditer(text):
        pieces.append(_escaped(text[end : found.start()]))
        words = found[0]
        while (words[-1] == ")" and words.count(")") > words.count("(")) or words[-1] == "]":
            words = words[:-1].rstrip(".,;:!?'’*_…")
        pieces.append(_linked(words) if is_linked(words) else _escaped(words))
        end = found.start() + len(words)
    made = "".join([*pieces, _escaped(text[end:])])
    made = _LEADING.sub(lambda m: m[1] + (_NUMBERED.get(m[2]) or f"{m[2][:-1]}\\{m[2][-1]}"), made)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(piece.strip() for piece in made.split("\n")))


def _linked(address: str) -> str:
    # Links in brackets are looked for first, within an address too.
    return f"<{_ENTITY.sub('&amp;', address).replace('[', '&#91;')}>"


def _escaped(text: str) -> str:
    text = _MARKS.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    # An address of which nobody said that it may be a link is made none.
    return re.sub(r"http(?=s?://)", "&#104;ttp", text)


def local(at: datetime, zone: str) -> str:
    """Return a time as a message file writes it: on the second, with the offset of the zone."""
    return at.astimezone(ZoneInfo(zone)).replace(microsecond=0).isoformat()


def slug_of(*pieces: str) -> str:
    """Return a file name made of some words: lower case without accents, at most as long as one may be."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", " ".join(pieces)) if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", bare.lower())
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > MAX_SLUG - 12:
            break
        slug = longer
    return slug or "relais"


def shortened(text: str) -> str:
    """Return the beginning of a text as a title, and that it goes on."""
    words = line(text)
    if len(words) <= MAX_TITLE:
        return words
    begin = words[: MAX_TITLE - 2]
    return f"{begin.rpartition(' ')[0] or begin} …"


def fits_title(text: str) -> bool:
    """True if a text may be a title."""
    return 0 < len(line(text)) <= MAX_TITLE
