"""Puts a running process together: log, pages, runner."""

from __future__ import annotations

from broadcast.app import App
from scheduler.log import Log
from scheduler.runner import Runner, State


def run(app: App, *, host: str = "127.0.0.1", port: int | None = 8080) -> int:
    """Run until told to stop; return the exit code.

    Args:
        app: the newsroom.
        host: address of the pages.
        port: their port, 0 for a free one; None: no pages.
    """
    log, state = Log(app.clock, app.newsroom.timezone), State()
    if port is None:
        return Runner(app, log, state=state).run()
    from broadcast.web.server import Pages

    pages = Pages(
        app, host=host, port=port, state=lambda: state.word, more=state.facts, tell=lambda line: log.once("pages", line)
    )
    return Runner(app, log, pages=pages, state=state).run()
