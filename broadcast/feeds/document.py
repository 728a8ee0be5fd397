"""A received document that passed the guards, and what its reader makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from broadcast.alerts import Entry

#: More entries than this in one document is no feed of news.
MAX_ENTRIES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the formats are asked about: text whose charset is settled, guarded."""

    #: Where it came from; relative links are resolved against it.
    url: str
    #: Without declaration of charset and without DOCTYPE.
    text: str
    #: XML: namespace and local name of the root; "" for JSON.
    namespace: str = ""
    root: str = ""
    #: JSON: the value; None for XML.
    value: Any = None
    is_json: bool = False
    #: When we received it, for sources that give no time.
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed as read."""

    #: Name of the module in `formats` that read it.
    format: str
    title: str = ""
    language: str = ""
    rights: str = ""
    #: WebSub hubs and the feed's own address, as the document announces them.
    hub_urls: tuple[str, ...] = ()
    self_url: str = ""
    entries: tuple[Entry, ...] = ()
    #: Items or parts that could not be read, a French sentence each; never dropped in silence.
    problems: tuple[str, ...] = ()
    #: True where the document shows all that is in force: what is missing from it has ended.
    is_state: bool = False
    #: Ids of items of which such a document speaks, calm ones included: what it leaves out has not ended.
    speaks_of: frozenset[str] = frozenset()
    #: When the source made it, where it says so.
    issued_at: datetime | None = None


class Format(Protocol):
    """What a module in `broadcast/feeds/formats/` offers."""

    def recognises(self, document: Document) -> bool:
        """Say whether this is its format, by content."""
        ...

    def read(self, document: Document) -> ParsedFeed:
        """Read it.

        Raises:
            FeedError: it is refused.
        """
        ...
