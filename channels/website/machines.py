"""What machines read of the site: JSON Feed, Flash Briefing, schema.org, sitemap. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from broadcast.channel import Showing
from broadcast.model import EndedBecause, Newsroom
from channels.website.item import retired
from channels.website.words import words_for

#: Items that a Flash Briefing may have, and characters of one.
#: Source: Alexa "Flash Briefing Skill API Feed Reference", read 2026-11.
_ITEMS, _TEXT = 5, 4500
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def json_feed(items: Sequence[Mapping[str, Any]], room: Newsroom, hub: str = "") -> dict[str, Any]:
    """Return the JSON Feed 1.1 of the latest messages."""
    base = room.base_url
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": room.name,
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/feed.json",
        "language": room.language,
        "authors": [{"name": room.name}],
        **({"hubs": [{"type": "WebSub", "url": hub}]} if hub else {}),
        "items": [_json_item(item) for item in items],
    }


def _json_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item["url"],
        "url": item["url"],
        "title": item["shared_title"],
        "content_html": absolute(item["feed_html"], item["url"]),
        "summary": item["feed_summary"],
        "date_published": _iso(item["first_at"]),
        "date_modified": _iso(item["stamp"].astimezone(item["first_at"].tzinfo)),
        "tags": item["options"].get("hashtags", []),
        "language": item["language"],
        "_broadcast": {
            "kind": item["options"].get("kind"),
            "level": item["options"].get("level"),
            "expired": not item["live"],
            "expires": _iso(item["expires_at"]) if item["expires_at"] else None,
        },
    }


def absolute(html: str, page: str) -> str:
    """Return the text with whole addresses of its pictures and links: a feed is read elsewhere."""
    return re.sub(
        r"""(<(?:img|a)\b[^>]*?\s(?:src|href)=")([^"]*)""",
        lambda found: found[1] + urljoin(page, found[2]),
        html,
    )


def spoken_of(showing: Showing) -> str:
    """Return what a voice says for a message, "" if its template says nothing."""
    words = showing.rendition.parts[0].documents.get("spoken", "").strip()
    if not words or showing.is_live:
        return words
    w = words_for(showing.rendition.parts[0].language)
    if showing.ended_because is EndedBecause.WITHDRAWN:
        # It was wrong: nobody must hear it again.
        return retired(showing, w)
    return f"{w['not_valid']}\n{words}"


def briefed_first(live: Sequence[Showing]) -> list[Showing]:
    """Return what is live in the order in which a voice tells it: alerts, the most urgent first, then what is newest.

    A briefing holds few items: without this a closed stadium would push a live alert out.
    """
    return sorted(live, key=lambda s: (*_rank(s), -s.published_at.timestamp()))


def _rank(showing: Showing) -> tuple[int, int]:
    options = showing.rendition.parts[0].options
    is_alert = options.get("kind") in ("alert", "holding") or options.get("level") in ("extreme", "severe")
    return (0, showing.priority) if is_alert else (1, 0)


def flash_briefing(live: Sequence[Showing], room: Newsroom, changed_at: datetime) -> list[dict[str, str]]:
    """Return one to five items of what is live; one that says so if nothing is.

    Args:
        live: what is live, in the order in which it is told.
        room: whose site it is.
        changed_at: the site's last change: date of the item that says that there is nothing.
    """
    told = [s for s in live if spoken_of(s)][:_ITEMS]
    if not told:
        calm = "Aucune alerte ni information en cours."
        return [_briefed(f"{room.base_url}/", changed_at, room.name, calm)]
    return [
        _briefed(f"{room.base_url}/a/{s.slug}/", s.published_at, s.rendition.parts[0].title, spoken_of(s)[:_TEXT]) for s in told
    ]


def _briefed(url: str, at: datetime, title: str, text: str) -> dict[str, str]:
    return {
        "uid": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, url)}",
        "updateDate": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.0Z"),
        "titleText": title,
        "mainText": text,
        "redirectionUrl": url,
    }


def announcement(item: Mapping[str, Any], room: Newsroom) -> dict[str, Any]:
    """Return schema.org's SpecialAnnouncement of a message; no substitute for CAP."""
    options = item["options"]
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SpecialAnnouncement",
        "@id": item["url"],
        "url": item["url"],
        "name": item["shared_title"],
        "text": item["retired"] if item["is_withdrawn"] else item["text"],
        "inLanguage": item["language"],
        "category": options.get("event") or options.get("kind"),
        "datePosted": _iso(item["first_at"]),
        "dateModified": _iso(item["stamp"].astimezone(item["first_at"].tzinfo)),
        "publisher": {"@type": "GovernmentOrganization", "name": room.name, "url": f"{room.base_url}/"},
        "spatialCoverage": [{"@type": "AdministrativeArea", "name": name} for name in options.get("area_names") or [room.name]],
    }
    ends = item["ended_at"] or item["expires_at"]
    if ends:
        made["expires"] = _iso(ends)
    if item["images"]:
        made["image"] = [f"{item['url']}{image['name']}" for image in item["images"]]
    return made


def sitemap(urls: Iterable[str]) -> str:
    """Return a file of the sitemap. Without dates: a full file never changes; the feeds say what did."""
    rows = "".join(f"<url><loc>{escape(url)}</loc></url>\n" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAPS}">\n{rows}</urlset>\n'


def sitemap_index(urls: Iterable[str]) -> str:
    """Return the index of the sitemap's files."""
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_SITEMAPS}">\n{rows}</sitemapindex>\n'


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
