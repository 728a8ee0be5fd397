"""The only place that wires: settings, store, channels, renderer, desk and dispatcher of one newsroom."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadcast import registry, settings
from broadcast.clock import Clock, SystemClock, parse_now
from broadcast.desk.base import Desk
from broadcast.desk.people import make_first_administrator
from broadcast.dispatch.base import Dispatcher, Event
from broadcast.dispatch.claimant import this_process
from broadcast.dispatch.frozen import FrozenRenditions
from broadcast.durations import seconds_of
from broadcast.epoch import Epoch, stop_restored
from broadcast.errors import BroadcastError, SettingsError, UsageError
from broadcast.heads import Heads
from broadcast.lifecycle import Policy
from broadcast.login import login_of, login_of_process
from broadcast.model import Newsroom
from broadcast.plan import Place
from broadcast.retry import RetryPolicy
from broadcast.shipped import shipped
from broadcast.soundness import Keeper
from broadcast.store import newsroom as newsrooms
from broadcast.store.base import Database, Tx
from broadcast.store.renditions import media_reader

if TYPE_CHECKING:
    from broadcast.feeds.fetch import Fetcher
    from broadcast.feeds.under_way import UnderWay
    from broadcast.feeds.workers import Parsers
    from broadcast.render import Renderer

#: Steps of a delivery at which BROADCAST_PAUSE_AT can stop a sending process.
PAUSE_POINTS = ("claim", "attempt", "answer", "receipt")


class App:
    """One newsroom, opened."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        """Read the settings and open the database.

        Raises:
            SettingsError: the settings cannot be used.
            StoreError: the database cannot be opened.
        """
        self.env = dict(os.environ if env is None else env)
        self.settings = settings.load(folder, self.env)
        self.dir: Path = self.settings.dir
        self.is_on_loopback = registry.points_at_loopback(self.settings)
        self.clock: Clock = self._clock()
        self.db = Database(self.settings.database_url, self.settings.newsroom.id)
        self._epoch = Epoch(self.db, self.dir)
        self.heads = Heads(self.db, self.dir, self._board_folders())
        self._open_database()

    def _open_database(self) -> None:
        self._epoch.refuse_lost()
        # The mark says that there was a database: should it vanish only now, no new one takes its place.
        self.db.open(is_new=not self._epoch.file.exists())
        with self.db.read() as tx:
            row = _switches_or_none(tx)
        if row is None:
            with self.db.write() as tx:
                newsrooms.ensure_newsroom(tx, self._born_world())
                make_first_administrator(tx, self._founder(), self.clock.now())
                row = newsrooms.switches(tx)
        self.world = row.world
        if self._epoch.marked > row.epoch:
            self._stop_restored(self._epoch.marked)
        elif not self._epoch.file.exists():
            self._epoch.mark(row.epoch)

    def _stop_restored(self, epoch: int) -> None:
        self.heads.lose()
        unseen = [p.name for p in self.places.values() if not p.is_board and "find" not in p.abilities]
        stop_restored(self.db, self.clock, os_user=self.os_user, epoch=epoch, unseen=unseen)

    def _board_folders(self) -> list[Path]:
        return [self.dir / str(s.values["path"]) for s in self.settings.channels.values() if "path" in s.values]

    def _founder(self) -> str:
        """Who is in charge of a newsroom that is made now: its maker, unless they only came upon another's folder."""
        return self.os_user if self.owner == self.os_user or os.getuid() == 0 else self.owner

    @cached_property
    def owner(self) -> str:
        """The login that owns the newsroom's folder."""
        return login_of(self.dir.stat().st_uid)

    def advance_epoch(self) -> None:
        """Count up before something is sent, so that an older copy of the database is noticed."""
        self._epoch.advance()

    def _born_world(self) -> str:
        exercise = self.dir / ".broadcast" / "exercise"
        return "exercise" if exercise.exists() else "live"

    def _clock(self) -> Clock:
        text = self.env.get("BROADCAST_NOW", "")
        return SystemClock(parse_now(text) if text and self.is_on_loopback else None)

    @cached_property
    def soundness(self) -> Keeper:
        """Checks database and audit, and keeps what it found."""
        return Keeper(self.db, self.heads, self.clock, self.dir)

    @property
    def test_switches(self) -> dict[str, str]:
        """The switches for tests that are honoured now, by name."""
        names = ("BROADCAST_PAUSE_AT", "BROADCAST_NOW") if self.is_on_loopback else ()
        return {name: self.env[name] for name in names if self.env.get(name)}

    @property
    def newsroom(self) -> Newsroom:
        """The newsroom of the settings, in the world of the database."""
        from dataclasses import replace

        return replace(self.settings.newsroom, world=self.world)

    @cached_property
    def places(self) -> dict[str, Place]:
        """The configured channels, as the planner sees them."""
        return {name: self._place(name, section.kind) for name, section in self.settings.channels.items()}

    def _place(self, name: str, kind: str) -> Place:
        adapter = registry.adapter_type(kind)
        common = registry.common_of(self.settings, name)
        deadline = common.deadline or _default(adapter, "deadline")
        try:
            deadline_s = float(seconds_of(deadline)) if deadline else None
        except ValueError as error:
            raise SettingsError(f"channels.{name}.deadline : {error}", subject=name) from error
        return Place(
            name=name,
            kind=kind,
            is_board=registry.is_board(adapter),
            abilities=registry.abilities(adapter),
            on_correction=common.on_correction,
            on_end=common.on_end,
            required_for=common.required_for,
            deadline_s=deadline_s,
            quiet=self.settings.quiet_hours,
            destination=registry.destination_of(self.settings, name),
        )

    @cached_property
    def policy(self) -> Policy:
        """The approval policy."""
        return Policy(separate_logins=self.settings.separate_logins)

    @cached_property
    def os_user(self) -> str:
        """The operating-system user who acts."""
        return login_of_process()

    @cached_property
    def desk(self) -> Desk:
        """The desk of this newsroom."""
        return Desk(
            db=self.db,
            clock=self.clock,
            world=self.world,
            policy=self.policy,
            places=self.places,
            os_user=self.os_user,
            owner=self.owner,
        )

    @cached_property
    def renderer(self) -> Renderer:
        """The renderer over the newsroom's own templates and the shipped ones."""
        from broadcast.render import Renderer

        return Renderer(
            [self.dir / "templates", shipped("templates")],
            self.dir / ".broadcast" / "cache",
        )

    @cached_property
    def read_media(self) -> Callable[[str], bytes]:
        """Gives the bytes of a media hash."""
        return media_reader(self.db)

    @cached_property
    def _frozen(self) -> FrozenRenditions:
        return FrozenRenditions()

    def dispatcher(self, on_event: Callable[[Event], None] | None = None) -> Dispatcher:
        """Return a dispatcher for this process."""
        timing = self.settings.dispatch
        self.advance_epoch()
        return Dispatcher(
            db=self.db,
            clock=self.clock,
            newsroom=self.newsroom,
            places=self.places,
            open_channel=self.open_channel,
            frames=self.renderer,
            frozen=self._frozen,
            read_media=self.read_media,
            claimant=this_process(),
            policy=self.policy,
            retry=RetryPolicy(
                backoff_first_s=timing.backoff_first_s,
                backoff_max_s=timing.backoff_max_s,
                find_delay_s=timing.find_delay_s,
            ),
            lease_s=timing.lease_s,
            canonical=settings.canonical_channel(self.settings) or "",
            pause=self._pause(),
            on_event=on_event or (lambda event: None),
        )

    @cached_property
    def open_channel(self) -> Callable[[str], registry.Adapter]:
        """Opens a channel by name, once."""
        opened: dict[str, registry.Adapter] = {}

        def open_channel(name: str) -> registry.Adapter:
            if self.world == "exercise" and not self.is_on_loopback:
                adapter = registry.adapter_type(self.settings.channels[name].kind)
                if registry.is_network(adapter) and not registry.is_on_loopback(self.settings, name):
                    raise SettingsError(
                        f"{name} : une base d'exercice ne parle qu'à des réseaux d'essai sur cette machine",
                        subject=name,
                    )
            if name not in opened:
                opened[name] = registry.open_channel(self.settings, name)
            return opened[name]

        return open_channel

    @cached_property
    def fetcher(self) -> Fetcher:
        """Asks the sources, over one pool of connections."""
        from broadcast.feeds.fetch import Fetcher

        return Fetcher()

    @cached_property
    def under_way(self) -> UnderWay:
        """Which sources this process is asking."""
        from broadcast.feeds.under_way import UnderWay

        return UnderWay()

    @cached_property
    def parsers(self) -> Parsers:
        """Reads what the sources send, in processes of their own where there is much."""
        from broadcast.feeds.workers import Parsers

        return Parsers()

    def _pause(self) -> Callable[[str], None]:
        wanted = self.test_switches.get("BROADCAST_PAUSE_AT", "")
        if wanted and wanted not in PAUSE_POINTS:
            raise UsageError(f"BROADCAST_PAUSE_AT : {wanted!r} ; choisissez parmi : {', '.join(PAUSE_POINTS)}")

        def pause(point: str) -> None:
            if point == wanted:
                print(f"paused at {point}", flush=True)  # noqa: T201  (what the test waits for)
                while True:
                    self.clock.sleep(3600)

        return pause

    def close(self) -> None:
        """Give the database, connections and processes back."""
        for name in ("fetcher", "parsers"):
            if name in self.__dict__:
                self.__dict__[name].close()
        with suppress(BroadcastError):
            self.heads.keep(self.clock.now())
        self.db.close()


def _default(adapter: type[Any], key: str) -> str:
    fields = getattr(adapter.settings_type, "__dataclass_fields__", {})
    return str(fields[key].default) if key in fields else ""


def _switches_or_none(tx: Tx) -> newsrooms.Switches | None:
    try:
        return newsrooms.switches(tx)
    except BroadcastError:
        return None


@contextmanager
def opened(folder: Path | None, env: Mapping[str, str] | None = None) -> Iterator[App]:
    """Open the newsroom of `folder`, or the nearest one above the current folder."""
    env = os.environ if env is None else env
    start = folder or (Path(env["BROADCAST_NEWSROOM"]) if env.get("BROADCAST_NEWSROOM") else None)
    app = App(start or settings.find_newsroom(Path.cwd()), env)
    try:
        yield app
    finally:
        app.close()
