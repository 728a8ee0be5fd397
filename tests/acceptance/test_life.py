"""The life of messages in any order: submitted, approved, sent by two processes, killed, corrected, withdrawn, expired, paused.

However it goes, once everything has settled each network shows what was approved last, once, and
nothing of what has ended.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from broadcast import intake
from broadcast.app import App
from broadcast.desk.ending import resume, stop, withdraw
from broadcast.desk.people import set_paused
from broadcast.desk.resolve import resolve
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.dispatch.send import send
from broadcast.errors import BroadcastError
from broadcast.model import DeliveryState, PostingState
from broadcast.stands import stand_type
from broadcast.stands.base import Stand
from broadcast.store import audit, deliveries, messages, postings
from tests.newsroom import MESSAGE, Folder

#: One that edits and can be asked, one that cannot edit, one that cannot be asked.
KINDS = ("mastodon", "x", "telegram")
FAULTS = ("busy", "break_", "store_then_500", "hang_up", "wrong_json")
QUICK = {
    "BROADCAST_DISPATCH__FIND_DELAY": "5s",
    "BROADCAST_DISPATCH__BACKOFF_FIRST": "1s",
    "BROADCAST_DISPATCH__BACKOFF_MAX": "5s",
    "BROADCAST_DISPATCH__CALL_TIMEOUT": "0.5s",
}


class Life(RuleBasedStateMachine):
    """One newsroom, three networks and a site; one message after the other."""

    @initialize()
    def begin(self) -> None:
        self.dir = Path(tempfile.mkdtemp(prefix="life-"))
        self.stack = ExitStack()
        self.stands: dict[str, Stand] = {}
        for kind in KINDS:
            type_ = stand_type(kind)
            assert type_ is not None
            self.stands[kind] = self.stack.enter_context(type_())
        sections = "".join(Folder.network(kind, stand, self.dir / "n") for kind, stand in self.stands.items())
        self.folder = Folder(self.dir / "n", sections + '[channels.website]\nkind = "website"\n').people()
        self.now = datetime(2026, 11, 24, 8, tzinfo=UTC)
        self.message, self.version, self.approved = 1, 0, 0
        self.ended = False

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        try:
            self.settle()
            self.check()
        finally:
            self.stack.close()
            shutil.rmtree(self.dir, ignore_errors=True)

    @property
    def slug(self) -> str:
        return f"message-{self.message}"

    def app(self, **env: str) -> App:
        return App(self.folder.path, {**QUICK, "BROADCAST_NOW": self.now.isoformat(), **env})

    @rule()
    @precondition(lambda self: not self.ended)
    def write_and_submit(self) -> None:
        """A new version, which ends two hours from now."""
        self.version += 1
        text = MESSAGE.format(more="").replace("2099-11-23T08:00:00+01:00", (self.now + timedelta(hours=2)).isoformat())
        text = text.replace("évitez les quais", f"message {self.message}, version {self.version}.")
        path = self.folder.message(self.slug, text=text.replace("ce matin", f"ce matin ({self.version})"))
        app = self.app()
        reading = intake.read(app, path)
        proof = reading.proof
        submit(
            app.desk,
            reading.draft,
            as_="alice",
            path=str(path),
            media=(),
            made=proof.renditions,
            findings=proof.findings,
        )
        app.close()

    @rule()
    @precondition(lambda self: not self.ended and self.version > self.approved)
    def approve(self) -> None:
        """A second person says yes to the newest version."""
        app = self.app()
        with suppress(BroadcastError):
            approve(app.desk, self.slug, self.version, as_="bob")
            self.approved = self.version
        app.close()

    @rule()
    def send(self) -> None:
        """One pass."""
        self.now += timedelta(seconds=2)
        app = self.app()
        send(app.dispatcher())
        app.close()

    @rule()
    def send_from_two_processes(self) -> None:
        """Two passes at once."""
        self.now += timedelta(seconds=2)
        for child in [self._child(), self._child()]:
            os.waitpid(child, 0)

    @rule(point=st.sampled_from(("claim", "attempt", "answer", "receipt")))
    def send_and_die(self, point: str) -> None:
        """One pass, killed where it pauses first."""
        self.now += timedelta(seconds=2)
        reading, writing = os.pipe()
        child = self._child(writing, BROADCAST_PAUSE_AT=point)
        os.close(writing)
        with os.fdopen(reading) as words:
            words.readline()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def _child(self, out: int | None = None, **env: str) -> int:
        child = os.fork()
        if child == 0:
            try:
                sys.stdout = os.fdopen(out, "w") if out is not None else open(os.devnull, "w")
                app = self.app(**env)
                send(app.dispatcher())
            finally:
                os._exit(0)
        return child

    @rule(kind=st.sampled_from(KINDS), fault=st.sampled_from(FAULTS))
    def misbehave(self, kind: str, fault: str) -> None:
        """The next writing call on a network goes wrong."""
        getattr(self.stands[kind], fault)()

    @rule(kind=st.sampled_from((*KINDS, "website")), paused=st.booleans())
    def pause(self, kind: str, paused: bool) -> None:
        """A channel rests, or works again."""
        app = self.app()
        set_paused(app.desk, kind, paused, as_="bob", reason="essai")
        app.close()

    @rule(stopped=st.booleans())
    def kill_switch(self, stopped: bool) -> None:
        """Nothing new leaves, or all does again."""
        app = self.app()
        (stop if stopped else resume)(app.desk, as_="bob")
        app.close()

    @rule()
    @precondition(lambda self: self.approved and not self.ended)
    def withdraw(self) -> None:
        """The message comes down."""
        app = self.app()
        withdraw(app.desk, self.slug, as_="bob", reason="fini")
        app.close()
        self.ended = True

    @rule()
    @precondition(lambda self: self.approved and not self.ended)
    def let_it_expire(self) -> None:
        """Three hours pass."""
        self.now += timedelta(hours=3)
        self.ended = True

    @rule()
    @precondition(lambda self: self.ended)
    def begin_another(self) -> None:
        """The next message, while the last one may still be coming down."""
        self.message, self.version, self.approved, self.ended = self.message + 1, 0, 0, False

    def settle(self) -> None:
        """Let everything work, time pass, and people look where a network cannot be asked."""
        for stand in self.stands.values():
            stand.faults.clear()
        app = self.app()
        resume(app.desk, as_="bob")
        for kind in (*KINDS, "website"):
            set_paused(app.desk, kind, False, as_="bob", reason="")
        app.close()
        for _ in range(6):
            self.now += timedelta(seconds=40)
            self.send()
            self._look()

    def _look(self) -> None:
        """Tell what really stands where only a person can say; Telegram shows it to everybody."""
        app = self.app()
        with app.db.read() as tx:
            asked = [d for d in deliveries.still_open(tx) if d.needs_person and d.state is DeliveryState.UNKNOWN]
            texts = {d.uid: self._text(app, tx, d) for d in asked}
            known = {(kind, p.external_id) for kind in KINDS for p in self._postings(tx, kind)}
        for d in asked:
            same = [p for p in self.stands[d.channel].live() if p.text.split() == texts[d.uid].split()]
            live = [p for p in same if (d.channel, p.id) not in known]
            url = live[0].url or self.stands[d.channel].post_url(live[0].id) if live else None
            resolve(app.desk, d.uid, as_="bob", published=url, proof=None, not_published=not live)
        app.close()

    @staticmethod
    def _text(app: App, tx: Any, delivery: Any) -> str:
        from broadcast.store import renditions

        made = renditions.of_deliveries(tx, [delivery], app.read_media)
        return made[delivery.uid].parts[delivery.part].text if delivery.uid in made else ""

    def _postings(self, tx: Any, kind: str) -> list[Any]:
        standing = [postings.of_message(tx, m.uid, kind) for m in messages.all_messages(tx)]
        return [p for some in standing for p in some if p.state is PostingState.UP]

    def check(self) -> None:
        app = self.app()
        with app.db.read() as tx:
            waiting = deliveries.still_open(tx)
            up = {kind: {p.external_id: p for p in self._postings(tx, kind)} for kind in KINDS}
            assert audit.verify(tx).bad_seq is None
        app.close()
        assert not waiting, [(d.channel, d.action, d.form, d.state, d.reason) for d in waiting]
        for kind, stand in self.stands.items():
            live = stand.live()
            assert {p.id for p in live} == set(up[kind]), kind
            texts = [" ".join(p.text.split()) for p in live]
            assert len(texts) == len(set(texts)), (kind, texts)
            wanted = f"message {self.message}, version {self.approved}."
            if self.approved and not self.ended:
                assert sum(wanted in t for t in texts) == 1, (kind, wanted, texts)
                assert all(f"message {self.message}, " in t for t in texts), (kind, texts)
            else:
                assert not texts, (kind, texts)
            # Nothing was ever said twice, what was taken down since included.
            said = [" ".join(p.text.split()) for p in stand.posts.values()]
            assert len(said) == len(set(said)), (kind, said)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=int(os.environ.get("LIFE_EXAMPLES", "15")),
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes; LIFE_EXAMPLES=… finds more
)
