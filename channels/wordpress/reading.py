"""What a WordPress answer says: its error word, and whether an article is ours. Pure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import escape, unescape
from typing import Any

from broadcast import http
from broadcast.channel import normalised
from broadcast.model import Media, Part


def code(response: http.Response) -> str:
    """Return WordPress's own word for an error, "" where it was not WordPress that answered."""
    if response.status < 400:
        return ""
    try:
        answer = json.loads(response.body)
    except ValueError:
        return ""
    return str(answer.get("code") or "") if isinstance(answer, dict) else ""


def nobody_answered(response: http.Response, *, safe: bool) -> bool:
    """True if it was no WordPress API that answered; a page with a good status proves that only for `safe` calls."""
    if response.status == 404:
        return not code(response)
    if not safe or not 200 <= response.status < 300:
        return False
    try:
        return not isinstance(json.loads(response.body), dict | list)
    except ValueError:
        return True


def own_slug(part: Part, key: str) -> str:
    """Return the slug of an article that corrects or ends another: it has an address of its own."""
    return f"{part.slug}-{key[-6:]}"


def is_after(post: dict[str, Any], since: datetime) -> bool:
    """True if an article was made then or later, or does not say when."""
    try:
        at = datetime.fromisoformat(str(post.get("date_gmt") or ""))
    except ValueError:
        return True  # a draft may have no date: then it counts as new
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) >= since


def says(post: dict[str, Any], part: Part) -> bool:
    """True if an article has our title or our text; its site may have cleaned one of them."""
    if str(post.get("status")) == "trash":
        return False
    title, content = _raw(post.get("title")), _raw(post.get("content"))
    return _words(title) == _words(escape(part.title)) or _words(content) == _words(part.html or escape(part.text))


def _raw(field: Any) -> str:
    return str(field.get("raw") or field.get("rendered") or "") if isinstance(field, dict) else str(field or "")


def _words(html: str) -> str:
    return normalised(unescape(re.sub(r"<[^>]*>", " ", html))).replace(" ", "")


def as_words(text: str) -> str:
    """Return plain text so that WordPress keeps it whole: it takes away what looks like a tag, or like "%5C"."""
    if re.search(r"[<>]|&#?\w+;", text):
        text = re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"%(?=[0-9A-Fa-f]{2})", "&#37;", text)


def pictures_of(post: dict[str, Any]) -> list[int]:
    """Return the numbers of the pictures that an article shows, as far as we put them there."""
    featured = str(post.get("featured_media") or "")
    numbers = [featured, *re.findall(r"\bwp-image-(\d+)\b", _raw(post.get("content")))]
    return list(dict.fromkeys(int(n) for n in numbers if n.isdigit()))


def shows(post: dict[str, Any], number: int, media: dict[str, Any]) -> bool:
    """True if an article or a page shows a picture: as its own, by number, or by the address of one of its sizes."""
    if str(post.get("status")) == "trash":
        return False
    content = _raw(post.get("content"))
    by_number = rf'\bwp-image-{number}\b|"id":{number}\b|\bids="[^"]*\b{number}\b'
    sizes = (media.get("media_details") or {}).get("sizes") if isinstance(media.get("media_details"), dict) else None
    places = [media.get("source_url"), *(one.get("source_url") for one in (sizes.values() if isinstance(sizes, dict) else ()))]
    paths = [re.sub(r"^https?://[^/]+", "", str(place)) for place in places if place]
    return post.get("featured_media") == number or bool(re.search(by_number, content)) or any(p in content for p in paths)


def figure(media: Media, url: str, number: int) -> str:
    """Return a picture as it stands in a text."""
    credit = f"<figcaption>{escape(media.credit)}</figcaption>" if media.credit else ""
    return f'<figure class="wp-block-image"><img src="{escape(url)}" alt="{escape(media.alt)}" class="wp-image-{number}">{credit}</figure>'


def escaped(text: str) -> str:
    """Return plain text as HTML, lines and paragraphs kept."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\n(?!\n)", "<br>", re.sub(r"\n{2,}", "\n\n", text)).replace("<br>\n", "\n\n")
