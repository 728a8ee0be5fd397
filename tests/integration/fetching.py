"""What the tests of fetching ask for, and what is served to them."""

from __future__ import annotations

from broadcast.feeds.fetch import FeedRequest, Fetched
from tests.feed_server import rss

BODY = rss(3)
DATE = "Sun, 22 Nov 2026 10:00:00 GMT"


def ask(url: str, **facts: object) -> FeedRequest:
    return FeedRequest(**({"url": url, "allow_private": True, "timeout_s": 5.0} | facts))


def again(url: str, before: Fetched, **facts: object) -> FeedRequest:
    return ask(url, etag=before.etag, last_modified=before.last_modified, body_sha256=before.body_sha256, **facts)
