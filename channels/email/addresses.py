"""What an address is: found in what people write, and as it goes over the wire. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from channels.email.headers import is_safe

#: What stands around addresses: blanks, brackets, quotation marks, and what separates one from the next.
_AROUND = re.compile(r"[\s<>()\[\]{},;:，、；：\\\"|«»“”„‹›]+")
#: "mail=anne@…": what an address is called, in directories and addresses of pages.
_LABELLED = re.compile(r"(?:e-?mail|mail|courriel|m[eé]l|adresse|address|smtp|to|uid|cn)=(?=[^=@]+@)", re.IGNORECASE)
_LOCAL = r"[^\s@<>()\[\],;:\\\"]{1,64}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:(?:{_LABEL}\.)+(?!\d+$){_LABEL}|localhost|\[\d{{1,3}}(?:\.\d{{1,3}}){{3}}\])")
_QUOTES = "'’‘*"
#: RFC 5321 §4.5.3.1, less the angle brackets.
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Seen:
    """What a piece of text holds."""

    addresses: tuple[str, ...]
    #: Words with an @ that are no address.
    broken: tuple[str, ...]


def tidy(text: str) -> str:
    """Return a text without the marks that nobody sees (zero-width, byte order, soft hyphen), no-break spaces as spaces."""
    if text.isascii():
        return text
    kept = (" " if unicodedata.category(c) == "Zs" else c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", "".join(kept))


def find(text: str) -> Seen:
    """Return the addresses in a text that is tidy, in their order."""
    good, bad = [], []
    for word in _words(text):
        if address_of(word):
            good.append(word)
        else:
            bad.append(word)
    return Seen(tuple(good), tuple(bad))


def _words(text: str) -> Iterator[str]:
    if "@" not in text:
        return
    if text.isascii() and "=" not in text and _ADDRESS.fullmatch(text) and text[0] not in _QUOTES:
        yield text  # what most lines of most lists are
        return
    # An address of a machine keeps its brackets; everywhere else they stand around an address.
    for word in _AROUND.split(re.sub(r"@\[([\d.]+)\]", r"@‖\1‖", text)):
        if "@" not in word:
            continue
        word = re.sub(r"@‖([\d.]+)‖", r"@[\1]", word)
        word = re.sub(r"(@[^?]*)\?.*", r"\1", word).rstrip(".!?*")  # mailto:a@x.example?subject=…
        word = _LABELLED.sub("", word)
        while len(word) > 1 and unicodedata.category(word[0]) in ("So", "Sk", "Mn"):
            word = word[1:]  # an emoji set before an address
        if word[:1] in _QUOTES:
            word = word[1:].rstrip(_QUOTES)
        # Two with nothing but a stroke between them; a name may hold one, too.
        yield from (piece for piece in word.split("/") if piece) if word.count("@") > 1 else [word]


def named(words: str) -> str:
    """Return the name in `Name <address>`, as it is written; "" if there is none."""
    name = words.rpartition("<")[0].strip() if words.rstrip().endswith(">") else ""
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if len(name) > 1 and name[0] == name[-1] == '"' else name


def address_of(words: str) -> str:
    """Return the bare address in `Name <address>`, its domain in ASCII (IDNA), "" if there is none."""
    bare = words.strip()
    if bare.endswith(">"):
        bare = bare.rpartition("<")[2][:-1].strip()
    if not (is_safe(words) and bare.isprintable() and _ADDRESS.fullmatch(bare)):
        return ""
    name, _, domain = bare.rpartition("@")
    try:
        address = bare if domain.isascii() else f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""
    return address if len(address) <= _LONGEST else ""
