"""A `requests` session for the two mandated SDKs: our trust store, a total deadline, no retry, no proxy.

tweepy and facebook-sdk hard-code their hosts and set no timeout; the adapter mounted here gives
both, and keeps the last response, whose status and headers facebook-sdk throws away.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from broadcast.errors import ChannelMisconfigured, DeliveryError
from broadcast.http import Response, failure, host, read_within, surely_connecting, trust


class RebasedAdapter(HTTPAdapter):
    """Sends to another base address if asked, always within a deadline, and remembers the answer.

    OAuth signatures are computed for the platform's own address before the request comes here.
    """

    def __init__(self, base: str, timeout_s: float) -> None:
        self.base, self.timeout_s = base.rstrip("/"), timeout_s
        self.last: requests.Response | None = None
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use the one trust store of the process."""
        super().init_poolmanager(*args, ssl_context=trust(), **kwargs)
        surely_connecting(self.poolmanager)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request; the answer is read within the deadline."""
        if self.base and request.url:
            parts = urlsplit(request.url)
            request.url = f"{self.base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        kwargs |= {"timeout": self.timeout_s, "stream": True}
        self.last = None
        ends_at = time.monotonic() + self.timeout_s
        response = super().send(request, *args, **kwargs)
        try:
            response._content = read_within(response.raw, ends_at)
        except (HTTPError, OSError, ValueError) as error:
            response.close()
            raise requests.exceptions.ReadTimeout("réponse interrompue", request=request) from error
        response.close()
        self.last = response
        return response


def session(base: str, timeout_s: float, hosts: tuple[str, ...]) -> requests.Session:
    """Return a session whose calls to `hosts` go to `base` ("" for the real ones)."""
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 0
    for address in hosts:
        made.mount(address, RebasedAdapter(base, timeout_s))
    return made


def transport_error(error: requests.RequestException, url: str, *, safe: bool = False) -> DeliveryError:
    """Return what a transport error of `requests` means for a delivery."""
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return ChannelMisconfigured(f"{host(url)} : renvoie vers une autre adresse ; corrigez url")
    answered = isinstance(error, requests.exceptions.InvalidHeader) and error.request is not None
    if isinstance(error, ValueError) and not answered and not isinstance(error, requests.exceptions.JSONDecodeError):
        # An address or a header that no request can carry; its words may quote a credential.
        return ChannelMisconfigured(f"{host(url)} : adresse ou jeton illisible (caractère interdit)")
    return failure(error, url, safe=safe)


def plain(response: requests.Response) -> Response:
    """Return a `requests` answer as ours."""
    return Response(
        status=response.status_code,
        headers={k.lower(): v for k, v in response.headers.items()},
        body=response.content,
    )
