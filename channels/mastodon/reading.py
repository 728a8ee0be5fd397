"""What a Mastodon answer says: the text of a status, its time, and the limits of a server. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from math import isqrt
from typing import Any

from broadcast.channel import Limits, normalised


def comparable(text: str) -> str:
    """Return a text without what servers write in their own way: servers of mentions, schemes, case of hashtags."""
    text = re.sub(r"(?<![\w/])@([\w.-]+)@[\w.-]*\w", r"@\1", text)
    text = re.sub(r"(?<![\w&/])[#\uff03]\w+", lambda tag: tag[0].casefold(), text)
    return normalised(re.sub(r"/(?=\s|$)", "", re.sub(r"https?://", "", text)))


def doubt(status_id: str) -> str:
    """Return where the memory keeps that a server did not know a status."""
    return f"doubt {status_id}"


def limits_of(facts: dict[str, Any], base: Limits) -> Limits:
    """Return the limits that a server states (`/api/v2/instance`, or v1), ours where it states none."""
    configuration = _part(facts, "configuration")
    statuses, media = _part(configuration, "statuses"), _part(configuration, "media_attachments")
    types = tuple(t for t in media.get("supported_mime_types") or () if str(t).startswith("image/"))
    return replace(
        base,
        max_length=_number(statuses, "max_characters") or _number(facts, "max_toot_chars") or base.max_length,
        max_image_px=min(base.max_image_px or 3840, isqrt(_number(media, "image_matrix_limit") or 3840**2)),
        url_length=_number(statuses, "characters_reserved_per_url") or base.url_length,
        max_images=_number(statuses, "max_media_attachments") or base.max_images,
        max_image_bytes=_number(media, "image_size_limit") or base.max_image_bytes,
        max_alt_length=_number(media, "description_limit") or base.max_alt_length,
        image_types=types or base.image_types,
        source="probe",
    )


def _part(facts: dict[str, Any], name: str) -> dict[str, Any]:
    found = facts.get(name)
    return found if isinstance(found, dict) else {}


def _number(facts: dict[str, Any], name: str) -> int | None:
    found = facts.get(name)
    return found if isinstance(found, int) and found > 0 else None


def is_after(status: dict[str, Any], since: datetime) -> bool:
    """True if a status was posted then or later."""
    at = datetime.fromisoformat(status["created_at"])
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) >= since


class _Plain(HTMLParser):
    """The words of a status's HTML: lines kept, addresses whole, nothing else."""

    def __init__(self, mentions: dict[str, str]) -> None:
        super().__init__()
        self.out: list[str] = []
        self.link: tuple[str, int] | None = None
        #: Address of a mentioned account -> its whole name; the page shows only the first half.
        self.mentions = mentions

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        words = (facts.get("class") or "").split()
        if tag == "br":
            self.out.append("\n")
        elif tag == "p" and self.out:
            self.out.append("\n\n")
        elif tag == "a" and (facts.get("href") in self.mentions or not {"mention", "hashtag"} & set(words)):
            self.link = (facts.get("href") or "", len(self.out))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link is not None:
            href, begin = self.link
            shown = "".join(self.out[begin:])
            if href in self.mentions:
                self.out[begin:] = [f"@{self.mentions[href]}"]
            # Mastodon shortens addresses on screen; the whole one stands in href.
            elif href.startswith("http") and not shown.startswith("#"):
                self.out[begin:] = [href]
            self.link = None

    def handle_data(self, data: str) -> None:
        self.out.append(data)


def plain(status: dict[str, Any]) -> str:
    """Return the text of a status as it was sent."""
    mentions = [m for m in status.get("mentions") or () if isinstance(m, dict) and m.get("url") and m.get("acct")]
    reader = _Plain({m["url"]: m["acct"] for m in mentions})
    reader.feed(status.get("content") or "")
    reader.close()
    return "".join(reader.out)
