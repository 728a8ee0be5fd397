"""A newsroom on a real PostgreSQL: several senders at once, a cut of the power, and a server that comes back."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from broadcast.stands import stand_type
from broadcast.stands.mastodon import MastodonStand
from tests.acceptance.running import Running, eventually
from tests.acceptance.test_crash import kill_at
from tests.newsroom import COMMAND, MESSAGE, Folder
from tests.real.servers.postgres import Postgres

TEXT = MESSAGE.format(more="")


@pytest.fixture(scope="session")
def postgres(place: Path) -> Iterator[Postgres]:
    """A PostgreSQL."""
    (place / "postgres").mkdir()
    server = Postgres(place / "postgres")
    yield server
    server.end()


@pytest.fixture
def mastodon() -> Iterator[MastodonStand]:
    """A network that keeps no keys: a second post would show."""
    type_ = stand_type("mastodon")
    assert type_ is not None
    with type_() as stand:
        stand.ignores_keys = True
        yield stand


@pytest.fixture
def folder(postgres: Postgres, mastodon: MastodonStand, tmp_path: Path) -> Folder:
    """A newsroom on it."""
    address = postgres.database(f"n{uuid4().hex[:8]}")
    network = Folder.network("reseau", mastodon, tmp_path / "n")
    return Folder(tmp_path / "n", network, newsroom=f'database = "{address}"\n', timeout="10s").people()


def test_a_message_is_said_corrected_and_taken_back(folder: Folder, mastodon: MastodonStand):
    folder.approved(text=TEXT)
    folder.run("send")
    folder.approved(text=TEXT.replace("depuis ce matin", "depuis ce soir"))
    folder.run("send")
    assert [("ce soir" in p.text or p.edited) for p in mastodon.live()] == [True]
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "fini")
    assert mastodon.live() == [] and folder.json("status", "crue-quais")["phase"] == "ended"
    folder.run("audit", "verify")


def test_three_senders_at_once_say_everything_once(folder: Folder, mastodon: MastodonStand):
    for n in range(8):
        folder.approved(f"message-{n}", text=MESSAGE.format(more=f"contact: {n}\n"))
    command = [COMMAND, "--newsroom", str(folder.path), "send", "--wait", "20"]
    senders = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [s.wait() for s in senders] == [0, 0, 0]
    assert len(mastodon.live()) == 8 and len({p.text for p in mastodon.live()}) == 8
    folder.run("audit", "verify")


@pytest.mark.parametrize("point", ["attempt", "answer"])
def test_a_sender_killed_and_a_cut_of_the_power_leave_one_post(
    postgres: Postgres, folder: Folder, mastodon: MastodonStand, point: str
):
    folder.approved(text=TEXT)
    kill_at(folder, point)
    postgres.end(signal.SIGQUIT)
    postgres.begin()
    folder.run("send", "--wait", "30")
    assert len(mastodon.live()) == 1
    assert [d["state"] for d in folder.json("status", "crue-quais")["deliveries"]] == ["delivered"]
    folder.run("audit", "verify")


def test_a_database_that_is_away_is_told_and_nothing_is_lost(postgres: Postgres, folder: Folder, mastodon: MastodonStand):
    folder.approved(text=TEXT)
    postgres.end()
    try:
        assert folder.run("send", code=1).stderr
    finally:
        postgres.begin()
    folder.run("send", "--wait", "10")
    assert len(mastodon.live()) == 1


def test_a_running_program_goes_on_when_the_database_is_back(
    postgres: Postgres, folder: Folder, mastodon: MastodonStand, tmp_path: Path
):
    running = Running(folder, tmp_path / "log", "--no-web")
    try:
        running.says("actif", 60)
        folder.approved("un", text=TEXT)
        eventually(lambda: len(mastodon.live()) == 1, 60, lambda: running.text)
        postgres.end()
        postgres.begin()
        folder.approved("deux", text=TEXT.replace("Crue de la Seine", "Crue de la Marne"))
        eventually(lambda: len(mastodon.live()) == 2, 90, lambda: running.text)
    finally:
        running.process.kill()
        running.process.wait()
        running._out.close()
    assert len(mastodon.posts) == 2
