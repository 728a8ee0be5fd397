"""`python -m broadcast.stands KIND --port N --record FILE`: a stand in a process of its own, for crash tests."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from broadcast.stands import stand_type


def main() -> None:
    """Serve until killed."""
    reader = argparse.ArgumentParser(prog="broadcast.stands")
    reader.add_argument("kind")
    reader.add_argument("--port", type=int, default=0)
    reader.add_argument("--record", type=Path)
    reader.add_argument("--ignore-keys", action="store_true")
    wanted = reader.parse_args()
    type_ = stand_type(wanted.kind)
    if type_ is None:
        reader.error(f"no stand for {wanted.kind}")
    stand = type_(wanted.record)
    stand.ignores_keys = wanted.ignore_keys
    print(stand.start(wanted.port), flush=True)  # noqa: T201  (what the caller waits for)
    threading.Event().wait()


if __name__ == "__main__":
    main()
