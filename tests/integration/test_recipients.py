"""The ledger per recipient, on real SMTP: nobody twice, whatever dies; refusals concern one recipient."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from broadcast.channel import normalised
from broadcast.stands.email import EmailStand
from tests.certificates import a_certificate
from tests.newsroom import COMMAND, MESSAGE, Folder

LIST = "# abonnés\nada@example.org\nBéa <bea@example.org>\ncarl@example.org\nADA@example.org\n"


@pytest.fixture
def relay():
    with EmailStand() as running:
        yield running


def a_folder(tmp_path: Path, relay: EmailStand, people: str = LIST, more: str = "") -> Folder:
    section = Folder.network("newsletter", relay, tmp_path / "n") + more
    folder = Folder(tmp_path / "n", section).people()
    (tmp_path / "n" / "recipients.txt").write_text(people, encoding="utf-8")
    return folder


def receivers(relay: EmailStand) -> list[str]:
    return sorted(to for post in relay.live() for to in post.more["to"])


def delivery(folder: Folder, slug: str = "crue-quais", which: int = 0):
    return folder.json("status", slug)["deliveries"][which]


def test_each_subscriber_gets_one_mail_with_what_a_mail_needs(relay: EmailStand, tmp_path: Path):
    more = 'unsubscribe_url = "https://www.example.org/stop?a={recipient}"\n'
    folder = a_folder(tmp_path, relay, more=more)
    folder.approved()
    folder.run("send")
    assert receivers(relay) == ["ada@example.org", "bea@example.org", "carl@example.org"]
    mail = message_from_bytes(relay.live()[1].more["raw"], policy=default)
    assert normalised(mail["Subject"]) == "ALERTE – Crue de la Seine : évitez les quais"
    assert mail["From"].addresses[0].addr_spec == "infos@example.org"
    assert mail["To"].addresses[0].addr_spec == "bea@example.org"
    assert mail["List-Unsubscribe"] == "<https://www.example.org/stop?a=bea%40example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Date"] and mail["Message-ID"].endswith("@example.org>")
    assert mail.get_body(("plain",)).get_content().startswith("Crue de la Seine")
    assert "<strong>fermés</strong>" in mail.get_body(("html",)).get_content()
    assert delivery(folder)["state"] == "delivered"


@pytest.mark.parametrize("point", ["claim", "attempt", "answer", "receipt"])
def test_killed_at_each_step_nobody_gets_a_second_mail(relay: EmailStand, tmp_path: Path, point: str):
    folder = a_folder(tmp_path, relay)
    folder.approved()
    process = subprocess.Popen(
        [COMMAND, "--newsroom", str(folder.path), "send"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "BROADCAST_PAUSE_AT": point},
    )
    assert process.stdout is not None
    while f"paused at {point}" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    folder.run("send", "--wait", "5", code=None)
    got = receivers(relay)
    assert len(got) == len(set(got))
    one = delivery(folder)
    if point in ("attempt", "answer"):
        # One was being sent when it died: a person is told which, the others have theirs.
        assert one["state"] == "unknown" and one["needs_person"]
        assert "ada@example.org" in one["reason"]
        assert {"bea@example.org", "carl@example.org"} <= set(got)
        folder.run("resolve", "crue-quais/newsletter", "--not-published", "--as", "bob")
        folder.run("send")
        expected = 4 if point == "answer" else 3  # the person said so
        assert len(receivers(relay)) == expected
    else:
        assert got == ["ada@example.org", "bea@example.org", "carl@example.org"]
    assert delivery(folder)["state"] == "delivered"


def test_a_refusal_concerns_one_recipient(relay: EmailStand, tmp_path: Path):
    folder = a_folder(tmp_path, relay)
    relay.refuses = {"bea@example.org": (552, "5.2.2 mailbox full"), "carl@example.org": (450, "4.2.0 greylisted")}
    folder.approved()
    folder.run("send", code=1)
    one = delivery(folder)
    assert one["state"] == "waiting" and "552" in one["reason"] and receivers(relay) == ["ada@example.org"]
    relay.refuses.pop("carl@example.org")
    folder.run("send", "--wait", "15")
    one = delivery(folder)
    assert one["state"] == "delivered" and "1 refusé" in one["reason"]
    assert receivers(relay) == ["ada@example.org", "carl@example.org"]


def test_a_bad_address_costs_that_recipient_only(relay: EmailStand, tmp_path: Path):
    folder = a_folder(tmp_path, relay, "pas une adresse\nada@example.org\nx@y@z\neve@example.org\r\n")
    folder.approved()
    folder.run("send")
    assert receivers(relay) == ["ada@example.org", "eve@example.org"]


def test_a_correction_goes_to_the_list_and_the_end_to_those_who_got_it(relay: EmailStand, tmp_path: Path):
    folder = a_folder(tmp_path, relay, "ada@example.org\n")
    folder.approved()
    folder.run("send")
    (folder.path / "recipients.txt").write_text("nouveau@example.org\n")
    folder.approved(text=MESSAGE.format(more="contact: 2\n"))
    folder.run("send")
    assert receivers(relay) == ["ada@example.org", "ada@example.org", "nouveau@example.org"]
    second = [p for p in relay.live() if p.more["subject"].startswith("Mise à jour – ALERTE")]
    assert len(second) == 2
    to_ada = next(p for p in second if p.more["to"] == ["ada@example.org"])
    assert to_ada.in_reply_to == relay.live()[0].id
    (folder.path / "recipients.txt").write_text("tard@example.org\n")
    folder.run("send", env={"BROADCAST_NOW": "2099-12-01T08:00:00+01:00"})
    last = [p for p in relay.live() if p.more["subject"].startswith("Terminé")]
    assert sorted(p.more["to"][0] for p in last) == ["ada@example.org", "nouveau@example.org"]
    assert folder.json("status", "crue-quais", env={"BROADCAST_NOW": "2099-12-01T08:00:00+01:00"})["phase"] == "ended"


def test_the_kill_switch_stops_a_list_half_way(relay: EmailStand, tmp_path: Path):
    from broadcast.app import App
    from broadcast.desk.ending import stop
    from broadcast.dispatch.send import send

    folder = a_folder(tmp_path, relay, "".join(f"a{n}@example.org\n" for n in range(200)))
    folder.approved()
    app = App(folder.path)
    take = relay.take

    def taking(recipients: list[str], data: bytes) -> None:
        take(recipients, data)
        if len(relay.posts) == 30:
            stop(app.desk, as_="bob", reason="test")

    relay.take = taking
    send(app.dispatcher())
    assert 30 <= len(relay.posts) < 60
    app.close()


def test_bad_credentials_and_a_missing_list_pause_the_channel(relay: EmailStand, tmp_path: Path):
    folder = a_folder(tmp_path, relay)
    relay.rejects_credentials = True
    folder.approved()
    folder.run("send", code=1)
    assert delivery(folder)["state"] == "held" and "compte" in delivery(folder)["reason"]
    relay.rejects_credentials = False
    (folder.path / "recipients.txt").unlink()
    folder.run("channels", "resume", "newsletter", "--as", "bob")
    folder.run("send")  # the list was read when it began
    assert len(receivers(relay)) == 3
    folder.approved("autre")
    folder.run("send", code=1)
    assert "recipients_file" in delivery(folder, "autre")["reason"]
    relay.posts.clear()
    (folder.path / "recipients.txt").write_text("ada@example.org\n")
    folder.run("channels", "resume", "newsletter", "--as", "bob")
    folder.run("send")
    assert receivers(relay) == ["ada@example.org"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_a_real_server_of_another_project_takes_the_mails(tmp_path: Path):
    controller = pytest.importorskip("aiosmtpd.controller")

    class Keeps:
        def __init__(self) -> None:
            self.got: list[tuple[list[str], bytes]] = []

        async def handle_DATA(self, server, session, envelope):
            self.got.append((list(envelope.rcpt_tos), envelope.content))
            return "250 OK"

    keeps = Keeps()
    server = controller.Controller(keeps, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        port = server.port
        section = (
            '[channels.newsletter]\nkind = "email"\nhost = "127.0.0.1"\n'
            f'port = {port}\ntls = "none"\nsender = "infos@example.org"\nrecipients_file = "liste.csv"\n'
        )
        folder = Folder(tmp_path / "n", section).people()
        (folder.path / "liste.csv").write_text("nom,email\nAda,ada@example.org\nBéa,bea@example.org\n")
        folder.approved(text=MESSAGE.format(more="").replace("Les quais", ".\n\n.. Les quais"))
        folder.run("send")
        assert [to for to, _ in keeps.got] == [["ada@example.org"], ["bea@example.org"]]
        mail = message_from_bytes(keeps.got[0][1], policy=default)
        assert ".. Les quais" in mail.get_body(("plain",)).get_content()
    finally:
        server.stop()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("trusted", [True, False])
def test_mails_go_encrypted_or_not_at_all(tmp_path: Path, tls: str, trusted: bool):
    smtp = pytest.importorskip("aiosmtpd.smtp")
    cert, context = a_certificate(tmp_path)
    got: list[tuple[bool, list[str]]] = []

    class Keeps:
        async def handle_DATA(self, server, session, envelope):
            got.append((session.ssl is not None or tls == "tls", list(envelope.rcpt_tos)))
            return "250 OK"

    def speaker():
        facts = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {}
        return smtp.SMTP(Keeps(), loop=loop, **facts)

    loop, port = asyncio.new_event_loop(), free_port()
    server = loop.run_until_complete(loop.create_server(speaker, "127.0.0.1", port, ssl=context if tls == "tls" else None))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        section = (
            '[channels.newsletter]\nkind = "email"\nhost = "127.0.0.1"\n'
            f'port = {port}\ntls = "{tls}"\nsender = "infos@example.org"\nrecipients_file = "liste.txt"\n'
        )
        folder = Folder(tmp_path / "n", section).people()
        (folder.path / "liste.txt").write_text("ada@example.org\n")
        folder.approved()
        done = folder.run("send", env={"SSL_CERT_FILE": str(cert)} if trusted else {}, code=None)
        if trusted:
            assert got == [(True, ["ada@example.org"])] and done.returncode == 0
        else:
            assert got == [] and done.returncode == 1
            assert "certificat de 127.0.0.1 refusé" in done.stdout + done.stderr
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def test_a_long_list_takes_no_more_memory_than_a_short_one(relay: EmailStand, tmp_path: Path):
    def most(people: int, slug: str) -> float:
        folder = a_folder(tmp_path / slug, relay, "".join(f"p{n}@example.org\n" for n in range(people)))
        folder.approved(slug)
        measure = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
        )
        command = [sys.executable, "-c", measure, COMMAND, "--newsroom", str(folder.path), "send"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        assert delivery(folder, slug)["state"] == "delivered"
        return float(done.stdout)

    few, many = most(10, "peu"), most(2_000, "beaucoup")
    assert len(relay.live()) == 2_010
    assert many - few < 25, (few, many)
