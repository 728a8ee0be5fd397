"""`python -m scheduler --newsroom DIR`: the same as `broadcast run`, for service managers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from broadcast.app import opened
from broadcast.errors import BroadcastError, UsageError
from scheduler.start import run, waiting_for_database


def main() -> int:
    """Run, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scheduler", description="Le même programme que « broadcast run ».")
    parser.add_argument("--newsroom", type=Path, metavar="DOSSIER", help="dossier de la rédaction")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADRESSE")
    parser.add_argument("--port", type=int, default=8080, metavar="PORT", help="0 : un port libre")
    parser.add_argument("--no-web", action="store_true", help="sans page d'état")
    wanted = parser.parse_args()
    try:
        with waiting_for_database(lambda: opened(wanted.newsroom), lambda line: sys.stderr.write(f"{line}\n")) as app:
            return run(app, host=wanted.host, port=None if wanted.no_web else wanted.port)
    except BroadcastError as error:
        sys.stderr.write(f"broadcast : {error}\n")
        return 2 if isinstance(error, UsageError) else 1


if __name__ == "__main__":
    sys.exit(main())
