"""`broadcast.toml`: read, checked key by key, completed from the environment (design §7)."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from broadcast.channel import ChannelSettings, Secret
from broadcast.errors import SettingsError, os_reason, toml_reason
from broadcast.files import read_plain
from broadcast.model import Newsroom
from broadcast.quiet import QuietHours
from broadcast.settings.environment import complete, value_of
from broadcast.settings.newsroom import check_newsroom, public_url_of, quiet_hours_of
from broadcast.settings.secrets import is_secret, read_secret
from broadcast.settings.sections import DispatchSettings, FeedSettings, File
from broadcast.settings.sentences import sentence

__all__ = [
    "FILE",
    "ChannelSection",
    "DispatchSettings",
    "FeedSettings",
    "Settings",
    "canonical_channel",
    "channel_settings",
    "find_newsroom",
    "load",
]

FILE = "broadcast.toml"
#: Most that is read of the settings, bytes.
_MAX_FILE = 5_000_000
_NAME = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSection:
    """One `[channels.<name>]` as written; its kind checks the rest."""

    name: str
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a newsroom."""

    dir: Path
    newsroom: Newsroom
    database_url: str = field(repr=False)
    separate_logins: bool
    dispatch: DispatchSettings
    channels: Mapping[str, ChannelSection]
    feeds: Mapping[str, FeedSettings]
    #: Keys of feeds that ask for one, by feed.
    feed_keys: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    #: Where the town lies: latitude and longitude, and its outline.
    position: tuple[float, float] | None = None
    outline: tuple[tuple[float, float], ...] = ()
    coastal: bool = True
    #: Address under which the internet reaches the pages of `broadcast run`, "" if it cannot.
    public_url: str = ""
    quiet_hours: QuietHours | None = None
    env: Mapping[str, str] = field(repr=False)


def find_newsroom(start: Path) -> Path:
    """Return the nearest folder at or above `start` with a `broadcast.toml`.

    Raises:
        SettingsError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise SettingsError(
        f"aucun {FILE} dans {start} ni au-dessus : créez une rédaction avec `broadcast init DOSSIER`, "
        "ou indiquez-la avec --newsroom"
    )


def load(folder: Path, env: Mapping[str, str]) -> Settings:
    """Read and check the settings of a newsroom folder.

    Raises:
        SettingsError: what is wrong, under which key, and the way out.
    """
    folder = folder.resolve()
    raw = _read(folder / FILE)
    complete(raw, env)
    keys = _feed_keys(raw, folder)
    try:
        parsed = File.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(sentence(error, "", File)) from None
    section = parsed.newsroom
    check_newsroom(section)
    return Settings(
        dir=folder,
        newsroom=Newsroom(
            id=section.id,
            name=section.name,
            language=section.language,
            timezone=section.timezone,
            base_url=section.base_url.rstrip("/"),
            areas=section.areas,
            area_names=section.area_names,
            cap_sender=section.cap_sender,
        ),
        database_url=_absolute(section.database, folder),
        separate_logins=parsed.approval.separate_logins,
        dispatch=parsed.dispatch,
        channels={name: _section(name, values) for name, values in parsed.channels.items()},
        feeds=parsed.feeds,
        feed_keys=keys,
        position=section.position,
        outline=section.outline,
        coastal=section.coastal,
        public_url=public_url_of(parsed.web.public_url),
        quiet_hours=quiet_hours_of(parsed.dispatch.quiet_hours, section.timezone),
        env=dict(env),
    )


def canonical_channel(settings: Settings) -> str | None:
    """Return the channel whose pages the others point at: the one marked, else the first website.

    Raises:
        SettingsError: two are marked.
    """
    marked = [name for name, section in settings.channels.items() if section.values.get("canonical") is True]
    if len(marked) > 1:
        raise SettingsError(f"channels.{marked[1]}.canonical : un seul canal peut l'être ({marked[0]} l'est déjà)")
    sites = [name for name, section in settings.channels.items() if section.kind == "website"]
    return next(iter([*marked, *sites]), None)


def channel_settings(settings: Settings, name: str, type_: type[ChannelSettings]) -> ChannelSettings:
    """Return the settings of one channel as its kind's own frozen type, secrets read.

    Raises:
        SettingsError: what is wrong, under which key, and the way out.
    """
    section = settings.channels[name]
    path = f"channels.{name}"
    values = {k: v for k, v in section.values.items() if k != "kind"}
    hints = _hints(cast(Any, type_))
    for f in dataclasses.fields(type_):
        if is_secret(hints[f.name]):
            secret = _secret(settings, values, path, f.name)
            if secret is not None:
                values[f.name] = secret
    for key, text in values.pop("_env", {}).items():
        if not is_secret(hints.get(key)):
            values[key] = value_of(text)
    values |= {
        "name": name,
        "kind": section.kind,
        "call_timeout_s": settings.dispatch.call_timeout,
        "newsroom_dir": str(settings.dir),
    }
    try:
        made: ChannelSettings = _adapter(cast(Any, type_)).validate_python(values)
    except ValidationError as error:
        raise SettingsError(sentence(error, path, type_), subject=name) from None
    return made


@cache
def _hints(type_: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(type_)


@cache
def _adapter(type_: type[Any]) -> TypeAdapter[Any]:
    # Making one costs two milliseconds, and a hundred channels are of few kinds.
    return TypeAdapter(type_)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_plain(path, _MAX_FILE).decode("utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"{path} : fichier absent ; créez une rédaction avec `broadcast init DOSSIER`") from None
    except OSError as error:
        raise SettingsError(f"{path} : {os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} : le fichier n'est pas en UTF-8 (octet {error.start}) ; réenregistrez-le en UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} : ce n'est pas du TOML correct : {toml_reason(str(error))}") from error


def _feed_keys(raw: dict[str, Any], folder: Path) -> dict[str, Secret]:
    """Let the environment complete each feed, and read the keys that feeds ask for."""
    keys: dict[str, Secret] = {}
    for name, section in raw.get("feeds", {}).items():
        if not _NAME.fullmatch(name):
            raise SettingsError(f"feeds.{name} : un nom de source n'a que des minuscules, chiffres et tirets")
        if not isinstance(section, dict):
            continue
        overrides = section.pop("_env", {})
        if "api_key" in section:
            raise SettingsError(
                f"feeds.{name}.api_key : un secret ne s'écrit pas dans {FILE} ; mettez-le dans un fichier (chmod 600) et "
                'indiquez api_key_file = "secrets/…"'
            )
        key = overrides.pop("api_key", "")
        section |= {k: value_of(text) for k, text in overrides.items()}
        if key:
            keys[name] = Secret(key.strip())
        elif section.get("api_key_file"):
            keys[name] = Secret(read_secret(folder, str(section["api_key_file"]), f"feeds.{name}.api_key_file"))
    return keys


def _section(name: str, values: dict[str, Any]) -> ChannelSection:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"channels.{name} : un nom de canal n'a que des minuscules, chiffres et tirets")
    overrides = values.pop("_env", {})
    kind = values.get("kind")
    if not isinstance(kind, str):
        raise SettingsError(f'channels.{name}.kind : à indiquer, par exemple kind = "mastodon"')
    return ChannelSection(
        name=name,
        kind=kind,
        values=values | {"_env": overrides} if overrides else values,
    )


def _secret(settings: Settings, values: dict[str, Any], path: str, key: str) -> Secret | None:
    overrides = values.get("_env", {})
    if key in overrides:
        return Secret(overrides[key].strip())
    if key in values:
        raise SettingsError(
            f"{path}.{key} : un secret ne s'écrit pas dans {FILE} ; mettez-le dans un fichier (chmod 600) et "
            f'indiquez {key}_file = "secrets/…"'
        )
    file = values.pop(f"{key}_file", None)
    if f"{key}_file" in overrides:
        file = overrides.pop(f"{key}_file")
    return None if file is None else Secret(read_secret(settings.dir, str(file), f"{path}.{key}_file"))


def _absolute(url: str, folder: Path) -> str:
    match = re.fullmatch(r"sqlite:///(?!/)(.+)", url)
    return f"sqlite:///{folder / match[1]}" if match and match[1] != ":memory:" else url
