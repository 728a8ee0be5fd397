"""HTTP for adapters: one connection pool and one trust store a process, no retry, no redirect.

A call ends in a `Response`, or raises what it means for a delivery: `ChannelUnavailable` if nothing
can have arrived, `OutcomeUnknown` if it may have.
"""

from __future__ import annotations

import json as json_module
import logging
import os
import re
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
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

from broadcast import __version__
from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    DeliveryError,
    OutcomeUnknown,
)

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


class _HTTPSConnection(urllib3.connection.HTTPSConnection):
    """Tells a failed handshake, after which nothing was sent, from encryption that fails later."""

    def connect(self) -> None:
        try:
            super().connect()
        except (ssl.SSLError, TimeoutError, ConnectionError, CertificateError) as error:
            raise NotConnected(self, "connexion chiffrée impossible") from error


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


def surely_connecting(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    """Return the pool manager, made to tell what failed before anything was sent."""
    manager.pool_classes_by_scheme = {"http": urllib3.HTTPConnectionPool, "https": _HTTPSPool}
    return manager


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
            return json_module.loads(self.body)
        except ValueError as error:
            raise OutcomeUnknown(f"réponse {self.status} illisible : {summary(self.body)}") from error


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
        raise _unsure(f"{host(url)} : réponse interrompue, trop lente ou trop grande", safe) from error
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
    return _unsure(f"{host(url)} : pas de réponse ({_words(error)})", safe)


def _unsure(message: str, safe: bool) -> DeliveryError:
    return ChannelUnavailable(message) if safe else OutcomeUnknown(message)


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
        raise _unsure(reason, safe)
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
        value = json_module.loads(response.body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise _unsure(f"{who} : réponse {response.status} illisible : {summary(response.body)}", safe)
    return value


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
        found = _reason(json_module.loads(body))
    except ValueError:
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        found = title[1] if title else re.sub(r"<[^>]*>", " ", text)
    return " ".join(found.split())[:300] or "sans explication"


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
