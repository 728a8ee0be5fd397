"""A look-alike mail relay: speaks SMTP (RFC 5321) on 127.0.0.1 and keeps what it takes."""

from __future__ import annotations

import socketserver
import threading
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, ClassVar

from broadcast.stands.base import Stand
from broadcast.stands.server import QuietAboutHangups


class EmailStand(Stand):
    """One relay, which takes mail for everyone."""

    kind = "email"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._smtp: socketserver.ThreadingTCPServer | None = None
        #: Recipient -> (code, words): refused at RCPT each time.
        self.refuses: dict[str, tuple[int, str]] = {}

    @classmethod
    def sample_settings(cls, url: str) -> dict[str, Any]:
        """Return settings of a channel on this stand."""
        return {
            "host": "127.0.0.1",
            "port": int(url.rpartition(":")[2]),
            "tls": "none",
            "user": "ville",
            "password": "stand-password",
            "sender": "Ville d'Exemple <infos@example.org>",
            "recipients_file": "recipients.txt",
        }

    @classmethod
    def sample_files(cls) -> dict[str, str]:
        """Return the list."""
        return {"recipients.txt": "ada@example.org\n"}

    def post_url(self, post_id: str) -> str:
        """Return the address of a mail (RFC 2392)."""
        return f"mid:{post_id.strip('<>')}"

    @property
    def url(self) -> str:
        """Host and port."""
        assert self._smtp is not None, "the stand is not running"
        return f"smtp://127.0.0.1:{self._smtp.server_address[1]}"

    def start(self, port: int = 0) -> str:
        """Serve on 127.0.0.1."""
        stand = self

        class Session(_Session):
            owner = stand

        self._smtp = _Server(("127.0.0.1", port), Session)
        threading.Thread(target=self._smtp.serve_forever, args=(0.01,), daemon=True).start()
        self.write_record()
        return self.url

    def stop(self) -> None:
        """Stop serving; the mails stay."""
        if self._smtp is not None:
            self._smtp.shutdown()
            self._smtp.server_close()
            self._smtp = None

    def take(self, recipients: list[str], data: bytes) -> None:
        """Keep a mail."""
        mail = message_from_bytes(data, policy=SMTP)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        text = str(body.get_content()).replace("\r\n", "\n").strip() if body else ""
        post_id = str(mail["Message-ID"]).strip()
        if post_id in self.posts:  # the same mail again is a second mail to whoever gets it
            post_id = f"{post_id}#{len(self.posts)}"
        pictures = [p for p in mail.walk() if p.get_content_maintype() == "image"]
        media = [self.media[self.keep_media(("", p.get_content_type(), p.get_content()), _said(p))] for p in pictures]
        reply = str(mail["In-Reply-To"]).strip() if mail["In-Reply-To"] else None
        self.keep(
            text,
            id=post_id,
            in_reply_to=reply,
            media=media,
            more={"to": recipients, "subject": str(mail["Subject"]), "raw": data},
        )


def _said(picture: EmailMessage) -> str:
    return str(picture["Content-Description"] or "")


class _Server(QuietAboutHangups, socketserver.ThreadingTCPServer):
    """The server of the stand."""

    allow_reuse_address = True
    daemon_threads = True


class _Session(socketserver.StreamRequestHandler):
    owner: ClassVar[EmailStand]

    def handle(self) -> None:
        """Speak until the other side goes."""
        self.recipients: list[str] = []
        self._say(220, "stand ESMTP")
        while line := self.rfile.readline(2000):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if not self._answer(verb.upper(), rest):
                return

    def _answer(self, verb: str, rest: str) -> bool:
        stand = self.owner
        if verb == "EHLO":
            self.wfile.write(b"250-stand\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif verb == "AUTH":
            if stand.rejects_credentials:
                self._say(535, "5.7.8 Authentication credentials invalid")
            else:
                if len(rest.split()) == 1:
                    self._say(334, "")
                    self.rfile.readline(2000)
                self._say(235, "2.7.0 Authentication successful")
        elif verb == "MAIL":
            self.recipients = []
            self._say(250, "2.1.0 OK")
        elif verb == "RCPT":
            self._recipient(rest.partition("<")[2].partition(">")[0])
        elif verb == "DATA":
            return self._data()
        elif verb == "QUIT":
            self._say(221, "bye")
            return False
        elif verb in ("NOOP", "RSET"):
            self._say(250, "OK")
        else:
            self._say(502, "not known here")
        return True

    def _recipient(self, address: str) -> None:
        stand = self.owner
        with stand.lock:
            fault = stand.faults[0] if stand.faults else None
            if fault and fault[0] in ("busy", "refuse"):
                stand.faults.popleft()
                code, words = (450, "4.2.1 try again later") if fault[0] == "busy" else (550, f"5.1.1 {fault[1]}")
                self._say(code, words)
                return
        if address in stand.refuses:
            self._say(*stand.refuses[address])
            return
        self.recipients.append(address)
        self._say(250, "2.1.5 OK")

    def _data(self) -> bool:
        stand = self.owner
        fact: Any
        self._say(354, "go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:  # gone in the midst of a mail, which is none then
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        with stand.lock:
            name, fact = stand.faults.popleft() if stand.faults else ("", (0.0, True))
        stores = name not in ("break",) and not (name == "hang_up" and not fact) and not (name == "hang" and not fact[1])
        if stores:
            stand.take(list(self.recipients), b"".join(lines))
        if name in ("hang_up", "store_then_500", "wrong_json"):
            return False
        if name in ("hang", "drip"):
            time.sleep(fact[0] if name == "hang" else fact)
            return False
        self._say(451, "4.3.0 local error") if name == "break" else self._say(250, "2.0.0 queued")
        return True

    def _say(self, code: int, words: str) -> None:
        self.wfile.write(f"{code} {words}\r\n".encode())


STAND = EmailStand
