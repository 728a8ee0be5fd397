"""Speaking SMTP: one connection kept for many mails, and what each answer means for a delivery."""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import socket
import ssl

from broadcast import http
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from channels.email.mail import Mail
from channels.email.punctual import Encrypted, Plain

_LOCAL = ("localhost", "127.0.0.1", "::1")
#: Words of a relay that refuses everybody from now on, whoever was accepted before.
_NOBODY = re.compile(
    r"authentication (?:is )?required|must authenticate|starttls"
    r"|(?:sending|rate) (?:limit|quota) (?:was |is |has been )?(?:exceeded|reached)|: 5\d\d 5\.4\.5\b",
    re.IGNORECASE,
)
#: Words of a relay through which this account, sender or machine may not send. Postfix says most of them at RCPT
#: (smtpd_delay_reject), Exchange after the mail itself; of one recipient where it does not relay for that domain only.
_NO_RELAY = re.compile(
    r"relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:permitted|allowed)|prohibited)|(?:unable|not allowed) to relay"
    r"|(?:do|does) not relay|not relay"
    r"|(?:sender address|client host|helo command) rejected|not owned by user|permissions? to send as|bad outbound sender"
    r"|address is not verified|: 5\d\d 5\.(?:1\.[78]|7\.(?:57|60|70[58]))\b",
    re.IGNORECASE,
)
#: What can only be one recipient's: a bad address, a mailbox that is full or closed (RFC 3463 §3.2 and §3.3).
_ONE = re.compile(
    r": 5\d\d 5\.(?:1\.(?:[1236]|10)|2\.\d+)\b|(?:unknown|no such|invalid) (?:user|recipient|mailbox|address)|user unknown"
    r"|does not exist|mailbox (?:is )?(?:full|unavailable|disabled|not found)|quota",
    re.IGNORECASE,
)


class Relay:
    """A connection to one relay, opened when first wanted."""

    def __init__(self, host: str, port: int, tls: str | bool, user: str, password: str, timeout_s: float, who: str) -> None:
        self._host, self._user, self._password = host, user, password
        self._timeout_s, self._who = timeout_s, who
        self._tls = {True: "starttls", False: "none"}.get(tls, tls) if isinstance(tls, bool) else tls
        self._port = port or (465 if self._tls == "tls" else 587)
        self._smtp: smtplib.SMTP | None = None
        self._was_open = False

    def send(self, sender: str, recipient: str, mail: Mail) -> None:
        """Send one mail.

        Raises:
            DeliveryError: one of its four kinds.
        """
        wide = not (sender + recipient).isascii()
        try:
            data = mail.as_bytes()
        except ValueError as error:
            raise ChannelRefused(f"{recipient} : {error}") from error
        smtp = self._ready(sender, recipient, wide)
        try:
            smtp.send(_dotted(data) + b".\r\n")
            code, words = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise OutcomeUnknown(f"{self._who} : connexion coupée pendant l'envoi") from error
        if not 200 <= code < 300:
            if not 400 <= code < 600:
                self._drop()
                raise OutcomeUnknown(f"{self._who} : réponse illisible après l'envoi : {code} {_line(words)}")
            raise self._refusal(code, words, recipient)

    def _ready(self, sender: str, recipient: str, wide: bool) -> smtplib.SMTP:
        """Return the connection, the relay waiting for the mail itself; nothing was sent before that."""
        for fresh in (False, True):
            smtp, was_open = self._open(), self._was_open
            if wide and not smtp.has_extn("smtputf8"):
                raise ChannelRefused(f"{recipient} : le relais n'accepte pas les adresses accentuées")
            try:
                self._envelope(smtp, sender, recipient, self._options(smtp, wide))
            except (OSError, smtplib.SMTPException) as error:
                self._drop()
                if not was_open or fresh:
                    raise self._unreachable(error) from error
            except ChannelUnavailable:
                # 421: a relay closes after so many mails, or so long; a fresh connection may go on.
                if not was_open or fresh or self._smtp is not None:
                    raise
            else:
                return smtp
        raise ChannelUnavailable(f"{self._who} : {self._host} injoignable")

    @staticmethod
    def _options(smtp: smtplib.SMTP, wide: bool) -> list[str]:
        if not wide:
            return []
        return ["SMTPUTF8", "BODY=8BITMIME"] if smtp.has_extn("8bitmime") else ["SMTPUTF8"]

    def check(self) -> None:
        """Open the connection, which also tries the account."""
        self._open()

    def close(self) -> None:
        """Say goodbye."""
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._smtp = None

    def _envelope(self, smtp: smtplib.SMTP, sender: str, recipient: str, options: list[str]) -> None:
        code, words = smtp.mail(sender, options)
        if not 200 <= code < 300:
            raise self._after_reset(smtp, self._refusal(code, words, sender, of_sender=True))
        code, words = smtp.rcpt(recipient)
        if not 200 <= code < 300:
            raise self._after_reset(smtp, self._refusal(code, words, recipient))
        code, words = smtp.docmd("DATA")
        if code != 354:
            raise self._after_reset(smtp, self._refusal(code, words, recipient))

    def _after_reset(self, smtp: smtplib.SMTP, error: DeliveryError) -> DeliveryError:
        if self._smtp is None:
            return error
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return error

    def _open(self) -> smtplib.SMTP:
        # Not asked whether it still is: that would cost each mail a way there and back, and a mail that finds it
        # closed is sent on a new one.
        self._was_open = self._smtp is not None
        if self._smtp is not None:
            return self._smtp
        try:
            self._smtp = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:  # 454: the relay cannot look accounts up just now
                raise ChannelUnavailable(f"{self._who} : {error.smtp_code} {_line(error.smtp_error)}") from error
            raise ChannelMisconfigured(f"{self._who} : le relais refuse le compte ({error.smtp_code})") from error
        except ssl.SSLCertVerificationError as error:
            raise ChannelMisconfigured(f"{self._who} : certificat de {self._host} refusé : {error.verify_message}") from error
        except smtplib.SMTPNotSupportedError as error:
            raise ChannelMisconfigured(f"{self._who} : {self._host} ne propose ni STARTTLS ni connexion : {error}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._unreachable(error) from error
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        if self._tls == "tls":
            smtp: smtplib.SMTP = Encrypted(self._host, self._port, timeout=self._timeout_s, context=http.trust())
        else:
            smtp = Plain(self._host, self._port, timeout=self._timeout_s)
        try:
            smtp.ehlo_or_helo_if_needed()
            wants = self._tls == "starttls" or (self._tls == "auto" and self._host not in _LOCAL)
            # Nobody listens on this very machine, and Debian's relay offers STARTTLS there with a certificate of its own.
            if wants or (self._tls == "auto" and self._user and smtp.has_extn("starttls")):
                smtp.starttls(context=http.trust())
                smtp.ehlo()
            if self._user:
                self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if (self._user + self._password).isascii():
            try:
                smtp.login(self._user, self._password)
            except (smtplib.SMTPAuthenticationError, smtplib.SMTPServerDisconnected, smtplib.SMTPNotSupportedError):
                raise
            except smtplib.SMTPException as error:  # none of its ways to log in is known here
                raise smtplib.SMTPNotSupportedError(str(error)) from error
            return
        # smtplib writes ASCII only, and its error would quote the password; RFC 4616 says UTF-8.
        plain = base64.b64encode(f"\0{self._user}\0{self._password}".encode()).decode("ascii")
        code, words = smtp.docmd("AUTH", f"PLAIN {plain}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, _line(words))

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _unreachable(self, error: Exception) -> DeliveryError:
        if isinstance(error, DeliveryError):
            return error
        words = {socket.timeout: "délai dépassé", ConnectionRefusedError: "connexion refusée", socket.gaierror: "nom introuvable"}
        why = next((w for t, w in words.items() if isinstance(error, t)), type(error).__name__)
        return ChannelUnavailable(f"{self._who} : {self._host} injoignable ({why})")

    def _refusal(self, code: int, words: bytes, about: str, *, of_sender: bool = False) -> DeliveryError:
        if code == 421 or code < 0:
            self._drop()
        reason = f"{about} : {code} {_line(words)}"
        if code in (530, 534, 535, 538) or (code >= 500 and (of_sender or _NOBODY.search(reason))):
            return ChannelMisconfigured(f"{self._who} : {reason}")
        if code >= 500 and _NO_RELAY.search(reason):
            return ChannelMisconfigured(f"{self._who} : {reason}").or_everybodys()
        if code >= 500:
            refused = ChannelRefused(reason)
            return refused if _ONE.search(reason) else refused.or_everybodys()
        return ChannelUnavailable(reason)


def _dotted(data: bytes) -> bytes:
    """Return a mail as DATA takes it (RFC 5321 §4.5.2); its lines end with CRLF already."""
    return data.replace(b"\r\n.", b"\r\n..")


def _line(words: bytes | str) -> str:
    text = words if isinstance(words, str) else words.decode("utf-8", "replace")
    return " ".join(text.split())[:200]
