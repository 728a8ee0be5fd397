"""How long `broadcast --help` takes, beside `apprise --help` and a bare interpreter."""

from __future__ import annotations

import statistics
import subprocess
import sys
from functools import partial

from _common import BIN, interleaved, milliseconds, peer, report, spread, verdict, version

GOAL = 0.45


def main(rounds: int = 15) -> None:
    """Measure and print."""
    python = peer("apprise", "apprise")
    commands = {
        "broadcast --help": [str(BIN / "broadcast"), "--help"],
        "apprise --help": [str(python.parent / "apprise"), "--help"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    times = interleaved(
        rounds,
        {
            name: partial(milliseconds, partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL))
            for name, command in commands.items()
        },
    )
    ours, theirs = (statistics.median(times[n]) for n in ("broadcast --help", "apprise --help"))
    rows = [[name, spread(values), f"{statistics.median(values) / theirs:.2f} ×"] for name, values in times.items()]
    report(
        "1-startup",
        "Start: `--help`",
        ["command", "median [range]", "of apprise"],
        rows,
        f"Goal: ≤ {GOAL} × apprise {version(python, 'apprise')}. Ours is {ours / theirs:.2f} ×: {verdict(ours / theirs, GOAL)}.",
    )


if __name__ == "__main__":
    main()
