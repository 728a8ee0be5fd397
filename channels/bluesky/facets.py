"""What is special in a Bluesky text: links, hashtags and mentions, by their place in UTF-8 bytes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import regex

#: Longest hashtag, as the lexicon counts it: graphemes.
MAX_TAG = 64
#: Joiners and marks that end a hashtag, and cannot begin one.
_ENDS = "\u00ad\u2060\u200a\u200b\u200c\u200d\u20e2"
_TAG = re.compile(rf"(?:^|(?<=\s))([#\uff03])((?!\ufe0f)[^\s{_ENDS}]*[^\d\s{_ENDS}][^\s{_ENDS}]*)")
_LINK = re.compile(
    r"(?:^|(?<=[\s(]))(https?://[^\s<>\"]+|(?:[a-z0-9][a-z0-9-]{0,62}\.)+[a-z]{2,24}(?:/[^\s<>\"]*)?)", re.IGNORECASE
)
_HANDLE = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MENTION = re.compile(rf"(?:^|(?<=[\s(]))@({_HANDLE})(?![\w.-]*[\w-])", re.IGNORECASE)


def facets(text: str, resolve: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Return the facets of a text, in order, none over another.

    Args:
        text: the post.
        resolve: gives the DID of a handle, None if there is no such account: it stays plain words.
    """
    found: list[tuple[int, int, dict[str, Any]]] = []
    for begin, end, uri in links(text):
        found.append((begin, end, {"$type": "app.bsky.richtext.facet#link", "uri": uri}))
    for begin, end, tag in tags(text):
        found.append((begin, end, {"$type": "app.bsky.richtext.facet#tag", "tag": tag}))
    for begin, end, handle in mentions(text):
        did = resolve(handle)
        if did is not None:
            found.append((begin, end, {"$type": "app.bsky.richtext.facet#mention", "did": did}))
    made, last = [], 0
    for begin, end, feature in sorted(found, key=lambda item: (item[0], -item[1])):
        if begin >= last:
            last = end
            index = {"byteStart": _bytes(text, begin), "byteEnd": _bytes(text, end)}
            made.append({"index": index, "features": [feature]})
    return made


def links(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, address) of each address with a protocol; a bare one only where it begins with www."""
    for match in _LINK.finditer(text):
        words = _without_tail(match[1])
        if "://" in words:
            yield match.start(1), match.start(1) + len(words), words
        elif words.lower().startswith("www."):
            yield match.start(1), match.start(1) + len(words), f"https://{words}"


def tags(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, tag) of each hashtag, its sign left out of the tag."""
    for match in _TAG.finditer(text):
        tag = _without_punctuation(match[2])
        if tag and not tag.isdigit() and len(regex.findall(r"\X", tag)) <= MAX_TAG:
            yield match.start(1), match.start(2) + len(tag), tag


def mentions(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, handle) of each mention, its sign left out of the handle."""
    for match in _MENTION.finditer(text):
        yield match.start(1) - 1, match.end(1), match[1].lower()


def _without_tail(link: str) -> str:
    link = re.sub(r"[.,;:!?…»”’'\"]+$", "", link)
    # A closing bracket belongs to the address only if it was opened in it.
    while link.endswith(")") and link.count("(") < link.count(")"):
        link = re.sub(r"[.,;:!?]+$", "", link[:-1])
    return link


def _without_punctuation(tag: str) -> str:
    while tag and unicodedata.category(tag[-1]).startswith("P"):
        tag = tag[:-1]
    return tag


def _bytes(text: str, index: int) -> int:
    return len(text[:index].encode("utf-8", "surrogatepass"))
