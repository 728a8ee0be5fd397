"""WebSub as a publisher: the hub is told which feeds changed. A hub that does not answer costs nothing but speed.

Source: W3C Recommendation "WebSub" of 23 January 2018; how a publisher tells a hub is left open there, and this
form is the one that hubs in use take. Read 2026-11-26.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from broadcast import http
from broadcast.errors import DeliveryError

#: Feeds that readers subscribe to.
FEEDS = ("feed.atom", "feed.rss", "feed.json", "cap.atom")
#: Longest call, seconds: what is published does not wait for it.
_TIMEOUT_S = 3.0


def tell(hub: str, base_url: str, changed: Iterable[str], *, world: str) -> None:
    """Tell a hub which of our feeds have changed; from an exercise nothing leaves this machine.

    Args:
        hub: its address.
        base_url: of our site.
        changed: files of the site that were written.
        world: "live" or "exercise".
    """
    if world != "live" and urlsplit(hub).hostname not in ("127.0.0.1", "localhost", "::1"):
        return
    topics = [f"{base_url}/{name}" for name in FEEDS if name in set(changed)]
    for topic in topics:
        form = [("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic)]
        with suppress(DeliveryError):  # readers poll all the same
            http.request("POST", hub, form=form, timeout_s=_TIMEOUT_S, safe=True)
