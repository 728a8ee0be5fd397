"""Elements of CAP 1.2, 1.1 and 1.0 to an `Alert`. Leniency: see `cap.py`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from broadcast.alerts import Alert, Area, Info, Named, Reference, Resource
from broadcast.errors import FeedError
from broadcast.feeds.cap_check import problems

CAP_1_0 = "http://www.incident.com/cap/1.0"
NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1", CAP_1_0)
#: Largest document, bytes.
MAX_BYTES = 5 * 2**20
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[-+]\d\d:\d\d|Z)")
_LONG = {"description", "instruction", "note"}
_KNOWN = {
    "alert": "identifier sender sent status msgType source scope restriction addresses code note references incidents info",
    "info": "language category event responseType urgency severity certainty audience eventCode effective onset expires"
    " senderName headline description instruction web contact parameter resource area",
    "resource": "resourceDesc mimeType size uri derefUri digest",
    "area": "areaDesc polygon circle geocode altitude ceiling",
    "named": "valueName value",
}
_KNOWN_NAMES = {owner: frozenset(names.split()) for owner, names in _KNOWN.items()}


def tree(data: bytes) -> Any:
    """Return the root of a document; no entity, no network, no DOCTYPE.

    Raises:
        FeedError: not XML, too large, or with a DOCTYPE.
    """
    if len(data) > MAX_BYTES:
        raise FeedError(f"CAP : document de {len(data)} octets, au plus {MAX_BYTES}")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError(f"CAP : XML illisible : {error}") from error
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise FeedError("CAP : une déclaration DOCTYPE n'est pas acceptée")
    return root


def alert_of(element: Any) -> Alert:
    """Return the alert of an `<alert>` element.

    Raises:
        FeedError: not allowed by CAP; the message says why.
    """
    try:
        alert = _alert(_Element(element, etree.QName(element).namespace or ""))
    except ValueError as error:
        raise FeedError(f"CAP : {error}") from error
    for problem in problems(alert):
        raise FeedError(f"CAP : {alert.identifier or 'sans identifiant'} : {problem}", subject=alert.identifier or None)
    return alert


class _Element:
    """An element of one CAP namespace, asked by local names."""

    def __init__(self, element: Any, namespace: str) -> None:
        self.element, self.namespace = element, namespace

    def only(self, owner: str) -> _Element:
        """Return itself, having refused elements of CAP's namespace that CAP does not know."""
        extra = {"password"} if self.namespace == CAP_1_0 else set()
        for child in self.element.iterchildren("*"):
            name = etree.QName(child)
            if name.namespace == self.namespace and name.localname not in _KNOWN_NAMES[owner] | extra:
                raise ValueError(f"<{name.localname}> : élément inconnu dans <{etree.QName(self.element).localname}>")
        return self

    def all(self, name: str) -> list[_Element]:
        return [_Element(e, self.namespace) for e in self.element.findall(f"{{{self.namespace}}}{name}")]

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_words(e.element, name) for e in self.all(name))

    def text(self, name: str) -> str:
        found = self.texts(name)
        if len(found) > 1:
            raise ValueError(f"<{name}> : écrit {len(found)} fois")
        return found[0] if found else ""

    def time(self, name: str) -> datetime | None:
        text = self.text(name)
        return cap_time(name, text) if text else None

    def named(self, name: str) -> tuple[Named, ...]:
        if self.namespace == CAP_1_0:
            parts = (text.partition("=") for text in self.texts(name))
            return tuple(Named(key.strip(), value.strip()) for key, _, value in parts)
        return tuple(Named(e.text("valueName"), e.text("value")) for e in (e.only("named") for e in self.all(name)))


def cap_time(name: str, text: str) -> datetime:
    """Return a time of CAP to the second.

    Raises:
        ValueError: it is none.
    """
    if not _TIME.fullmatch(text):
        raise ValueError(f"<{name}> : « {text[:40]} » n'est pas une date et heure de CAP")
    try:
        at = datetime.fromisoformat(text).replace(microsecond=0)
        at.timestamp()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"<{name}> : « {text[:40]} » n'existe pas") from error
    return at


def _words(element: Any, name: str) -> str:
    text = element.text or ""
    return text.strip() if name in _LONG else " ".join(text.split())


def _alert(e: _Element) -> Alert:
    sent = e.only("alert").time("sent")
    if sent is None:
        raise ValueError("<sent> : absent")
    return Alert(
        identifier=e.text("identifier"),
        sender=e.text("sender"),
        sent=sent,
        status=e.text("status"),
        msg_type=e.text("msgType"),
        scope=e.text("scope") or ("Public" if e.namespace == CAP_1_0 else ""),
        source=e.text("source"),
        restriction=e.text("restriction"),
        addresses=e.text("addresses"),
        codes=e.texts("code"),
        note=e.text("note"),
        references=tuple(_references(e.text("references"), e.namespace)),
        incidents=e.text("incidents"),
        infos=tuple(_info(i.only("info")) for i in e.all("info")),
    )


def _references(text: str, namespace: str) -> Iterator[Reference]:
    if namespace == CAP_1_0:
        return  # "identifier/sender", without a time: no identity
    for triple in text.split():
        parts = triple.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1]:
            raise ValueError(f"<references> : « {triple[:80]} » n'est pas « expéditeur,identifiant,date »")
        yield Reference(parts[0], parts[1], cap_time("references", parts[2]))


def _info(e: _Element) -> Info:
    certainty = e.text("certainty")
    return Info(
        language=e.text("language") or "en-US",
        categories=e.texts("category"),
        event=e.text("event"),
        response_types=e.texts("responseType"),
        urgency=e.text("urgency"),
        severity=e.text("severity"),
        certainty="Likely" if certainty == "Very Likely" and e.namespace != NAMESPACES[0] else certainty,
        audience=e.text("audience"),
        event_codes=e.named("eventCode"),
        effective=e.time("effective"),
        onset=e.time("onset"),
        expires=e.time("expires"),
        sender_name=e.text("senderName"),
        headline=e.text("headline"),
        description=e.text("description"),
        instruction=e.text("instruction"),
        web=e.text("web"),
        contact=e.text("contact"),
        parameters=e.named("parameter"),
        resources=tuple(_resource(r.only("resource")) for r in e.all("resource")),
        areas=tuple(_area(a.only("area")) for a in e.all("area")),
    )


def _resource(e: _Element) -> Resource:
    size = e.text("size")
    return Resource(
        resource_desc=e.text("resourceDesc"),
        mime_type=e.text("mimeType"),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None,
        uri=e.text("uri"),
        deref_uri=e.text("derefUri"),
        digest=e.text("digest"),
    )


def _area(e: _Element) -> Area:
    return Area(
        area_desc=e.text("areaDesc"),
        polygons=tuple(p for p in e.texts("polygon") if p),
        circles=tuple(c for c in e.texts("circle") if c),
        geocodes=e.named("geocode"),
        altitude=e.text("altitude"),
        ceiling=e.text("ceiling"),
    )
