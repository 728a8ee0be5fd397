"""Our own messages in CAP words: pure. Times and identity known only at publication stay slots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from broadcast.alerts import Alert, Area, Info, Named, Reference
from broadcast.feeds.cap_write import time_text, to_xml
from broadcast.model import Draft, Level, MessageKind, Newsroom
from broadcast.slots import slot

_SENT = datetime(2001, 1, 1, tzinfo=UTC)
_IDENTIFIER, _REFERRED = (
    "slot.identifier",
    Reference("slot.sender", "slot.referred", _SENT),
)
#: Google's profile wants an `expires` in every info; these stand for those that the message does not give,
#: reckoned from `sent` when the document is made: an end is said for a day, news for a week.
_DAY, _WEEK = _SENT + timedelta(days=1), _SENT + timedelta(days=7)
_SEVERITY = {level: level.value.capitalize() for level in Level}
_RESPONSES = {
    "shelter": "Shelter",
    "evacuate": "Evacuate",
    "prepare": "Prepare",
    "execute": "Execute",
    "avoid": "Avoid",
    "monitor": "Monitor",
    "assess": "Assess",
    "allclear": "AllClear",
    "none": "None",
}
_EVENTS = {
    MessageKind.ALERT: "Alerte",
    MessageKind.INFORMATION: "Information",
    MessageKind.PRACTICAL: "Information pratique",
    MessageKind.ACTIVITY: "Animation",
    MessageKind.ALL_CLEAR: "Fin d'alerte",
    MessageKind.HOLDING: "Premier point",
}
#: Name of the geocode: no official one was found for INSEE codes (docs/channels/website.md).
GEOCODE = {5: "FR-INSEE-COMMUNE", 2: "FR-INSEE-DEPARTEMENT", 3: "FR-INSEE-DEPARTEMENT"}
MAX_HEADLINE = 140


def alert_of(
    draft: Draft,
    newsroom: Newsroom,
    *,
    link: str,
    msg_type: str,
    description: str,
    sent: datetime,
    identifier: str,
    references: tuple[Reference, ...] = (),
) -> Alert:
    """Return a message in CAP words.

    Args:
        draft: the message.
        newsroom: who sends it.
        link: page of the message.
        msg_type: Alert, Update or Cancel.
        description: the body as plain text.
        sent: time of publication.
        identifier: identity of this document.
        references: documents of this message still in force, for an Update or Cancel.
    """
    return Alert(
        identifier=identifier,
        sender=newsroom.cap_sender or f"{newsroom.id}@localhost.invalid",
        sent=sent,
        status="Exercise" if newsroom.world == "exercise" else "Actual",
        msg_type=msg_type,
        scope="Public",
        source=draft.source.name if draft.source else "",
        note="EXERCICE" if newsroom.world == "exercise" else "",
        references=references,
        incidents=draft.incident.replace(" ", "-"),
        infos=(_info(draft, newsroom, link, msg_type, description, sent),),
    )


def cap_text(draft: Draft, newsroom: Newsroom, *, link: str, msg_type: str, description: str) -> str:
    """Return the CAP document of a message in which `sent`, `identifier` and `references` are slots.

    Raises:
        FeedError: CAP does not allow it.
    """
    references = () if msg_type == "Alert" else (_REFERRED,)
    alert = alert_of(
        draft,
        newsroom,
        link=link,
        msg_type=msg_type,
        description=description,
        sent=_SENT,
        identifier=_IDENTIFIER,
        references=references,
    )
    text = to_xml(alert).decode()
    referred = f"{_REFERRED.sender},{_REFERRED.identifier},{time_text(_SENT)}"
    text = text.replace(
        f"<references>{referred}</references>",
        f"<references>{slot('references')}</references>",
    )
    text = text.replace(
        f"<identifier>{_IDENTIFIER}</identifier>",
        f"<identifier>{slot('identifier')}</identifier>",
    )
    for at, name in ((_DAY, "expires_day"), (_WEEK, "expires_week")):
        text = text.replace(f"<expires>{time_text(at)}</expires>", f"<expires>{slot(name)}</expires>")
    return text.replace(f"<sent>{time_text(_SENT)}</sent>", f"<sent>{slot('sent')}</sent>")


def _info(d: Draft, newsroom: Newsroom, link: str, msg_type: str, description: str, sent: datetime) -> Info:
    zone = ZoneInfo(newsroom.timezone)
    ends = msg_type == "Cancel" or d.kind is MessageKind.ALL_CLEAR
    response = "AllClear" if ends else _RESPONSES.get(d.response or "", _default_response(d))
    expires = _expires(d, ends, sent)
    headline = f"Fin : {d.title}" if msg_type == "Cancel" else d.title
    return Info(
        language="fr-FR" if d.language == "fr" else d.language,
        categories=(_category(d),),
        event=d.event or _EVENTS[d.kind],
        response_types=(response,),
        urgency="Past" if ends else (d.urgency or _default_urgency(d)).capitalize(),
        severity=_severity(d, ends),
        certainty=(d.certainty or ("observed" if ends else "likely")).capitalize(),
        onset=d.onset_at.astimezone(zone) if d.onset_at else None,
        expires=expires if expires in (_DAY, _WEEK) else expires.astimezone(zone),
        sender_name=newsroom.name,
        headline=headline if len(headline) <= MAX_HEADLINE else d.title,
        description=description,
        instruction="" if ends else d.instruction,
        web=link or newsroom.base_url,
        contact=d.contact,
        areas=_areas(d, newsroom),
    )


def _expires(d: Draft, ends: bool, sent: datetime) -> datetime:
    """Return the end of validity: never before the beginning, which an end of alert may come after."""
    if ends:
        return sent + timedelta(days=1)
    return d.expires_at or (d.onset_at + timedelta(days=1) if d.onset_at else sent + timedelta(days=7))


def _severity(d: Draft, ends: bool) -> str:
    if ends or (d.level is Level.UNKNOWN and d.kind is not MessageKind.ALERT):
        return "Minor"
    return _SEVERITY[d.level]


def _default_urgency(d: Draft) -> str:
    if d.level in (Level.EXTREME, Level.SEVERE):
        return "immediate"
    return "expected" if d.level is Level.MODERATE else "future"


def _default_response(d: Draft) -> str:
    return "Avoid" if d.kind is MessageKind.ALERT else "Monitor"


def _category(d: Draft) -> str:
    if not d.category:
        return "Safety" if d.kind in (MessageKind.ALERT, MessageKind.ALL_CLEAR, MessageKind.HOLDING) else "Other"
    return "CBRNE" if d.category == "cbrne" else d.category.capitalize()


def _areas(d: Draft, newsroom: Newsroom) -> tuple[Area, ...]:
    codes = d.areas or newsroom.areas
    if not codes:
        return (Area(area_desc=newsroom.name),)
    return tuple(
        Area(
            area_desc=newsroom.area_names.get(code, code),
            geocodes=(Named(GEOCODE.get(len(code), "FR-INSEE-COMMUNE"), code),),
        )
        for code in codes
    )
