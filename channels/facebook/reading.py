"""What a Graph answer says: what an error means for a delivery, when to come back, when a post was made. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from broadcast import http
from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    DeliveryError,
    OutcomeUnknown,
)

#: Graph error codes, from https://developers.facebook.com/docs/graph-api/guides/error-handling (2026-11-23).
_CREDENTIALS = {102, 190, 10, 463, 467, *range(200, 300)}
_BUSY = {4, 17, 32, 341, 613, *range(80000, 80015)}
_UNSURE = {1, 2, 368, 506}
_NO_OBJECT = re.compile(r"\((?:803/\w+|100/33)\)$")
_NOT_OURS = re.compile(r"\((?:10|200)/\w+\)$")
_GONE = re.compile(rf"does not exist|{_NO_OBJECT.pattern}")
#: Seconds to wait where Graph does not say: its windows are hourly.
_BUSY_S = 600.0


def check(response: http.Response, *, who: str, safe: bool) -> None:
    """Let a good answer pass, or raise what a bad one means for a delivery; the message ends in `(code/subcode)`.

    Raises:
        DeliveryError: one of its four kinds.
    """
    error = _error(response)
    if error is None:
        http.check(response, who=who, safe=safe)
        return
    code, subcode = error.get("code"), error.get("error_subcode")
    reason = f"{who} : {error.get('message') or 'erreur'} ({code or 0}/{subcode or 0})"
    if code in _BUSY or response.status == 429:
        raise ChannelUnavailable(reason, retry_after_s=_wait_s(response.headers))
    if code in _CREDENTIALS or response.status == 401:
        raise ChannelMisconfigured(reason)
    if code in _UNSURE or response.status >= 500 or error.get("is_transient"):
        raise ChannelUnavailable(reason) if safe else OutcomeUnknown(reason)
    raise ChannelRefused(reason)


def _error(response: http.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.body)
    except ValueError:
        return None
    error = value.get("error") if isinstance(value, dict) else None
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else None


def _wait_s(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait: as they say, in minutes, in the header of use; else our own."""
    try:
        use = json.loads(headers.get("x-business-use-case-usage") or "{}")
        minutes = max((float(u.get("estimated_time_to_regain_access") or 0) for uses in use.values() for u in uses), default=0)
    except (ValueError, TypeError, AttributeError):
        minutes = 0
    return http.retry_after_s(headers) or minutes * 60 or _BUSY_S


def is_no_object(error: DeliveryError) -> bool:
    """True if Graph knows no such object, or hides it from who lacks the right."""
    return bool(_NO_OBJECT.search(str(error)))


def is_gone(error: DeliveryError) -> bool:
    """True if a post is said not to exist; who lacks the right is told the same."""
    return bool(_GONE.search(str(error)))


def is_not_ours(error: DeliveryError) -> bool:
    """True if an edit was refused as that of a post of another app (or a person): a matter of that post, not of the token."""
    return bool(_NOT_OURS.search(str(error)))


def id_of(external_id: str, page_id: str) -> str:
    """Return the id of a post; a person who settled an unknown gave its address, whose last number is the post's."""
    if "://" not in external_id:
        return external_id
    numbers = re.findall(r"\d+(?:_\d+)?", external_id)
    last = numbers[-1] if numbers else external_id
    return last if "_" in last else f"{page_id}_{last}"


def created_at(post: dict[str, Any]) -> datetime:
    """Return when a post was made."""
    at = datetime.fromisoformat(str(post["created_time"]))
    return at if at.tzinfo else at.replace(tzinfo=UTC)
