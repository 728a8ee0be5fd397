"""CAP inside the items of RSS and Atom: a whole `<alert>`, or CAP elements beside the item's own.

MeteoAlarm's "legacy" Atom and the NWS index are of the second kind: an index of alerts, without
references. Their `valueName` and `value` may be in Atom's namespace; one geocode may hold several pairs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from broadcast.alerts import Alert, Area, Info, Named
from broadcast.errors import FeedError
from broadcast.feeds.cap_check import doubts
from broadcast.feeds.cap_check import problems as cap_problems
from broadcast.feeds.cap_entry import is_nothing
from broadcast.feeds.cap_read import NAMESPACES, alert_of, cap_time
from broadcast.feeds.dates import aware
from broadcast.feeds.document import Document
from broadcast.feeds.links import http_link
from broadcast.feeds.plain import plain

_UNFIT = re.compile(r"[\s,<&]+")


@dataclass(slots=True)
class Inside:
    """Alerts by the number of their item, items that announce nothing, and what could not be read."""

    alerts: dict[int, Alert] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    found: list[str] = field(default_factory=list)

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read, a sentence each."""
        return tuple(self.found)


def read(document: Document, count: int) -> Inside:
    """Return what the items hold of CAP.

    Args:
        document: an RSS or Atom feed.
        count: how many items its reader found; the order must be the same.
    """
    inside = Inside()
    if not any(namespace in document.text for namespace in NAMESPACES):
        return inside
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    root = etree.fromstring(document.text.encode(), parser)
    items = [e for e in root.iter("*") if etree.QName(e).localname in ("item", "entry")] if root is not None else []
    if len(items) != count:
        inside.found.append("CAP : les alertes n'ont pas pu être rattachées aux éléments du flux (XML fautif)")
        return inside
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    for number, item in enumerate(items):
        _read_item(inside, number, item, language, document.url)
    return inside


def _read_item(inside: Inside, number: int, item: Any, language: str, url: str) -> None:
    try:
        alert = _alert(item, language, url)
    except (FeedError, ValueError) as error:
        text = str(error)
        inside.found.append(f"élément {number + 1} : {text if text.startswith('CAP') else f'CAP : {text}'}")
        return
    if alert is None:
        return
    inside.found.extend(f"élément {number + 1} : CAP : {doubt}" for doubt in doubts(alert))
    if is_nothing(alert):
        inside.dropped.add(number)
    else:
        inside.alerts[number] = alert


def _alert(item: Any, language: str, url: str) -> Alert | None:
    whole = next((e for namespace in NAMESPACES for e in item.iter(f"{{{namespace}}}alert")), None)
    if whole is not None:
        return alert_of(whole)
    values = _values(item)
    if not ({"event", "severity"} & values.keys()):
        return None
    alert = _from_values(values, item, language, url)
    for problem in cap_problems(alert, indexed=True):
        raise ValueError(problem)
    return alert


def _values(item: Any) -> dict[str, list[Any]]:
    """Return the CAP elements of an item by local name; those in an `<info>` or `<area>` as well."""
    values: dict[str, list[Any]] = {}
    for element in item.iter("*"):
        name = etree.QName(element)
        if name.namespace in NAMESPACES:
            values.setdefault(name.localname, []).append(element)
    return values


def _from_values(values: dict[str, list[Any]], item: Any, language: str, url: str) -> Alert:
    own = _own(item)
    geocodes = _pairs(values, "geocode")
    sent = _time(values, "sent") or aware(own.get("updated", "") or own.get("published", "") or own.get("pubDate", ""))
    if sent is None:
        raise ValueError("sent : absent")
    info = Info(
        language=_text(values, "language") or language or "en-US",
        categories=tuple(_texts(values, "category")) or ("Met" if _is_weather(geocodes, url) else "Other",),
        event=_text(values, "event") or plain(own.get("title", ""), one_line=True),
        response_types=tuple(_texts(values, "responseType")),
        urgency=_text(values, "urgency") or "Unknown",
        severity=_text(values, "severity") or "Unknown",
        certainty=_text(values, "certainty") or "Unknown",
        effective=_time(values, "effective"),
        onset=_time(values, "onset"),
        expires=_time(values, "expires"),
        sender_name=_text(values, "senderName"),
        headline=_text(values, "headline") or plain(own.get("title", ""), one_line=True),
        description=_text(values, "description") or plain(own.get("summary", "") or own.get("description", "")),
        instruction=_text(values, "instruction"),
        web=http_link(_text(values, "web"), url) or http_link(own.get("link", ""), url),
        parameters=_pairs(values, "parameter"),
        areas=_areas(values, geocodes),
    )
    return Alert(
        identifier=_unfit(_text(values, "identifier") or own.get("id", "") or own.get("guid", "") or own.get("link", "")),
        sender=_unfit(_text(values, "sender")) or urlsplit(url).hostname or "source",
        sent=sent,
        status=_text(values, "status") or "Actual",
        msg_type=_text(values, "msgType") or _text(values, "message_type") or "Alert",
        scope=_text(values, "scope") or "Public",
        infos=(info,),
    )


def _areas(values: dict[str, list[Any]], geocodes: tuple[Named, ...]) -> tuple[Area, ...]:
    polygons, circles = tuple(_texts(values, "polygon")), tuple(_texts(values, "circle"))
    description = _text(values, "areaDesc")
    if not (description or polygons or circles or geocodes):
        return ()
    return (Area(area_desc=description or "zone de la source", polygons=polygons, circles=circles, geocodes=geocodes),)


def _own(item: Any) -> dict[str, str]:
    """Return the item's own elements, the first of each name; a link may be an attribute."""
    own: dict[str, str] = {}
    for child in item.iterchildren("*"):
        name = etree.QName(child)
        if name.namespace in NAMESPACES:
            continue
        value = child.get("href") or "".join(child.itertext())
        own.setdefault(name.localname, value.strip())
    return own


def _pairs(values: dict[str, list[Any]], name: str) -> tuple[Named, ...]:
    pairs: list[Named] = []
    for element in values.get(name, []):
        names = [_words(e) for e in element.iterchildren("*") if etree.QName(e).localname == "valueName"]
        texts = [_words(e) for e in element.iterchildren("*") if etree.QName(e).localname == "value"]
        pairs.extend(Named(*pair) for pair in zip(names, texts, strict=False))
    return tuple(pairs)


def _texts(values: dict[str, list[Any]], name: str) -> list[str]:
    return [text for text in (_words(e) for e in values.get(name, [])) if text]


def _text(values: dict[str, list[Any]], name: str) -> str:
    return next(iter(_texts(values, name)), "")


def _time(values: dict[str, list[Any]], name: str) -> datetime | None:
    text = _text(values, name)
    return cap_time(name, text) if text else None


def _words(element: Any) -> str:
    return " ".join((element.text or "").split())


def _unfit(text: str) -> str:
    return _UNFIT.sub("_", text.strip())


def _is_weather(geocodes: tuple[Named, ...], url: str) -> bool:
    return "meteo" in url or "weather" in url or any(g.value_name == "EMMA_ID" for g in geocodes)
