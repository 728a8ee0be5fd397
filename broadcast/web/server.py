"""Serving the pages in a thread of the running process.

Starlette and uvicorn, not the standard library's server: requests that come slowly cost no thread
here, h11 refuses what is not HTTP, and the review pages to come need sessions and forms. They cost
some megabytes and no time while nobody asks.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

from broadcast.app import App
from broadcast.web.listening import QUEUE, STOP_S, listening


class Pages:
    """The pages of one process."""

    def __init__(
        self,
        app: App,
        *,
        host: str,
        port: int,
        state: Callable[[], str],
        tell: Callable[[str], None],
        more: Callable[[], Mapping[str, object]] = dict,
    ) -> None:
        """Prepare; nothing is served before `start`.

        Args:
            app: the newsroom.
            host: address to listen on.
            port: port, 0 for a free one.
            state: tells "active" or "standby".
            tell: told why pages cannot be served.
            more: what `/healthz` tells of this process beside.
        """
        self._app, self._host, self._port, self._state, self._tell, self._more = app, host, port, state, tell, more
        self._server: Any = None
        self._shown: Any = None
        self._thread: threading.Thread | None = None

    def show(self, app: App) -> None:
        """Show this newsroom from now on; the port stays."""
        from broadcast.web.routes import application

        self._app = app
        self._shown = application(app, self._state, self._more)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await self._shown(scope, receive, send)

    def start(self) -> str:
        """Serve, and return the address; "" if it is taken: the rest goes on without pages, and it is tried again."""
        try:
            bound = _bound(self._host, self._port)
        except OSError as error:
            why = _WHY.get(error.errno or 0) or error.strerror or str(error)
            self._tell(f"page d'état impossible sur {self._host}:{self._port} : {why} ; changez --port (les envois continuent)")
            return ""
        self.show(self._app)
        self._server = listening(self._answer)
        self._thread = threading.Thread(target=self._server.run, args=([bound],), name="pages", daemon=True)
        self._thread.start()
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{bound.getsockname()[1]}/"

    @property
    def is_alive(self) -> bool:
        """True while they are served."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Serve no more."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_S + 1)
            self._server = self._thread = None


#: Why a port cannot be had.
_WHY = {
    errno.EADDRINUSE: "déjà pris par un autre programme",
    errno.EACCES: "réservé à l'administrateur de la machine",
    errno.EADDRNOTAVAIL: "cette machine n'a pas cette adresse",
}


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(QUEUE)
    except OSError:
        bound.close()
        raise
    return bound
