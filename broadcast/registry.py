"""The only module that reaches `channels/`: finds a kind by name, and opens a configured channel."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import pkgutil
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from broadcast.channel import Board, ChannelSettings, Limits, Stream
from broadcast.errors import SettingsError
from broadcast.memory import FileMemory
from broadcast.settings import Settings, channel_settings

Adapter = Stream | Board

#: Ability -> the method by which it is known.
ABILITIES = {
    "update": "update",
    "take_down": "take_down",
    "find": "find",
    "probe": "probe",
    "draw": "draw",
    "send_each": "send_to",
    "doubts": "doubts",
}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@cache
def kinds() -> tuple[str, ...]:
    """Return the channel kinds that are installed, by name."""
    import channels

    return tuple(sorted(m.name for m in pkgutil.iter_modules(channels.__path__) if not m.name.startswith("_")))


@cache
def adapter_type(kind: str) -> type[Any]:
    """Return the adapter of a kind.

    Raises:
        SettingsError: there is no such kind.
    """
    if kind not in kinds():
        near = difflib.get_close_matches(kind, kinds(), 1)
        hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
        raise SettingsError(
            f"genre de canal inconnu : « {kind} » ; connus : {', '.join(kinds())}{hint}",
            subject=kind,
        )
    return cast(type[Any], importlib.import_module(f"channels.{kind}").ADAPTER)


def is_board(adapter: type[Any]) -> bool:
    """True for a kind that is a picture of all that is public."""
    return hasattr(adapter, "show")


def abilities(adapter: type[Any]) -> frozenset[str]:
    """Return what a kind is able to do beyond publishing."""
    return frozenset(name for name, method in ABILITIES.items() if callable(getattr(adapter, method, None)))


def is_network(adapter: type[Any]) -> bool:
    """True for a kind that speaks to a network: it says so by its setting `url` or by `network = True`."""
    fields = getattr(adapter.settings_type, "__dataclass_fields__", {})
    return "url" in fields or bool(getattr(adapter, "network", False))


def is_on_loopback(settings: Settings, name: str) -> bool:
    """True if a network channel points at this machine."""
    values = settings.channels[name].values
    url = values.get("_env", {}).get("url") or values.get("url") or values.get("host") or ""
    host = urlsplit(url).hostname if "://" in str(url) else str(url)
    return host in _LOOPBACK


def points_at_loopback(settings: Settings) -> bool:
    """True if every network channel points at this machine: only then the switches for tests count."""
    networks = [name for name, section in settings.channels.items() if is_network(adapter_type(section.kind))]
    hubs = [str(section.values.get("hub") or "") for section in settings.channels.values()]
    return all(is_on_loopback(settings, name) for name in networks) and all(
        urlsplit(hub).hostname in _LOOPBACK for hub in hubs if hub
    )


def open_channel(settings: Settings, name: str) -> Adapter:
    """Return a configured channel; nothing is opened yet.

    Raises:
        SettingsError: its settings cannot be used.
    """
    adapter = adapter_type(settings.channels[name].kind)
    memory = FileMemory(settings.dir / ".broadcast" / "memory" / f"{name}.json")
    return cast(
        Adapter,
        adapter(channel_settings(settings, name, adapter.settings_type), memory),
    )


def destination_of(settings: Settings, name: str) -> dict[str, str]:
    """Return where, and in whose name, what a channel sends leaves: as the settings say, without secrets.

    A kind names those of its settings that say so in `destination`; of one that does not, all but secrets do.
    """
    section = settings.channels[name]
    type_ = adapter_type(section.kind).settings_type
    common = {f.name for f in dataclasses.fields(ChannelSettings)}
    own = {f.name: f for f in dataclasses.fields(type_) if f.name not in common and "Secret" not in str(f.type)}
    values = dict(section.values) | dict(section.values.get("_env", {}))
    said = {}
    for key in getattr(type_, "destination", own):
        default = own[key].default
        said[f"{name}.{key}"] = str(values.get(key, "" if default is dataclasses.MISSING else default))
    room = settings.newsroom
    return {"newsroom.name": room.name, "newsroom.base_url": room.base_url, **said}


def limits_of(settings: Settings, name: str) -> Limits:
    """Return the limits that settings and platform give, without a network call or a secret."""
    try:
        return open_channel(settings, name).limits
    except SettingsError:
        adapter = adapter_type(settings.channels[name].kind)
        default = getattr(adapter, "default_limits", None)
        return default if isinstance(default, Limits) else Limits()


def settings_faults(settings: Settings) -> dict[str, str]:
    """Return what keeps a channel from being opened, by channel: an unknown key, a missing secret, and so on."""
    faults = {}
    for name in settings.channels:
        try:
            open_channel(settings, name)
        except SettingsError as error:
            faults[name] = str(error)
    return faults


def common_of(settings: Settings, name: str) -> ChannelSettings:
    """Return what every channel has in its settings, without a look at what its kind adds.

    Raises:
        SettingsError: a value that no channel takes.
    """
    known = {f.name for f in dataclasses.fields(ChannelSettings)} - {"name", "kind"}
    section = settings.channels[name]
    values = {k: v for k, v in section.values.items() if k in known}
    bare = dataclasses.replace(section, values=values)
    return channel_settings(dataclasses.replace(settings, channels={name: bare}), name, ChannelSettings)


def messages_of(settings: Settings, name: str) -> tuple[str, ...]:
    """Return the message kinds that go to a channel by default."""
    return common_of(settings, name).messages
