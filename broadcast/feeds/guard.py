"""What every received document passes before a parser sees it: size, charset, DOCTYPE, depth. Pure.

The text that leaves here has no DOCTYPE and no entity but XML's five, so entity bombs and external
entities cannot exist for the parsers behind, whatever the charset they were hidden in.
"""

from __future__ import annotations

import codecs
import html.entities
import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from broadcast.errors import FeedError
from broadcast.feeds.document import Document

#: Largest document, bytes; the fetcher stops earlier or at the same size.
MAX_BYTES = 10 * 2**20
#: Deepest nesting of elements, and of JSON arrays and objects.
MAX_DEPTH = 100
#: Longest tag with its attributes, characters: thousands of attributes cost the parsers quadratic time.
MAX_TAG = 20_000
_DECLARED = re.compile(r"""^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"))
#: Codecs that are no charsets, or that hide markup from a reader of bytes.
_NEVER = {"utf-7", "utf7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "unicode-escape"}
_XML_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"""<(/?)([A-Za-z_:À-\uffff](?:[^\s<>/"'=]|/(?!>))*+)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""")
_ENTITY = re.compile(r"&(?:(#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,7})|([A-Za-z][A-Za-z0-9]{0,31}));|&")
_UNCLOSED = re.compile(r"</[A-Za-z_][\w:.-]*\s*$")
_XMLNS = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


def document_of(data: bytes, *, url: str, content_type: str | None = None, received_at: datetime | None = None) -> Document:
    """Return the guarded document.

    Raises:
        FeedError: what came cannot be a feed, or must not be read; the sentence says why.
    """
    if len(data) > MAX_BYTES:
        raise FeedError(f"flux : {len(data)} octets reçus, au plus {MAX_BYTES} acceptés", subject=url)
    text = decode(data, content_type).lstrip("\ufeff \t\r\n")
    if not text:
        raise FeedError("flux : la réponse est vide", subject=url)
    if text[0] in "{[":
        return Document(url=url, text=text, value=_json(text, url), is_json=True, received_at=received_at)
    if text[0] != "<":
        raise FeedError(f"flux : ni XML ni JSON ; le document commence par « {text[:40].strip()} »", subject=url)
    return replace(_xml(text, url), received_at=received_at)


def decode(data: bytes, content_type: str | None = None) -> str:
    """Return the text: by its mark, its declaration, the HTTP header, then UTF-8, then Windows-1252."""
    head = data[:4]
    for mark, wide in (*_BOMS, *_WIDE):
        if head.startswith(mark):
            return _XML_BAD.sub("", data.decode(wide, "replace"))
    declared = _DECLARED.match(data[:300].decode("latin-1"))
    sent = _CHARSET.search(content_type or "")
    for name in (declared[1] if declared else "", sent[1] if sent else "", "utf-8"):
        text = _decoded(data, name) if name else None
        if text is not None:
            return _XML_BAD.sub("", text)
    return _XML_BAD.sub("", data.decode("cp1252", "replace"))


def _decoded(data: bytes, name: str) -> str | None:
    name = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8"}.get(name.lower(), name)
    if name.lower() in _NEVER:
        return None
    try:
        return data.decode(name)
    except (LookupError, ValueError, AssertionError):  # unknown, no charset at all, or not that charset
        return None


def _json(text: str, url: str) -> Any:
    depth = deepest = 0
    for mark in re.findall(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', text, re.DOTALL):
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    if deepest > MAX_DEPTH:
        raise FeedError(f"flux : JSON imbriqué sur plus de {MAX_DEPTH} niveaux", subject=url)
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"flux : JSON illisible ou tronqué : {error}", subject=url) from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} n'est pas du JSON")


def _xml(text: str, url: str) -> Document:
    prolog, body = _prolog(text, url)
    _refuse_entities(prolog, url)
    first = _TAG.match(body)
    if first is None:
        raise FeedError("flux : document tronqué dès la première balise", subject=url)
    name = first[2]
    local = name.rpartition(":")[2]
    if local.lower() in ("html", "head", "body", "meta", "title"):
        raise FeedError(f"flux : une page HTML à la place d'un flux{_page_title(body)}", subject=url)
    return Document(url=url, text=_walk(body, url), root=local, namespace=_namespace(name, first[3]))


def _prolog(text: str, url: str) -> tuple[str, str]:
    """Return what stands before the root, without comments, and the rest."""
    kept, at = [], 0
    while at < len(text):
        at = text.find("<", at)
        if at < 0:
            break
        if text.startswith("<!--", at):
            at = _after(text, "-->", at + 4, "un commentaire", url)
        elif text.startswith("<?", at):
            at = _after(text, "?>", at + 2, "une instruction", url)
        elif text.startswith("<!", at):
            end = _doctype_end(text, at, url)
            kept.append(text[at:end])
            at = end
        else:
            return "".join(kept), text[at:]
    raise FeedError("flux : document tronqué, il n'a pas de racine", subject=url)


def _doctype_end(text: str, at: int, url: str) -> int:
    bracket, end = text.find("[", at), text.find(">", at)
    if 0 <= bracket < end:
        raise FeedError(
            "flux : une déclaration DOCTYPE avec des entités ou un sous-ensemble interne n'est pas acceptée (attaque possible)",
            subject=url,
        )
    if end < 0:
        raise FeedError("flux : document tronqué dans sa déclaration DOCTYPE", subject=url)
    return end + 1


def _refuse_entities(prolog: str, url: str) -> None:
    upper = prolog.upper()
    if "<!ENTITY" in upper or "<!ELEMENT" in upper or "<!ATTLIST" in upper:
        raise FeedError("flux : des entités déclarées ne sont pas acceptées (attaque possible)", subject=url)


def _page_title(body: str) -> str:
    found = re.search(r"<title[^<>]*>([^<]{1,80})", body[:20_000], re.IGNORECASE)
    return f" (« {' '.join(found[1].split())} »)" if found and found[1].strip() else ""


def _after(text: str, mark: str, start: int, what: str, url: str) -> int:
    end = text.find(mark, start)
    if end < 0:
        raise FeedError(f"flux : document tronqué dans {what}", subject=url)
    return end + len(mark)


def _walk(body: str, url: str) -> str:
    """Return the root alone, with only XML's entities; count its depth, see it closed.

    What follows the root is left out: a second document would be read by one parser and not by another.
    """
    made: list[str] = []
    opened_names: list[str] = []
    at = 0
    # Only the very last ">" is missing: nothing is lost.
    body = f"{body.rstrip()}>" if _UNCLOSED.search(body[-200:]) else body
    while (opened := body.find("<", at)) >= 0:
        made.append(_text(body[at:opened]))
        end = _skipped(body, opened, url)
        if end:
            made.append(body[opened:end] if body.startswith("<![CDATA[", opened) else "")
            at = end
            continue
        tag = _TAG.match(body, opened)
        if tag is None:
            made.append("&lt;")
            at = opened + 1
            continue
        at = tag.end()
        if at - opened > MAX_TAG:
            raise FeedError(f"flux : une balise de {at - opened} caractères, au plus {MAX_TAG}", subject=url)
        made.append(_text(tag[0]))
        _count(opened_names, tag, url)
        if not opened_names:
            return "".join(made)
    raise FeedError("flux : document tronqué, la racine n'est pas fermée", subject=url)


def _skipped(body: str, at: int, url: str) -> int:
    """Return the end of what is no tag and begins here, 0 where a tag begins."""
    if body.startswith("<![CDATA[", at):
        return _after(body, "]]>", at, "une section CDATA", url)
    if body.startswith("<!--", at):
        return _after(body, "-->", at + 4, "un commentaire", url)
    if body.startswith("<?", at):
        return _after(body, "?>", at, "une instruction", url)
    if body.startswith("<!", at) and ">" not in body[at:]:
        raise FeedError("flux : document tronqué dans une section CDATA ou un commentaire", subject=url)
    if body.startswith("<!", at):
        raise FeedError("flux : une déclaration au milieu du document n'est pas acceptée", subject=url)
    return 0


def _count(names: list[str], tag: re.Match[str], url: str) -> None:
    name = tag[2]
    if not tag[1]:
        if not tag[3].endswith("/"):
            names.append(name)
        if len(names) > MAX_DEPTH:
            raise FeedError(f"flux : éléments imbriqués sur plus de {MAX_DEPTH} niveaux", subject=url)
    elif name in names:
        # Elements left open inside (the <br> of a careless source) end with the one around them.
        while names.pop() != name:
            pass


def _text(text: str) -> str:
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    number, name = match.groups()
    if number:
        value = int(number[2:], 16) if number[1] in "xX" else int(number[1:])
        ok = value in (9, 10, 13) or 32 <= value <= 0xD7FF or 0xE000 <= value <= 0xFFFD or 0x10000 <= value <= 0x10FFFF
        return f"&#{value};" if ok else ""
    if name in _XML_ENTITIES:
        return match[0]
    if name and f"{name};" in html.entities.html5:
        char = html.entities.html5[f"{name};"]
        return {"<": "&lt;", "&": "&amp;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}.get(char, char)
    return "&amp;" + match[0][1:]


def _namespace(name: str, attributes: str) -> str:
    prefix = name.rpartition(":")[0]
    for found in _XMLNS.finditer(attributes):
        if (found[1] or "") == prefix:
            return (found[2] or found[3] or "").strip()
    return ""
