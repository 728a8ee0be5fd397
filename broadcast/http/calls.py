"""Making one call: the pool, the trust store, the deadline, and what a failure on the way means."""

from __future__ import annotations

import json as json_module
import logging
import os
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import urllib3
import urllib3.connection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util.ssl_match_hostname import CertificateError

from broadcast import __version__, fence
from broadcast.errors import ChannelMisconfigured, ChannelUnavailable, DeliveryError
from broadcast.http.answers import Response, unsure

#: Largest answer that is read, bytes.
MAX_BYTES = 10 * 2**20
_NOT_SENT = (
    NewConnectionError,
    ConnectTimeoutError,
    NameResolutionError,
    LocationParseError,
)

# At their most talkative, these libraries write addresses (which may hold a token) and the texts of posts.
for _name in ("urllib3", "requests_oauthlib", "oauthlib", "tweepy"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class NotConnected(NewConnectionError):
    """The connection was never made, its encryption included: nothing was sent."""


class _HTTPConnection(urllib3.connection.HTTPConnection):
    """Asks, before it connects and before each piece of a request, whether the claim still holds."""

    def connect(self) -> None:
        fence.ask()
        super().connect()

    def send(self, data: Any) -> None:
        if self.sock is None:  # http.client would connect after the question, which can take long
            self.connect()
        fence.ask()
        super().send(data)


class _HTTPSConnection(urllib3.connection.HTTPSConnection):
    """As above; and tells a failed handshake, after which nothing was sent, from encryption that fails later."""

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        fence.ask()
        super().send(data)

    def connect(self) -> None:
        fence.ask()
        try:
            super().connect()
        except (ssl.SSLError, TimeoutError, ConnectionError, CertificateError) as error:
            raise NotConnected(self, "connexion chiffrée impossible") from error


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


def surely_connecting(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    """Return the pool manager, made to tell what failed before anything was sent, and to ask whether a claim still holds."""
    manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
    return manager


@dataclass(frozen=True)
class File:
    """A file of a multipart form."""

    name: str
    media_type: str
    content: bytes


@cache
def _pool() -> urllib3.PoolManager:
    return surely_connecting(
        urllib3.PoolManager(
            num_pools=200,
            # As many connections to one server as there may be channels on it.
            maxsize=100,
            retries=False,
            ssl_context=trust(),
            headers={"User-Agent": f"Broadcast/{__version__}"},
        )
    )


# A connection must not be shared with a child process.
os.register_at_fork(after_in_child=_pool.cache_clear)


@cache
def trust() -> ssl.SSLContext:
    """Return the process's one trust store; loading it anew costs 18 ms a time."""
    return ssl.create_default_context()


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    form: Sequence[tuple[str, str]] | None = None,
    files: Mapping[str, File] | None = None,
    content: tuple[bytes, str] | None = None,
    timeout_s: float = 20.0,
    safe: bool = False,
) -> Response:
    """Make one call.

    Args:
        method: GET, POST, PUT, DELETE.
        url: whole address.
        headers: beyond the usual ones.
        json: body as JSON.
        form: body as a form; with `files` a multipart one.
        files: field name -> file.
        content: body as it is, and its type.
        timeout_s: total time for the call, answer included.
        safe: True for calls that change nothing: then a failure is never of unknown outcome.

    Raises:
        ChannelUnavailable: nothing happened.
        OutcomeUnknown: it may have happened.
        ChannelMisconfigured: the address or a credential holds what no request can carry.
    """
    body, content_type = content or _body(json, form, files)
    sent_headers = dict(headers or {})
    if content_type:
        sent_headers["Content-Type"] = content_type
    ends_at = time.monotonic() + timeout_s
    timeout = urllib3.Timeout(total=timeout_s)
    try:
        answer = _pool().request(
            method,
            url,
            body=body,
            headers={**_pool().headers, **sent_headers},
            timeout=timeout,
            redirect=False,
            preload_content=False,
        )
    except (MaxRetryError, HTTPError, OSError) as error:
        raise failure(error, url, safe=safe) from error
    except ValueError:
        # Its words quote the header or the address, and with it the credential: nothing of it is kept.
        raise ChannelMisconfigured(f"{host(url)} : adresse ou jeton illisible (caractère interdit)") from None
    try:
        data = read_within(answer, ends_at)
    except (HTTPError, OSError, ValueError) as error:
        answer.close()
        raise unsure(f"{host(url)} : réponse interrompue, trop lente ou trop grande", safe) from error
    answer.release_conn()
    return Response(
        status=answer.status,
        headers={k.lower(): v for k, v in answer.headers.items()},
        body=data,
    )


def read_within(answer: Any, ends_at: float) -> bytes:
    """Return the body of an answer, read as it comes, so that a drip cannot outlive the deadline.

    Raises:
        TimeoutError: the deadline passed.
        ValueError: the answer is too large.
    """
    body = bytearray()
    while piece := answer.read1(65536, decode_content=True):
        body += piece
        if time.monotonic() > ends_at:
            raise TimeoutError("délai dépassé")
        if len(body) > MAX_BYTES:
            raise ValueError("réponse trop grande")
    return bytes(body)


def failure(error: Exception, url: str, *, safe: bool = False) -> DeliveryError:
    """Return what a transport error means: nothing sent, or nobody knows."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (_NOT_SENT, ConnectionRefusedError)):
            return ChannelUnavailable(f"{host(url)} : injoignable ({_words(cause)})")
        reason = getattr(cause, "reason", None)
        cause = reason if isinstance(reason, BaseException) else cause.__cause__ or cause.__context__
    return unsure(f"{host(url)} : pas de réponse ({_words(error)})", safe)


def _words(error: BaseException) -> str:
    names = {
        "NameResolutionError": "nom introuvable",
        "ConnectTimeoutError": "délai dépassé",
        "NotConnected": "connexion chiffrée impossible",
        "NewConnectionError": "connexion refusée",
        "ReadTimeoutError": "délai dépassé",
        "ProtocolError": "connexion coupée",
        "ConnectionRefusedError": "connexion refusée",
    }
    if isinstance(error.__cause__, (ssl.SSLCertVerificationError, CertificateError)):
        return "certificat refusé"
    return names.get(type(error).__name__, type(error).__name__)


def host(url: str) -> str:
    """Return the host of an address, for messages: paths and queries may hold secrets."""
    try:
        return urllib3.util.parse_url(url).netloc or url
    except LocationParseError:
        return "adresse illisible"


def _body(
    json: object,
    form: Sequence[tuple[str, str]] | None,
    files: Mapping[str, File] | None,
) -> tuple[bytes | None, str]:
    if files is not None:
        fields: list[Any] = [(k, v) for k, v in form or ()]
        fields += [(k, (f.name, f.content, f.media_type)) for k, f in files.items()]
        body, content_type = urllib3.encode_multipart_formdata(fields)
        return body, content_type
    if json is not None:
        return json_module.dumps(json, ensure_ascii=False).encode(), "application/json"
    if form is not None:
        from urllib.parse import urlencode

        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return None, ""
