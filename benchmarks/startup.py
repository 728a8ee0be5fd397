"""How long `broadcast --help` takes, beside a bare interpreter and another click program, in one run.

Prints medians and ratios; interleaved rounds, so that a busy machine disturbs all alike.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
PROGRAMS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import click": [sys.executable, "-c", "import click"],
    "broadcast --help": [str(BIN / "broadcast"), "--help"],
    "alembic --help": [str(BIN / "alembic"), "--help"],
}


def main(rounds: int = 15) -> None:
    """Measure and print."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(rounds):
        for name, command in PROGRAMS.items():
            begin = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append((time.perf_counter() - begin) * 1000)
    base = statistics.median(times["python -c pass"])
    for name, values in times.items():
        middle = statistics.median(values)
        print(f"{name:20} {middle:7.1f} ms  {middle / base:5.2f} x python  [{min(values):.1f}–{max(values):.1f}]")


if __name__ == "__main__":
    main()
