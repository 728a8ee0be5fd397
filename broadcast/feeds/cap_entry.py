"""An alert as an entry of a feed. Pure."""

from __future__ import annotations

from datetime import UTC

from broadcast.alerts import Alert, Entry, Info
from broadcast.feeds.cap_write import time_text
from broadcast.feeds.links import http_link
from broadcast.feeds.plain import plain


def entry_of(alert: Alert, *, url: str = "", rights: str = "") -> Entry:
    """Return the entry of an alert; its words are those of the French info, else of the first."""
    info = preferred(alert)
    title = plain(info.headline or info.event, one_line=True) if info else ""
    body = "\n\n".join(part for part in (info.description, info.instruction) if part) if info else alert.note
    sent = alert.sent.astimezone(UTC)
    return Entry(
        id=identity_text(alert),
        title=title or plain(alert.note, one_line=True) or f"{alert.msg_type} {alert.identifier}",
        link=http_link(info.web, url) if info else "",
        published=sent,
        updated=sent,
        summary=plain(body),
        language=info.language if info else "",
        alert=alert,
        rights=rights,
    )


def identity_text(alert: Alert) -> str:
    """Return the triple of an alert as CAP's references write it."""
    return f"{alert.sender},{alert.identifier},{time_text(alert.sent)}"


def preferred(alert: Alert, language: str = "fr") -> Info | None:
    """Return the info of the newsroom's language, else the first; None without infos."""
    first = alert.infos[0] if alert.infos else None
    return next((i for i in alert.infos if i.language.lower().startswith(language)), first)


def is_green(info: Info) -> bool:
    """Say whether MeteoAlarm's level of this info is 1: nothing in force."""
    return any(p.value_name == "awareness_level" and p.value.strip().partition(";")[0].strip() == "1" for p in info.parameters)


def is_nothing(alert: Alert) -> bool:
    """Say whether an alert announces nothing and ends nothing: all green, no earlier message named."""
    return bool(alert.infos) and all(is_green(info) for info in alert.infos) and not alert.references
