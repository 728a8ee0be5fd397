"""Bytes of a source to entries: guards, then the format that recognises the content."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from broadcast.alerts import Entry
from broadcast.errors import BroadcastError, FeedError
from broadcast.feeds import identities
from broadcast.feeds.document import MAX_ENTRIES, Document, Format, ParsedFeed
from broadcast.feeds.formats import formats
from broadcast.feeds.guard import document_of


def parse(data: bytes, *, url: str, content_type: str | None) -> list[Entry]:
    """Return the entries of a document, in its order.

    Raises:
        BroadcastError: the document is refused; the sentence says why.
    """
    return list(parse_feed(data, url=url, content_type=content_type).entries)


def parse_feed(data: bytes, *, url: str, content_type: str | None = None, received_at: datetime | None = None) -> ParsedFeed:
    """Return the feed with its entries.

    Args:
        data: the body as received, decompressed.
        url: where it came from, after redirects.
        content_type: as the server sent it; only its charset is believed, and that last.
        received_at: time of alerts whose source gives none (Vigicrues).

    Raises:
        FeedError: the document is refused; the sentence says why.
    """
    document = document_of(data, url=url, content_type=content_type, received_at=received_at)
    for name, format_ in formats().items():
        if format_.recognises(document):
            return _read(name, format_, document)
    raise FeedError("flux : format inconnu : ni RSS, ni Atom, ni JSON Feed, ni CAP, ni vigilance", subject=url)


def _read(name: str, format_: Format, document: Document) -> ParsedFeed:
    try:
        feed = format_.read(document)
    except BroadcastError as error:
        if error.subject is None:
            error.subject = document.url
        raise
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        # A document that confuses a reader is refused like any other; the process lives (X11).
        raise FeedError(
            f"flux : illisible par le lecteur {name} : {type(error).__name__} : {error}", subject=document.url
        ) from error
    if len(feed.entries) > MAX_ENTRIES:
        raise FeedError(f"flux : {len(feed.entries)} entrées, au plus {MAX_ENTRIES}", subject=document.url)
    return _kept(feed, document)


def _kept(feed: ParsedFeed, document: Document) -> ParsedFeed:
    """Return the feed with what can be kept of it, and each item told from the others.

    Raises:
        FeedError: nothing in it can be.
    """
    kept, problems = [], list(feed.problems)
    for n, entry in enumerate(feed.entries, 1):
        part = identities.unfit(entry)
        if part:
            problems.append(f"élément {n} : {part} avec un caractère impossible (demi-signe ou fin de texte)")
        else:
            kept.append(entry)
    if feed.entries and not kept:
        raise FeedError(f"flux : aucun élément lisible : {problems[0]}", subject=document.url)
    return replace(
        feed,
        title=identities.clean(feed.title),
        language=identities.clean(feed.language),
        rights=identities.clean(feed.rights),
        self_url=identities.clean(feed.self_url),
        hub_urls=tuple(map(identities.clean, feed.hub_urls)),
        entries=identities.told_apart(kept),
        problems=tuple(map(identities.clean, problems)),
    )
