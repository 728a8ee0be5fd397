"""One CAP message as a document: one entry."""

from __future__ import annotations

from broadcast.feeds.cap_entry import entry_of, is_nothing
from broadcast.feeds.cap_read import NAMESPACES, alert_of, is_alert, parts_of, tree
from broadcast.feeds.document import Document, ParsedFeed


def recognises(document: Document) -> bool:
    """By root and namespace; an <alert> that calls itself otherwise, by what stands in it."""
    if document.root != "alert" or document.namespace in NAMESPACES:
        return document.root == "alert"
    return is_alert(document.root, document.namespace, parts_of(tree(document.text.encode())))


def read(document: Document) -> ParsedFeed:
    """Read it; a green MeteoAlarm level that ends nothing gives no entry.

    Raises:
        FeedError: there is nothing in it.
    """
    alert = alert_of(tree(document.text.encode()), document.received_at)
    entry = entry_of(alert, url=document.url)
    return ParsedFeed(
        format="cap_alone",
        title=entry.title,
        language=entry.language,
        entries=() if is_nothing(alert) else (entry,),
    )
