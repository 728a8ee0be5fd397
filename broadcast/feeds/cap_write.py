"""An `Alert` to the bytes of a CAP 1.2 document, in the order of the schema. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from broadcast.alerts import Alert, Area, Info, Named
from broadcast.errors import FeedError
from broadcast.feeds.cap_check import bad_character, problems

NS = "urn:oasis:names:tc:emergency:cap:1.2"


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
        _add(child, "valueName", value.value_name, always=True)
        _add(child, "value", value.value, always=True)


def _add(parent: Any, name: str, value: str, *, always: bool = False) -> None:
    if not value and not always:
        return
    bad = bad_character(value)
    if bad:
        raise FeedError(f"CAP : <{name}> : caractère interdit en XML : U+{ord(bad):04X}")
    etree.SubElement(parent, f"{{{NS}}}{name}").text = value
