"""RSS 0.9 to 2.0, RDF and Atom, through feedparser on bytes; CAP inside the items is read too."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

from broadcast.alerts import Entry
from broadcast.errors import FeedError
from broadcast.feeds import cap_embedded
from broadcast.feeds.dates import read_or_doubted
from broadcast.feeds.document import MAX_ENTRIES, Document, ParsedFeed
from broadcast.feeds.identities import identity_of_item
from broadcast.feeds.links import http_link
from broadcast.feeds.plain import plain

_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_ROOTS = {"rss", "feed", "rdf", "channel", "entry"}


def recognises(document: Document) -> bool:
    """Any other XML root is not a feed."""
    return document.root.lower() in _ROOTS


def read(document: Document) -> ParsedFeed:
    """Read the feed; what feedparser can mend is read.

    Raises:
        FeedError: not a feed.
    """
    count = len(_ITEM.findall(document.text))
    if count > MAX_ENTRIES:
        raise FeedError(f"flux : {count} éléments, au plus {MAX_ENTRIES}", subject=document.url)
    import feedparser  # 70 ms, and only workers that parse need it

    made = feedparser.parse(
        io.BytesIO(document.text.encode()),
        # Without the feed's address: identities must not depend on it; links are resolved below.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    feed, entries = made.feed, made.entries
    if not made.version and not entries:
        raise FeedError(f"flux : la racine <{document.root}> n'est pas celle d'un flux RSS ou Atom", subject=document.url)
    inside = cap_embedded.read(document, len(entries))
    about = ParsedFeed(
        format="syndication",
        title=plain(_text(feed, "title"), one_line=True),
        language=_text(feed, "language")[:35],
        rights=plain(_text(feed, "rights"), one_line=True),
        hub_urls=_links(feed, "hub", document.url),
        self_url=next(iter(_links(feed, "self", document.url)), ""),
    )
    # The page of the feed is no address of an item's own.
    page = replace(about, self_url=http_link(_text(feed, "link"), document.url))
    shown, problems = [], list(inside.problems)
    for n, e in enumerate(entries):
        if n in inside.dropped:
            continue
        try:
            shown.append(_entry(e, inside.alerts.get(n), page, document.url))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            problems.append(f"élément {n + 1} : illisible ({type(error).__name__})")
    return replace(about, entries=tuple(shown), problems=tuple(problems))


def _entry(e: Any, alert: Any, feed: ParsedFeed, url: str) -> Entry:
    title = plain(_text(e, "title"), one_line=True)
    link = _link(e, url)
    summary = plain(_text(e, "summary") or _content(e), base=link or url, known=link)
    published, doubted = read_or_doubted("pubDate", _text(e, "published"))
    updated, more = read_or_doubted("updated", _text(e, "updated"))
    return Entry(
        id=identity_of_item(_text(e, "id"), link, feed.self_url, title=title, summary=summary, date=_text(e, "published")),
        title=title or (summary.partition("\n")[0][:140] if summary else ""),
        link=link,
        published=published,
        updated=updated,
        summary=summary,
        language=_language(e) or feed.language,
        alert=alert,
        rights=plain(_text(e, "rights"), one_line=True) or feed.rights,
        doubts=(*doubted, *more),
    )


def _link(e: Any, url: str) -> str:
    link = _text(e, "link")
    if link == _text(e, "id") and not link.startswith(("http://", "https://")):
        return ""  # a guid that is called a permalink and is none
    return http_link(link, url)


def _text(owner: Any, key: str) -> str:
    # Past feedparser's own look-up: it answers "published" for "updated", with a warning.
    value = dict.get(owner, key) if isinstance(owner, dict) else None
    return value if isinstance(value, str) else ""


def _content(e: Any) -> str:
    found = dict.get(e, "content") or []
    return next((_text(c, "value") for c in found if _text(c, "value")), "")


def _language(e: Any) -> str:
    detail = dict.get(e, "title_detail") or {}
    return _text(detail, "language")[:35]


def _links(feed: Any, rel: str, url: str) -> tuple[str, ...]:
    found = dict.get(feed, "links") or []
    links = (http_link(_text(link, "href"), url) for link in found if _text(link, "rel") == rel)
    return tuple(dict.fromkeys(link for link in links if link))
