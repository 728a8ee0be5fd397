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

import json
import re
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

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
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.model import Media, Part
from channels.bluesky.facets import facets
from channels.bluesky.server import is_loopback, server_of
from channels.bluesky.thread import Record, reply_of
from channels.bluesky.tid import created_at, tid_of

_SESSION = "session"
_POST = "app.bsky.feed.post"
_KEPT = ("did", "accessJwt", "refreshJwt", "pds")
#: Errors of a session that is over, or that the server does not know (any more).
_STALE = ("ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired")


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
        self._settings, self._memory = settings, memory
        self._lock = threading.Lock()

    @property
    def limits(self) -> Limits:
        """The lexicon's limits, the same on every server."""
        return self.default_limits

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Write the record of a post."""
        record = self._record(part, key, reply_to)
        did = self._session()["did"]
        answer = self._call(
            "com.atproto.repo.putRecord",
            {"repo": did, "collection": _POST, "rkey": tid_of(key), "record": record},
        )
        done = self._published(answer)
        return done if reply_to is None or "reply" in record else replace(done, note=ALONE)

    def take_down(self, published: Published, *, key: str) -> None:
        """Delete a record; one that is gone is fine."""
        rkey = published.external_id.rstrip("/").rpartition("/")[2]
        body = {"repo": self._session()["did"], "collection": _POST, "rkey": rkey}
        self._call("com.atproto.repo.deleteRecord", body)

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look for the record that this delivery's key leads to."""
        query = {"repo": self._session()["did"], "collection": _POST, "rkey": tid_of(key)}
        try:
            found = self._published(self._call("com.atproto.repo.getRecord", query=query))
        except OutcomeUnknown as error:
            raise ChannelUnavailable(str(error)) from error
        except ChannelRefused as error:
            if _is_missing(error):
                return NotSeen()
            raise ChannelUnavailable(str(error)) from error
        return NotSeen() if found.external_id in known_ids else Found(published=found)

    def probe(self) -> Limits | None:
        """Check the app password; the lexicon states the limits."""
        who, session = self._settings.name, self._call("com.atproto.server.getSession", query={})
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
            summary = str(part.options.get("summary") or "")[:300]
            card = {"uri": part.link, "title": part.title[:300], "description": summary}
            return {"$type": "app.bsky.embed.external", "external": card}
        return None

    def _image(self, media: Media) -> dict[str, Any]:
        response = self._request("POST", "com.atproto.repo.uploadBlob", blob=media, safe=True)
        if not isinstance(response.get("blob"), dict):
            raise ChannelUnavailable(f"{self._settings.name} : image reçue sans référence")
        image: dict[str, Any] = {"alt": media.alt, "image": response["blob"]}
        if media.width_px and media.height_px:
            image["aspectRatio"] = {"width": media.width_px, "height": media.height_px}
        return image

    def _did_of(self, handle: str) -> str | None:
        try:
            answer = self._call("com.atproto.identity.resolveHandle", query={"handle": handle})
        except DeliveryError:
            return None  # an alert does not wait for somebody else's name
        return str(answer.get("did") or "") or None

    def _standing(self, published: Published) -> Record | None:
        """Return the record of a post, None if it is gone; the one that is remembered where nobody can say."""
        did, kept = self._session()["did"], {"uri": published.external_id, "cid": published.token}
        is_whole = bool(published.token) and published.external_id.startswith("at://")
        if is_whole and not published.external_id.startswith(f"at://{did}/"):
            return kept  # of the account that the city had before
        rkey = published.external_id.rstrip("/").rpartition("/")[2]
        try:
            # Where a person gave the address, the content hash that a reply needs is asked for, too.
            found = self._call("com.atproto.repo.getRecord", query={"repo": did, "collection": _POST, "rkey": rkey})
        except DeliveryError as error:
            if _is_missing(error):
                return None
            if not is_whole and not isinstance(error, ChannelRefused):
                raise
            found = {}
        return found if found.get("uri") and found.get("cid") else kept if is_whole else None

    def _call(self, method: str, body: dict[str, Any] | None = None, *, query: dict[str, str] | None = None) -> dict[str, Any]:
        verb = "GET" if body is None else "POST"
        return self._request(verb, method, body=body, query=query, safe=body is None)

    def _request(
        self,
        verb: str,
        method: str,
        *,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        blob: Media | None = None,
        safe: bool,
    ) -> dict[str, Any]:
        session = self._session()
        response = self._send(verb, method, session, body, query, blob, safe)
        if response.status == 401 or _error(response) in _STALE:
            # Nothing was done. The password may still be good where the session is not.
            session = self._renewed(session["accessJwt"])
            response = self._send(verb, method, session, body, query, blob, safe)
        return self._checked(response, safe=safe)

    def _send(
        self,
        verb: str,
        method: str,
        session: dict[str, str],
        body: dict[str, Any] | None,
        query: dict[str, str] | None,
        blob: Media | None,
        safe: bool,
    ) -> http.Response:
        return http.request(
            verb,
            self._address(method, query, session["pds"]),
            headers={"Authorization": f"Bearer {session['accessJwt']}"},
            json=body,
            content=(blob.read(), blob.media_type) if blob else None,
            timeout_s=self._settings.call_timeout_s,
            safe=safe,
        )

    def _address(self, method: str, query: dict[str, str] | None = None, server: str = "") -> str:
        return f"{(server or self._settings.url).rstrip('/')}/xrpc/{method}" + (f"?{urlencode(query)}" if query else "")

    def _session(self) -> dict[str, str]:
        with self._lock:
            kept = self._kept()
            return kept if kept else self._opened()

    def _kept(self) -> dict[str, str] | None:
        try:
            kept = json.loads(self._memory.get(_SESSION) or "{}")
        except ValueError:
            return None
        mine = kept.get("for") == [self._settings.url, self._settings.handle]
        return kept if mine and all(kept.get(k) for k in _KEPT) else None

    def _renewed(self, stale: str) -> dict[str, str]:
        with self._lock:
            kept = self._kept()
            if kept and kept["accessJwt"] != stale:
                return kept  # another thread or process was faster
            if kept:
                try:
                    return self._keep(self._open("com.atproto.server.refreshSession", token=kept["refreshJwt"]))
                except ChannelMisconfigured:
                    self._memory.forget(_SESSION)
            return self._opened()

    def _opened(self) -> dict[str, str]:
        who = {"identifier": self._settings.handle, "password": self._settings.password.reveal()}
        return self._keep(self._open("com.atproto.server.createSession", body=who))

    def _open(self, method: str, *, body: dict[str, str] | None = None, token: str = "") -> dict[str, Any]:
        response = http.request(
            "POST",
            self._address(method),
            headers={"Authorization": f"Bearer {token}"} if token else None,
            json=body,
            timeout_s=self._settings.call_timeout_s,
            safe=True,
        )
        if 400 <= response.status < 500 and response.status not in (408, 425, 429):
            raise ChannelMisconfigured(f"{self._settings.name} : {response.status} : {http.summary(response.body)}")
        return self._checked(response, safe=True)

    def _keep(self, answer: dict[str, Any]) -> dict[str, str]:
        missing = [k for k in ("did", "accessJwt", "refreshJwt") if not answer.get(k)]
        if missing:
            raise ChannelUnavailable(f"{self._settings.name} : session sans {missing[0]}")
        session = {k: str(answer[k]) for k in ("did", "accessJwt", "refreshJwt")}
        session["pds"] = server_of(answer.get("didDoc"), self._settings.url)
        # The password itself is never kept.
        kept = session | {"for": [self._settings.url, self._settings.handle]}
        self._memory.put(_SESSION, json.dumps(kept))
        return session

    def _checked(self, response: http.Response, *, safe: bool) -> dict[str, Any]:
        who, error = self._settings.name, _error(response)
        if response.status == 400 and error in _STALE:
            self._memory.forget(_SESSION)
            raise ChannelMisconfigured(f"{who} : {http.summary(response.body)}")
        if response.status == 401:
            self._memory.forget(_SESSION)
        if response.status == 400 and error == "RecordNotFound":
            raise ChannelRefused(f"{who} : RecordNotFound")
        http.check(response, who=who, safe=safe)
        return http.object_of(response, who=who, safe=safe)

    def _published(self, answer: dict[str, Any]) -> Published:
        uri = str(answer.get("uri") or "")
        match = re.fullmatch(r"at://([^/]+)/[^/]+/([^/]+)", uri)
        if not match:
            raise OutcomeUnknown(f"{self._settings.name} : réponse sans adresse de publication")
        # Whatever server holds an account, its posts are read at bsky.app.
        host = self._settings.url.rstrip("/") if is_loopback(self._settings.url) else "https://bsky.app"
        url = f"{host}/profile/{self._settings.handle}/post/{match[2]}"
        return Published(external_id=uri, url=url, token=str(answer.get("cid") or ""))


def _is_missing(error: DeliveryError) -> bool:
    """True if a server says that it holds no such record."""
    words = str(error).lower()
    return isinstance(error, ChannelRefused) and ("could not locate" in words or "recordnotfound" in words)


def _error(response: http.Response) -> str:
    if response.status < 400:
        return ""
    try:
        answer = json.loads(response.body)
    except ValueError:
        return ""
    return str(answer.get("error") or "") if isinstance(answer, dict) else ""


ADAPTER: type[Stream] = Bluesky
