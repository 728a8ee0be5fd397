"""What a source wrote, made safe for a message file: quoted for its header, plain in its body. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcast.frontmatter.rules import FORBIDDEN, MAX_SLUG, MAX_TITLE

#: What Markdown reads as more than itself, anywhere in a line.
_MARKS = re.compile(r"([\\`*_\[\]|])")
#: And at its beginning.
_LEADING = re.compile(r"^(\s*)(#{1,6}|[-+>:=~]|\d+[.)])", re.MULTILINE)


def clean(text: str) -> str:
    """Return a text without the invisible characters that a message file may not hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return FORBIDDEN.sub("", unicodedata.normalize("NFC", text)).strip()


def line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(clean(text).split())


def quoted(text: str) -> str:
    """Return a text as YAML reads it whole: on one line, in double quotes."""
    return json.dumps(line(text), ensure_ascii=False)


def plain(text: str) -> str:
    """Return a text as Markdown that shows just that text: nothing in it is markup or HTML."""
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKS.sub(r"\\\1", text)
    # A full stop after a digit would begin a list: escaped, it stays one.
    text = _LEADING.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}" if m[2][0].isdigit() else f"{m[1]}\\{m[2]}", text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(piece.strip() for piece in text.split("\n")))


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


def fits_title(text: str) -> bool:
    """True if a text may be a title."""
    return 0 < len(line(text)) <= MAX_TITLE
