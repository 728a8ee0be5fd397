"""Mastodon: a status on the city's account, by the API of any Mastodon-compatible server.

What the public sees: a status with up to four images and their alternative text. It is edited in
place (readers see "modifié" and the history), and deleted at a takedown.

API: https://docs.joinmastodon.org/methods/statuses/, read 2026-11-26. Rights: `write:statuses`,
`write:media`, `read:accounts`, `read:statuses`.

Quirks:
    - `Idempotency-Key` is kept for an hour by Mastodon and ignored by others (takahe), so a post
      whose outcome is unknown is looked for among the account's statuses, never merely sent again.
    - A picture may be accepted with 202 while it is still being worked on, and a copy of their database
      that lags may not know it yet (404): nothing is posted yet, so the delivery waits (`pictures.py`).
    - A reply to a status that was deleted is answered 404 (422 by some servers) in the server's language:
      the status itself is asked for, and where it is gone the reply is posted alone. Nothing was
      stored under the key, so it serves again. Others (takahe) take a reply to what is gone: where an edit
      was answered 404, the status is asked for before anything answers it.
    - A status comes back as HTML: addresses shortened on screen, mentions without their server.
    - A bad token is 401, on some servers 400 or 403.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from broadcast import http
from broadcast.channel import (
    ALONE,
    ChannelSettings,
    Found,
    Idempotent,
    Limits,
    Memory,
    NotSeen,
    Published,
    Reply,
    Secret,
    Stream,
)
from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    OutcomeUnknown,
)
from broadcast.model import Part
from channels.mastodon.pictures import Pictures
from channels.mastodon.reading import comparable, doubt, is_after, limits_of, plain

#: Their clock and ours may differ by so much; `known_ids` keeps older posts of ours apart.
CLOCK_SKEW = timedelta(minutes=10)
#: Pages of 40 statuses read back at most when looking for a post.
_PAGES = 10
#: GoToSocial and glitch-soc would else read a text as the account prefers (Markdown, say); Mastodon ignores it.
_PLAIN = "text/plain"


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind mastodon."""

    #: Address of the server.
    url: str
    token: Secret
    #: public, unlisted, private or direct.
    visibility: str = "public"


class Mastodon:
    """One account on one server."""

    kind: ClassVar[str] = "mastodon"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = timedelta(hours=1)
    default_limits: ClassVar[Limits] = Limits(
        max_length=500,
        unit="mastodon",
        max_parts=10,
        max_images=4,
        max_image_bytes=16 * 2**20,
        max_image_px=3840,
        max_alt_length=1500,
        url_length=23,
    )

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings, self._memory = settings, memory
        self._pictures = Pictures(self._request, memory, settings.name)

    @property
    def limits(self) -> Limits:
        """Mastodon's defaults; a probe learns the server's own."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Post a status."""
        body: dict[str, Any] = {
            "status": part.text,
            "content_type": _PLAIN,
            "visibility": self._settings.visibility,
            "language": part.language,
            "media_ids": self._pictures.ids(part.media),
        }
        headers = {"Idempotency-Key": key}
        if reply_to is None:
            done = _published(self._create(part, body, headers))
        else:
            done = self._answer(part, _id(reply_to.parent), body, headers)
        self._pictures.forget(part.media)
        return done

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Edit a status in place."""
        body = {
            "status": part.text,
            "content_type": _PLAIN,
            "language": part.language,
            "media_ids": self._pictures.ids(part.media),
        }
        response = self._request("PUT", f"/api/v1/statuses/{_id(published)}", json=body, gone_is_fine=True)
        if response.status in (404, 410):
            # The correction that follows would answer it: whether it stands is asked for then.
            self._memory.put(doubt(_id(published)), str(response.status))
            raise ChannelRefused(f"{self._settings.name} : {response.status} : {http.summary(response.body)}")
        status = http.object_of(response, who=self._settings.name)
        self._pictures.forget(part.media)
        return _published(status)

    def take_down(self, published: Published, *, key: str) -> None:
        """Delete a status."""
        self._call("DELETE", f"/api/v1/statuses/{_id(published)}", gone_is_fine=True)

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look for a status among the latest of the account."""
        wanted = comparable(part.text)
        for status in self._statuses(self._account(), since - CLOCK_SKEW):
            if str(status["id"]) not in known_ids and comparable(plain(status)) == wanted:
                return Found(published=_published(status))
        return NotSeen()

    def probe(self) -> Limits | None:
        """Check the token, and learn the server's limits."""
        self._account()
        try:
            facts = self._call("GET", "/api/v2/instance", safe=True)
        except ChannelRefused:
            facts = self._call("GET", "/api/v1/instance", safe=True)
        return limits_of(facts, self.default_limits)

    def _create(self, part: Part, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        try:
            status: dict[str, Any] = self._call("POST", "/api/v1/statuses", body, headers)
            return status
        except ChannelRefused:
            # A refusal is certain: nothing was posted. It may be that a picture is not ready yet.
            self._pictures.must_be_ready(part.media, body["media_ids"])
            raise

    def _answer(self, part: Part, parent: str, body: dict[str, Any], headers: dict[str, str]) -> Published:
        alone = self._memory.get(doubt(parent)) is not None and self._is_gone(parent)
        if not alone:
            try:
                status = self._create(part, body | {"in_reply_to_id": parent}, headers)
                # A server that drops in silence what a status answers says so in what it made.
                return replace(_published(status), note="" if status.get("in_reply_to_id", parent) else ALONE)
            except ChannelRefused:
                if not self._is_gone(parent):
                    raise
        return replace(_published(self._create(part, body, headers)), note=ALONE)

    def _is_gone(self, status_id: str) -> bool:
        """True if the server says that there is no such status (any more)."""
        try:
            path = f"/api/v1/statuses/{quote(status_id, safe='')}"
            return self._request("GET", path, safe=True, gone_is_fine=True).status in (404, 410)
        except (ChannelMisconfigured, ChannelRefused):
            return False  # not allowed to ask: the refusal stands

    def _account(self) -> str:
        account = self._call("GET", "/api/v1/accounts/verify_credentials", safe=True)
        if not account.get("id"):
            raise ChannelUnavailable(f"{self._settings.name} : réponse sans identifiant de compte")
        return str(account["id"])

    def _statuses(self, account: str, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield what was posted since then; ends only where the whole of it was read."""
        begin = f"/api/v1/accounts/{account}/statuses?limit=40&exclude_reblogs=true"
        path = begin
        for _ in range(_PAGES):
            page, headers = self._list(path)
            since = http.by_their_clock(since, headers) if path == begin else since
            for status in page:
                # Pinned statuses may stand out of order: only the last one ends the reading.
                if is_after(status, since) and not status.get("reblog"):
                    yield status
            if not page or not is_after(page[-1], since):
                return
            path = f"{begin}&max_id={page[-1]['id']}"
        raise ChannelUnavailable(f"{self._settings.name} : trop de publications à relire pour être sûr")

    def _list(self, path: str) -> tuple[list[dict[str, Any]], Mapping[str, str]]:
        response = self._request("GET", path, safe=True)
        try:
            page = response.json()
            if isinstance(page, list) and all(status["id"] and status["created_at"] for status in page):
                return page, response.headers
        except (OutcomeUnknown, KeyError, TypeError, ValueError):
            pass
        raise ChannelUnavailable(f"{self._settings.name} : liste de publications illisible")

    def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        *,
        safe: bool = False,
        gone_is_fine: bool = False,
    ) -> Any:
        response = self._request(
            method,
            path,
            json=body,
            headers=headers,
            safe=safe,
            gone_is_fine=gone_is_fine,
        )
        if gone_is_fine and response.status in (404, 410):
            return {}
        return http.object_of(response, who=self._settings.name, safe=safe)

    def _request(
        self,
        method: str,
        path: str,
        *,
        safe: bool = False,
        gone_is_fine: bool = False,
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> http.Response:
        bearer = {"Authorization": f"Bearer {self._settings.token.reveal()}"}
        response = http.request(
            method,
            self._settings.url.rstrip("/") + path,
            headers=bearer | (headers or {}),
            timeout_s=self._settings.call_timeout_s,
            safe=safe,
            **body,
        )
        if response.status == 400 and re.search(rb"token|unauthor", response.body[:500], re.IGNORECASE):
            raise ChannelMisconfigured(f"{self._settings.name} : 400 : {http.summary(response.body)}")
        return http.check(response, who=self._settings.name, safe=safe, gone_is_fine=gone_is_fine)


def _published(status: dict[str, Any]) -> Published:
    if not status.get("id"):
        raise OutcomeUnknown("réponse sans identifiant de publication")
    return Published(external_id=str(status["id"]), url=str(status.get("url") or status.get("uri") or ""))


def _id(published: Published) -> str:
    # A person who settled an unknown gave the address; its last part is the id.
    return published.external_id.rstrip("/").rpartition("/")[2]


ADAPTER: type[Stream] = Mastodon
