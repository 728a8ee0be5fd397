"""What the pages say of the town: how to reach it, whom to call in danger, what the law asks for. Pure but for two files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from broadcast.text import contacts
from channels.website.settings import Settings

#: Number, what it is for in a word (French, English), and in a line. The first ones stand at the foot of every page.
#: Source: service-public.fr, "Quels sont les numéros d'urgence ?" (F33581), read 2026-11-29.
_NUMBERS = (
    ("112", "urgence", "emergency", "Urgences, dans toute l’Europe"),
    ("15", "SAMU", "ambulance", "SAMU : malaise, blessure, urgence médicale"),
    ("17", "police", "police", "Police ou gendarmerie"),
    ("18", "pompiers", "fire", "Pompiers : incendie, accident, personne en péril"),
    ("114", "par SMS", "by text", "Par SMS, pour les personnes sourdes, malentendantes ou qui ne peuvent pas parler"),
    ("115", "", "", "Personne sans abri"),
    ("119", "", "", "Enfance en danger"),
    ("3114", "", "", "Prévention du suicide"),
    ("3919", "", "", "Violences faites aux femmes"),
    ("116 000", "", "", "Enfants disparus"),
)
_FIRST = 5
_CONFORMITY = {
    "not_audited": "non conforme",
    "none": "non conforme",
    "partial": "partiellement conforme",
    "full": "totalement conforme",
}
_SHARES = {
    "mail": ("Courriel", "mailto:?subject={title}&body={both}"),
    "sms": ("SMS", "sms:?&body={both}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={both}"),
    "telegram": ("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "x": ("X", "https://x.com/intent/post?url={url}&text={title}"),
}


def facts(settings: Settings) -> dict[str, Any]:
    """Return what templates see as `town`."""
    national = [_number(n, label, {"fr": fr, "en": en}) for n, fr, en, label in _NUMBERS]
    own = [_own(line) for line in settings.emergency_numbers]
    names = ("town_site", "phone", "mail", "address", "subscribe_url", "publisher", "hosting", "data_contact")
    audit = ("accessibility", "accessibility_on", "accessibility_audit", "accessibility_gaps")
    return {
        **{name: getattr(settings, name) for name in (*names, *audit)},
        "conformity": _CONFORMITY[settings.accessibility],
        "first": national[:_FIRST],
        "numbers": [*national[:_FIRST], *own, *national[_FIRST:]],
        "follow": [{"href": url, "name": urlsplit(url).netloc.removeprefix("www.")} for url in settings.follow],
    }


def shares(ways: Sequence[str], title: str, url: str) -> list[dict[str, str]]:
    """Return the links by which a reader passes a message on: plain addresses, nobody's script."""
    values = {name: quote(words, safe="") for name, words in {"title": title, "url": url, "both": f"{title}\n{url}"}.items()}
    return [{"name": _SHARES[way][0], "href": _SHARES[way][1].format(**values)} for way in ways]


def _number(number: str, label: str, short: Mapping[str, str]) -> dict[str, Any]:
    scheme = "sms" if number == "114" else "tel"
    return {"number": number, "label": label, "short": short, "href": f"{scheme}:{number.replace(' ', '')}"}


def _own(line: str) -> dict[str, Any]:
    """Return a number of the settings: "01 40 05 48 48 : centre antipoison"."""
    number, _, label = line.partition(":")
    href = next((address for _, address in contacts.links(number.strip(), is_contact=True) if address), "")
    digits = "".join(c for c in number if c.isdigit())
    return {"number": number.strip(), "label": label.strip(), "short": {"fr": "", "en": ""}, "href": href or f"tel:{digits}"}
