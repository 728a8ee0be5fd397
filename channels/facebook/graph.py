"""Calls to Graph through facebook-sdk, which knows no current version and no timeout, and loses status and headers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import requests

from broadcast import http
from broadcast.errors import OutcomeUnknown
from broadcast.http_requests import RebasedAdapter, plain, session, transport_error
from broadcast.model import Media
from channels.facebook import reading

with warnings.catch_warnings():
    # "\d" in a plain string of facebook-sdk: a SyntaxWarning from Python 3.12.
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    import facebook

API = "https://graph.facebook.com/"


class Graph:
    """Graph for the calls of one delivery; every call raises `DeliveryError` for what is no good answer."""

    def __init__(self, token: str, version: str, *, url: str, timeout_s: float, who: str) -> None:
        self._url, self._who = url, who
        self._sdk = facebook.GraphAPI(token, timeout=timeout_s, session=session(url, timeout_s, (API,)))
        # The constructor refuses every version of today; the attribute does not.
        self._sdk.version = version if version.startswith("v") else f"v{version}"

    def get(self, path: str, **arguments: str) -> Any:
        """Ask for an object or a list."""
        return self._call(lambda: self._sdk.request(self._path(path), dict(arguments)), safe=True)

    def post(self, path: str, **fields: str) -> Any:
        """Make or change an object."""
        parent, _, connection = path.rpartition("/")
        if connection == "feed":
            return self._call(lambda: self._sdk.put_object(parent, connection, **fields))
        return self._call(lambda: self._sdk.request(self._path(path), post_args=dict(fields), method="POST"))

    def photo(self, page_id: str, media: Media, *, safe: bool = False, **fields: str) -> Any:
        """Upload a photo; `safe` where nobody is shown it yet."""
        if media.alt:
            fields["alt_text_custom"] = media.alt
        files = {"source": (media.name, media.read(), media.media_type)}
        path = self._path(f"{page_id}/photos")
        return self._call(
            lambda: self._sdk.request(path, post_args=dict(fields), files=files, method="POST"),
            safe=safe,
        )

    def delete(self, object_id: str) -> Any:
        """Delete an object."""
        return self._call(lambda: self._sdk.delete_object(object_id))

    def _path(self, path: str) -> str:
        return f"{self._sdk.version}/{path}"

    def _call(self, call: Callable[[], Any], *, safe: bool = False) -> Any:
        adapter = self._sdk.session.get_adapter(API)
        assert isinstance(adapter, RebasedAdapter)
        try:
            answer = call()
        except (facebook.GraphAPIError, KeyError, ValueError, AttributeError, TypeError, requests.RequestException) as error:
            if isinstance(error, requests.RequestException) and not isinstance(error, requests.exceptions.JSONDecodeError):
                raise transport_error(error, self._url or API, safe=safe) from error
            # facebook-sdk throws away status and headers; the adapter kept the answer.
            if adapter.last is None:
                raise OutcomeUnknown(f"{self._who} : réponse illisible") from error
            answer = None
        response = plain(adapter.last) if adapter.last is not None else None
        if response is not None:
            reading.check(response, who=self._who, safe=safe)
        if response is None or isinstance(answer, dict):
            return answer or {}
        return http.object_of(response, who=self._who, safe=safe)
