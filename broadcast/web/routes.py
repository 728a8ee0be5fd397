"""What is answered at which address; everything else is not found."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

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
from broadcast.wake import wake
from broadcast.web.facts import Reader
from broadcast.web.page import POLICY, plain_page, status_page
from broadcast.web.pulse import Pulse
from broadcast.web.turns import Turns

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


def application(app: App, state: Callable[[], str], more: Callable[[], Mapping[str, object]] = dict) -> ASGIApp:
    """Return the application.

    Args:
        app: the newsroom.
        state: tells "active" or "standby".
        more: what `/healthz` tells of this process beside.
    """
    site = _Site(app, state, more)
    routes = [
        Route("/", site.index, methods=["GET"]),
        Route("/healthz", site.healthz, methods=["GET"]),
        Route("/websub/{feed}/{token}", site.verify, methods=["GET"]),
        Route("/websub/{feed}/{token}", site.take, methods=["POST"]),
    ]
    handlers = {HTTPException: _refused, Exception: _failed}
    made = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]  # handlers by their own errors
    made.router.redirect_slashes = False
    return _WithHeaders(Turns(made, _too_many, free=["/healthz"]))


class _Site:
    def __init__(self, app: App, state: Callable[[], str], more: Callable[[], Mapping[str, object]]) -> None:
        self._app, self._state, self._more, self._reader = app, state, more, Reader(app)
        self._pulse = Pulse(self._reader)
        self._pushes = 0

    def index(self, request: Request) -> Response:
        facts, room = self._reader.facts(), self._app.newsroom
        page = status_page(facts, name=room.name, zone=room.timezone, state=self._state(), faults=_faults(self._more()))
        return HTMLResponse(page, status_code=200 if facts.is_database_well else 503)

    async def healthz(self, request: Request) -> Response:
        facts = await self._pulse.facts()
        told = {
            "state": self._state(),
            "database": facts.is_database_well,
            "oldest_due_s": None if facts.oldest_due_s is None else round(facts.oldest_due_s, 1),
            "sound": not facts.unsound,
            "late": len(facts.late),
            "feeds_stale": facts.feeds_stale,
            **self._more(),
        }
        return JSONResponse(told, status_code=200 if facts.is_well else 503)

    def verify(self, request: Request) -> Response:
        """A hub asks whether we asked for this subscription."""
        from broadcast import relay

        feed, token = _callback(request)
        verdict = relay.answer(self._app, feed, token, dict(request.query_params))
        _log.info("%s : %s", _shown(feed), verdict.reason or f"WebSub : {verdict.meaning}")
        return PlainTextResponse(verdict.body, status_code=verdict.status)

    async def take(self, request: Request) -> Response:
        """A hub brings what is new; it is answered before it is worked on."""
        if self._state() != "active" or self._pushes >= MAX_PUSHES:
            return PlainTextResponse("plus tard\n", status_code=503, headers={"Retry-After": "30"})
        self._pushes += 1
        try:
            # A stranger who does not know the address is not listened to for ten megabytes.
            await run_in_threadpool(self._believe, request, b"")
            body = await _body(request)
            feed, why_not = await run_in_threadpool(self._believe, request, body)
        except BaseException:
            self._pushes -= 1
            raise
        content_type = request.headers.get("content-type", "")
        return Response(status_code=202, background=BackgroundTask(self._push, feed, body, content_type, why_not))

    def _believe(self, request: Request, body: bytes) -> tuple[str, str]:
        """Return the source, and why what came is not taken."""
        from broadcast import relay

        feed, token = _callback(request)
        delivered = relay.believe(self._app, feed, token, body, request.headers.get("x-hub-signature"))
        if delivered is None:
            raise HTTPException(404)
        return feed, "" if delivered.is_genuine else delivered.reason

    def _push(self, feed: str, body: bytes, content_type: str, why_not: str) -> None:
        from broadcast import relay

        try:
            if why_not:
                _log.info("%s : %s", feed, why_not)
                return
            polled = relay.push(self._app, feed, body, content_type)
            _log.info("%s : WebSub : %s", feed, polled.outcome)
            wake(self._app)
        except BroadcastError as error:
            _log.info("%s : %s", feed, error)
        except Exception as error:  # noqa: BLE001  (a stranger's bytes must not end the server; it is told)
            _log.info("%s : erreur inattendue : %r", feed, error)
        finally:
            self._pushes -= 1


def _faults(more: Mapping[str, object]) -> list[str]:
    """Return what a person must know of the program itself, in sentences."""
    said = []
    if more.get("log_fault"):
        said.append(
            f"Le journal du programme ne peut pas être écrit : {more['log_fault']} ({more.get('log_lost')} ligne(s) perdue(s))."
        )
    if more.get("threads_restarted"):
        said.append(f"Pannes internes depuis le démarrage : {more['threads_restarted']} ; voyez le journal.")
    return said


def _callback(request: Request) -> tuple[str, str]:
    return request.path_params["feed"], request.path_params["token"]


def _shown(name: str) -> str:
    return name[:40] if name.isprintable() else "?"


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


def _too_many() -> Response:
    page = plain_page("Occupé", "Trop de demandes à la fois : réessayez dans quelques secondes.")
    return HTMLResponse(page, status_code=503, headers={"Retry-After": "5"})


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
