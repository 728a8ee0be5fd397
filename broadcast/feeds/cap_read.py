"""Elements of CAP 1.2, 1.1 and 1.0 to an `Alert`, with a doubt for each flaw (`cap_mend`). Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from lxml import etree

from broadcast import alerts
from broadcast.alerts import Alert, Area, Info, Named, Resource
from broadcast.errors import FeedError
from broadcast.feeds.cap_check import height_problems
from broadcast.feeds.cap_mend import BEARS_ON, MAX_DOUBTS, Mending
from broadcast.feeds.plain import shown

CAP_1_0 = "http://www.incident.com/cap/1.0"
NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1", CAP_1_0)
#: Largest document, bytes.
MAX_BYTES = 5 * 2**20
_LONG = {"description", "instruction", "note"}
#: What people read: HTML in it is read as HTML.
_SHOWN_NAMES = "headline event description instruction note contact senderName audience areaDesc resourceDesc source"
_SHOWN = frozenset(_SHOWN_NAMES.split())
#: Written more than once by some senders, and all of it said.
_JOINED = _LONG | {"audience", "contact"}
_KNOWN = {
    "alert": "identifier sender sent status msgType source scope restriction addresses code note references incidents info",
    "info": "language category event responseType urgency severity certainty audience eventCode effective onset expires"
    " senderName headline description instruction web contact parameter resource area",
    "resource": "resourceDesc mimeType size uri derefUri digest",
    "area": "areaDesc polygon circle geocode altitude ceiling",
    "named": "valueName value",
}
#: Three of these in one <alert> are CAP's, whatever it calls itself.
_TELLING = frozenset({"identifier", "sender", "sent", "status", "msgType", "scope", "info"})
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


def is_alert(name: str, namespace: str, parts: Iterable[str] = ()) -> bool:
    """Say whether an element is a CAP alert: by its namespace, or (where that is missing or misspelt) by what stands in it.

    Args:
        name: its local name.
        namespace: its namespace, "" if it has none.
        parts: local names of its children.
    """
    if name != "alert" or namespace in NAMESPACES:
        return name == "alert"
    return (not namespace or "cap" in namespace.casefold()) and len(_TELLING & set(parts)) > 2


def parts_of(element: Any) -> list[str]:
    """Return the local names of what stands in an element."""
    return [etree.QName(child).localname for child in element.iterchildren("*")]


def alert_of(element: Any, received_at: datetime | None = None) -> Alert:
    """Return the alert of an `<alert>` element; what is flawed and can be read is there, with its doubts.

    Args:
        element: the element.
        received_at: when it came, for an alert that does not say when it was sent.

    Raises:
        FeedError: there is nothing in it.
    """
    namespace = etree.QName(element).namespace or ""
    if not any((etree.QName(child).namespace or "") == namespace for child in element.iterchildren("*")):
        raise FeedError("CAP : <alert> est vide")
    mending = Mending()
    if namespace not in NAMESPACES:
        mending.doubt("xmlns", f"« {namespace[:60]} » n'est pas CAP" if namespace else "absent", "lu comme CAP 1.2", "public")
    return _alert(_Element(element, namespace, mending), received_at)


class _Element:
    """An element of one CAP namespace, asked by local names."""

    def __init__(self, element: Any, namespace: str, mending: Mending) -> None:
        self.element, self.namespace, self.mending = element, namespace, mending

    @cached_property
    def _children(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for child in self.element.iterchildren("*"):
            name = etree.QName(child)
            if (name.namespace or "") == self.namespace:
                found.setdefault(name.localname, []).append(child)
        return found

    def only(self, owner: str) -> _Element:
        """Return itself, having noted elements of CAP's namespace that CAP does not know."""
        extra = {"password"} if self.namespace == CAP_1_0 else set()
        for name in [n for n in self._children if n not in _KNOWN_NAMES[owner] | extra][:MAX_DOUBTS]:
            meant = get_close_matches(name, _KNOWN_NAMES[owner], n=1, cutoff=0.75)
            bears_on = "area" if owner == "area" else BEARS_ON.get(meant[0], "") if meant else ""
            inside = etree.QName(self.element).localname
            self.mending.doubt(name[:40], f"élément inconnu dans <{inside}>", "laissé de côté", bears_on)
        return self

    def all(self, name: str) -> list[_Element]:
        return [_Element(e, self.namespace, self.mending) for e in self._children.get(name, ())]

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(words_of(e, name) for e in self._children.get(name, ()))

    def text(self, name: str) -> str:
        found = [text for text in dict.fromkeys(self.texts(name)) if text]
        count = len(self._children.get(name, ()))
        if count > 1 and name in _JOINED:
            self.mending.doubt(name, f"écrit {count} fois", "tout est gardé")
        elif count > 1:
            self.mending.doubt(name, f"écrit {count} fois", f"« {found[0][:40]} » gardé" if found else "aucun texte")
        return ("\n\n" if name in _LONG else " ").join(found) if name in _JOINED else next(iter(found), "")

    def time(self, name: str) -> datetime | None:
        return self.mending.time(name, self.text(name))

    def word(self, name: str, words: tuple[str, ...], default: str) -> str:
        return self.mending.word(name, self.text(name), words, default)

    def named(self, name: str) -> tuple[Named, ...]:
        if self.namespace == CAP_1_0:
            parts = (text.partition("=") for text in self.texts(name))
            return tuple(Named(key.strip(), value.strip()) for key, _, value in parts)
        return tuple(Named(e.text("valueName"), e.text("value")) for e in (e.only("named") for e in self.all(name)))


def words_of(element: Any, name: str) -> str:
    """Return what an element says: as people would see it, where it is for people."""
    if name not in _SHOWN:
        return " ".join((element.text or "").split())
    text = _inner(element) if len(element) else element.text or ""
    if name in _LONG:
        return shown(text)
    return " ".join(shown(text).split()) if name == "contact" else shown(text, one_line=True)


def _inner(element: Any) -> str:
    """Return the text of an element with the tags in it, of whatever namespace: senders write real <br/> there."""
    made = [_escaped(element.text)]
    for child in element.iterchildren("*"):
        name = etree.QName(child).localname
        href = f' href="{_escaped(child.get("href"))}"' if child.get("href") else ""
        inner = _inner(child)
        made += [f"<{name}{href}>{inner}</{name}>" if inner else f"<{name}/>", _escaped(child.tail)]
    return "".join(made)


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _alert(e: _Element, received_at: datetime | None) -> Alert:
    e.only("alert")
    mending = e.mending
    infos = tuple(_info(i.only("info")) for i in e.all("info"))
    sender = mending.identity("sender", e.text("sender"), "expediteur-inconnu")
    identifier = mending.identity("identifier", e.text("identifier"), _fingerprint(e.element))
    named = e.text("references")
    references, unclear = mending.references(named, sender) if e.namespace != CAP_1_0 else ((), _pairs_of_1_0(named))
    sent = mending.sent(e.text("sent"), infos, received_at)
    msg_type = e.word("msgType", alerts.MSG_TYPES, "Update" if references or unclear else "Alert")
    if msg_type in ("Update", "Cancel") and not (references or unclear):
        mending.doubt("references", f"absent, obligatoire pour {msg_type}", "message cherché sous le même identifiant")
    scope = e.word("scope", alerts.SCOPES, "Public") if e.namespace != CAP_1_0 or e.text("scope") else "Public"
    restriction, addresses = e.text("restriction"), e.text("addresses")
    if (scope == "Restricted" and not restriction) or (scope == "Private" and not addresses):
        mending.doubt("scope", f"{scope}, sans dire pour qui", "jamais relayé")
    for info in infos if msg_type != "Cancel" else ():
        mending.contradictions(info, sent)
    return Alert(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status=e.word("status", alerts.STATUSES, "Actual"),
        msg_type=msg_type,
        scope=scope,
        source=e.text("source"),
        restriction=restriction,
        addresses=addresses,
        codes=e.texts("code"),
        note=e.text("note"),
        references=references,
        incidents=e.text("incidents"),
        infos=infos,
        unclear_references=unclear,
        doubts=mending.doubts,
    )


def _fingerprint(element: Any) -> str:
    text = "\n".join(element.itertext())
    return f"sans-identifiant-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _pairs_of_1_0(text: str) -> tuple[tuple[str, str], ...]:
    """Return (sender, identifier) of references as CAP 1.0 writes them: "identifier/sender", without a time."""
    pairs = (word.rpartition("/") for word in text.split())
    return tuple((sender, identifier) for identifier, _, sender in pairs if identifier)


def _info(e: _Element) -> Info:
    headline = e.text("headline")
    event = e.text("event")
    if not event:
        e.mending.doubt("event", "absent", f"« {headline[:60]} »" if headline else "aucun")
    categories = e.mending.words("category", e.texts("category"), alerts.CATEGORIES)
    if not categories and not e.texts("category"):
        e.mending.doubt("category", "absent", "lu comme Other")
    return Info(
        language=e.text("language") or "en-US",
        categories=categories or ("Other",),
        event=event or headline,
        response_types=e.mending.words("responseType", e.texts("responseType"), alerts.RESPONSES),
        urgency=e.word("urgency", alerts.URGENCIES, "Unknown"),
        severity=e.word("severity", alerts.SEVERITIES, "Unknown"),
        certainty=_certainty(e),
        audience=e.text("audience"),
        event_codes=e.named("eventCode"),
        effective=e.time("effective"),
        onset=e.time("onset"),
        expires=e.time("expires"),
        sender_name=e.text("senderName"),
        headline=headline,
        description=e.text("description"),
        instruction=e.text("instruction"),
        web=e.text("web"),
        contact=e.text("contact"),
        parameters=e.named("parameter"),
        resources=tuple(_resource(r.only("resource")) for r in e.all("resource")),
        areas=tuple(_area(a.only("area")) for a in e.all("area")),
    )


def _certainty(e: _Element) -> str:
    if e.text("certainty") == "Very Likely" and e.namespace != NAMESPACES[0]:
        return "Likely"  # a word of the older versions
    return e.word("certainty", alerts.CERTAINTIES, "Unknown")


def _resource(e: _Element) -> Resource:
    size = e.text("size")
    description = e.text("resourceDesc")
    if not description:
        e.mending.doubt("resourceDesc", "absent", "fichier gardé sans description")
    return Resource(
        resource_desc=description,
        mime_type=e.text("mimeType"),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None,
        uri=e.text("uri"),
        deref_uri=e.text("derefUri"),
        digest=e.text("digest"),
    )


def _area(e: _Element) -> Area:
    description = e.text("areaDesc")
    if not description:
        e.mending.doubt("areaDesc", "absent", "zone sans nom")
    polygons, rest = shapes(e.mending.polygon, e.texts("polygon"))
    circles, more = shapes(e.mending.circle, e.texts("circle"))
    altitude, ceiling = e.text("altitude"), e.text("ceiling")
    for problem in height_problems(altitude, ceiling):
        name, _, wrong = problem.partition(" : ")
        e.mending.doubt(name, wrong, "hauteur laissée de côté")
        altitude = ceiling = ""
    return Area(
        area_desc=description,
        polygons=polygons,
        circles=circles,
        geocodes=e.named("geocode"),
        altitude=altitude,
        ceiling=ceiling,
        unsure=(*rest, *more),
    )


def shapes(mend: Callable[[str], tuple[str, str]], texts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the outlines that are as CAP wants them, and what is left of the others."""
    found = [mend(text) for text in texts if text]
    return tuple(sure for sure, _ in found if sure), tuple(unsure for _, unsure in found if unsure)
