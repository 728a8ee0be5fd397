"""Google Public Alerts profile: what it refuses and what it recommends, as a lint of our own alerts. Pure.

Source: google/cap-library, GoogleProfile.java; developers.google.com/public-alerts, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from broadcast.alerts import Alert, Info

MAX_HEADLINE = 140
Lint = tuple[str, bool, str]


def google_profile(alert: Alert) -> list[Lint]:
    """Return (code, whether it is an error, a French sentence) for each remark, errors first."""
    found = [*_alert(alert), *(lint for n, info in enumerate(alert.infos, 1) for lint in _info(n, info, alert))]
    return sorted(dict.fromkeys(found), key=lambda lint: not lint[1])


def _alert(alert: Alert) -> Iterator[Lint]:
    if alert.msg_type in ("Update", "Cancel") and not alert.references:
        yield "references_missing", True, f"references : obligatoire pour {alert.msg_type}"
    if not alert.infos:
        yield "info_missing", True, "info : absent"
    if len({frozenset(i.categories) for i in alert.infos}) > 1:
        yield "categories_differ", True, "category : les mêmes dans toutes les langues"
    if len({frozenset(i.event_codes) for i in alert.infos}) > 1:
        yield "event_codes_differ", True, "eventCode : les mêmes dans toutes les langues"
    if alert.status == "Test":
        yield "status_test", False, "status : Test n'est pas diffusé"
    if alert.sent.utcoffset() == timedelta(0):
        yield "sent_in_utc", False, "sent : donnez l'heure avec le décalage du lieu, pas en UTC"


def _info(n: int, info: Info, alert: Alert) -> Iterator[Lint]:
    yield from (_lint(n, code, True, text) for code, text in _errors(info, alert))
    yield from (_lint(n, code, False, text) for code, text in _warnings(info))


def _lint(n: int, code: str, is_error: bool, text: str) -> Lint:
    return code, is_error, f"info {n} : {text}"


def _errors(info: Info, alert: Alert) -> Iterator[tuple[str, str]]:
    for name, value in (
        ("description", info.description),
        ("web", info.web),
        ("urgency", info.urgency),
        ("severity", info.severity),
        ("certainty", info.certainty),
    ):
        if not value:
            yield f"{name}_missing", f"{name} : absent"
    if info.expires is None:
        yield "expires_missing", "expires : absent"
    elif info.expires < (info.effective or alert.sent):
        yield "effective_after_expires", "effective : après expires"
    if not info.areas:
        yield "area_missing", "area : absent"
    for area in info.areas:
        if not (area.polygons or area.circles or area.geocodes):
            yield "area_without_place", f"area « {area.area_desc} » : ni polygone, ni cercle, ni code"


def _warnings(info: Info) -> Iterator[tuple[str, str]]:
    for name, value in (
        ("senderName", info.sender_name),
        ("responseType", info.response_types),
        ("instruction", info.instruction),
        ("contact", info.contact),
    ):
        if not value:
            yield f"{name}_missing", f"{name} : recommandé"
    if len(info.headline) >= MAX_HEADLINE:
        yield "headline_long", f"headline : {len(info.headline)} caractères, moins de {MAX_HEADLINE} recommandés"
    if info.headline and info.headline == info.description:
        yield "headline_is_description", "headline : le même texte que description"
    if info.description and info.description == info.instruction:
        yield "description_is_instruction", "description : le même texte que instruction"
    for name, value in (("urgency", info.urgency), ("severity", info.severity), ("certainty", info.certainty)):
        if value == "Unknown":
            yield f"{name}_unknown", f"{name} : Unknown est déconseillé"
    if any(_is_zero(circle) for area in info.areas for circle in area.circles):
        yield "circle_zero", "circle : rayon nul"


def _is_zero(circle: str) -> bool:
    try:
        return float(circle.split()[-1]) == 0
    except (ValueError, IndexError):
        return False
