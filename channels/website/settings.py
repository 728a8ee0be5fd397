"""`[channels.<name>]` of kind website: what a town has to say about itself, with honest defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from broadcast.channel import ChannelSettings

#: Where a reader can pass a message on: ways that need nobody's script.
ShareWord = Literal["mail", "sms", "whatsapp", "telegram", "facebook", "x"]
#: Files that may be the icon, and the picture of a shared link.
_ICONS, _PICTURES = (".svg", ".png"), (".png", ".jpg", ".jpeg")
_MAX_FILE_BYTES = 2_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind website."""

    destination: ClassVar[tuple[str, ...]] = ("path",)

    path: str = "public"
    #: Address of a WebSub hub that is told of each change of the feeds, "" for none.
    hub: str = ""
    #: Files in the newsroom's folder: the icon (SVG or PNG), and the picture of shared links (PNG or JPEG, 1200 × 630).
    icon: str = ""
    share_image: str = ""
    #: The ways of sharing that pages offer, in this order.
    share: tuple[ShareWord, ...] = ("mail", "sms", "whatsapp", "facebook", "x")
    #: How to reach the town hall.
    town_site: str = ""
    phone: str = ""
    mail: str = ""
    address: str = ""
    #: Page where residents subscribe to mails, and the town's accounts on networks.
    subscribe_url: str = ""
    follow: tuple[str, ...] = ()
    #: Legal notice: who answers for what is published; who serves the pages (name, address, telephone); data protection.
    publisher: str = ""
    hosting: str = ""
    data_contact: str = ""
    #: Accessibility statement: without an audit a site is not conformant, and says so.
    accessibility: Literal["not_audited", "none", "partial", "full"] = "not_audited"
    #: Day of the statement ("2026-11-29"), who audited and with what result, what is not accessible.
    accessibility_on: str = ""
    accessibility_audit: str = ""
    accessibility_gaps: tuple[str, ...] = ()
    #: Numbers beside the national ones: "01 40 05 48 48 : centre antipoison".
    emergency_numbers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no page could show.

        Raises:
            ValueError: which key, and what it should be.
        """
        for key in ("town_site", "subscribe_url"):
            if (url := getattr(self, key)) and not _is_web(url):
                raise ValueError(f"{key} : « {url} » n'est pas une adresse http(s)")
        for url in self.follow:
            if not _is_web(url):
                raise ValueError(f"follow : « {url} » n'est pas une adresse http(s)")
        if self.mail and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", self.mail):
            raise ValueError(f"mail : « {self.mail} » n'est pas une adresse électronique")
        if self.accessibility_on and not _DAY.fullmatch(self.accessibility_on):
            raise ValueError(f"accessibility_on : « {self.accessibility_on} » : écrivez le jour ainsi : 2026-11-29")
        if self.accessibility in ("partial", "full") and not self.accessibility_audit:
            raise ValueError("accessibility_audit : qui a fait l'audit, quand et avec quel résultat ; sans audit : not_audited")

    def missing(self) -> Iterator[str]:
        """Yield what the pages cannot say yet, for who looks after the site; nothing of it shows on a page."""
        if not self.publisher:
            yield "publisher (directeur de la publication, obligatoire)"
        if not self.hosting:
            yield "hosting (hébergeur : nom, adresse, téléphone, obligatoire)"
        if not (self.phone or self.mail):
            yield "phone ou mail (joindre la mairie)"
        if not self.data_contact:
            yield "data_contact (protection des données)"
        if self.accessibility == "not_audited":
            yield "accessibility (déclaration : site non audité, donc non conforme au RGAA)"
        if not self.subscribe_url:
            yield "subscribe_url (page d'abonnement aux courriels)"
        for key, endings in (("icon", _ICONS), ("share_image", _PICTURES)):
            file = getattr(self, key)
            if file and self.file(key) is None:
                yield f"{key} : {file} : fichier absent, trop grand ou d'un autre genre que {', '.join(endings)}"

    def file(self, key: str) -> Path | None:
        """Return the file of `icon` or `share_image`; None if it cannot be shown."""
        name = getattr(self, key)
        place = Path(self.newsroom_dir) / name
        endings = _ICONS if key == "icon" else _PICTURES
        try:
            good = name and place.is_file() and 0 < place.stat().st_size <= _MAX_FILE_BYTES
        except OSError:
            return None
        return place if good and place.suffix.lower() in endings else None


def _is_web(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s/]+(?:/\S*)?", url) is not None
