"""Speaking SMTP: one connection kept for many mails, and what each answer means for a delivery."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from broadcast import http
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown

_LOCAL = ("localhost", "127.0.0.1", "::1")


class Relay:
    """A connection to one relay, opened when first wanted."""

    def __init__(self, host: str, port: int, tls: str | bool, user: str, password: str, timeout_s: float, who: str) -> None:
        self._host, self._user, self._password = host, user, password
        self._timeout_s, self._who = timeout_s, who
        self._tls = {True: "starttls", False: "none"}.get(tls, tls) if isinstance(tls, bool) else tls
        self._port = port or (465 if self._tls == "tls" else 587)
        self._smtp: smtplib.SMTP | None = None

    def send(self, sender: str, recipient: str, mail: EmailMessage) -> None:
        """Send one mail.

        Raises:
            DeliveryError: one of its four kinds.
        """
        smtp = self._open()
        wide = not (sender + recipient).isascii()
        if wide and not smtp.has_extn("smtputf8"):
            raise ChannelRefused(f"{recipient} : le relais n'accepte pas les adresses accentuées")
        data = mail.as_bytes(policy=(SMTPUTF8 if wide else SMTP).clone(max_line_length=900))
        try:
            self._envelope(smtp, sender, recipient, ["SMTPUTF8", "BODY=8BITMIME"] if wide else [])
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise self._unreachable(error) from error
        try:
            smtp.send(b"".join((_dotted(data), b".\r\n")))
            code, words = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise OutcomeUnknown(f"{self._who} : connexion coupée pendant l'envoi") from error
        if code != 250:
            raise self._refusal(code, words, recipient)

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
        if code != 250:
            raise self._after_reset(smtp, self._refusal(code, words, sender, of_sender=True))
        code, words = smtp.rcpt(recipient)
        if code not in (250, 251):
            raise self._after_reset(smtp, self._refusal(code, words, recipient))
        code, words = smtp.docmd("DATA")
        if code != 354:
            raise self._after_reset(smtp, self._refusal(code, words, recipient))

    def _after_reset(self, smtp: smtplib.SMTP, error: DeliveryError) -> DeliveryError:
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return error

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            try:
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            except (OSError, smtplib.SMTPException):
                pass
            self._drop()
        try:
            self._smtp = self._connect()
        except smtplib.SMTPAuthenticationError as error:
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
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=http.trust())
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            smtp.ehlo_or_helo_if_needed()
            wants = self._tls == "starttls" or (self._tls == "auto" and self._host not in _LOCAL)
            if wants or (self._tls == "auto" and smtp.has_extn("starttls")):
                smtp.starttls(context=http.trust())
                smtp.ehlo()
            if self._user:
                smtp.login(self._user, self._password)
        except BaseException:
            smtp.close()
            raise
        return smtp

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
        if code in (530, 534, 535, 538) or (of_sender and code >= 500):
            return ChannelMisconfigured(f"{self._who} : {reason}")
        if code >= 500:
            return ChannelRefused(reason)
        return ChannelUnavailable(reason)


def _dotted(data: bytes) -> bytes:
    data = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r?\n|\r(?!\n)", b"\r\n", data))
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _line(words: bytes) -> str:
    return " ".join(words.decode("utf-8", "replace").split())[:200]
