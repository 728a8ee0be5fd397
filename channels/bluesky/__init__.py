"""Bluesky: a post on the city's account, by the AT protocol (XRPC), on Bluesky itself or any other server.

What the public sees: a post with its links, hashtags and mentions alive, up to four pictures with
their alternative text, else a card of the page it points at. Bluesky's app goes on showing the old
words of an edited post, so a correction is a reply; a takedown deletes the record.

API: https://docs.bsky.app/docs/advanced-guides/posts, read 2026-11-26. Rights: an app password.

Quirks:
    - The record key is derived from the delivery, and `putRecord` with the same key writes the same
      record: a repeated call never makes a second post. `createRecord` answers 500 there.
    - A reply to a post that was deleted is taken, but nobody's feed shows it: root and parent are asked
      for first, and where one is gone the post stands alone (`thread.py`).
    - Places in a text are counted in UTF-8 bytes.
    - `createSession` is allowed 30 times in 5 minutes: the session is kept in the channel's memory
      (0600) and renewed when it has expired or is no longer known; the password is asked last.
    - bsky.social is only the door: the server that holds the account is named in the session, and
      records go there.
    - A mention is looked up; one that cannot be looked up stays plain words and holds nothing up.
    - A picture may weigh 1,000,000 bytes; ours are made smaller at submission, before approval.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

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
    same_text,
)
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.model import Media, Part
from channels.bluesky.facets import facets
from channels.bluesky.server import is_loopback
from channels.bluesky.session import Session
from channels.bluesky.thread import Record, reply_of
from channels.bluesky.tid import created_at, tid_of

_POST = "app.bsky.feed.post"

#: A record's time is the one that was planned, not the one at which it came: that much earlier it may be dated.
_SKEW = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind bluesky."""

    handle: str
    password: Secret
    #: Address of the server that holds the account.
    url: str = "https://bsky.social"


class Bluesky:
    """One account."""

    kind: ClassVar[str] = "bluesky"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "always"
    default_limits: ClassVar[Limits] = Limits(
        max_length=300,
        unit="graphemes",
        max_bytes=3000,
        max_parts=10,
        max_images=4,
        max_image_bytes=1_000_000,
        max_image_px=2000,
        max_alt_length=2000,
        image_types=("image/jpeg", "image/png", "image/webp"),
    )

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings
        self._session = Session(
            url=settings.url,
            handle=settings.handle,
            password=settings.password,
            memory=memory,
            timeout_s=settings.call_timeout_s,
            who=settings.name,
        )

    @property
    def limits(self) -> Limits:
        """The lexicon's limits, the same on every server."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Write the record of a post."""
        record = self._record(part, key, reply_to)
        did = self._session.did()
        answer = self._session.call(
            "com.atproto.repo.putRecord",
            {"repo": did, "collection": _POST, "rkey": tid_of(key), "record": record},
        )
        done = self._published(answer)
        return done if reply_to is None or "reply" in record else replace(done, note=ALONE)

    def take_down(self, published: Published, *, key: str) -> None:
        """Delete a record; one that is gone is fine."""
        rkey = published.external_id.rstrip("/").rpartition("/")[2]
        body = {"repo": self._session.did(), "collection": _POST, "rkey": rkey}
        self._session.call("com.atproto.repo.deleteRecord", body)

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look for the record that this delivery's key leads to, else for one of the same words that nobody knows of."""
        query = {"repo": self._session.did(), "collection": _POST, "rkey": tid_of(key)}
        try:
            found = self._published(self._session.call("com.atproto.repo.getRecord", query=query))
        except OutcomeUnknown as error:
            raise ChannelUnavailable(str(error)) from error
        except ChannelRefused as error:
            if _is_missing(error):
                return self._among_newest(part, since - _SKEW, known_ids)
            raise ChannelUnavailable(str(error)) from error
        return NotSeen() if found.external_id in known_ids else Found(published=found)

    def _among_newest(self, part: Part, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        # A database that was put back from a copy plans anew, under another key, what may stand already.
        query = {"repo": self._session.did(), "collection": _POST, "limit": "100"}
        while True:
            try:
                page = self._session.call("com.atproto.repo.listRecords", query=query)
            except (OutcomeUnknown, ChannelRefused) as error:
                raise ChannelUnavailable(str(error)) from error
            records = page.get("records") or []
            for record in records:
                value = record.get("value") or {}
                if _created_at(value) < since:
                    return NotSeen()
                if record.get("uri") not in known_ids and same_text(str(value.get("text") or ""), part.text):
                    return Found(published=self._published(record))
            if not records or not page.get("cursor"):
                return NotSeen()
            query["cursor"] = str(page["cursor"])

    def probe(self) -> Limits | None:
        """Check the app password; the lexicon states the limits."""
        who, session = self._settings.name, self._session.call("com.atproto.server.getSession", query={})
        if not session.get("did"):
            raise ChannelUnavailable(f"{who} : réponse sans identifiant de compte")
        if session.get("active") is False:
            # The password is still good, every post would be refused.
            raise ChannelMisconfigured(f"{who} : compte inactif ({session.get('status') or 'sans explication'})")
        return None

    def _record(self, part: Part, key: str, reply_to: Reply | None) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": _POST,
            "text": part.text,
            "createdAt": created_at(key).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "langs": [part.language],
        }
        marks = facets(part.text, self._did_of)
        if marks:
            record["facets"] = marks
        embed = self._embed(part)
        if embed:
            record["embed"] = embed
        if reply_to is not None:
            parent = self._standing(reply_to.parent)
            root = parent if reply_to.root == reply_to.parent else self._standing(reply_to.root)
            answers = reply_of(root, parent)
            if answers is not None:
                record["reply"] = answers
        return record

    def _embed(self, part: Part) -> dict[str, Any] | None:
        if part.media:
            return {"$type": "app.bsky.embed.images", "images": [self._image(m) for m in part.media]}
        if part.link and part.link in part.text:
            card = {"uri": part.link, "title": part.title, "description": str(part.options.get("card") or "")}
            return {"$type": "app.bsky.embed.external", "external": card}
        return None

    def _image(self, media: Media) -> dict[str, Any]:
        response = self._session.upload(media)
        if not isinstance(response.get("blob"), dict):
            raise ChannelUnavailable(f"{self._settings.name} : image reçue sans référence")
        image: dict[str, Any] = {"alt": media.alt, "image": response["blob"]}
        if media.width_px and media.height_px:
            image["aspectRatio"] = {"width": media.width_px, "height": media.height_px}
        return image

    def _did_of(self, handle: str) -> str | None:
        try:
            answer = self._session.call("com.atproto.identity.resolveHandle", query={"handle": handle})
        except DeliveryError:
            return None  # an alert does not wait for somebody else's name
        return str(answer.get("did") or "") or None

    def _standing(self, published: Published) -> Record | None:
        """Return the record of a post, None if it is gone; the one that is remembered where nobody can say."""
        did, kept = self._session.did(), {"uri": published.external_id, "cid": published.token}
        is_whole = bool(published.token) and published.external_id.startswith("at://")
        if is_whole and not published.external_id.startswith(f"at://{did}/"):
            return kept  # of the account that the city had before
        rkey = published.external_id.rstrip("/").rpartition("/")[2]
        try:
            # Where a person gave the address, the content hash that a reply needs is asked for, too.
            found = self._session.call("com.atproto.repo.getRecord", query={"repo": did, "collection": _POST, "rkey": rkey})
        except DeliveryError as error:
            if _is_missing(error):
                return None
            if not is_whole and not isinstance(error, ChannelRefused):
                raise
            found = {}
        return found if found.get("uri") and found.get("cid") else kept if is_whole else None

    def _published(self, answer: dict[str, Any]) -> Published:
        uri = str(answer.get("uri") or "")
        match = re.fullmatch(r"at://([^/]+)/[^/]+/([^/]+)", uri)
        if not match:
            raise OutcomeUnknown(f"{self._settings.name} : réponse sans adresse de publication")
        # Whatever server holds an account, its posts are read at bsky.app.
        host = self._settings.url.rstrip("/") if is_loopback(self._settings.url) else "https://bsky.app"
        url = f"{host}/profile/{self._settings.handle}/post/{match[2]}"
        return Published(external_id=uri, url=url, token=str(answer.get("cid") or ""))


def _created_at(record: dict[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(record.get("createdAt") or ""))
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _is_missing(error: DeliveryError) -> bool:
    """True if a server says that it holds no such record."""
    words = str(error).lower()
    return isinstance(error, ChannelRefused) and ("could not locate" in words or "recordnotfound" in words)


ADAPTER: type[Stream] = Bluesky
