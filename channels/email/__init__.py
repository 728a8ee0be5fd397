"""E-mail: one message to each subscriber, through the city's own relay (SMTP).

What the public sees: a mail with a text and an HTML part, its subject the title. It cannot be edited
or taken back: a correction is a second mail in the same conversation, and the end of an alert a last
one, to exactly those who got the first.

Standards: RFC 5321, 5322, 2369 and 8058 (one-click unsubscribe), read 2026-11-26. Rights: an account
of the relay. DKIM, SPF and DMARC are the relay's.

Quirks:
    - The dispatcher keeps a ledger, one row for each recipient, written before each call: after a
      crash nobody gets a second mail. Whose outcome nobody knows is shown to a person.
    - The Message-ID is derived from the delivery and the recipient.
    - 450 (not now) and 552 (mailbox full) concern one recipient; the others go on. What may concern everybody
      ("relay access denied") is `unclear`: the dispatcher tells by what becomes of the others.
    - A domain with accents is written in ASCII (IDNA); a name with accents needs a relay with SMTPUTF8.
    - A few connections (`connections`) are kept for all recipients, and opened anew when the relay closes them.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from broadcast.channel import Audience, ChannelSettings, Idempotent, Limits, Memory, Published, Reply, Secret, Stream
from broadcast.errors import ChannelMisconfigured, os_reason
from broadcast.model import Part
from channels.email import headers, listing
from channels.email.addresses import address_of
from channels.email.mail import Letter, message_id
from channels.email.relays import Relays
from channels.email.smtp import Relay

#: Pictures that every mail program shows.
_PICTURES = ("image/jpeg", "image/png", "image/gif")
#: Largest list that is read, bytes: a million people.
_LARGEST_LIST = 64 * 2**20


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind email."""

    destination: ClassVar[tuple[str, ...]] = ("sender", "recipients_file")

    host: str
    #: 0: 465 with `tls = "tls"`, else 587.
    port: int = 0
    #: starttls, tls (from the first byte) or none; auto: starttls, or none on this very machine.
    tls: Literal["auto", "starttls", "tls", "none"] | bool = "auto"
    user: str = ""
    password: Secret | None = None
    #: "Ville d'Exemple <infos@ville.example>".
    sender: str
    #: Addresses as people write them, one a line ("#" begins a remark), or a table or contacts as programs export them.
    recipients_file: str
    #: https address for RFC 8058; `{recipient}` stands for the address. "": no such headers.
    unsubscribe_url: str = ""
    #: Connections to the relay at once; a relay that takes fewer says so, and is heard.
    connections: int = 2
    #: The city's colour: "#" and six digits. Words on it are black or white, whichever reads better.
    color: str = "#1f3a5f"

    def __post_init__(self) -> None:
        """Refuse a sender that is no address, and an unsubscribe address that is not https."""
        if not address_of(self.sender):
            raise ValueError('sender : écrivez une adresse, par exemple "Ville <infos@ville.example>"')
        if not 1 <= self.connections <= 20:
            raise ValueError("connections : un nombre de 1 à 20")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.color):
            raise ValueError('color : écrivez « # » et six chiffres, par exemple "#1f3a5f"')
        try:
            object.__setattr__(self, "unsubscribe_url", headers.web_address(self.unsubscribe_url) if self.unsubscribe_url else "")
        except ValueError as error:
            raise ValueError(f"unsubscribe_url : {error}") from error
        if self.unsubscribe_url and not self.unsubscribe_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("unsubscribe_url : une adresse https est obligatoire (RFC 8058)")


class Email:
    """One list, one relay."""

    kind: ClassVar[str] = "email"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "never"
    network: ClassVar[bool] = True

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings
        self._relays = Relays(self._relay, settings.connections, settings.call_timeout_s)
        self._letter: tuple[Part, Letter] | None = None

    @property
    def limits(self) -> Limits:
        """A mail takes every text, and the first picture, made small: it travels to everybody."""
        return Limits(
            keeps_structure=True,
            max_images=1,
            max_image_px=1168,
            max_image_bytes=300_000,
            image_types=_PICTURES,
            source="settings",
        )

    def recipients(self) -> Iterator[str]:
        """Yield the addresses of the list, each once, as they are written."""
        yield from self._people().addresses

    def audience(self) -> Audience:
        """Return how many the list reaches, and which of its lines say no address."""
        people = self._people()
        name = Path(self._settings.recipients_file).name
        return Audience(
            people=len(people.addresses),
            name=name,
            not_understood=people.not_understood,
            without=len(people.without) + len(people.unsubscribed),
        )

    def list_mark(self) -> str:
        """Return what the system knows of the file: when it was last written, and how long it is."""
        try:
            facts = self._list_file().stat()
        except OSError:
            return ""
        return f"{facts.st_ino}:{facts.st_size}:{facts.st_mtime_ns}"

    @property
    def abreast(self) -> int:
        """Connections to the relay at once."""
        return self._settings.connections

    def send_to(self, part: Part, recipient: str, *, key: str, reply_to: Reply | None) -> Published:
        """Send to one recipient."""
        mail = self._letter_of(part).to(recipient, key=key, reply_to=reply_to)
        with self._relays.one() as relay:
            relay.send(address_of(self._settings.sender), address_of(recipient), mail)
        return self._published(key, recipient)

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Send to everyone without a ledger; the dispatcher uses `send_to` instead."""
        try:
            for recipient in self.recipients():
                self.send_to(part, recipient, key=key, reply_to=reply_to)
        finally:
            self.close()
        return self._published(key, "")

    def close(self) -> None:
        """Say goodbye to the relay."""
        self._relays.close()

    def probe(self) -> Limits | None:
        """Check the relay, the account and the list; SMTP states no limits of text."""
        self.audience()
        try:
            with self._relays.one():
                return None
        finally:
            self.close()

    def _list_file(self) -> Path:
        return Path(self._settings.newsroom_dir) / self._settings.recipients_file

    def _people(self) -> listing.People:
        place = self._list_file()
        try:
            return listing.read(_bytes_of(place))
        except (OSError, ValueError) as error:
            reason = os_reason(error) if isinstance(error, OSError) else str(error)
            raise ChannelMisconfigured(f"{self._settings.name} : recipients_file : {place} : {reason}") from error

    def _letter_of(self, part: Part) -> Letter:
        # Written once for a whole list: a part is the same object for all its recipients.
        known = self._letter
        if known is None or known[0] is not part:
            known = self._letter = (part, Letter(part, self._settings))
        return known[1]

    def _relay(self) -> Relay:
        s = self._settings
        password = s.password.reveal() if s.password else ""
        return Relay(s.host, s.port, s.tls, s.user, password, s.call_timeout_s, s.name)

    def _published(self, key: str, recipient: str) -> Published:
        mail_id = message_id(key, recipient, address_of(self._settings.sender))
        # RFC 2392: the address of a mail is its Message-ID.
        return Published(external_id=mail_id, url=f"mid:{mail_id.strip('<>')}", token=key)


def _bytes_of(place: Path) -> bytes:
    """Return what stands in a plain file; a pipe or a device would wait for ever."""
    with open(os.open(place, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise ValueError("ce n'est pas un fichier ordinaire")
        if facts.st_size > _LARGEST_LIST:
            raise ValueError(f"plus de {_LARGEST_LIST // 2**20} Mio : ce n'est pas une liste d'adresses")
        return file.read()


ADAPTER: type[Stream] = Email
