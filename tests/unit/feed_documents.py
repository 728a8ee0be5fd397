"""An RSS feed around some items, and what becomes of a document: its entries or the refusal."""

from __future__ import annotations

import pytest

from broadcast.alerts import Entry
from broadcast.errors import FeedError
from broadcast.feeds.parse import parse

URL = "https://www.example.org/flux/actu.xml"
RSS = """<rss version="2.0"><channel><title>Préfecture</title><link>https://www.example.org/</link>
<language>fr</language><copyright>Licence Ouverte</copyright>{items}</channel></rss>"""


def rss(items: str) -> bytes:
    return RSS.format(items=items).encode()


def read(data: bytes, content_type: str | None = None) -> list[Entry]:
    return parse(data, url=URL, content_type=content_type)


def refusal(data: bytes) -> str:
    with pytest.raises(FeedError) as caught:
        read(data)
    return str(caught.value)
