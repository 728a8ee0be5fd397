"""Checks of `[newsroom]`, `[web]` and the quiet hours that types alone cannot make."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broadcast import quiet
from broadcast.errors import SettingsError
from broadcast.quiet import QuietHours
from broadcast.settings.sections import NewsroomSection

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
    for code in section.areas:
        if not _INSEE.fullmatch(code):
            raise SettingsError(f'newsroom.areas : « {code} » n\'est pas un code INSEE de commune ("92040", "2A004")')
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", section.id):
        raise SettingsError(f"newsroom.id : « {section.id} » : minuscules, chiffres et tirets seulement")


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
