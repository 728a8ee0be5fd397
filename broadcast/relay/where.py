"""Whom an item concerns, by what the newsroom says of itself and of a source; and how its source is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from broadcast.alerts import Entry
from broadcast.feeds.concern import Whereabouts, concerned, narrowed
from broadcast.relay.drafts import Origin
from broadcast.rules import shown_info
from broadcast.settings import FeedSettings, Settings
from broadcast.sources import Item
from broadcast.store import feeds
from broadcast.store.base import Tx


def whereabouts(settings: Settings, feed: FeedSettings | None, areas: Sequence[str] = ()) -> Whereabouts:
    """Return where the newsroom is, as one source is to be read.

    Args:
        settings: of the newsroom.
        feed: the source.
        areas: INSEE codes instead of the newsroom's; a rule may be narrower, or wider.
    """
    return Whereabouts(
        communes=tuple(areas or settings.newsroom.areas),
        names=settings.newsroom.area_names,
        position=settings.position,
        outline=settings.outline,
        is_coastal=settings.coastal,
        river_sections=feed.sections if feed else (),
        emma=feed.emma_ids if feed else {},
        keywords=feed.keywords if feed else (),
        scope=feed.scope if feed else "",
    )


def concern_in(entry: Entry, where: Whereabouts) -> str:
    """Return why an item concerns the newsroom, "" if it does not."""
    concern = concerned(entry, where)
    return concern.because if concern.level is not None else ""


def nearness(entry: Entry, where: Whereabouts) -> tuple[bool, str]:
    """Return whether an item surely concerns a place, and why it may, where that is for a person to say."""
    concern = concerned(entry, where)
    is_near = concern.level is not None
    return is_near and concern.is_sure, concern.because if is_near and not concern.is_sure else ""


def seen_from(settings: Settings, item: Item, areas: Sequence[str] = ()) -> Item:
    """Return an item with only what it says to some areas (none named: the newsroom's)."""
    entry = narrowed(item.entry, whereabouts(settings, settings.feeds.get(item.feed), areas))
    return item if entry is item.entry else replace(item, entry=entry)


def origin_of(tx: Tx, feed: FeedSettings | None, item: Item) -> Origin:
    """Return how the source of an item is named to the public."""
    state = feeds.feed_state(tx, item.feed)
    info = shown_info(item.entry.alert) if item.entry.alert else None
    title = (state.title if state else "") or (urlsplit(state.url).hostname if state else "") or item.feed
    alert = item.entry.alert
    return Origin(
        name=(feed.label if feed else "") or (info.sender_name if info else "") or title,
        url=item.entry.link,
        published_at=alert.sent if alert else item.entry.published or item.entry.updated or item.received_at,
        rights=(feed.rights if feed else "") or item.entry.rights or (state.rights if state else ""),
    )
