"""Which pages that gather old messages a change touches: their number never depends on the size of the site. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def pages(count: int, size: int) -> range:
    """Return all pages, 1 is the oldest."""
    return range(1, -(-count // size) + 1)


def page_of(position: int, size: int) -> int:
    """Return the page on which the message at `position` stands, both counted from 1."""
    return -(-position // size)


def touched(positions: Iterable[int], count: int, size: int) -> list[int]:
    """Return the pages to write after a change, oldest first.

    Each page on which a changed message stands; the page before where one is the first of its page,
    since that page now has a later one to name; and the newest page, which a new message may have begun.

    Args:
        positions: of the messages that changed, 1 is the oldest.
        count: messages of the site.
        size: messages on a page.
    """
    found = {page_of(count, size)} if count else set()
    for position in positions:
        page = page_of(position, size)
        found.add(page)
        if page > 1 and position == (page - 1) * size + 1:
            found.add(page - 1)
    return sorted(found)
