"""CAP 1.2 documents: bytes to an `Alert`, and an `Alert` to bytes that pass the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from broadcast.alerts import Alert, Area, Info, Named, Reference, Resource
from broadcast.errors import FeedError
from broadcast.feeds.cap_check import bad_character, problems

NS = "urn:oasis:names:tc:emergency:cap:1.2"
_KNOWN_NS = (
    NS,
    "urn:oasis:names:tc:emergency:cap:1.1",
    "http://www.incident.com/cap/1.0",
)
#: Largest document, bytes.
MAX_BYTES = 5 * 2**20
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[-+]\d\d:\d\d|Z)")


def parse(data: bytes) -> Alert:
    """Read one CAP message; the order of elements is taken as it comes.

    Raises:
        FeedError: not XML, not CAP, or not allowed by CAP; the message says why.
    """
    root = _root(data)
    namespace = etree.QName(root).namespace or ""
    if etree.QName(root).localname != "alert" or namespace not in _KNOWN_NS:
        raise FeedError(f"CAP : la racine est <{etree.QName(root).localname}>, il faut <alert> de CAP 1.2")
    try:
        alert = _alert(_Element(root, namespace))
    except ValueError as error:
        raise FeedError(f"CAP : {error}") from error
    for problem in problems(alert):
        raise FeedError(
            f"CAP : {alert.identifier or 'sans identifiant'} : {problem}",
            subject=alert.identifier,
        )
    return alert


def to_xml(alert: Alert) -> bytes:
    """Return the document of an alert, in the order of the schema.

    Raises:
        FeedError: CAP does not allow it.
    """
    for problem in problems(alert):
        raise FeedError(f"CAP : {alert.identifier} : {problem}", subject=alert.identifier)
    root = etree.Element(f"{{{NS}}}alert", nsmap={None: NS})  # type: ignore[dict-item]  # None names the default namespace
    for name, value in _alert_elements(alert):
        _add(root, name, value)
    for info in alert.infos:
        _add_info(root, info)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def time_text(at: datetime) -> str:
    """Return a time as CAP wants it: seconds, numeric offset, UTC as `-00:00`."""
    if at.tzinfo is None:
        raise FeedError("CAP : une date et heure sans décalage horaire")
    text = at.replace(microsecond=0).isoformat()
    return text.replace("+00:00", "-00:00") if at.utcoffset() == UTC.utcoffset(None) else text[:25]


class _Element:
    """An element of one CAP namespace, asked by local names."""

    def __init__(self, element: Any, namespace: str) -> None:
        self.element, self.namespace = element, namespace

    def all(self, name: str) -> list[_Element]:
        return [_Element(e, self.namespace) for e in self.element.findall(f"{{{self.namespace}}}{name}")]

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(
            " ".join((e.element.text or "").split()) if name not in _LONG else (e.element.text or "").strip()
            for e in self.all(name)
        )

    def text(self, name: str) -> str:
        found = self.texts(name)
        if len(found) > 1:
            raise ValueError(f"<{name}> : écrit {len(found)} fois")
        return found[0] if found else ""

    def time(self, name: str) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        if not _TIME.fullmatch(text):
            raise ValueError(f"<{name}> : « {text} » n'est pas une date et heure de CAP")
        return datetime.fromisoformat(text)

    def named(self, name: str) -> tuple[Named, ...]:
        return tuple(Named(e.text("valueName"), e.text("value")) for e in self.all(name))


_LONG = {"description", "instruction", "note"}


def _root(data: bytes) -> Any:
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


def _alert(e: _Element) -> Alert:
    sent = e.time("sent")
    if sent is None:
        raise ValueError("<sent> : absent")
    return Alert(
        identifier=e.text("identifier"),
        sender=e.text("sender"),
        sent=sent,
        status=e.text("status"),
        msg_type=e.text("msgType"),
        scope=e.text("scope"),
        source=e.text("source"),
        restriction=e.text("restriction"),
        addresses=e.text("addresses"),
        codes=e.texts("code"),
        note=e.text("note"),
        references=tuple(_references(e.text("references"))),
        incidents=e.text("incidents"),
        infos=tuple(_info(i) for i in e.all("info")),
    )


def _references(text: str) -> Iterator[Reference]:
    for triple in text.split():
        parts = triple.split(",")
        if len(parts) != 3 or not _TIME.fullmatch(parts[2]):
            raise ValueError(f"<references> : « {triple} » n'est pas « expéditeur,identifiant,date »")
        yield Reference(parts[0], parts[1], datetime.fromisoformat(parts[2]))


def _info(e: _Element) -> Info:
    return Info(
        language=e.text("language") or "en-US",
        categories=e.texts("category"),
        event=e.text("event"),
        response_types=e.texts("responseType"),
        urgency=e.text("urgency"),
        severity=e.text("severity"),
        certainty=e.text("certainty"),
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
        resources=tuple(_resource(r) for r in e.all("resource")),
        areas=tuple(_area(a) for a in e.all("area")),
    )


def _resource(e: _Element) -> Resource:
    size = e.text("size")
    return Resource(
        resource_desc=e.text("resourceDesc"),
        mime_type=e.text("mimeType"),
        size=int(size) if size.isdigit() else None,
        uri=e.text("uri"),
        deref_uri=e.text("derefUri"),
        digest=e.text("digest"),
    )


def _area(e: _Element) -> Area:
    return Area(
        area_desc=e.text("areaDesc"),
        polygons=e.texts("polygon"),
        circles=e.texts("circle"),
        geocodes=e.named("geocode"),
        altitude=e.text("altitude"),
        ceiling=e.text("ceiling"),
    )


def _alert_elements(a: Alert) -> Iterator[tuple[str, str]]:
    references = " ".join(f"{r.sender},{r.identifier},{time_text(r.sent)}" for r in a.references)
    yield from (
        ("identifier", a.identifier),
        ("sender", a.sender),
        ("sent", time_text(a.sent)),
        ("status", a.status),
        ("msgType", a.msg_type),
        ("source", a.source),
        ("scope", a.scope),
        ("restriction", a.restriction),
        ("addresses", a.addresses),
        *(("code", c) for c in a.codes),
        ("note", a.note),
        ("references", references),
        ("incidents", a.incidents),
    )


def _info_elements(i: Info) -> Iterator[tuple[str, str]]:
    yield ("language", i.language)
    yield from (("category", c) for c in i.categories)
    yield ("event", i.event)
    yield from (("responseType", r) for r in i.response_types)
    yield from (
        ("urgency", i.urgency),
        ("severity", i.severity),
        ("certainty", i.certainty),
        ("audience", i.audience),
    )


def _add_info(root: Any, i: Info) -> None:
    info = etree.SubElement(root, f"{{{NS}}}info")
    for name, value in _info_elements(i):
        _add(info, name, value)
    _add_named(info, "eventCode", i.event_codes)
    for name, at in (
        ("effective", i.effective),
        ("onset", i.onset),
        ("expires", i.expires),
    ):
        _add(info, name, time_text(at) if at else "")
    for name, value in (
        ("senderName", i.sender_name),
        ("headline", i.headline),
        ("description", i.description),
        ("instruction", i.instruction),
        ("web", i.web),
        ("contact", i.contact),
    ):
        _add(info, name, value)
    _add_named(info, "parameter", i.parameters)
    for resource in i.resources:
        child = etree.SubElement(info, f"{{{NS}}}resource")
        for name, value in (
            ("resourceDesc", resource.resource_desc),
            ("mimeType", resource.mime_type),
            ("size", "" if resource.size is None else str(resource.size)),
            ("uri", resource.uri),
            ("derefUri", resource.deref_uri),
            ("digest", resource.digest),
        ):
            _add(child, name, value)
    for area in i.areas:
        _add_area(info, area)


def _add_area(info: Any, area: Area) -> None:
    child = etree.SubElement(info, f"{{{NS}}}area")
    _add(child, "areaDesc", area.area_desc)
    for name, values in (("polygon", area.polygons), ("circle", area.circles)):
        for value in values:
            _add(child, name, value)
    _add_named(child, "geocode", area.geocodes)
    _add(child, "altitude", area.altitude)
    _add(child, "ceiling", area.ceiling)


def _add_named(parent: Any, name: str, values: tuple[Named, ...]) -> None:
    for value in values:
        child = etree.SubElement(parent, f"{{{NS}}}{name}")
        etree.SubElement(child, f"{{{NS}}}valueName").text = value.value_name
        etree.SubElement(child, f"{{{NS}}}value").text = value.value


def _add(parent: Any, name: str, value: str) -> None:
    if not value:
        return
    bad = bad_character(value)
    if bad:
        raise FeedError(f"CAP : <{name}> : caractère interdit en XML : U+{ord(bad):04X}")
    etree.SubElement(parent, f"{{{NS}}}{name}").text = value
