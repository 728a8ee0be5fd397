"""The feeds of a site: Atom, RSS, JSON, CAP, and what a voice reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from broadcast.channel import Showing
from channels.website import machines
from channels.website.history import CapDocument, cap_documents
from channels.website.writer import Writer


def write(writer: Writer, live: Sequence[Showing], latest: Sequence[Showing]) -> None:
    """Write all feeds.

    Args:
        writer: of the site.
        live: what is live, most urgent first.
        latest: the latest messages, live and ended, newest first.
    """
    items = [writer.items.of(s) for s in latest]
    # A feed's own date is that of its newest change, so that writing it again changes nothing.
    updated = max((i["stamp"] for i in items), default=_never(writer)).astimezone(writer.items.zone)
    for name in ("feed.atom", "feed.rss"):
        writer.put(name, writer.frame(name, 0, items=items, updated=updated))
    room = writer.board.newsroom
    writer.put("feed.json", json.dumps(machines.json_feed(items, room, writer.settings.hub), ensure_ascii=False))
    _cap(writer, latest)
    last = max((s.ended_at or s.published_at for s in latest), default=_never(writer))
    told = {s.slug: s for s in (*live, *latest) if s.is_live}
    briefing = machines.flash_briefing(machines.briefed_first(tuple(told.values())), room, last)
    writer.put("flash-briefing.json", json.dumps(briefing, ensure_ascii=False))


def _cap(writer: Writer, latest: Sequence[Showing]) -> None:
    entries: list[dict[str, Any]] = []
    for showing in latest:
        if showing.rendition.parts[0].documents.get("cap", "").strip():
            history = writer.board.history(showing.slug)
            documents = cap_documents([*history[:-1], showing], writer.board.newsroom)
            if documents:
                entries.append(_entry(writer, showing, documents[-1]))
    updated = max((e["updated"] for e in entries), default=_never(writer))
    writer.put("cap.atom", writer.frame("cap.atom", 0, entries=entries, updated=updated))


def _entry(writer: Writer, showing: Showing, document: CapDocument) -> dict[str, Any]:
    item = writer.items.of(showing)
    return {
        "id": f"{writer.base}/cap/{document.name}",
        "title": item["shared_title"],
        "summary": item["feed_summary"],
        "updated": document.sent.astimezone(writer.items.zone),
        "url": f"{writer.base}/cap/{document.name}",
        "page": item["url"],
    }


def _never(writer: Writer) -> datetime:
    return datetime.fromtimestamp(0, writer.items.zone)
