"""Speaking REST to a site: where its API is found, who asks, and answers as objects and lists."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from broadcast import http
from broadcast.channel import Memory, Secret
from broadcast.errors import ChannelMisconfigured, ChannelUnavailable
from channels.wordpress.reading import code, nobody_answered


class Rest:
    """The API of one site, which may stand at one of two places."""

    def __init__(self, *, url: str, api: str, user: str, password: Secret, memory: Memory, timeout_s: float, who: str) -> None:
        self._url, self._said, self._user, self._password = url, api, user, password
        self._memory, self._timeout_s, self._who = memory, timeout_s, who
        #: Where the API was last found, "" before anybody asked.
        self._api = ""

    def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        safe: bool = False,
        form: Sequence[tuple[str, str]] | None = None,
        files: Mapping[str, http.File] | None = None,
    ) -> http.Response:
        """Make a call, at the place where the API is; what its answer means is for the caller to say.

        Raises:
            ChannelMisconfigured: there is no such API.
            DeliveryError: no answer came.
        """

        def call() -> http.Response:
            return self._sent(method, self._address(path, query), safe, json=body, form=form, files=files)

        self._api = self._api or self._memory.get(f"api {self._url}") or self._said
        response = call()
        if self._api == "wp-json" and nobody_answered(response, safe=safe):
            # A site without "pretty" addresses, perhaps: its front page, or a 404, stands at every address.
            self._api = "?rest_route="
            other = call()
            if nobody_answered(other, safe=True):
                self._api = self._said
            else:
                self._memory.put(f"api {self._url}", self._api)
                response = other
        if response.status == 404 and code(response) in ("", "rest_no_route"):
            self._memory.forget(f"api {self._url}")
            self._api = self._said
            raise ChannelMisconfigured(f"{self._who} : 404 : pas d'API WordPress ({path}) à cette adresse ; vérifiez url et api")
        return response

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
        """Make a call that answers an object; GET is safe by itself.

        Raises:
            DeliveryError: one of its four kinds.
        """
        safe = bool(facts.pop("safe", method == "GET"))
        response = self.request(method, path, body, safe=safe, **facts)
        return http.object_of(http.check(response, who=self._who, safe=safe), who=self._who, safe=safe)

    def delete(self, path: str, *, for_good: bool = False) -> tuple[http.Response, bool]:
        """Ask for a removal, in whatever way the site takes it; what its answer means is for the caller to say.

        Returns:
            the answer, and whether it was asked by POST: then a site that ignores `_method` answers as to an edit.

        Args:
            path: what is to go.
            for_good: not to the bin.

        Raises:
            DeliveryError: no answer came.
        """
        force = {"force": "true"} if for_good else {}
        response, method = self.request("DELETE", path, query=force), {}
        if response.status in (403, 405, 501) and not code(response):
            # A host that lets no DELETE through; WordPress takes it in a POST, too.
            method = {"_method": "DELETE"}
            response = self.request("POST", path, query={**force, **method})
        if response.status == 501 and code(response) == "rest_trash_not_supported":
            response = self.request("POST" if method else "DELETE", path, query={"force": "true", **method})
        return response, bool(method)

    def listed(self, path: str, query: Mapping[str, str]) -> tuple[list[dict[str, Any]], Mapping[str, str]]:
        """Return a list of things with ids, and the headers it came with.

        Raises:
            DeliveryError: one of its four kinds.
        """
        response = http.check(self.request("GET", path, query=query, safe=True), who=self._who, safe=True)
        try:
            found = json.loads(response.body)
            if isinstance(found, list) and all(one["id"] for one in found):
                return found, response.headers
        except (ValueError, KeyError, TypeError):
            pass
        raise ChannelUnavailable(f"{self._who} : liste illisible : {http.summary(response.body)}")

    def _sent(self, method: str, address: str, safe: bool, **body: Any) -> http.Response:
        login = base64.b64encode(f"{self._user}:{self._password.reveal()}".encode()).decode()
        return http.request(
            method,
            address,
            headers={"Authorization": f"Basic {login}"},
            timeout_s=self._timeout_s,
            safe=safe,
            **body,
        )

    def _address(self, path: str, query: Mapping[str, str] | None) -> str:
        begin = f"{self._url.rstrip('/')}/{self._api.strip('/')}/wp/v2/{path}"
        asked = urlencode(query or {})
        return f"{begin}{'&' if '?' in begin else '?'}{asked}" if asked else begin
