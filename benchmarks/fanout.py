"""From approval to the last acceptance over HTTPS, 6, 20 and 100 channels; and with hanging ones. Beside Apprise."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _common import ROOT, WORK_TMP, newsroom, peer, report, submitted, verdict, version

sys.path.insert(0, str(ROOT))

DELAY_S, HANG_S = 0.2, 4.0
#: Channels, and the goal as a multiple of the server's own time.
GOALS = {6: 1.1, 20: 1.2, 100: 1.5}
HANGING = 6
HANG_GOAL_MS = 50


class Server:
    """The slow server, and what it accepted since asked last."""

    def __init__(self) -> None:
        from tests.certificates import a_certificate

        self.folder = Path(tempfile.mkdtemp(dir=WORK_TMP))
        self.cert, _ = a_certificate(self.folder)
        key = self.cert.with_name("key.pem")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = self.folder / "accepted"
        self.log.touch()
        self._read = 0
        command = [sys.executable, Path(__file__).with_name("_server.py"), self.port, self.cert, key, self.log, DELAY_S, HANG_S]
        self._process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def accepted(self) -> list[float]:
        """Return when the posts since the last call were accepted, the hanging ones left out."""
        lines = self.log.read_text().splitlines()
        new, self._read = lines[self._read :], len(lines)
        return [float(line.split()[1]) for line in new if line.startswith("post")]

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()


class Apprise:
    """Apprise in a warm process of its own."""

    def __init__(self, server: Server) -> None:
        python = peer("apprise", "apprise")
        self.version = version(python, "apprise")
        self._server = server
        script = str(Path(__file__).with_name("_apprise.py"))
        self._process = subprocess.Popen(
            [str(python), script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )

    def measure(self, count: int, hanging: int = 0) -> float:
        """Return how many milliseconds pass until the last healthy acceptance."""
        host = f"jsons://127.0.0.1:{self._server.port}"
        urls = [f"{host}/{'hang' if n < hanging else 'c'}{n}?verify=no&rto=10&cto=10" for n in range(count)]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._server.accepted()
        self._process.stdin.write(json.dumps(urls) + "\n")
        self._process.stdin.flush()
        begin, _ = json.loads(self._process.stdout.readline())
        times = self._server.accepted()
        assert len(times) == count - hanging
        return (max(times) - begin) * 1000

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def ours(server: Server, count: int, hanging: int, rounds: int) -> list[float]:
    """Return, for each round in one warm process, the milliseconds from approval to the last healthy acceptance."""
    from broadcast.dispatch.send import send

    sections = "".join(
        f'[channels.c{n}]\nkind = "mastodon"\nurl = "https://127.0.0.1:{server.port}{"/hang" if n < hanging else ""}"\n'
        'token_file = "secrets/token"\n'
        for n in range(count)
    )
    call_timeout = f'[dispatch]\ncall_timeout = "{HANG_S + 6:.0f}s"\n'
    spent = []
    with newsroom(call_timeout + sections) as app:
        for n in range(rounds + 1):
            approve = submitted(app, f"message-{n}")
            dispatcher = app.dispatcher()
            server.accepted()
            approve()
            begin = time.time()
            send(dispatcher)
            times = server.accepted()
            assert len(times) == count - hanging, (len(times), count, hanging)
            spent.append((max(times) - begin) * 1000)
    return spent[1:]


def main(rounds: int = 5) -> None:
    """Measure and print."""
    server = Server()
    os.environ["SSL_CERT_FILE"] = str(server.cert)
    apprise = Apprise(server)
    apprise.measure(1)
    rows, limit = [], DELAY_S * 1000
    healthy: dict[int, float] = {}
    for count, goal in GOALS.items():
        mine, theirs = [], []
        for _ in range(3):
            mine += ours(server, count, 0, rounds)
            theirs.append(apprise.measure(count))
        middle, other = statistics.median(mine), statistics.median(theirs)
        healthy[count] = middle
        rows.append(
            [
                str(count),
                f"{middle:.0f} ms [{min(mine):.0f}–{max(mine):.0f}]",
                f"{middle / limit:.2f} ×",
                f"≤ {goal} ×: {verdict(middle / limit, goal)}",
                f"{other:.0f} ms",
                f"{middle / other:.2f} ×",
            ]
        )
    mine = ours(server, 20, HANGING, 1)
    theirs = [apprise.measure(20, HANGING)]
    late = statistics.median(mine) - healthy[20]
    rows.append(
        [
            f"20, {HANGING} of which hang {HANG_S:.0f} s: the healthy ones",
            f"{statistics.median(mine):.0f} ms",
            f"{late:+.0f} ms",
            f"≤ {HANG_GOAL_MS} ms later: {verdict(max(late, 0), HANG_GOAL_MS)}",
            f"{theirs[0]:.0f} ms",
            f"{statistics.median(mine) / theirs[0]:.2f} ×",
        ]
    )
    report(
        "2-fanout",
        "Fan-out: from approval to the last acceptance",
        ["channels", "ours", "of 200 ms", "goal", "Apprise", "ours / Apprise"],
        rows,
        "HTTPS, each post is accepted after 200 ms; warm process; SQLite with `synchronous=FULL`, claims and receipts kept.",
        f"Apprise {apprise.version}: `notify` over `jsons://` without checking certificates, and without writing anything down; "
        "ours checks them.",
    )
    apprise.close()
    server.close()


if __name__ == "__main__":
    main()
