"""The sections of `broadcast.toml` as pydantic checks them: unknown keys are refused."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from broadcast.durations import seconds_of

Duration = Annotated[float, BeforeValidator(seconds_of)]


def _private(value: object) -> object:
    if isinstance(value, str):
        raise ValueError('true, ou une liste de réseaux : allow_private = ["192.168.10.0/24"]')
    return tuple(_network(str(name)) for name in value) if isinstance(value, (list, tuple)) else value


def _network(name: str) -> str:
    try:
        return str(ipaddress.ip_network(name.strip(), strict=False))
    except ValueError:
        raise ValueError(f'« {name[:60]} » n\'est pas un réseau ; par exemple "192.168.10.0/24"') from None


#: Which addresses that are not public a source may have (`feeds.addresses.allowed_of`).
Private = Annotated[bool | tuple[str, ...], BeforeValidator(_private)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class NewsroomSection(_Strict):
    """`[newsroom]`."""

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


class ApprovalSection(_Strict):
    """`[approval]`."""

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
    #: Networks in which the address may be beside the public Internet (["192.168.10.0/24"]); True: this machine and
    #: all private ones. Link-local addresses and metadata services never are.
    allow_private: Private = False
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


class WebSection(_Strict):
    """`[web]`."""

    public_url: str = ""


class File(_Strict):
    """The whole file; channels are checked by their kinds."""

    newsroom: NewsroomSection
    approval: ApprovalSection = ApprovalSection()
    dispatch: DispatchSettings = DispatchSettings()
    channels: dict[str, dict[str, Any]] = {}
    feeds: dict[str, FeedSettings] = {}
    web: WebSection = WebSection()
