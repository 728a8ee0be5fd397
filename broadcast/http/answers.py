"""What a server answered, and what that means for a delivery. Pure, but for the clock where a server shows none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    DeliveryError,
    OutcomeUnknown,
)


@dataclass(frozen=True)
class Response:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            OutcomeUnknown: it is not JSON, so nobody can say what happened.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise OutcomeUnknown(f"réponse {self.status} illisible : {summary(self.body)}") from error


def check(response: Response, *, who: str, safe: bool = False, gone_is_fine: bool = False) -> Response:
    """Return a good answer, or raise what a bad one means for a delivery.

    Args:
        response: the answer.
        who: name of the place, for the message.
        safe: True for calls that change nothing.
        gone_is_fine: True where "not found" is what was wanted.

    Raises:
        ChannelUnavailable: busy, or a safe call failed on their side.
        ChannelMisconfigured: the credentials are no good.
        ChannelRefused: they will never take it; their reason is the message.
        OutcomeUnknown: a failure on their side, after which it may stand.
    """
    status = response.status
    if 200 <= status < 300 or (gone_is_fine and status in (404, 410)):
        return response
    reason = f"{who} : {status} : {summary(response.body)}"
    if status == 429:
        raise ChannelUnavailable(reason, retry_after_s=retry_after_s(response.headers))
    if status == 503 and "retry-after" in response.headers:
        raise ChannelUnavailable(reason, retry_after_s=retry_after_s(response.headers))
    if status == 425:
        raise ChannelUnavailable(reason)
    if status in (401, 403):
        raise ChannelMisconfigured(reason)
    if status >= 500 or status == 408:
        raise unsure(reason, safe)
    if 300 <= status < 400:
        raise ChannelMisconfigured(f"{who} : {status} : renvoie vers une autre adresse ; corrigez url")
    raise ChannelRefused(reason)


def object_of(response: Response, *, who: str, safe: bool = False) -> dict[str, Any]:
    """Return the JSON object of a good answer.

    Raises:
        ChannelUnavailable: it is none, and the call changes nothing.
        OutcomeUnknown: it is none, so nobody can say what happened.
    """
    try:
        value = json.loads(response.body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise unsure(f"{who} : réponse {response.status} illisible : {summary(response.body)}", safe)
    return value


def unsure(message: str, safe: bool) -> DeliveryError:
    """Return the error of a call that may have been carried out; one that changes nothing (`safe`) has simply failed."""
    return ChannelUnavailable(message) if safe else OutcomeUnknown(message)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, by its own clock; None if it does not say."""
    now = _date(headers.get("date", ""))
    asked = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", asked):
        return float(asked)
    for text in (asked, headers.get("x-ratelimit-reset", "")):
        at = _date(text)
        if at is not None:
            return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())
    reset = headers.get("x-rate-limit-reset") or headers.get("ratelimit-reset", "")
    if re.fullmatch(r"\d+", reset):
        begin = now or datetime.now(UTC)  # their clock is missing: ours is the next best
        return max(0.0, int(reset) - begin.timestamp())
    return None


def by_their_clock(at: datetime, headers: Mapping[str, str]) -> datetime:
    """Return a time of ours as a server writes it whose clock is behind; of one that is ahead, or right, the same."""
    theirs = _date(headers.get("date", ""))
    return at if theirs is None else at + min(theirs - datetime.now(UTC), timedelta())


def _date(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text) if re.match(r"\d{4}-", text) else parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def summary(body: bytes) -> str:
    """Return the reason that an answer gives, in a line: JSON errors by their words, pages by their title."""
    text = body[:5000].decode("utf-8", "replace")
    try:
        found = _reason(json.loads(body))
    except ValueError:
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        found = title[1] if title else re.sub(r"<[^>]*>", " ", text)
    said = " ".join(found.split())[:300]
    return "sans explication" if said.lower() in ("", "none", "null") else said


def _reason(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ; ".join(filter(None, map(_reason, value[:3])))
    if isinstance(value, dict):
        for key in (
            "error_description",
            "detail",
            "message",
            "error",
            "errors",
            "title",
            "description",
        ):
            if value.get(key):
                more = value.get("errors") if key == "detail" else None  # X: what of the request was wrong
                return " ; ".join(dict.fromkeys(filter(None, (_reason(value[key]), _reason(more)))))
        return _reason(list(value.values()))  # Pleroma: {"error": {"status": ["…"]}}
    return ""
