"""CAP 1.2 in values: names in snake_case, enumerations spelt as CAP spells them.

Source: OASIS CAP 1.2, https://docs.oasis-open.org/emergency/cap/v1.2/, read 2026-11-23.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MSG_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
)
RESPONSES = (
    "Shelter",
    "Evacuate",
    "Prepare",
    "Execute",
    "Avoid",
    "Monitor",
    "Assess",
    "AllClear",
    "None",
)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
#: What a doubt may bear on: where, what and how bad, when, after which message, and whether it is real and for all.
BEARINGS = ("area", "level", "event", "time", "lineage", "public")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that a source did not write as it should, and how it was read all the same."""

    #: Element or property as the source names it: "polygon", "expires", "pubDate".
    field: str
    #: What is wrong, a French sentence without a full stop.
    wrong: str
    #: What was assumed, likewise.
    assumed: str
    #: One of `BEARINGS`; "" where no decision rests on it.
    bears_on: str = ""

    def __str__(self) -> str:
        return f"{self.field} : {self.wrong} ; {self.assumed}"


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message: its identity triple."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A parameter, event code or geocode."""

    value_name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where."""

    area_desc: str
    #: Each as CAP writes it: "lat,lon lat,lon …".
    polygons: tuple[str, ...] = ()
    #: Each as CAP writes it: "lat,lon radius_km".
    circles: tuple[str, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: str = ""
    ceiling: str = ""
    #: Outlines that are flawed: mended where that is possible, as written where it is not. For a person's eyes: never
    #: enough for a rule, never written.
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that goes with an info."""

    resource_desc: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What, how bad, and what to do, in one language."""

    event: str
    categories: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    language: str = "en-US"
    response_types: tuple[str, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One CAP message; its identity is (sender, identifier, sent)."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()
    #: (sender, identifier) of earlier messages that the source names without their time.
    unclear_references: tuple[tuple[str, str], ...] = ()
    #: What was flawed in it and is only assumed.
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed: plain text, absolute http(s) links, aware times in UTC."""

    #: Identity at the source: guid or Atom id, else the link, else a stable hash; a CAP message
    #: alone has its triple "sender,identifier,sent".
    id: str
    title: str
    link: str = ""
    #: None where the source says none, or none that can be believed.
    published: datetime | None = None
    updated: datetime | None = None
    #: Plain text, never HTML.
    summary: str = ""
    #: BCP 47 as the source writes it, "" if it does not.
    language: str = ""
    alert: Alert | None = None
    #: Licence or rights, as the source writes them.
    rights: str = ""
    #: What was flawed around the alert, or in an item that is none; see `doubts_of`.
    doubts: tuple[Doubt, ...] = ()
    #: sha256 of what the public would read: another digest under the same id is "changed at the
    #: source". Readers of sources that re-issue an unchanged state give their own.
    digest: str = ""

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", entry_digest(self.title, self.summary, self.link, self.alert))


def doubts_of(entry: Entry) -> tuple[Doubt, ...]:
    """Return all that is only assumed of an item and of the alert in it."""
    return (*entry.doubts, *(entry.alert.doubts if entry.alert is not None else ()))


def entry_digest(title: str, summary: str, link: str, alert: Alert | None) -> str:
    """Return the sha256 of an entry's content, 64 hexadecimal digits."""
    content = [title, summary, link, None if alert is None else _content(alert)]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _content(alert: Alert) -> dict[str, Any]:
    """Return what a source said: how we read its flaws is no part of it, and what it left out counts for nothing."""
    facts = asdict(alert)
    del facts["doubts"]
    if not facts["unclear_references"]:
        del facts["unclear_references"]
    for area in (area for info in facts["infos"] for area in info["areas"]):
        if not area["unsure"]:
            del area["unsure"]
    return facts


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
