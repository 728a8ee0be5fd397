"""`broadcast run` and the clock: messages end in time, quiet hours are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadcast.stands.base import Stand
from tests.acceptance.running import a_folder, eventually
from tests.newsroom import MESSAGE

INFORMATION = """---
title: Marché déplacé
kind: information
owner: alice
---
Le marché est place de la mairie.
"""


def test_a_minute_after_its_end_no_page_and_no_sign_shows_it(tmp_path: Path, runs):
    folder = a_folder(tmp_path / "n")
    now = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
    folder.env = {"BROADCAST_NOW": now.isoformat()}
    end = now + timedelta(minutes=5)
    folder.approved(text=MESSAGE.format(more="").replace("2099-11-23T08:00:00+01:00", end.isoformat()))
    first = runs(folder)
    first.says("envoyé : crue-quais@1 / signs")
    index, playlist = folder.path / "public/index.html", folder.path / "signs/signs/playlist.json"
    live, over = 'class="card alert"', 'class="card alert ended"'
    eventually(lambda: live in index.read_text() and "crue-quais" in playlist.read_text(), 10, index.read_text)
    first.stop()
    # It runs on over the end: the clock stands a second before it.
    runs(folder, env={"BROADCAST_NOW": (end - timedelta(seconds=4)).isoformat()}).says("expiré : crue-quais", 20)
    took = eventually(lambda: "crue-quais" not in playlist.read_text() and live not in index.read_text(), 20)
    assert over in index.read_text()
    assert took < 5
    status = folder.json("status", "crue-quais", env={"BROADCAST_NOW": (end + timedelta(minutes=1)).isoformat()})
    assert (status["phase"], status["ended_because"], status["public"], status["late"]) == ("ended", "expired", [], [])


def test_at_three_in_the_morning_the_alert_leaves_and_the_market_waits_for_seven(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon)
    toml = folder.path / "broadcast.toml"
    toml.write_text(toml.read_text().replace("[dispatch]", '[dispatch]\nquiet_hours = "22:00-07:00"'))
    folder.env = {"BROADCAST_NOW": "2027-01-15T03:00:00+01:00"}
    folder.approved("marche", text=INFORMATION)
    folder.approved("crue-quais")
    night = runs(folder)
    night.says("envoyé : crue-quais@1 / reseau")
    waits = folder.json("status", "marche", env=folder.env)["deliveries"]
    assert {(d["state"], d["reason"]) for d in waits} == {("planned", "heures calmes jusqu'à 07:00")}
    night.stop()
    runs(folder, env={"BROADCAST_NOW": "2027-01-15T06:59:56+01:00"}).says("envoyé : marche@1 / reseau", 20)
    assert len(mastodon.live()) == 2
