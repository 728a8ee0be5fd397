"""A newsletter: mails a second through the whole of a send (claim, ledger, connections), beside a bare smtplib loop.

Both speak to the same sink in a process of its own, in the same run; the loop sends the very mails of the newsroom over one
connection and keeps no ledger. Goal: at least half of it, with nobody twice.
"""

from __future__ import annotations

import multiprocessing
import smtplib
import socketserver
import sys
import time
from typing import TYPE_CHECKING, Any

from _common import MESSAGE, ROOT, newsroom, report, submitted

sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from broadcast.app import App

PEOPLE, GOAL, CONNECTIONS = 4_000, 0.5, (1, 2, 4)


class Sink(socketserver.StreamRequestHandler):
    """Takes every mail as a relay does, and forgets it."""

    def handle(self) -> None:
        """Speak until the other side goes."""
        say = self.wfile.write
        say(b"220 sink ESMTP\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                say(b"250-sink\r\n250 8BITMIME\r\n")
            elif verb == b"DATA":
                say(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.taken.value += 1  # type: ignore[attr-defined]  # a counter of ours on the server
                say(b"250 2.0.0 queued\r\n")
            elif verb == b"QUIT":
                say(b"221 bye\r\n")
                return
            else:
                say(b"250 OK\r\n")


class Server(socketserver.ThreadingTCPServer):
    """The sink's server."""

    daemon_threads, allow_reuse_address = True, True


def serve(port: Any, taken: Any) -> None:
    """Be the sink."""
    with Server(("127.0.0.1", 0), Sink) as server:
        server.taken = taken  # type: ignore[attr-defined]  # as above
        port.value = server.server_address[1]
        server.serve_forever()


def ours(app: App, connections: int) -> float:
    """Return mails a second of one `send`."""
    from broadcast.dispatch.send import send

    submitted(app, f"lettre-{connections}", more=f"channels: [lettre-{connections}]\n")()
    begin = time.perf_counter()
    send(app.dispatcher())
    return PEOPLE / (time.perf_counter() - begin)


def loop(mails: list[tuple[str, bytes]], port: int) -> float:
    """Return mails a second of a bare loop over one connection."""
    begin = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for to, data in mails:
            smtp.sendmail("infos@example.org", [to], data)
    return len(mails) / (time.perf_counter() - begin)


def section(port: int, connections: int) -> str:
    """Return the settings of one list."""
    return (
        f'[channels.lettre-{connections}]\nkind = "email"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        f'connections = {connections}\nsender = "Ville <infos@example.org>"\nrecipients_file = "liste.txt"\n'
        'unsubscribe_url = "https://www.example.org/stop?a={recipient}"\n'
    )


def mails_of(app: App) -> list[tuple[str, bytes]]:
    """Return the very mails that the newsroom sends."""
    from broadcast import intake, registry
    from channels.email.mail import write_mail

    path = app.dir / "content" / "messages" / "modele.md"
    path.write_text(MESSAGE.format(kind="information", more="", n="modele"), encoding="utf-8")
    part = intake.read(app, path).proof.renditions[0].parts[0]
    adapter: Any = registry.open_channel(app.settings, "lettre-1")
    return [
        (to, write_mail(part, to, adapter._settings, key="1764140000000-a", reply_to=None).as_bytes())
        for to in adapter.recipients()
    ]


def main() -> int:
    """Measure, and print the ratio."""
    port, taken = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
    sink = multiprocessing.Process(target=serve, args=(port, taken), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.01)
    with newsroom("".join(section(port.value, n) for n in CONNECTIONS)) as app:
        (app.dir / "liste.txt").write_text("".join(f"p{n}@abonne.example\n" for n in range(PEOPLE)))
        mails = mails_of(app)
        bare = [loop(mails, port.value)]
        before, rows, best = taken.value, [], 0.0
        for connections in CONNECTIONS:
            rate = ours(app, connections)
            bare.append(loop(mails, port.value))
            peer = sum(bare[-2:]) / 2
            best = max(best, rate / peer)
            rows.append([f"{connections} connection(s)", f"{rate:.0f}/s", f"{peer:.0f}/s", f"{rate / peer:.2f} ×"])
        double = taken.value - before - 2 * PEOPLE * len(CONNECTIONS)
    sink.terminate()
    report(
        "letters",
        f"A newsletter to {PEOPLE} people ({len(mails[0][1]) / 1000:.1f} kB a mail)",
        [
            "what",
            "ours",
            "bare smtplib loop, one connection",
            f"ours / loop (goal ≥ {GOAL} ×: {'met' if best >= GOAL else '**missed**'})",
        ],
        rows,
        f"Mails that nobody should have got: {double}. The loop keeps no ledger; ours commits each recipient before its call.",
    )
    return 0 if best >= GOAL and double == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
