"""Documents of a made-up prefecture: alerts, a feed of them, and news."""

from __future__ import annotations

SENDER = "prefet@hauts-de-seine.example"
SENT = "2026-11-26T07:30:00+01:00"


def cap(
    identifier: str = "c1",
    sent: str = SENT,
    *,
    msg_type: str = "Alert",
    references: str = "",
    severity: str = "Severe",
    status: str = "Actual",
    scope: str = "Public",
    sender: str = SENDER,
    event: str = "Inondation",
    headline: str = "Vigilance orange crues : Seine",
    description: str = "La Seine va déborder.",
    expires: str = "2026-11-28T06:00:00+01:00",
    department: str = "92",
    response: str = "Avoid",
    urgency: str = "Expected",
    more: str = "",
) -> str:
    """Return one CAP 1.2 document."""
    named = f"<references>{references}</references>" if references else ""
    ends = f"<expires>{expires}</expires>" if expires else ""
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>{sender}</sender>'
        f"<sent>{sent}</sent><status>{status}</status><msgType>{msg_type}</msgType><scope>{scope}</scope>{named}<info>"
        f"<language>fr-FR</language><category>Met</category><event>{event}</event><responseType>{response}</responseType>"
        f"<urgency>{urgency}</urgency><severity>{severity}</severity><certainty>Likely</certainty>{ends}"
        f"<senderName>Préfecture des Hauts-de-Seine</senderName><headline>{headline}</headline>"
        f"<description>{description}</description><instruction>Ne descendez pas sur les berges.</instruction>"
        f"<web>https://www.hauts-de-seine.example/crue</web>{more}<area><areaDesc>Département {department}</areaDesc>"
        f"<geocode><valueName>FR-INSEE-DEPARTEMENT</valueName><value>{department}</value></geocode></area></info></alert>"
    )


def triple(identifier: str, sent: str = SENT, sender: str = SENDER) -> str:
    """Return how later messages name this one."""
    return f"{sender},{identifier},{sent}"


def atom(*documents: str) -> bytes:
    """Return a feed of CAP documents, whose ids are those of the alerts."""
    entries = "".join(
        f"<entry><id>urn:{d.partition('<identifier>')[2].partition('<')[0]}</id><title>alerte</title>"
        f"<updated>2026-11-26T06:30:00Z</updated><content type='text/xml'>{d}</content></entry>"
        for d in documents
    )
    head = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>urn:alertes</id>'
    return f"{head}<title>Alertes</title><updated>2026-11-26T06:30:00Z</updated>{entries}</feed>".encode()


def news(*items: tuple[str, str, str], day: str = "Thu, 26 Nov 2026 07:00:00 +0100") -> bytes:
    """Return an RSS feed of (guid, title, text)."""
    lines = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid><link>https://www.info.example/{guid}</link>"
        f"<description>{text}</description><pubDate>{day}</pubDate></item>"
        for guid, title, text in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Actualités</title>{lines}</channel></rss>'.encode()
