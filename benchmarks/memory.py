"""How much memory `broadcast send` takes, in a process of its own, the real adapters on stands."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from _common import BIN, ROOT, WORK_TMP, newsroom, report, spread, submitted, verdict

sys.path.insert(0, str(ROOT))
from broadcast.stands import stand_type
from tests.newsroom import Folder

GOAL_MB = 120
_MEASURE = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
)


def resident(folder: Path) -> float:
    """Return the most memory that `broadcast send` held, MB."""
    command = [sys.executable, "-c", _MEASURE, str(BIN / "broadcast"), "--newsroom", str(folder), "send"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return float(done.stdout)


def main(rounds: int = 5) -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(dir=WORK_TMP))
    stands = [stand_type(kind) for kind in ("mastodon", "facebook", "x", "bluesky", "telegram")]
    running = [type_() for type_ in stands if type_ is not None]
    sections = '[channels.website]\nkind = "website"\n[channels.signs]\nkind = "sign"\ncolumns = 16\nrows = 4\n'
    for stand in running:
        stand.start()
        sections += Folder.network(stand.kind, stand, folder)
    figures = []
    with newsroom(sections) as app:
        shutil.copytree(folder / "secrets", app.dir / "secrets", dirs_exist_ok=True)
        for n in range(rounds):
            submitted(app, f"message-{n}")()
            figures.append(resident(app.dir))
    for stand in running:
        stand.stop()
    middle = statistics.median(figures)
    report(
        "6-memory",
        "Memory of `broadcast send`",
        ["what", "resident, most", "goal"],
        [
            [
                "website, sign, mastodon, facebook-sdk, tweepy, bluesky and telegram in one process",
                spread(figures, "MB", 0),
                f"≤ {GOAL_MB} MB: {verdict(middle, GOAL_MB)}",
            ]
        ],
    )


if __name__ == "__main__":
    main()
