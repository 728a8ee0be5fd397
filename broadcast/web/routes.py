"""What is answered at which address; everything else is not found."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broadcast.app import App
from broadcast.errors import BroadcastError
from broadcast.feeds.callback import is_token
from broadcast.feeds.websub import Subscription, judge_delivery, verdict_on
from broadcast.sources import FeedState
from broadcast.store import feeds
from broadcast.web.facts import Reader
from broadcast.web.page import POLICY, plain_page, status_page

#: Largest announcement that a hub may bring, bytes, and how long it may take to send it, seconds.
MAX_BODY_BYTES, MAX_BODY_S = 10 * 2**20, 20.0
#: Announcements that are worked on at once; a hub brings the others again.
MAX_PUSHES = 4

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Cache-Control": "no-store",
    # One request a connection: whoever is slow costs one connection for some seconds, and no more.
    "Connection": "close",
}
_log = logging.getLogger("broadcast.web")


def application(app: App, state: Callable[[], str]) -> ASGIApp:
    """Return the application.

    Args:
        app: the newsroom.
        state: tells "active" or "standby".
    """
    site = _Site(app, state)
    routes = [
        Route("/", site.index, methods=["GET"]),
        Route("/healthz", site.healthz, methods=["GET"]),
        Route("/websub/{feed}/{token}", site.verify, methods=["GET"]),
        Route("/websub/{feed}/{token}", site.take, methods=["POST"]),
    ]
    handlers = {HTTPException: _refused, Exception: _failed}
    made = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]  # handlers by their own errors
    made.router.redirect_slashes = False
    return _WithHeaders(made)


class _Site:
    def __init__(self, app: App, state: Callable[[], str]) -> None:
        self._app, self._state, self._reader = app, state, Reader(app)
        self._pushes = 0

    def index(self, request: Request) -> Response:
        facts, room = self._reader.facts(), self._app.newsroom
        page = status_page(facts, name=room.name, zone=room.timezone, state=self._state())
        return HTMLResponse(page, status_code=200 if facts.is_database_well else 503)

    def healthz(self, request: Request) -> Response:
        facts = self._reader.facts()
        told = {
            "state": self._state(),
            "database": facts.is_database_well,
            "oldest_due_s": None if facts.oldest_due_s is None else round(facts.oldest_due_s, 1),
            "late": len(facts.late),
            "feeds_stale": facts.feeds_stale,
        }
        return JSONResponse(told, status_code=200 if facts.is_well else 503)

    def verify(self, request: Request) -> Response:
        """A hub asks whether we asked for this subscription."""
        feed, known = self._feed(request)
        asked = "subscribe" if known.websub_asked_at is not None else None
        subscription = Subscription(topic=known.topic_url, asked=asked, secret=known.websub_secret)  # type: ignore[arg-type]  # a literal
        verdict = verdict_on(dict(request.query_params), subscription)
        now = self._app.clock.now()
        if verdict.meaning in ("subscribed", "denied"):
            until = now + timedelta(seconds=verdict.lease_s) if verdict.meaning == "subscribed" else None
            with self._app.db.write() as tx:
                feeds.update_feed(tx, feed, websub_until_at=until)
        _log.info("%s : %s", feed, verdict.reason or f"WebSub : {verdict.meaning}")
        return PlainTextResponse(verdict.body, status_code=verdict.status)

    async def take(self, request: Request) -> Response:
        """A hub brings what is new; it is answered before it is worked on."""
        if self._state() != "active" or self._pushes >= MAX_PUSHES:
            return PlainTextResponse("plus tard\n", status_code=503, headers={"Retry-After": "30"})
        feed, known = await run_in_threadpool(self._feed, request)
        self._pushes += 1
        try:
            body = await _body(request)
        except BaseException:
            self._pushes -= 1
            raise
        allow_sha1 = self._app.settings.feeds[feed].allow_sha1
        judged = judge_delivery(request.headers.get("x-hub-signature"), body, secret=known.websub_secret, allow_sha1=allow_sha1)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return Response(
            status_code=202,
            background=BackgroundTask(self._push, feed, body, headers, "" if judged.is_genuine else judged.reason),
        )

    def _push(self, feed: str, body: bytes, headers: dict[str, str], why_not: str) -> None:
        try:
            if why_not:
                _log.info("%s : %s", feed, why_not)
            elif find_spec("broadcast.relay") is not None:
                relay = importlib.import_module("broadcast.relay")
                relay.push(self._app, feed, body, headers.get("content-type", ""), headers)
        except BroadcastError as error:
            _log.info("%s : %s", feed, error)
        except Exception as error:  # noqa: BLE001  (a stranger's bytes must not end the server; it is told)
            _log.info("%s : erreur inattendue : %r", feed, error)
        finally:
            self._pushes -= 1

    def _feed(self, request: Request) -> tuple[str, FeedState]:
        name = request.path_params["feed"]
        if name in self._app.settings.feeds:
            with self._app.db.read() as tx:
                known = feeds.feed_state(tx, name)
            if known is not None and is_token(request.path_params["token"], name, known.websub_secret):
                return name, known
        raise HTTPException(404)


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY_BYTES:
        raise HTTPException(413)
    pieces, size = [], 0
    try:
        async with asyncio.timeout(MAX_BODY_S):
            async for piece in request.stream():
                size += len(piece)
                if size > MAX_BODY_BYTES:
                    raise HTTPException(413)
                pieces.append(piece)
    except TimeoutError:
        raise HTTPException(408) from None
    except ClientDisconnect:
        raise HTTPException(400) from None
    return b"".join(pieces)


_SENTENCES = {
    404: ("Introuvable", "Il n'y a rien à cette adresse."),
    405: ("Non permis", "Cette adresse ne se lit qu'ainsi."),
    408: ("Trop lent", "L'envoi a duré trop longtemps."),
    413: ("Trop grand", "L'envoi est trop grand."),
}


def _refused(request: Request, error: HTTPException) -> Response:
    title, text = _SENTENCES.get(error.status_code, ("Refusé", "La demande ne peut pas être traitée."))
    return HTMLResponse(plain_page(title, text), status_code=error.status_code, headers=error.headers)


def _failed(request: Request, error: Exception) -> Response:
    _log.info("page d'état : %s : %s", request.url.path[:100], error if isinstance(error, BroadcastError) else repr(error))
    return HTMLResponse(plain_page("Panne", "La page ne peut pas être montrée maintenant."), status_code=503)


class _WithHeaders:
    """Adds the headers of safety to every answer."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message["headers"]}
                more = [(n.lower().encode(), v.encode()) for n, v in _HEADERS.items()]
                message["headers"] = [*message["headers"], *((n, v) for n, v in more if n not in known)]
            await send(message)

        await self._inner(scope, receive, with_headers)
