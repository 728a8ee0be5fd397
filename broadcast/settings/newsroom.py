"""Checks of `[newsroom]`, `[web]` and the quiet hours that types alone cannot make."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broadcast import quiet
from broadcast.errors import SettingsError
from broadcast.quiet import QuietHours
from broadcast.settings.sections import NewsroomSection

LANGUAGES = ("fr", "en")
#: South, north, west, east of the mainland and of each overseas territory, degrees, generously.
_FRANCE = (
    (41.0, 51.6, -5.8, 10.0),
    (14.0, 18.6, -63.5, -60.5),
    (2.0, 6.0, -55.0, -51.0),
    (-21.6, -20.6, 55.0, 56.0),
    (-13.2, -12.4, 44.8, 45.5),
    (46.5, 47.3, -57.0, -55.5),
    (-28.0, -7.0, -155.0, -134.0),
    (-23.5, -17.5, 157.5, 172.5),
    (-14.8, -12.8, -178.5, -175.8),
)
_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}|97\d{3}|98\d{3}")


def check_newsroom(section: NewsroomSection) -> None:
    """Refuse what no newsroom can be.

    Raises:
        SettingsError: which key, and what it should be.
    """
    try:
        ZoneInfo(section.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(f"newsroom.timezone : « {section.timezone} » inconnu ; écrivez par exemple Europe/Paris") from None
    if section.base_url and not re.fullmatch(r"https?://[^\s/]+(?:/[^\s?#]*)?", section.base_url):
        raise SettingsError(f"newsroom.base_url : « {section.base_url} » n'est pas une adresse http(s)")
    if section.language not in LANGUAGES:
        raise SettingsError(
            f"newsroom.language : « {section.language} » : la rédaction parle français ou anglais ({', '.join(LANGUAGES)}) ; "
            "un message dans une autre langue le dit lui-même (language: de)"
        )
    if section.position is not None:
        _check_position("newsroom.position", section.position)
    for point in section.outline:
        _check_position("newsroom.outline", point)
    for code in section.areas:
        if not _INSEE.fullmatch(code):
            raise SettingsError(f'newsroom.areas : « {code} » n\'est pas un code INSEE de commune ("92040", "2A004")')
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", section.id):
        raise SettingsError(f"newsroom.id : « {section.id} » : minuscules, chiffres et tirets seulement")


def _check_position(key: str, point: tuple[float, float]) -> None:
    """Refuse what is no place, and what is a place of France only with its two numbers exchanged.

    Raises:
        SettingsError: with the way out.
    """
    latitude, longitude = point
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise SettingsError(f"{key} : [{latitude}, {longitude}] n'est nulle part ; écrivez [latitude, longitude]")
    if not _in_france(latitude, longitude) and _in_france(longitude, latitude):
        raise SettingsError(f"{key} : latitude et longitude échangées ; écrivez [{longitude}, {latitude}]")


def _in_france(latitude: float, longitude: float) -> bool:
    return any(south <= latitude <= north and west <= longitude <= east for south, north, west, east in _FRANCE)


def public_url_of(url: str) -> str:
    """Return the address of the pages without its last stroke; `SettingsError` if it is none."""
    if url and not re.fullmatch(r"https?://[^\s/]+(?:/[^\s?#]*)?", url):
        raise SettingsError(f"web.public_url : « {url} » n'est pas une adresse http(s)")
    return url.rstrip("/")


def quiet_hours_of(text: str, zone: str) -> QuietHours | None:
    """Return when what is not urgent waits; `SettingsError` if it cannot be read."""
    try:
        return quiet.parse(text, zone)
    except ValueError as error:
        raise SettingsError(f"dispatch.quiet_hours : {error}") from error
