"""HTML of strangers to plain text, and the words of a text for comparing. Pure."""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

from broadcast.feeds import markup

#: Longest text kept from one entry, characters.
MAX_TEXT = 50_000
#: Longest fragment that is looked at, characters.
_MAX_RAW = 4 * MAX_TEXT
#: Tags beyond this number are read as text: deep trees cost the sanitiser quadratic time.
MAX_TAGS = 500
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: Signs that a text is still HTML, escaped once more: a tag, an accent. "&lt;" alone is what the source wants to show.
_ESCAPED_AGAIN = re.compile(r"</?[A-Za-z][^<>]*>|<!--|&(?!(?:lt|gt|amp);)(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_ENTITY_AGAIN = re.compile(r"<!--|&(?!(?:lt|gt|amp);)(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
#: In "?page=1&section=2" there is no entity, though "&sect" would be read as one.
_UNENDED = re.compile(r"&(?=[A-Za-z][A-Za-z0-9]*+(?!;))")
_BORDER = re.compile(f"[{markup.CELL}{markup.ROW}]")
_SPACES = re.compile(r"[ \t\r\f\v]+")
_LINES = re.compile(r" ?\n ?(?: ?\n ?)+")


def plain(text: str, *, one_line: bool = False, base: str = "", known: str = "") -> str:
    """Return what a reader would see of a fragment: no tag, no script, no control character.

    Lines and cells stand apart; a link tells its address in brackets, where its words do not.

    Args:
        text: HTML or plain text, escaped once or (as many feeds do) twice; `&amp;lt;` alone shows `&lt;`.
        one_line: True for titles, in which links are only their words.
        base: address that relative links start from.
        known: address that need not be told.
    """
    is_cut = len(text) > _MAX_RAW
    text = re.sub("<[^<>]*$", "", text[:_MAX_RAW]) if is_cut else text
    text = _BORDER.sub("", text)
    for turn in range(4 if "<" in text or "&" in text else 0):
        if turn and not _ESCAPED_AGAIN.search(text):
            break
        text = _strip(text if one_line or "<" not in text else markup.with_addresses(text, base, known))
    text = _TAG_LIKE.sub("", text) if "<" in text else text
    text = _CONTROL.sub("", markup.settled(text))
    if one_line:
        return " ".join(text.split())[:MAX_TEXT]
    text = _SPACES.sub(" ", text)
    text = _LINES.sub("\n\n", text)
    text = re.sub(" ?\n ?", "\n", text).strip()
    return text[:MAX_TEXT].rstrip() + " […]" if is_cut or len(text) > MAX_TEXT else text


def shown(text: str, *, one_line: bool = False, base: str = "") -> str:
    """Return what a reader would see of a text that should be plain and may be HTML all the same (CAP's).

    What only looks like a tag stays, as it does where no HTML is meant.
    """
    text = text[:_MAX_RAW]
    is_html = False
    for turn in range(4 if "<" in text or "&" in text else 0):
        if not (markup.has_tags(text) or (_ENTITY_AGAIN.search(text) if turn else markup.has_entities(text))):
            break
        is_html = True
        text = _BORDER.sub("", markup.only_html(text))
        text = _strip(text if one_line else markup.with_addresses(text, base, ""))
        text = _LINES.sub("\n\n", _SPACES.sub(" ", markup.settled(text)))
    text = (_CONTROL.sub("", text) if is_html else text)[:MAX_TEXT]
    return " ".join(text.split()) if one_line else text.strip()


def fold(text: str) -> str:
    """Return the words of a text, lower case, without accents, one space between and around them."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " " + " ".join(re.findall(r"[^\W_]+", letters)) + " "


def _strip(text: str) -> str:
    text = _UNENDED.sub("&amp;", text) if "&" in text else text
    if "<" in text:
        text = markup.TAG.sub(markup.border, text) if not _has_hidden(text) else text
        text = _few_tags(text)
        text = nh3.clean(markup.TAG.sub(lambda tag: markup.border(tag) + tag[0], text), tags=set())
    return html.unescape(text) if "&" in text else text


def _has_hidden(text: str) -> bool:
    # Inside these, a tag is not a tag: only a real HTML parser may decide.
    return re.search(r"<(?:script|style|!--|textarea|title|svg|math|template|xmp|plaintext)", text, re.IGNORECASE) is not None


def _few_tags(text: str) -> str:
    pieces = text.split("<", MAX_TAGS)
    if len(pieces) <= MAX_TAGS:
        return text
    return "<".join(pieces[:-1]) + " " + re.sub(r"<[^<>]{0,2000}>|<", " ", "<" + pieces[-1])
