"""The crash and fault matrix: kinds, actions, moments of death, behaviours of the server.

After each case the network shows exactly what `status` claims: once where it can be asked, at most
once and a task for a person where it cannot.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from broadcast import intake
from broadcast.app import App
from broadcast.channel import normalised
from broadcast.desk.ending import withdraw
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.dispatch.send import send
from broadcast.model import DeliveryState, PostingState
from broadcast.stands import stand_type
from broadcast.stands.base import Stand
from broadcast.store import deliveries, messages, newsroom, postings
from tests.newsroom import MESSAGE, Folder

KINDS = ("x", "facebook", "mastodon", "bluesky", "telegram", "wordpress")
ACTIONS = ("publish", "update", "take_down")
#: Networks that cannot be asked what stands there: a person says what became of an unknown post.
BLIND = ("telegram",)
FAULTS = ("", "429", "500", "500_after_store", "hang", "hang_up", "401", "slow_body", "wrong_json", "ignores_keys")
QUICK = {
    "BROADCAST_DISPATCH__FIND_DELAY": "0.1s",
    "BROADCAST_DISPATCH__BACKOFF_FIRST": "0.05s",
    "BROADCAST_DISPATCH__BACKOFF_MAX": "0.2s",
    "BROADCAST_DISPATCH__CALL_TIMEOUT": "0.3s",
}
SECOND = (
    MESSAGE.format(more="")
    .replace("évitez les quais", "évitez les quais et le pont")
    .replace("Les quais", "Les quais et le pont")
)


@dataclass
class Case:
    """One newsroom with one message on one network."""

    kind: str
    folder: Folder
    stand: Stand

    def app(self, **env: str) -> App:
        return App(self.folder.path, {**os.environ, **QUICK, **env})

    def approve(self, text: str) -> None:
        path = self.folder.message(text=text)
        app = self.app()
        reading = intake.read(app, path)
        done = submit(
            app.desk,
            reading.draft,
            as_="alice",
            path=str(path),
            media=reading.media,
            made=reading.proof.renditions,
            findings=reading.proof.findings,
        )
        approve(app.desk, "crue-quais", done.revision.number, as_="bob")
        app.close()

    def ask(self, action: str) -> None:
        """Bring the message to where `action` is what must be done next."""
        self.approve(MESSAGE.format(more=""))
        if action == "publish":
            return
        self.send()
        if action == "update":
            self.approve(SECOND)
            return
        app = self.app()
        withdraw(app.desk, "crue-quais", as_="bob", reason="fini")
        app.close()

    def misbehave(self, fault: str) -> None:
        if fault == "429":
            self.stand.busy(retry_after_s=1)
        elif fault == "500":
            self.stand.break_()
        elif fault == "500_after_store":
            self.stand.store_then_500()
        elif fault == "hang":
            self.stand.hang(0.6)
        elif fault == "hang_up":
            self.stand.hang_up()
        elif fault == "401":
            self.stand.rejects_credentials = True
        elif fault == "slow_body":
            self.stand.drip(3.0)
        elif fault == "wrong_json":
            self.stand.wrong_json()
        elif fault == "ignores_keys":
            self.stand.ignores_keys = True
            self.stand.store_then_500()

    def send(self, wait_s: float = 0.0) -> None:
        app = self.app()
        send(app.dispatcher(), wait_s)
        app.close()

    def die_at(self, point: str) -> None:
        """Send in a child process, and kill it where it pauses; one that ends before is fine."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            sys.stdout = os.fdopen(writing, "w")
            try:
                app = self.app(BROADCAST_PAUSE_AT=point)
                send(app.dispatcher())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as words:
            words.readline()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def settle(self) -> None:
        """Go on until nothing more can be done without a person."""
        self.send(6.0)
        if not self.stand.rejects_credentials:
            return
        self.stand.rejects_credentials = False
        app = self.app()
        with app.db.write() as tx:
            newsroom.set_paused(tx, "reseau", False, "", "bob")
        app.close()
        self.send(6.0)

    def check(self, action: str) -> None:
        app = self.app()
        with app.db.read() as tx:
            message = messages.get_message(tx, "crue-quais")
            known = deliveries.of_message(tx, message.uid)
            standing = postings.of_message(tx, message.uid)
        app.close()
        live = {p.id: p for p in self.stand.live()}
        up = {p.external_id: p for p in standing if p.state is PostingState.UP}
        asked = [d for d in known if d.needs_person and d.state is DeliveryState.UNKNOWN]
        texts = [normalised(p.text) for p in live.values()]
        assert len(texts) == len(set(texts)), f"the same text twice: {texts}"
        if self.kind in BLIND and asked:
            assert set(up) <= set(live) and len(live) <= len(up) + len(asked)
            return
        assert set(live) == set(up), f"{sorted(live)} on the network, {sorted(up)} in status"
        states = {d.state for d in known if d.state is not DeliveryState.DROPPED}
        assert states == {DeliveryState.DELIVERED}, [(d.action, d.form, d.state, d.reason) for d in known]
        if action == "take_down":
            assert not live
        elif action == "publish":
            assert len(live) == 1
        else:
            last = max(up.values(), key=lambda p: (p.number, p.slot))
            assert "pont" in live[last.external_id].text


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    type_ = stand_type(request.param)
    assert type_ is not None
    with type_() as stand:
        section = Folder.network("reseau", stand, tmp_path / "n")
        yield Case(request.param, Folder(tmp_path / "n", section).people(), stand)


def cases() -> list[Any]:
    table = []
    for kind in KINDS:
        for action in ACTIONS:
            for fault in FAULTS:
                table += [(kind, action, fault, point) for point in ("", "attempt", "answer")]
            table += [(kind, action, "", point) for point in ("claim", "receipt")]
    return [pytest.param(*row, id="-".join(filter(None, row))) for row in table if row[2] or row[3]]


@pytest.mark.parametrize(("case", "action", "fault", "point"), cases(), indirect=["case"])
def test_the_network_shows_what_status_claims(case: Case, action: str, fault: str, point: str):
    case.ask(action)
    case.misbehave(fault)
    if point:
        case.die_at(point)
    case.settle()
    case.check(action)
