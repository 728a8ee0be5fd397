"""The whole of `broadcast run`, its network replaced by one that only writes down when it is called."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


class Noting:
    """A network that accepts at once and tells when it was called."""

    kind = "mastodon"
    idempotent = "always"

    def __init__(self) -> None:
        from broadcast.channel import Limits

        self.limits = Limits()

    def publish(self, part: Any, *, key: str, reply_to: Any = None) -> Any:
        """Accept."""
        from broadcast.channel import Published

        called = time.monotonic()
        print(f"called {called}", flush=True)
        return Published(external_id=key)

    def find(self, part: Any, *, key: str, since: Any, known_ids: Any) -> Any:
        """Know nothing."""
        from broadcast.channel import NotSeen

        return NotSeen()


def main() -> int:
    """Run until told to stop."""
    from broadcast.app import App
    from broadcast.web.server import Pages
    from scheduler.log import Log
    from scheduler.runner import Runner, State

    app = App(Path(sys.argv[1]))
    noting = Noting()
    app.__dict__["open_channel"] = lambda name: noting
    log, state = Log(app.clock, "Europe/Paris", sys.stderr), State()
    pages = Pages(app, host="127.0.0.1", port=0, state=lambda: state.word, tell=log.say)
    return Runner(app, log, pages=pages, state=state).run()


if __name__ == "__main__":
    sys.exit(main())
