"""`broadcast run` stopped or killed in the middle of a call: nothing is said twice, nothing is lost."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from broadcast.app import App
from broadcast.dispatch.send import send
from broadcast.stands.base import Stand
from broadcast.store import deliveries, messages
from tests.acceptance.running import a_folder, eventually


def test_told_to_stop_during_a_call_it_ends_that_call_and_begins_no_other(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon, timeout="5s")
    mastodon.drip(1.5)
    folder.approved("premier")
    folder.approved("second", more="contact: 2\n")
    running = runs(folder)
    eventually(lambda: mastodon.live())
    begin = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - begin < 5
    assert len(mastodon.live()) == 1
    app = App(folder.path)
    with app.db.read() as tx:
        known = [deliveries.of_message(tx, m.uid, "reseau")[0] for m in messages.all_messages(tx)]
    assert sorted((d.state.value, d.attempts) for d in known) == [("delivered", 1), ("planned", 0)]
    send(app.dispatcher())
    assert len(mastodon.live()) == 2
    app.close()


def test_told_twice_it_ends_at_once_and_the_next_one_looks_up(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon, timeout="15s")
    mastodon.hang(10, stores=True)
    folder.approved()
    running = runs(folder)
    eventually(lambda: mastodon.live())
    running.process.send_signal(signal.SIGTERM)
    running.says("arrêt demandé")
    begin = time.monotonic()
    assert running.stop() == 128 + signal.SIGTERM
    assert time.monotonic() - begin < 1
    after = runs(folder)
    after.says("envoyé : crue-quais@1 / reseau")
    assert len(mastodon.live()) == 1


def test_killed_between_the_answer_and_its_record_the_next_one_adopts_the_post(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon)
    mastodon.ignores_keys = True
    folder.approved()
    paused = runs(folder, env={"BROADCAST_PAUSE_AT": "answer"})
    paused.says("paused at answer")
    eventually(lambda: mastodon.live())
    paused.process.kill()
    paused.process.wait()
    runs(folder).says("envoyé : crue-quais@1 / reseau")
    assert len(mastodon.live()) == 1
