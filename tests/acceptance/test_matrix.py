"""The crash and fault matrix: kinds, actions, moments of death, behaviours of the server.

After each case the network shows exactly what `status` claims: once where it can be asked, at most
once and a task for a person where it cannot. Places on disk end byte for byte as without the death.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
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
from tests.newsroom import COMMAND, MESSAGE, Folder

KINDS = ("x", "facebook", "mastodon", "bluesky", "telegram", "wordpress", "email")
ACTIONS = ("publish", "update", "take_down")
#: Networks that cannot be asked what stands there: a person says what became of an unknown post.
BLIND = ("telegram",)
#: Mails are counted for each recipient; nothing of them can be changed or taken back.
MAILS = ("email",)
FAULTS = (
    "",
    "429",
    "500",
    "500_after_store",
    "hang",
    "hang_up",
    "hang_up_before",
    "401",
    "slow_body",
    "wrong_json",
    "ignores_keys",
)
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
    _app: App | None = None

    @property
    def app(self) -> App:
        """The newsroom in this process, opened when it is first needed."""
        if self._app is None:
            self._app = self.opened()
        return self._app

    def opened(self, **env: str) -> App:
        return App(self.folder.path, {**os.environ, **QUICK, **env})

    def end(self) -> None:
        """End this process, as far as the newsroom is concerned: what comes next is read anew."""
        if self._app is not None:
            self._app.close()
            self._app = None

    def approve(self, text: str) -> None:
        path = self.folder.message(text=text)
        app = self.app
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

    def ask(self, action: str) -> None:
        """Bring the message to where `action` is what must be done next."""
        self.approve(MESSAGE.format(more=""))
        if action == "publish":
            return
        self.send(30.0)  # on a busy machine the first call may take too long: it must stand before it is changed
        if action == "update":
            self.approve(SECOND)
            return
        withdraw(self.app.desk, "crue-quais", as_="bob", reason="fini")

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
        elif fault == "hang_up_before":
            self.stand.hang_up(stores=False)
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
        send(self.app.dispatcher(), wait_s)

    def die_at(self, point: str) -> None:
        """Send in a child process, and kill it where it pauses; one that ends before is fine."""
        self.end()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            sys.stdout = os.fdopen(writing, "w")
            try:
                app = self.opened(BROADCAST_PAUSE_AT=point)
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
        self.end()
        self.send(30.0)
        if not self.stand.rejects_credentials:
            return
        self.stand.rejects_credentials = False
        with self.app.db.write() as tx:
            newsroom.set_paused(tx, "reseau", False, "", "bob")
        self.send(30.0)

    def check(self, action: str) -> None:
        with self.app.db.read() as tx:
            message = messages.get_message(tx, "crue-quais")
            known = deliveries.of_message(tx, message.uid)
            standing = postings.of_message(tx, message.uid)
        live = {p.id: p for p in self.stand.live()}
        up = {p.external_id: p for p in standing if p.state is PostingState.UP}
        asked = [d for d in known if d.needs_person and d.state is DeliveryState.UNKNOWN]
        texts = [normalised(p.text) for p in live.values()]
        assert len(texts) == len(set(texts)), f"the same text twice: {texts}"
        if self.kind in MAILS:
            # Who is in doubt got it or not; a person says so. Everybody else got each word once.
            expected = 1 if action == "publish" else 2
            assert expected - len(asked) <= len(live) <= expected, texts
            return
        if self.kind in BLIND and asked:
            assert set(up) <= set(live) and len(live) <= len(up) + len(asked)
            return
        found = [(d.action, d.form, d.state, d.reason) for d in known]
        assert not self.stand.faults, f"the fault never happened: {found}"
        assert set(live) == set(up), f"{sorted(live)} on the network, {sorted(up)} in status"
        states = {d.state for d in known if d.state is not DeliveryState.DROPPED}
        assert states == {DeliveryState.DELIVERED}, found
        if action == "take_down":
            assert not live
        elif action == "publish":
            assert len(live) == 1
        else:
            last = max(up.values(), key=lambda p: (p.number, p.slot))
            assert [p.id for p in live.values() if "pont" in p.text] == [last.external_id]


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    type_ = stand_type(request.param)
    assert type_ is not None
    with type_() as stand:
        section = Folder.network("reseau", stand, tmp_path / "n")
        made = Case(request.param, Folder(tmp_path / "n", section).people(), stand)
        yield made
        made.end()


def cases() -> list[Any]:
    table = []
    for kind in KINDS:
        for action in ACTIONS:
            for fault in FAULTS:
                table += [(kind, action, fault, point) for point in ("", "attempt", "answer", "receipt")]
            table += [(kind, action, "", "claim")]
    return [pytest.param(*row, id="-".join(filter(None, row))) for row in table if row[2] or row[3]]


@pytest.mark.parametrize(("case", "action", "fault", "point"), cases(), indirect=["case"])
def test_the_network_shows_what_status_claims(case: Case, action: str, fault: str, point: str):
    case.ask(action)
    case.misbehave(fault)
    if point:
        case.die_at(point)
    case.settle()
    case.check(action)


PLACES = {
    "folder": "",
    "copykit": "",
    "print": "",
    "sign": "columns = 16\nrows = 4\n",
    "website": "",
}
OUT = ("public", "folder", "copykit", "print", "signs")


def a_place(kind: str, path: Path) -> Case:
    """Return a case of a place on disk; its clock stands still."""
    section = f'[channels.reseau]\nkind = "{kind}"\n{PLACES[kind]}'
    return Case(kind, Folder(path, section).people(), Stand())


def shown(case: Case) -> dict[str, bytes]:
    """Return every file that readers or other programs find; what differs each time, keys and seconds, made one."""
    found = [p for out in OUT for p in (case.folder.path / out).rglob("*") if p.is_file()]
    # The head of the audit counts the attempts that it took, which is its purpose.
    found = [p for p in found if p.name != "audit.txt"]
    names = {str(p.relative_to(case.folder.path)): p.read_bytes() for p in found}
    return {re.sub(r"-[0-9a-f]{8}\.", "-KEY.", name): _alike(data) for name, data in names.items()}


def _alike(data: bytes) -> bytes:
    # On a busy machine a pass may cross a second.
    return re.sub(rb"(?<!\d)(0[78]:0\d):\d\d", rb"\1:SS", re.sub(rb'("key": ")[^"]*', rb"\1KEY", data))


def die_in_a_process_of_its_own(case: Case, point: str) -> None:
    """Send by the installed command, and kill it where it pauses (typst's threads do not survive a fork)."""
    command = [COMMAND, "--newsroom", str(case.folder.path), "send"]
    env = {**os.environ, **QUICK, "BROADCAST_PAUSE_AT": point}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sending:
        assert sending.stdout is not None
        for line in sending.stdout:
            if line.startswith("paused at"):
                sending.kill()


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_place_on_disk_ends_as_if_nobody_had_died(kind: str, action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BROADCAST_NOW", "2026-11-24T08:00:00+01:00")
    whole: dict[str, bytes] = {}
    for point in ("", "claim", "attempt", "answer", "receipt"):
        case = a_place(kind, tmp_path / (point or "alive"))
        case.ask(action)
        if point:
            die_in_a_process_of_its_own(case, point)
        case.settle()
        case.end()
        found = shown(case)
        whole = whole or found
        differ = [name for name in whole.keys() | found.keys() if found.get(name) != whole.get(name)]
        assert not differ, f"{point}: {differ}"
    assert whole or (kind, action) == ("folder", "take_down")
