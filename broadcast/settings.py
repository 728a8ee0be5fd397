"""`broadcast.toml`: read, checked key by key, completed from the environment (design §7)."""

from __future__ import annotations

import dataclasses
import difflib
import re
import stat
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from broadcast import quiet
from broadcast.channel import ChannelSettings, Secret
from broadcast.durations import seconds_of
from broadcast.errors import SettingsError, os_reason
from broadcast.model import Newsroom
from broadcast.quiet import QuietHours

FILE = "broadcast.toml"
_PREFIX = "BROADCAST_"
_NAME = re.compile(r"[a-z0-9-]+")
_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}|97\d{3}|98\d{3}")

Duration = Annotated[float, BeforeValidator(seconds_of)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class _NewsroomSection(_Strict):
    id: str = "ville"
    name: str
    language: str = "fr"
    timezone: str = "Europe/Paris"
    base_url: str = ""
    areas: tuple[str, ...] = ()
    area_names: dict[str, str] = {}
    #: Latitude and longitude of the town, and its outline, for alerts that draw their area.
    position: tuple[float, float] | None = None
    outline: tuple[tuple[float, float], ...] = ()
    #: False: what concerns only the coast of the department does not concern the town.
    coastal: bool = True
    database: str = "sqlite:///newsroom.db"
    cap_sender: str = ""


class _ApprovalSection(_Strict):
    separate_logins: bool = False


class DispatchSettings(_Strict):
    """Times of the dispatcher, seconds."""

    lease: Duration = 30.0
    call_timeout: Duration = 20.0
    find_delay: Duration = 120.0
    backoff_first: Duration = 5.0
    backoff_max: Duration = 900.0
    #: "22:00-07:00": what is not urgent waits for the end of it; "": never.
    quiet_hours: str = ""

    @property
    def lease_s(self) -> float:
        """Life of a claim."""
        return self.lease

    @property
    def call_timeout_s(self) -> float:
        """Longest call."""
        return self.call_timeout

    @property
    def find_delay_s(self) -> float:
        """How long a network may take to show a new post."""
        return self.find_delay

    @property
    def backoff_first_s(self) -> float:
        """First wait before a new try."""
        return self.backoff_first

    @property
    def backoff_max_s(self) -> float:
        """Longest wait before a new try."""
        return self.backoff_max


class FeedSettings(_Strict):
    """A source of national information."""

    url: str
    poll_every: Duration = 600.0
    #: True lets the address be one of this machine or of the town hall's own network.
    allow_private: bool = False
    #: How the source is named in what is relayed; "": the title that the feed gives itself.
    label: str = ""
    #: Terms of reuse, where the feed does not say.
    rights: str = ""
    #: "national": what it says concerns everybody. "": only what names the newsroom's areas.
    scope: Literal["", "national"] = ""
    #: Words of which one makes an item concern the newsroom.
    keywords: tuple[str, ...] = ()
    #: New items within an hour above which they become one task.
    max_new: int = Field(default=20, ge=1)
    #: Longest silence that is normal: without anything new for longer, the source is told stale.
    expects_every: Duration | None = None
    #: Header that carries the key of the service, and the key itself (api_key_file, or the environment).
    api_key_header: str = "apikey"
    api_key_file: str = ""
    #: Signed CAP: require, if_present, ignore; PEM files of those who may sign.
    signature: Literal["require", "if_present", "ignore"] = "ignore"
    certificates: tuple[str, ...] = ()
    allow_sha1: bool = False
    #: CAP senders that this source speaks for; none: any.
    senders: tuple[str, ...] = ()
    #: Vigicrues sections, and EMMA_ID → department, where the source counts so.
    sections: tuple[str, ...] = ()
    emma_ids: dict[str, str] = {}
    websub: bool = True


class _WebSection(_Strict):
    public_url: str = ""


class _File(_Strict):
    newsroom: _NewsroomSection
    approval: _ApprovalSection = _ApprovalSection()
    dispatch: DispatchSettings = DispatchSettings()
    channels: dict[str, dict[str, Any]] = {}
    feeds: dict[str, FeedSettings] = {}
    web: _WebSection = _WebSection()


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
    _from_environment(raw, env)
    keys = _feed_keys(raw, folder)
    try:
        parsed = _File.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(_sentence(error, "", _File)) from None
    section = parsed.newsroom
    _check_newsroom(section)
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
        public_url=_public_url(parsed.web.public_url),
        quiet_hours=_quiet_hours(parsed.dispatch.quiet_hours, section.timezone),
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
        if _is_secret(hints[f.name]):
            secret = _secret(settings, values, path, f.name)
            if secret is not None:
                values[f.name] = secret
    for key, text in values.pop("_env", {}).items():
        if not _is_secret(hints.get(key)):
            values[key] = _value(text)
    values |= {
        "name": name,
        "kind": section.kind,
        "call_timeout_s": settings.dispatch.call_timeout,
        "newsroom_dir": str(settings.dir),
    }
    try:
        made: ChannelSettings = _adapter(cast(Any, type_)).validate_python(values)
    except ValidationError as error:
        raise SettingsError(_sentence(error, path, type_), subject=name) from None
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
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"{path} : fichier absent ; créez une rédaction avec `broadcast init DOSSIER`") from None
    except OSError as error:
        raise SettingsError(f"{path} : {os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} : le fichier n'est pas en UTF-8 (octet {error.start}) ; réenregistrez-le en UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} : ce n'est pas du TOML correct : {error}") from error


def _from_environment(raw: dict[str, Any], env: Mapping[str, str]) -> None:
    """Let `BROADCAST_<SECTION>__<KEY>` override the file; secrets of channels are read elsewhere."""
    for name, text in env.items():
        if not name.startswith(_PREFIX) or "__" not in name:
            continue
        section, *keys = name.removeprefix(_PREFIX).lower().split("__")
        if section in ("newsroom", "approval", "dispatch", "web") and len(keys) == 1:
            raw.setdefault(section, {})[keys[0]] = _value(text)
        elif section in ("channels", "feeds") and len(keys) == 2:
            target = next(
                (n for n in raw.get(section, {}) if n.replace("-", "_") == keys[0]),
                None,
            )
            if target is not None:
                raw[section][target].setdefault("_env", {})[keys[1]] = text


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
        section |= {k: _value(text) for k, text in overrides.items()}
        if key:
            keys[name] = Secret(key.strip())
        elif section.get("api_key_file"):
            keys[name] = Secret(_read_secret(folder, str(section["api_key_file"]), f"feeds.{name}.api_key_file"))
    return keys


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


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


def _is_secret(hint: Any) -> bool:
    return hint is Secret or Secret in typing.get_args(hint)


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
    return None if file is None else Secret(_read_secret(settings.dir, str(file), f"{path}.{key}_file"))


def _read_secret(folder: Path, file: str, path: str) -> str:
    place = folder / file
    try:
        mode = place.stat().st_mode
        text = place.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "pas du texte"
        raise SettingsError(f"{path} : {place} : illisible ({reason}) ; créez ce fichier avec le secret") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path} : {place} : lisible par d'autres utilisateurs ; faites chmod 600 {place}")
    if not text:
        raise SettingsError(f"{path} : {place} : fichier vide ; mettez-y le secret")
    return text


def _check_newsroom(section: _NewsroomSection) -> None:
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


def _public_url(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s/]+(?:/[^\s?#]*)?", url):
        raise SettingsError(f"web.public_url : « {url} » n'est pas une adresse http(s)")
    return url.rstrip("/")


def _quiet_hours(text: str, zone: str) -> QuietHours | None:
    try:
        return quiet.parse(text, zone)
    except ValueError as error:
        raise SettingsError(f"dispatch.quiet_hours : {error}") from error


def _absolute(url: str, folder: Path) -> str:
    match = re.fullmatch(r"sqlite:///(?!/)(.+)", url)
    return f"sqlite:///{folder / match[1]}" if match and match[1] != ":memory:" else url


def _sentence(error: ValidationError, path: str, type_: Any) -> str:
    """Return one line a problem: dotted path, what is wrong, the way out."""
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        place = ".".join([path, *(str(p) for p in problem["loc"])]).strip(".")
        lines.append(f"{place} : {_cause(problem, type_)}")
    return " ; ".join(lines)


def _cause(problem: Any, type_: Any) -> str:
    kind, last = problem["type"], str(problem["loc"][-1]) if problem["loc"] else ""
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        near = difflib.get_close_matches(last, _known_keys(type_, problem["loc"]), 1)
        return "clé inconnue" + (f" ; vouliez-vous dire « {near[0]} » ?" if near else " ; retirez-la")
    if kind in ("missing", "missing_argument"):
        return f"à indiquer (pour un secret : {last}_file, ou la variable d'environnement)"
    if kind == "string_type":
        return "doit être un texte : mettez-le entre guillemets"
    if kind == "literal_error":
        return f"à choisir parmi : {problem['ctx']['expected'].replace(' or ', ', ')}"
    for start, wanted in (
        ("bool", "true ou false"),
        ("int", "un nombre entier"),
        ("float", "un nombre"),
        ("greater", "plus grand"),
    ):
        if kind.startswith(start):
            return f"doit être {wanted}"
    if kind in ("list_type", "tuple_type"):
        return 'doit être une liste : ["un", "deux"]'
    return str(problem["msg"]).removeprefix("Value error, ")


def _known_keys(type_: Any, loc: tuple[Any, ...]) -> list[str]:
    if dataclasses.is_dataclass(type_):
        return [f.name for f in dataclasses.fields(type_)]
    model: Any = type_
    for step in loc[:-1]:
        annotation = model.model_fields[step].annotation if step in getattr(model, "model_fields", {}) else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)
