"""JSON Feed 1.0 and 1.1. Source: https://www.jsonfeed.org/version/1.1/, read 2026-11-26."""

from __future__ import annotations

from typing import Any

from broadcast.alerts import Entry
from broadcast.errors import FeedError
from broadcast.feeds.dates import read_or_doubted
from broadcast.feeds.document import Document, ParsedFeed
from broadcast.feeds.identities import identity_of_item
from broadcast.feeds.links import http_link
from broadcast.feeds.plain import plain


def recognises(document: Document) -> bool:
    """By its version, an address."""
    value = document.value
    return isinstance(value, dict) and "jsonfeed.org/version/" in str(value.get("version", ""))


def read(document: Document) -> ParsedFeed:
    """Read the feed; an item that is none is left out and named.

    Raises:
        FeedError: without items.
    """
    value, url = document.value, document.url
    items = value.get("items")
    if not isinstance(items, list):
        raise FeedError("JSON Feed : « items » absent", subject=url)
    language = _text(value, "language")[:35]
    entries, problems = [], []
    for n, item in enumerate(items, 1):
        if not isinstance(item, dict):
            problems.append(f"élément {n} : ce n'est pas un objet")
            continue
        try:
            entries.append(_entry(item, language, url, http_link(_text(value, "home_page_url"), url)))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            problems.append(f"élément {n} : illisible ({type(error).__name__})")
    hubs = value.get("hubs")
    hub_urls = (http_link(_text(h, "url"), url) for h in (hubs if isinstance(hubs, list) else []))
    return ParsedFeed(
        format="json_feed",
        title=plain(_text(value, "title"), one_line=True),
        language=language,
        hub_urls=tuple(h for h in hub_urls if h),
        self_url=http_link(_text(value, "feed_url"), url),
        entries=tuple(entries),
        problems=tuple(problems),
    )


def _entry(item: dict[str, Any], language: str, url: str, page: str) -> Entry:
    link = http_link(_text(item, "url"), url) or http_link(_text(item, "external_url"), url)
    said = _text(item, "summary") or _text(item, "content_text") or _text(item, "content_html")
    summary = plain(said, base=link or url, known=link)
    published, doubted = read_or_doubted("date_published", _text(item, "date_published"))
    updated, more = read_or_doubted("date_modified", _text(item, "date_modified"))
    title = plain(_text(item, "title"), one_line=True)
    return Entry(
        id=identity_of_item(_text(item, "id"), link, page, title=title, summary=summary, date=_text(item, "date_published")),
        title=title or summary.partition("\n")[0][:140],
        link=link,
        published=published,
        updated=updated,
        summary=summary,
        language=_text(item, "language")[:35] or language,
        doubts=(*doubted, *more),
    )


def _text(owner: Any, key: str) -> str:
    value = owner.get(key) if isinstance(owner, dict) else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value)
