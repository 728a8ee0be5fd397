"""Mail by the letter of its standards, spoken to a scripted relay on a real socket."""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from broadcast.channel import Secret
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from channels.email.listing import read
from channels.email.mail import write_mail
from tests.contract.adapters import KEY, a_part, an_adapter

TITLE = "Évacuation immédiate du quartier des Épinettes : rejoignez à pied le gymnase Éric-Tabarly, ni ascenseur ni voiture, aidez vos voisins"


class Relay:
    """Speaks SMTP as a script says: verb -> answer, or a list of answers, one a time; b"" hangs up."""

    def __init__(self, extensions: str = "8BITMIME", **answers: Any) -> None:
        self.extensions, self.answers = extensions, answers
        self.said: list[str] = []
        self.mails: list[bytes] = []
        self.sessions = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listening.accept()
                self.sessions += 1
                self._open.append(one)
                threading.Thread(target=self._speak, args=(one,), daemon=True).start()

    def _speak(self, one: socket.socket) -> None:
        with one, one.makefile("rb") as lines, suppress(OSError):
            one.sendall(b"220 relay\r\n")
            while line := lines.readline():
                words = line.decode("utf-8").rstrip()
                self.said.append(words)
                verb = words.split(" ")[0].split(":")[0].upper()
                if not self._say(one, verb):
                    return
                if verb == "DATA" and "DATA" not in self.answers:
                    self.mails.append(b"".join(iter(lines.readline, b".\r\n")))
                    if not self._say(one, "END"):
                        return

    def _say(self, one: socket.socket, verb: str) -> bool:
        usual = {"EHLO": f"250-relay\r\n250 {self.extensions}", "DATA": "354 go on", "AUTH": "235 ok"}.get(verb, "250 ok")
        said = self.answers.get(verb, usual)
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        if callable(said):
            said(one)
            return False
        if not said:
            return False
        one.sendall(said.encode() + b"\r\n")
        return True


def an_email(tmp_path: Path, relay: Relay, timeout_s: float = 2.0, **facts: Any) -> Any:
    adapter = an_adapter("email", tmp_path, f"smtp://127.0.0.1:{relay.port}", timeout_s)
    adapter._settings = replace(adapter._settings, **({"user": "", "password": None} | facts))
    return adapter


def send(adapter: Any, to: str = "ada@example.org", *, goes_on: bool = False, **facts: Any) -> None:
    try:
        adapter.send_to(a_part(**facts), to, key=KEY, reply_to=None)
    finally:
        if not goes_on:
            adapter.close()


class _Sender:
    color = "#1f3a5f"
    sender = "Ville d'Évry <infos@ville.example>"
    unsubscribe_url = "https://www.ville.example/desabonnement/lettre/d-information/de-la-ville/et-alertes?adresse={recipient}"


def test_headers_keep_to_the_letter(tmp_path):
    part = replace(a_part(html="<p>é</p>"), title=TITLE)
    mail = write_mail(part, "ada@example.org", _Sender(), key=KEY, reply_to=None)
    data = mail.as_bytes()
    assert mail["Content-Language"] == "fr"  # RFC 3282
    assert data.isascii() and max(len(line) for line in data.split(b"\r\n")) <= 998
    head = data.partition(b"\r\n\r\n")[0].decode()
    assert all(len(word) <= 75 for word in re.findall(r"=\?\S+\?=", head))  # RFC 2047
    assert all(len(line) <= 78 for line in head.split("\r\n") if not line.startswith("List-Unsub"))
    read = message_from_bytes(data, policy=default)
    assert read["Subject"] == TITLE and "Ville d'Évry" in str(read["From"])
    assert read["List-Unsubscribe"] == f"<{_Sender.unsubscribe_url.replace('{recipient}', 'ada%40example.org')}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {"Date", "Message-ID", "MIME-Version"} <= set(read.keys())
    text = read.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text.startswith(a_part().text) and "adresse=ada%40example.org" in text  # the way to leave stands there, too
    assert {p["Content-Transfer-Encoding"] for p in read.iter_parts()} == {"quoted-printable"}


def test_a_domain_with_accents_goes_to_any_relay_and_a_name_with_accents_to_one_that_can(tmp_path):
    with Relay() as plain, Relay("SMTPUTF8") as wide:
        send(an_email(tmp_path, plain), "ada@mairie-évry.example")
        assert "rcpt TO:<ada@xn--mairie-vry-h7a.example>".lower() in [w.lower() for w in plain.said]
        with pytest.raises(ChannelRefused, match="accentuées"):
            send(an_email(tmp_path, plain), "zoé@example.org")
        send(an_email(tmp_path, wide), "zoé@example.org")
        assert any("SMTPUTF8" in words for words in wide.said) and "zoé@example.org" in wide.mails[0].decode()


def test_a_relay_on_this_very_machine_needs_no_certificate_that_others_trust(tmp_path):
    """Debian's Postfix offers STARTTLS with a certificate that it made for itself."""
    with Relay("STARTTLS") as relay:
        send(an_email(tmp_path, relay, tls="auto"))
        assert len(relay.mails) == 1 and not any(words.upper().startswith("STARTTLS") for words in relay.said)


def test_lines_that_begin_with_a_dot_arrive_whole(tmp_path):
    with Relay() as relay:
        send(an_email(tmp_path, relay), text=".\n..\n.fin")
        read = message_from_bytes(re.sub(rb"(?m)^\.\.", b".", relay.mails[0]), policy=default)
        assert read.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == ".\n..\n.fin"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"RCPT": "450 4.2.1 try again later"}, ChannelUnavailable),
        ({"RCPT": "552 5.2.2 mailbox full"}, ChannelRefused),
        ({"RCPT": "550 5.1.1 no such user"}, ChannelRefused),
        ({"RCPT": "554 5.7.1 <ada@example.org>: Relay access denied"}, ChannelMisconfigured),
        ({"RCPT": "550 5.7.1 relaying denied"}, ChannelMisconfigured),
        ({"RCPT": "552 5.2.2 mail quota exceeded"}, ChannelRefused),
        # Postfix judges sender and machine at RCPT (smtpd_delay_reject), Exchange after the mail.
        ({"RCPT": "553 5.7.1 <infos@ville.example>: Sender address rejected: not owned by user ville"}, ChannelMisconfigured),
        ({"RCPT": "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied"}, ChannelMisconfigured),
        ({"RCPT": "550 5.4.5 Daily user sending limit exceeded."}, ChannelMisconfigured),
        ({"END": "550 5.7.60 SMTP; Client does not have permissions to send as this sender"}, ChannelMisconfigured),
        ({"RCPT": "530 5.7.0 Must issue a STARTTLS command first"}, ChannelMisconfigured),
        ({"MAIL": "550 5.7.1 sender rejected"}, ChannelMisconfigured),
        ({"MAIL": "451 4.3.0 later"}, ChannelUnavailable),
        ({"MAIL": "421 4.7.0 too many connections"}, ChannelUnavailable),
        ({"END": "451 4.3.0 local error"}, ChannelUnavailable),
        ({"END": "554 5.6.0 content rejected"}, ChannelRefused),
        ({"END": "bonjour"}, OutcomeUnknown),
        ({"END": "354 again"}, OutcomeUnknown),
        ({"END": ""}, OutcomeUnknown),
        ({"DATA": ""}, ChannelUnavailable),
    ],
)
def test_each_answer_ends_in_the_right_outcome_and_the_next_mail_goes_on(answers, outcome, tmp_path):
    with Relay(**answers) as relay:
        adapter = an_email(tmp_path, relay)
        with pytest.raises(DeliveryError) as caught:
            send(adapter, goes_on=True)
        assert type(caught.value) is outcome
        relay.answers = {}
        send(adapter, "bea@example.org")
        assert len(relay.mails) == 1 + ("END" in answers)


def test_a_relay_that_closes_after_some_mails_costs_nobody_his(tmp_path):
    with Relay(MAIL=["250 ok", "421 4.7.0 too many messages in this session", "250 ok"]) as relay:
        adapter = an_email(tmp_path, relay)
        for to in ("ada@example.org", "bea@example.org"):
            send(adapter, to, goes_on=True)
        adapter.close()
        assert (len(relay.mails), relay.sessions) == (2, 2)


def test_a_drip_does_not_outlive_the_deadline(tmp_path):
    def drip(one: socket.socket) -> None:
        for byte in b"250 2.0.0 queued as 123456789\r\n":
            time.sleep(0.1)
            one.sendall(bytes([byte]))

    with Relay(END=drip) as relay:
        begin = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            send(an_email(tmp_path, relay, 0.5))
        assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    ("extensions", "answer", "password", "outcome"),
    [
        ("AUTH PLAIN LOGIN", "235 ok", "stand-mot", None),
        ("AUTH PLAIN", "235 ok", "stand-été€", None),
        ("AUTH PLAIN", "535 5.7.8 no", "stand-été€", ChannelMisconfigured),
        ("AUTH PLAIN", "535 5.7.8 no", "stand-mot", ChannelMisconfigured),
        ("AUTH PLAIN", "454 4.7.0 temporary failure", "stand-mot", ChannelUnavailable),
        ("AUTH PLAIN", "454 4.7.0 temporary failure", "stand-été€", ChannelUnavailable),
        ("AUTH GSSAPI", "235 ok", "stand-mot", ChannelMisconfigured),
        ("8BITMIME", "235 ok", "stand-mot", ChannelMisconfigured),
    ],
)
def test_an_account_is_tried_as_the_relay_allows_and_never_shown(extensions, answer, password, outcome, tmp_path):
    with Relay(extensions, AUTH=answer) as relay:
        adapter = an_email(tmp_path, relay, user="ville", password=Secret(password))
        if outcome is None:
            send(adapter)
            return
        with pytest.raises(DeliveryError) as caught:
            send(adapter)
        assert type(caught.value) is outcome
        error: BaseException | None = caught.value
        while error is not None:
            assert "stand-" not in repr(error)
            error = error.__cause__ or error.__context__


LISTS: tuple[tuple[str, str], ...] = (
    ("lines", "# liste du 12\nada@example.org   # la mairie\n\nBéa <bea@example.org>\nmailto:cid@example.org\n"),
    ("comma", 'nom,email\nAda,ada@example.org\n"Dupont, Béa",bea@example.org\nCid,cid@example.org\n'),
    ("spreadsheet", "Nom;Prénom;Adresse e-mail\nA;Ada;ada@example.org\nB;Béa;bea@example.org\nC;Cid;cid@example.org\n"),
    ("tabs", "courriel\tnom\nada@example.org\tAda\nbea@example.org\tBéa\ncid@example.org\tCid\n"),
    ("no heading", "Ada;ada@example.org\nBéa;bea@example.org\nCid;cid@example.org\n"),
    ("a quotation mark left open", '"Ada <ada@example.org>\nBéa <bea@example.org>\nCid <cid@example.org>\n'),
)


@pytest.mark.parametrize(("name", "text"), LISTS)
def test_a_list_is_read_as_people_write_it(name, text):
    assert list(read(text.encode()).addresses) == ["ada@example.org", "bea@example.org", "cid@example.org"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_may_come_from_a_spreadsheet(encoding, tmp_path):
    with Relay() as relay:
        adapter = an_email(tmp_path, relay)
        (tmp_path / "recipients.txt").write_bytes("nom;email\nBéa;bea@example.org\n".encode(encoding))
        assert list(adapter.recipients()) == ["bea@example.org"]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\0", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\0\1\2\3a\0bc"])
def test_a_list_that_is_no_text_is_named(data, tmp_path):
    with Relay() as relay:
        adapter = an_email(tmp_path, relay)
        (tmp_path / "recipients.txt").write_bytes(data)
        with pytest.raises(ChannelMisconfigured, match="recipients_file"):
            list(adapter.recipients())
