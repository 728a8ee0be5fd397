"""The session of an account, and the requests made with it: opened, kept, renewed, and asked again where it was stale."""

from __future__ import annotations

import json
import threading
from typing import Any
from urllib.parse import urlencode

from broadcast import http
from broadcast.channel import Memory, Secret
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable
from broadcast.model import Media
from channels.bluesky.server import server_of

_SESSION = "session"
_KEPT = ("did", "accessJwt", "refreshJwt", "pds")
#: Errors of a session that is over, or that the server does not know (any more).
_STALE = ("ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired")


class Session:
    """The account's session, shared by all threads and, through the channel's memory, by all processes."""

    def __init__(self, *, url: str, handle: str, password: Secret, memory: Memory, timeout_s: float, who: str) -> None:
        self._url, self._handle, self._password = url, handle, password
        self._memory, self._timeout_s, self._who = memory, timeout_s, who
        self._lock = threading.Lock()

    def did(self) -> str:
        """Return the account's lasting name; opens the session if there is none.

        Raises:
            DeliveryError: one of its four kinds.
        """
        return self._current()["did"]

    def call(self, method: str, body: dict[str, Any] | None = None, *, query: dict[str, str] | None = None) -> dict[str, Any]:
        """Make a call: with a body it changes something, without one it asks.

        Raises:
            DeliveryError: one of its four kinds.
        """
        verb = "GET" if body is None else "POST"
        return self._request(verb, method, body=body, query=query, safe=body is None)

    def upload(self, media: Media) -> dict[str, Any]:
        """Upload a picture, which nobody sees before a record names it.

        Raises:
            DeliveryError: one of its four kinds.
        """
        return self._request("POST", "com.atproto.repo.uploadBlob", blob=media, safe=True)

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
        session = self._current()
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
            timeout_s=self._timeout_s,
            safe=safe,
        )

    def _address(self, method: str, query: dict[str, str] | None = None, server: str = "") -> str:
        return f"{(server or self._url).rstrip('/')}/xrpc/{method}" + (f"?{urlencode(query)}" if query else "")

    def _current(self) -> dict[str, str]:
        with self._lock:
            kept = self._kept()
            return kept if kept else self._opened()

    def _kept(self) -> dict[str, str] | None:
        try:
            kept = json.loads(self._memory.get(_SESSION) or "{}")
        except ValueError:
            return None
        mine = kept.get("for") == [self._url, self._handle]
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
        who = {"identifier": self._handle, "password": self._password.reveal()}
        return self._keep(self._open("com.atproto.server.createSession", body=who))

    def _open(self, method: str, *, body: dict[str, str] | None = None, token: str = "") -> dict[str, Any]:
        response = http.request(
            "POST",
            self._address(method),
            headers={"Authorization": f"Bearer {token}"} if token else None,
            json=body,
            timeout_s=self._timeout_s,
            safe=True,
        )
        if 400 <= response.status < 500 and response.status not in (408, 425, 429):
            raise ChannelMisconfigured(f"{self._who} : {response.status} : {http.summary(response.body)}")
        return self._checked(response, safe=True)

    def _keep(self, answer: dict[str, Any]) -> dict[str, str]:
        missing = [k for k in ("did", "accessJwt", "refreshJwt") if not answer.get(k)]
        if missing:
            raise ChannelUnavailable(f"{self._who} : session sans {missing[0]}")
        session = {k: str(answer[k]) for k in ("did", "accessJwt", "refreshJwt")}
        session["pds"] = server_of(answer.get("didDoc"), self._url)
        # The password itself is never kept.
        kept = session | {"for": [self._url, self._handle]}
        self._memory.put(_SESSION, json.dumps(kept))
        return session

    def _checked(self, response: http.Response, *, safe: bool) -> dict[str, Any]:
        who, error = self._who, _error(response)
        if response.status == 400 and error in _STALE:
            self._memory.forget(_SESSION)
            raise ChannelMisconfigured(f"{who} : {http.summary(response.body)}")
        if response.status == 401:
            self._memory.forget(_SESSION)
        if response.status == 400 and error == "RecordNotFound":
            raise ChannelRefused(f"{who} : RecordNotFound")
        http.check(response, who=who, safe=safe)
        return http.object_of(response, who=who, safe=safe)


def _error(response: http.Response) -> str:
    if response.status < 400:
        return ""
    try:
        answer = json.loads(response.body)
    except ValueError:
        return ""
    return str(answer.get("error") or "") if isinstance(answer, dict) else ""
