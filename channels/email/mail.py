"""Writing a mail: headers, a text part, an HTML part. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import quote

from broadcast.channel import Reply
from broadcast.errors import ChannelRefused
from broadcast.model import Part

_ADDRESS = re.compile(
    r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]+|[^\s@<>\",]+@(?:localhost|\[[\d.]+\])"
)


#: Headers that hold one long word: folded at 78 characters it would become an encoded word, which is none.
_ONE_WORD = ("list-unsubscribe", "message-id", "references", "in-reply-to")
#: RFC 5322: a line has 998 characters at most.
_LONG = SMTP.clone(max_line_length=998)


class _Sender(Protocol):
    @property
    def sender(self) -> str: ...
    @property
    def unsubscribe_url(self) -> str: ...


def address_of(words: str) -> str:
    """Return the bare address in `Name <address>`, its domain in ASCII (IDNA), "" if there is none."""
    bare = parseaddr(words)[1]
    if not _ADDRESS.fullmatch(bare) or "\n" in words or "\r" in words:
        return ""
    name, _, domain = bare.rpartition("@")
    try:
        return bare if domain.isascii() else f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""


def message_id(key: str, recipient: str, sender: str) -> str:
    """Return the Message-ID of a delivery to a recipient: the same each time."""
    digest = sha256(f"{key}\n{address_of(recipient).casefold()}".encode()).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2] or 'localhost'}>"


def write_mail(part: Part, recipient: str, settings: _Sender, *, key: str, reply_to: Reply | None) -> EmailMessage:
    """Return the mail of a part to one recipient.

    Raises:
        ChannelRefused: the address is none.
    """
    to, sender = address_of(recipient), address_of(settings.sender)
    if not to:
        raise ChannelRefused(f"« {recipient[:80]} » n'est pas une adresse électronique")
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = _address(sender, parseaddr(settings.sender)[0])
        mail["To"] = _address(to)
    except (MessageError, ValueError, IndexError) as error:
        raise ChannelRefused(f"« {recipient[:80]} » n'est pas une adresse électronique") from error
    mail["Subject"] = " ".join((part.documents.get("subject") or part.title).split())
    mail["Message-ID"] = message_id(key, recipient, sender)
    mail["Date"] = format_datetime(_planned(key))
    if reply_to is not None:
        earlier = [message_id(p.token, recipient, sender) for p in (reply_to.root, reply_to.parent) if p.token]
        if earlier:
            mail["In-Reply-To"] = earlier[-1]
            mail["References"] = " ".join(dict.fromkeys(earlier))
    mail["Auto-Submitted"] = "auto-generated"
    if settings.unsubscribe_url:
        address = settings.unsubscribe_url.replace("{recipient}", quote(to, safe=""))
        mail["List-Unsubscribe"] = f"<{address}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Quoted-printable passes every relay, whether it takes 8 bits or not.
    mail.set_content(part.text + "\n", cte="quoted-printable")
    if part.html:
        page = (
            f'<!doctype html><html lang="{part.language}"><head><meta charset="utf-8"></head>'
            f'<body style="max-width:40em;margin:0 auto;padding:1em;font:16px/1.5 sans-serif">{part.html}</body></html>'
        )
        mail.add_alternative(page, subtype="html", cte="quoted-printable")
    # Last: setting a content takes the earlier headers of content away.
    mail["Content-Language"] = part.language
    return mail


def bytes_of(mail: EmailMessage, *, wide: bool) -> bytes:
    """Return a mail as it goes over the wire; `wide` (RFC 6532) where an address itself is not ASCII."""
    return mail.as_bytes(policy=_Folded(linesep="\r\n", utf8=wide))


class _Folded(EmailPolicy):
    """Headers folded at 78 characters, encoded words at most 75 long (RFC 2047), addresses in one piece."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return one header as bytes."""
        if name.lower() in _ONE_WORD:
            return _LONG.clone(utf8=self.utf8).fold_binary(name, value)
        return super().fold_binary(name, value)


def _address(bare: str, name: str = "") -> Address:
    user, _, domain = bare.rpartition("@")
    return Address(display_name=name, username=user, domain=domain)


def _planned(key: str) -> datetime:
    planned = re.match(r"(\d{12,14})-", key)
    return datetime.fromtimestamp(int(planned[1]) / 1000 if planned else 0, UTC)
