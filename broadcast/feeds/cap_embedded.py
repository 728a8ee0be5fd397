"""CAP inside the items of RSS and Atom: a whole `<alert>`, or CAP elements beside the item's own.

MeteoAlarm's "legacy" Atom and the NWS index are of the second kind: an index of alerts, without
references. Their `valueName` and `value` may be in Atom's namespace; one geocode may hold several pairs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from broadcast import alerts
from broadcast.alerts import Alert, Area, Info, Named
from broadcast.errors import FeedError
from broadcast.feeds.cap_entry import is_nothing
from broadcast.feeds.cap_mend import Mending
from broadcast.feeds.cap_read import NAMESPACES, alert_of, shapes, words_of
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
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(document.text.encode(), parser)
    items = [e for e in root.iter("*") if etree.QName(e).localname in ("item", "entry")] if root is not None else []
    if len(items) != count:
        inside.found.append("CAP : les alertes n'ont pas pu être rattachées aux éléments du flux (XML fautif)")
        return inside
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    for number, item in enumerate(items):
        _read_item(inside, number, item, language, document)
    return inside


def _read_item(inside: Inside, number: int, item: Any, language: str, document: Document) -> None:
    try:
        alert = _alert(item, language, document)
    except (FeedError, ValueError) as error:
        text = str(error)
        inside.found.append(f"élément {number + 1} : {text if text.startswith('CAP') else f'CAP : {text}'}")
        return
    if alert is None:
        return
    if is_nothing(alert):
        inside.dropped.add(number)
    else:
        inside.alerts[number] = alert


def _alert(item: Any, language: str, document: Document) -> Alert | None:
    whole = next((e for namespace in NAMESPACES for e in item.iter(f"{{{namespace}}}alert")), None)
    if whole is not None:
        return alert_of(whole, document.received_at)
    values = _values(item)
    if not ({"event", "severity"} & values.keys()):
        return None
    return _from_values(values, item, language, document)


def _values(item: Any) -> dict[str, list[Any]]:
    """Return the CAP elements of an item by local name; those in an `<info>` or `<area>` as well."""
    values: dict[str, list[Any]] = {}
    for element in item.iter("*"):
        name = etree.QName(element)
        if name.namespace in NAMESPACES:
            values.setdefault(name.localname, []).append(element)
    return values


def _from_values(values: dict[str, list[Any]], item: Any, language: str, document: Document) -> Alert:
    own, url, mending = _own(item), document.url, Mending()
    geocodes = _pairs(values, "geocode")
    said = plain(own.get("title", ""), one_line=True)
    info = Info(
        language=_text(values, "language") or language or "en-US",
        categories=mending.words("category", _texts(values, "category"), alerts.CATEGORIES)
        or ("Met" if _is_weather(geocodes, url) else "Other",),
        event=_text(values, "event") or said,
        response_types=mending.words("responseType", _texts(values, "responseType"), alerts.RESPONSES),
        # An index leaves out what it likes: what it does not say is not flawed.
        urgency=_word(mending, values, "urgency", alerts.URGENCIES, "Unknown"),
        severity=_word(mending, values, "severity", alerts.SEVERITIES, "Unknown"),
        certainty=_word(mending, values, "certainty", alerts.CERTAINTIES, "Unknown"),
        effective=mending.time("effective", _text(values, "effective")),
        onset=mending.time("onset", _text(values, "onset")),
        expires=mending.time("expires", _text(values, "expires")),
        sender_name=_text(values, "senderName"),
        headline=_text(values, "headline") or said,
        description=_text(values, "description") or plain(own.get("summary", "") or own.get("description", "")),
        instruction=_text(values, "instruction"),
        web=http_link(_text(values, "web"), url) or http_link(own.get("link", ""), url),
        parameters=_pairs(values, "parameter"),
        areas=_areas(values, geocodes, mending),
    )
    published = aware(own.get("updated", "") or own.get("published", "") or own.get("pubDate", ""))
    written = mending.time("sent", _text(values, "sent"))
    sent = written or published or mending.sent("", [info], document.received_at)
    msg_type = "msgType" if _text(values, "msgType") else "message_type"
    mending.contradictions(info, sent)
    return Alert(
        identifier=_unfit(_text(values, "identifier") or own.get("id", "") or own.get("guid", "") or own.get("link", ""))
        or f"sans-identifiant-{int(sent.timestamp())}",
        sender=_unfit(_text(values, "sender")) or urlsplit(url).hostname or "source",
        sent=sent,
        status=_word(mending, values, "status", alerts.STATUSES, "Actual"),
        msg_type=mending.word("msgType", _text(values, msg_type) or "Alert", alerts.MSG_TYPES, "Alert"),
        scope=_word(mending, values, "scope", alerts.SCOPES, "Public"),
        infos=(info,),
        doubts=mending.doubts,
    )


def _areas(values: dict[str, list[Any]], geocodes: tuple[Named, ...], mending: Mending) -> tuple[Area, ...]:
    polygons, rest = shapes(mending.polygon, tuple(_texts(values, "polygon")))
    circles, more = shapes(mending.circle, tuple(_texts(values, "circle")))
    description = _text(values, "areaDesc")
    if not (description or polygons or circles or geocodes or rest or more):
        return ()
    return (
        Area(
            area_desc=description or "zone de la source",
            polygons=polygons,
            circles=circles,
            geocodes=geocodes,
            unsure=(*rest, *more),
        ),
    )


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
        names = [words_of(e, "valueName") for e in element.iterchildren("*") if etree.QName(e).localname == "valueName"]
        texts = [words_of(e, "value") for e in element.iterchildren("*") if etree.QName(e).localname == "value"]
        pairs.extend(Named(*pair) for pair in zip(names, texts, strict=False))
    return tuple(pairs)


def _word(mending: Mending, values: dict[str, list[Any]], name: str, words: tuple[str, ...], default: str) -> str:
    return mending.word(name, _text(values, name) or default, words, default)


def _texts(values: dict[str, list[Any]], name: str) -> list[str]:
    return [text for text in (words_of(e, name) for e in values.get(name, [])) if text]


def _text(values: dict[str, list[Any]], name: str) -> str:
    return next(iter(_texts(values, name)), "")


def _unfit(text: str) -> str:
    return _UNFIT.sub("_", text.strip())


def _is_weather(geocodes: tuple[Named, ...], url: str) -> bool:
    return "meteo" in url or "weather" in url or any(g.value_name == "EMMA_ID" for g in geocodes)
