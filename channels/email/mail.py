"""Writing a mail: headers, a text part, an HTML part. Pure.

What all recipients of a part have in common is made once (`Letter`); a mail adds what is one recipient's alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from urllib.parse import quote

from broadcast.channel import Reply
from broadcast.errors import ChannelRefused
from broadcast.model import Media, Part
from channels.email import headers
from channels.email.addresses import address_of, named
from channels.email.page import LINK, Look, content_id, page_of, text_of

#: Stand in a body for the way to leave the list, in its two forms.
_PLAIN, _HTML = b"plain", b"html"
#: What of a mail's identifier is hashed.
_DIGEST = 40


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient."""

    #: In their order, name and value ready to be written.
    fields: tuple[tuple[str, str], ...]
    #: The fields that say what the body is, and the body, with CRLF line ends.
    body: bytes = field(repr=False)

    def __getitem__(self, name: str) -> str | None:
        return next((value for known, value in self.fields if known.casefold() == name.casefold()), None)

    def as_bytes(self) -> bytes:
        """Return it as it goes over the wire."""
        return b"".join(headers.field(name, value) for name, value in self.fields) + self.body


class Letter:
    """One part as it goes to everybody."""

    def __init__(self, part: Part, settings: Look) -> None:
        """Write what all mails have in common.

        Raises:
            ChannelRefused: the title, the subject or the sender holds a control character.
        """
        self._sender = address_of(settings.sender)
        self._unsubscribe = settings.unsubscribe_url
        # A template may be laid out in lines; what stands in them may not.
        subject = " ".join((part.documents.get("subject") or part.title).split("\n")).strip(" ")
        for what, text in (("titre", part.title), ("objet", subject), ("expéditeur", settings.sender)):
            if not headers.is_safe(text):
                raise ChannelRefused(f"{part.slug} : caractère de contrôle dans le champ « {what} » : effacez-le")
        self._from = headers.mailbox(self._sender, named(settings.sender))
        self._subject = headers.words(subject, room=50)
        self._language = part.language if re.fullmatch(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", part.language) else ""
        self._body = _body(part, settings)

    def to(self, recipient: str, *, key: str, reply_to: Reply | None) -> Mail:
        """Return the mail to one recipient.

        Raises:
            ChannelRefused: the address is none.
        """
        to = address_of(recipient)
        if not to:
            raise ChannelRefused(f"« {recipient[:80]} » n'est pas une adresse électronique")
        fields = [
            ("From", self._from),
            ("To", to),
            ("Subject", self._subject),
            ("Message-ID", message_id(key, recipient, self._sender)),
            ("Date", format_datetime(_planned(key))),
        ]
        earlier = [p.token for p in (reply_to.root, reply_to.parent) if p.token] if reply_to is not None else []
        ids = [message_id(token, recipient, self._sender) for token in earlier]
        if ids:
            fields += [("In-Reply-To", ids[-1]), ("References", " ".join(dict.fromkeys(ids)))]
        fields += [("Auto-Submitted", "auto-generated"), ("MIME-Version", "1.0")]
        leave = ""
        if self._unsubscribe:
            leave = self._unsubscribe.replace("{recipient}", quote(to, safe=""))
            fields += [("List-Unsubscribe", f"<{leave}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
        if self._language:
            fields.append(("Content-Language", self._language))
        ways = {_PLAIN: _quoted(leave), _HTML: _quoted(escape(leave))}
        return Mail(tuple(fields), b"".join(ways.get(piece, piece) for piece in self._body))


def message_id(key: str, recipient: str, sender: str) -> str:
    """Return the Message-ID of a delivery to a recipient: the same each time."""
    digest = sha256(f"{key}\n{address_of(recipient).casefold()}".encode()).hexdigest()[:_DIGEST]
    return f"<{digest}@{sender.rpartition('@')[2] or 'localhost'}>"


def write_mail(part: Part, recipient: str, settings: Look, *, key: str, reply_to: Reply | None) -> Mail:
    """Return the mail of a part to one recipient.

    Raises:
        ChannelRefused: the address is none, or what would stand in a header holds a control character.
    """
    return Letter(part, settings).to(recipient, key=key, reply_to=reply_to)


def _body(part: Part, look: Look) -> list[bytes]:
    """Return the body in pieces: the fields that say what it is first, `_PLAIN` or `_HTML` where one recipient's link stands."""
    mark = sha256(f"{part.slug}\n{part.text}\n{part.html}".encode("utf-8", "replace")).hexdigest()[:24]
    pictures = [[_picture(media)] for media in part.media]
    text = _leaf("plain", text_of(part, look) + "\n", _PLAIN)
    if not part.html:
        return _multipart("mixed", f"=_m{mark}", [text, *pictures]) if pictures else text
    page = _leaf("html", page_of(part, look), _HTML)
    if pictures:
        page = _multipart("related", f"=_r{mark}", [page, *pictures])
    return _multipart("alternative", f"=_a{mark}", [text, page])


def _leaf(subtype: str, text: str, link: bytes) -> list[bytes]:
    # Quoted-printable passes every relay, whether it takes 8 bits or not.
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    pieces = [head]
    for n, piece in enumerate(text.split(LINK)):
        pieces += [link] if n else []
        pieces.append(_quoted(piece))
    return pieces


def _multipart(subtype: str, boundary: str, parts: list[list[bytes]]) -> list[bytes]:
    line = boundary.encode()
    pieces = [f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'.encode()]
    for part in parts:
        pieces += [b"\r\n--" + line + b"\r\n", *part]
    return [*pieces, b"\r\n--" + line + b"--\r\n"]


def _picture(media: Media) -> bytes:
    # The name is ours: a file's own could say anything in a header.
    name = f"image.{media.media_type.rpartition('/')[2]}"
    return (
        (
            f"Content-Type: {media.media_type}\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <{content_id(media)}>\r\n"
            f'Content-Disposition: inline; filename="{name}"\r\n'
        ).encode()
        + _described(media.alt)
        + b"\r\n"
        + base64.encodebytes(media.read()).replace(b"\n", b"\r\n")
    )


def _described(alt: str) -> bytes:
    """Return what a picture shows as a field of its own (RFC 2045 §8), for readers that show text only."""
    said = "".join(c if headers.is_safe(c) else " " for c in alt)
    return headers.field("Content-Description", headers.words(said, room=40)) if said.strip() else b""


def _quoted(text: str) -> bytes:
    """Return quoted-printable that another piece may follow on the same line (RFC 2045 §6.7)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    data = binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True)
    # Without a line break to look at it does not know which one is meant.
    data = re.sub(rb"\r?\n", b"\r\n", data)
    return data if data.endswith(b"\r\n") else data + b"=\r\n"


def _planned(key: str) -> datetime:
    planned = re.match(r"(\d{12,14})-", key)
    return datetime.fromtimestamp(int(planned[1]) / 1000 if planned else 0, UTC)
