"""Puts a running process together: log, pages, runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from broadcast.app import App
from broadcast.clock import SystemClock
from broadcast.errors import StoreAway
from scheduler.log import Log
from scheduler.runner import Runner, State

#: A database server that is away is asked again so often, seconds.
AWAY_S = 5.0


@contextmanager
def waiting_for_database(
    opened: Callable[[], AbstractContextManager[App]], tell: Callable[[str], object], nap_s: float = AWAY_S
) -> Iterator[App]:
    """Open a newsroom; where its database server is away, say so once and wait until it answers.

    Args:
        opened: opens the newsroom.
        tell: shown one line when the waiting begins, and one when it is over.
        nap_s: between two tries, seconds.
    """
    with ExitStack() as stack:
        said = False
        while True:
            try:
                app = stack.enter_context(opened())
                break
            except StoreAway as error:
                if not said:
                    tell(f"{error} ; en attente, nouvel essai toutes les {nap_s:g} s (Ctrl-C arrête)")
                said = True
                SystemClock().sleep(nap_s)
        if said:
            tell("base de données : elle répond")
        yield app


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
