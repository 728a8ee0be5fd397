"""Secrets: read from files that nobody else may read, never from the settings themselves."""

from __future__ import annotations

import stat
import typing
from pathlib import Path
from typing import Any

from broadcast.channel import Secret
from broadcast.errors import SettingsError, os_reason
from broadcast.files import read_plain

#: No credential is longer.
_MAX_BYTES = 100_000


def is_secret(hint: Any) -> bool:
    """True for a field that holds a credential."""
    return hint is Secret or Secret in typing.get_args(hint)


def read_secret(folder: Path, file: str, path: str) -> str:
    """Return a secret from its file.

    Args:
        folder: of the newsroom.
        file: relative to it.
        path: key in the settings, for the sentence.

    Raises:
        SettingsError: it cannot be read, is empty, or others may read it.
    """
    place = folder / file
    try:
        mode = place.stat().st_mode
        text = read_plain(place, _MAX_BYTES).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "pas du texte"
        raise SettingsError(f"{path} : {place} : illisible ({reason}) ; créez ce fichier avec le secret") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path} : {place} : lisible par d'autres utilisateurs ; faites chmod 600 {place}")
    if not text:
        raise SettingsError(f"{path} : {place} : fichier vide ; mettez-y le secret")
    return text
