"""What an X answer says: the text of a post as it was sent, its time, when to come back. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from broadcast import http
from broadcast.channel import normalised


def comparable(text: str) -> str:
    """Return a text without what X writes in its own way: schemes, and the slash after a bare host."""
    # X makes a link of "example.org" and gives it back as "http://example.org/".
    return normalised(re.sub(r"/(?=\s|$)", "", re.sub(r"https?://", "", text)))


def with_the_reset_that_counts(response: http.Response) -> Mapping[str, str]:
    """Return the headers of a 429, the reset of a day's limit in place of the quarter's where the day is used up."""
    found = dict(response.headers)
    for name in ("x-user-limit-24hour", "x-app-limit-24hour"):
        if found.get(f"{name}-remaining") == "0" and found.get(f"{name}-reset"):
            found["x-rate-limit-reset"] = found[f"{name}-reset"]
            found.pop("retry-after", None)
    return found


def is_gone(answer: dict[str, Any]) -> bool:
    """True if a takedown worked, or found nothing left to delete."""
    data, errors = answer.get("data"), json.dumps(answer.get("errors") or "")
    return bool(data.get("deleted")) if isinstance(data, dict) else "Not Found" in errors


def is_missing(answer: dict[str, Any]) -> bool:
    """True if a post that was asked for is said not to exist."""
    return not answer.get("data") and "Not Found" in json.dumps(answer.get("errors") or "")


def is_after(post: dict[str, Any], since: datetime) -> bool:
    """True if a post was made then or later, or does not say when."""
    return not post.get("created_at") or datetime.fromisoformat(post["created_at"]) >= since


def texts_of(post: dict[str, Any]) -> list[str]:
    """Return the text of a post as it may have been sent: with the names it answers, which X may have put there, and without."""
    text = text_of(post)
    return [text, re.sub(r"^(?:@\w+\s+)+", "", text)] if post.get("referenced_tweets") else [text]


def text_of(post: dict[str, Any]) -> str:
    """Return the text of a post: real addresses, no entities, no address of its own pictures."""
    note = post.get("note_tweet") or {}
    # First, as real addresses may hold what looks like an entity ("&copy=1").
    text = html.unescape(str(note.get("text") or post.get("text") or ""))
    entities = note.get("entities") or post.get("entities") or {}
    urls = {str(url["url"]): _real(url) for url in entities.get("urls") or [] if url.get("url")}
    if not urls:
        return text
    # The longest first: one short address may begin with another.
    either = "|".join(re.escape(short) for short in sorted(urls, key=len, reverse=True))
    return re.sub(either, lambda short: urls[short[0]], text)


def _real(url: dict[str, Any]) -> str:
    expanded = str(url.get("expanded_url") or url.get("unwound_url") or url["url"])
    own = url.get("media_key") or re.search(r"/status/\d+/(?:photo|video)/\d+$", expanded)
    return "" if own else expanded
