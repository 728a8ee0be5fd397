"""Writing the fields of a mail's header: each says its text literally, whatever the text looks like. Pure.

Python's own header classes read what they are given first: a title that holds an encoded word (RFC 2047) would be
decoded, and a line break within it would begin a header of its own. Here nothing is ever read: a text is written as
it is, or encoded whole. Where a text looks like an encoded word it is encoded once more, so that readers show it.

Source: RFC 5322 §2.1.1 and §3.2, RFC 2047 §2, RFC 3986 §2, read 2026-11-29.
"""

from __future__ import annotations

import base64
import re
import string
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, urlsplit, urlunsplit

#: Characters of a line, its end left aside: better, and at most (RFC 5322 §2.1.1).
_LINE, _LONGEST_LINE = 78, 998
#: Longest encoded word (RFC 2047 §2), and what is not its text: "=?utf-8?q?" and "?=".
_WORD = 75 - len("=?utf-8?q??=")
#: What stands for itself in an encoded word wherever it stands (RFC 2047 §5).
_PLAIN = frozenset((string.ascii_letters + string.digits + "!*+-/").encode())
#: Characters of an address of the web that need no percent sign, one already there included.
_IN_URL = "%/:?#[]@!$&'()*+,;=-._~{}"


def is_safe(text: str) -> bool:
    """True if no control character stands in a text: no line break, no NUL, no C1 control, no line separator."""
    return (text.isascii() and text.isprintable()) or not any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in text)


def field(name: str, value: str) -> bytes:
    """Return a header field whose value is ready (`words`, `mailbox`, an identifier), with its line end.

    Raises:
        ValueError: it holds a control character, or a word longer than a line may be.
    """
    if not is_safe(name + value):
        raise ValueError(f"caractère de contrôle dans {name}")
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        # The first word stays on the line of the name: some readers lose a field that begins with a fold.
        if len(line) + 1 + len(word) > _LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    if any(len(each.encode()) > _LONGEST_LINE for each in lines):
        raise ValueError(f"{name} : mot trop long pour un en-tête")
    return "\r\n".join(lines).encode() + b"\r\n"


def words(text: str, *, room: int = _WORD) -> str:
    """Return a text as a header says it (RFC 5322 "unstructured"): as it is, or in encoded words.

    Args:
        text: one line.
        room: characters that the first encoded word may take on its line.
    """
    text = " ".join(text.split())
    if text.isascii() and "=?" not in text and all(len(word) < _LINE - 20 for word in text.split(" ")):
        return text
    return " ".join(_encoded(text, room))


def mailbox(address: str, name: str = "") -> str:
    """Return `name <address>` as a header says it; the address is checked by whoever gives it."""
    name = " ".join(name.split())
    if not name:
        return address
    if name.isascii() and "=?" not in name and len(name) < _LINE - 20:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{' '.join(_encoded(name, _WORD))} <{address}>"


def web_address(written: str) -> str:
    """Return an address of the web in ASCII (RFC 3986): its host in IDNA, the rest percent-encoded.

    Raises:
        ValueError: it holds a space, a control character or a bracket, or its host is none.
    """
    if not is_safe(written) or re.search(r"[\s<>\"\\^`|]", written):
        raise ValueError("espace, guillemet ou caractère de contrôle dans l'adresse")
    parts = urlsplit(written)
    host = parts.hostname or ""
    place = parts.netloc if host.isascii() else parts.netloc.replace(host, host.encode("idna").decode("ascii"))
    if not host or not place.isascii():
        raise ValueError("nom de site illisible")
    rest = (quote(piece, safe=_IN_URL) for piece in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, place, *rest))


def _encoded(text: str, room: int) -> Iterator[str]:
    """Yield encoded words: whole characters in each, quoted-printable or base64, whichever is shorter for the text."""
    data = text.encode("utf-8", "replace")
    quoted_size = sum(1 if byte in _PLAIN or byte == 0x20 else 3 for byte in data)
    is_quoted = quoted_size <= -(-len(data) // 3) * 4
    begin = 0
    while begin < len(text):
        end = begin + 1
        while end < len(text) and _size(text[begin : end + 1], is_quoted) <= room:
            end += 1
        yield _word(text[begin:end], is_quoted)
        begin, room = end, _WORD


def _size(text: str, is_quoted: bool) -> int:
    data = text.encode("utf-8", "replace")
    if is_quoted:
        return sum(1 if byte in _PLAIN or byte == 0x20 else 3 for byte in data)
    return -(-len(data) // 3) * 4


def _word(text: str, is_quoted: bool) -> str:
    data = text.encode("utf-8", "replace")
    if is_quoted:
        body = "".join(chr(b) if b in _PLAIN else "_" if b == 0x20 else f"={b:02X}" for b in data)
        return f"=?utf-8?q?{body}?="
    return f"=?utf-8?b?{base64.b64encode(data).decode('ascii')}?="
