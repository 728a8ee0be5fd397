"""`broadcast run`: dispatcher, clock and pages in one process; one is active, the others stand by."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Protocol

from broadcast.app import App
from broadcast.dispatch.doubles import look_for_doubles
from broadcast.dispatch.serve import Serving
from broadcast.errors import BroadcastError, StoreError
from broadcast.store import newsroom
from broadcast.store.changes import Changes
from broadcast.wake import Bell, holder
from scheduler.changed import Watch
from scheduler.jobs import Job, jobs
from scheduler.lease import Keeper, holder_in_words
from scheduler.log import Log
from scheduler.threads import Jobs, Sending
from scheduler.ticking import Ticking

#: How often a process that stands by looks whether the active one still lives, seconds.
LOOK_S = 1.0
#: How often the settings are looked at, and how long changed ones wait for a moment without calls, seconds.
SETTINGS_S, WAIT_FOR_IDLE_S = 2.0, 300.0
#: How often what two processes may have sent is looked at, seconds.
DOUBLES_S = 15.0
#: How often the active process looks whether its threads live and its lease holds, seconds.
WATCH_S = 0.5
#: Beyond the longest call: what recording its result may take, seconds.
AFTER_CALL_S = 5.0


class Pages(Protocol):
    """The pages that a running process serves."""

    def show(self, app: App) -> None:
        """Show this newsroom from now on."""

    def start(self) -> str:
        """Begin, and return the address, "" if they cannot be served now."""

    def stop(self) -> None:
        """Serve no more."""

    @property
    def is_alive(self) -> bool:
        """True while they are served."""


@dataclass
class State:
    """What the pages and `status` say of this process."""

    is_active: bool = False
    #: How the log does; and how often a thread was started anew.
    log_lost: Callable[[], int] = lambda: 0
    log_fault: Callable[[], str] = lambda: ""
    restarts: int = 0

    @property
    def word(self) -> str:
        """active or standby."""
        return "active" if self.is_active else "standby"

    def facts(self) -> dict[str, object]:
        """What `/healthz` and, by way of the lease, `status` tell of this process beside its word."""
        return {"log_lost": self.log_lost(), "log_fault": self.log_fault(), "threads_restarted": self.restarts}


class Runner:
    """One running process."""

    def __init__(self, app: App, log: Log, *, pages: Pages | None = None, state: State | None = None) -> None:
        self._app, self._log, self._pages = app, log, pages
        self.state = state or State()
        self.state.log_lost, self.state.log_fault = lambda: log.sink.lost, lambda: log.sink.fault
        self._keeper = Keeper(app)
        self._stop = threading.Event()
        #: Set when the active part must end: told to stop, lease lost.
        self._over = threading.Event()
        self._url = ""
        self._code = 0
        self._watch = Watch(app.dir)
        #: The newsroom with its changed settings, until it is taken on, and since when it waits (monotonic).
        self._next: App | None = None
        self._next_at = 0.0
        self._looking = threading.Lock()

    def run(self) -> int:
        """Run until told to stop; return the exit code, 1 if a thread could not be kept alive."""
        self._log.attach()
        try:
            with self._signals():
                self._log.say(f"démarrage : {self._app.newsroom.name} ({self._app.dir}), processus {os.getpid()}")
                self._open_pages()
                while not self._stop.is_set():
                    self._look_at_settings(is_idle=True)
                    self._take_on()
                    if not self._is_displaced() and self._is_taken():
                        self._be_active()
                    else:
                        self._stop.wait(LOOK_S)
        finally:
            if self._pages is not None:
                self._pages.stop()
            self._close(self._app, self._next)
            self._log.say("arrêté")
            self._log.detach()
        return self._code

    def stop(self) -> None:
        """Begin no new call, finish what is under way, and end."""
        self._stop.set()
        self._over.set()

    def _is_displaced(self) -> bool:
        """Open the newsroom anew if another file stands in the place of its database; True while that cannot be used."""
        why = self._app.db.displaced()
        if not why:
            self._log.once("database", "")
            return False
        self._log.once("database", f"BASE DE DONNÉES : {self._app.db.path} : {why} ; rien ne part avant qu'elle soit reprise")
        self._app.db.rescue()
        try:
            self._next = App(self._app.dir, self._app.env)
        except BroadcastError as error:
            self._log.once("database", f"BASE DE DONNÉES INUTILISABLE, rien ne part : {error}")
            return True
        self._take_on()
        with self._app.db.read() as tx:
            stopped = newsroom.switches(tx).stopped_reason
        self._log.once("database", f"base de données reprise{f' ; arrêt général : {stopped}' if stopped else ''}")
        return False

    def _open_pages(self) -> None:
        if self._pages is not None and not (self._url and self._pages.is_alive):
            self._url = self._pages.start()
            if self._url:
                self._log.say(f"page d'état : {self._url}")

    def _look_at_settings(self, *, is_idle: bool) -> None:
        """Open the newsroom anew if its settings were changed; what cannot be used is told, and changes nothing."""
        with self._looking:
            if self._next is None and self._watch.is_changed():
                self._open_next()
        if self._next is not None and (is_idle or time.monotonic() - self._next_at > WAIT_FOR_IDLE_S):
            self._over.set()

    def _is_idle(self, serving: Serving) -> bool:
        """True while neither a channel nor a source is being spoken to."""
        return serving.is_idle and self._app.under_way.is_empty

    def _open_next(self) -> None:
        try:
            self._next, self._next_at = App(self._app.dir, self._app.env), time.monotonic()
            self._watch.accept()
            self._log.once("settings", "")
        except StoreError:
            return  # the database is away: the settings are looked at again
        except BroadcastError as error:
            self._watch.refuse()
            self._log.once("settings", f"RÉGLAGES INUTILISABLES, les précédents restent en vigueur : {error}")

    def _take_on(self) -> None:
        """Go on with the changed settings; no call is under way."""
        if self._next is None:
            return
        former, self._app, self._next = self._app, self._next, None
        self._close(former)
        self._keeper = Keeper(self._app)
        self._log.zone = self._app.newsroom.timezone
        if self._pages is not None:
            self._pages.show(self._app)
        self._log.say("réglages ou modèles changés : repris")

    @staticmethod
    def _close(*apps: App | None) -> None:
        for app in apps:
            if app is not None:
                app.close()

    def _is_taken(self) -> bool:
        """Take the lease, or say who is active."""
        try:
            if self._keeper.take(self._facts()):
                self._log.once("lease", "")
                return True
            other = holder(self._app)
        except StoreError as error:
            self._log.once("lease", f"base indisponible : {error}")
            return False
        if other is not None:
            self._log.once("lease", f"en veille : {holder_in_words(other)} est actif")
        return False

    def _be_active(self) -> None:
        self._over.clear()
        if self._stop.is_set():
            self._over.set()
        self._keeper.keep(self._lost, self._facts)
        try:
            self._work()
        except BroadcastError as error:
            self._log.say(f"arrêt de l'activité : {error}")
            self._stop.wait(LOOK_S)
        finally:
            self.state.is_active = False
            self._keeper.release()

    def _facts(self) -> dict[str, object]:
        return {"url": self._url, **self.state.facts()}

    def _lost(self, why: str) -> None:
        if not self._over.is_set():
            self._over.set()
            self._log.say(f"relais perdu : {why}")

    def _give_up(self, why: str) -> None:
        """A thread cannot be kept alive: another process, or a supervisor's new start, does better."""
        self._code = 1
        self.stop()
        self._log.say(f"{why} ; ce programme rend son bail et s'arrête")

    def _work(self) -> None:
        app, over = self._app, self._over
        dispatcher = replace(app.dispatcher(self._log.event), stopping=over.is_set, on_expired=self._log.expired)
        serving = Serving(dispatcher, on_failure=self._failed, on_burst=app.advance_epoch)
        finish_s = app.settings.dispatch.call_timeout_s + AFTER_CALL_S
        bell, changes = Bell(app, serving.ring, self._log.say), Changes(app.db)
        made = jobs(app, changes, lambda: serving.ring(full=False), app.settings.public_url, self._log)
        # The port may still be another process's, which is about to end.
        made.append(Job(name="pages", every_s=10.0, first_s=1.0, work=self._open_pages))
        made.append(Job(name="doubles", every_s=DOUBLES_S, first_s=5.0, work=lambda: look_for_doubles(dispatcher)))
        made.append(Job(name="settings", every_s=SETTINGS_S, work=lambda: self._look_at_settings(is_idle=self._is_idle(serving))))
        clock = Jobs(lambda: Ticking(made, self._log), self._restarted)
        sending = Sending(serving, finish_s, over=over, tell=self._restarted, on_given_up=self._give_up)
        try:
            self.state.is_active = True
            self._log.say("actif : envois, échéances et sources sont suivis")
            sending.start()
            clock.start()
            while not over.wait(WATCH_S):
                sending.look()
                clock.look()
                if why := app.db.displaced():
                    self._lost(f"base de données : {app.db.path} : {why}")
                if lapsed := self._keeper.why_lapsed:
                    self._lost(lapsed)
        finally:
            over.set()
            clock.stop()
            serving.ring()
            if self._stop.is_set():
                self._log.say("arrêt demandé : les envois en cours se terminent, rien de nouveau ne part")
            if not sending.end(finish_s + 1):
                self._log.say("des envois restent sans réponse : le prochain démarrage vérifiera ce qu'ils sont devenus")
            bell.close()
            changes.close()

    def _restarted(self, why: str) -> None:
        self.state.restarts += 1
        self._log.say(why)

    def _failed(self, error: BaseException) -> None:
        self._log.once("dispatch", f"panne : {error if isinstance(error, BroadcastError) else repr(error)}")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        # A handler may interrupt anything, so it takes no lock: it writes a byte that a thread waits for.
        hears, tells = os.pipe()
        threading.Thread(target=self._hear, args=(hears,), name="signals", daemon=True).start()
        heard: list[int] = []

        def told(number: int, frame: FrameType | None) -> None:
            if heard:
                os._exit(128 + number)  # told twice: at once; the next process looks up what was under way
            heard.append(number)
            os.write(tells, b"x")

        before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(tells)

    def _hear(self, pipe: int) -> None:
        if os.read(pipe, 1):
            self.stop()
        os.close(pipe)
