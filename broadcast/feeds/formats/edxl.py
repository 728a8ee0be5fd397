"""CAP messages inside an EDXL-DE 1.0 or 2.0 envelope: one entry each.

Source: OASIS EDXL-DE 1.0 (2006) and 2.0 (CS02, 2013-09-19).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lxml import etree

from broadcast.alerts import STATUSES, Alert
from broadcast.errors import FeedError
from broadcast.feeds.cap_entry import entry_of, is_nothing
from broadcast.feeds.cap_read import NAMESPACES, alert_of, tree
from broadcast.feeds.document import Document, ParsedFeed


def recognises(document: Document) -> bool:
    """By root, in either version's namespace."""
    return document.root == "EDXLDistribution" and "edxl" in document.namespace.lower()


def read(document: Document) -> ParsedFeed:
    """Read every alert inside.

    Raises:
        FeedError: no alert, or nothing in any.
    """
    root = tree(document.text.encode())
    status = _status(root)
    alerts, problems = [], []
    for element in _alerts(root):
        try:
            alerts.append(_under(alert_of(element, document.received_at), status))
        except FeedError as error:
            problems.append(str(error))
    if not alerts:
        raise FeedError(problems[0] if problems else "EDXL-DE : l'enveloppe ne contient aucune alerte CAP")
    return ParsedFeed(
        format="edxl",
        title=_first(root, "distributionID"),
        language=_first(root, "language"),
        entries=tuple(entry_of(a, url=document.url) for a in alerts if not is_nothing(a)),
        problems=tuple(problems),
    )


def _alerts(root: Any) -> list[Any]:
    return [e for namespace in NAMESPACES for e in root.iter(f"{{{namespace}}}alert")]


def _under(alert: Alert, status: str) -> Alert:
    """An exercise in the envelope is an exercise inside, whatever the alert says."""
    if alert.status == "Actual" and status not in ("", "Actual"):
        return replace(alert, status=status if status in STATUSES else "Test")
    return alert


def _status(root: Any) -> str:
    return _first(root, "distributionStatus")


def _first(root: Any, name: str) -> str:
    for element in root.iterchildren("*"):
        if etree.QName(element).localname == name:
            return " ".join("".join(element.itertext()).split())
    return ""
