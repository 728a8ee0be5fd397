"""Settings, secrets and templates changed under a `broadcast run` are taken on without a restart."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from broadcast.stands.base import Stand
from tests.acceptance.running import a_folder, eventually, submitted
from tests.newsroom import MESSAGE


def test_changed_settings_are_taken_on_without_a_restart(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon)
    settings, good = folder.path / "broadcast.toml", (folder.path / "broadcast.toml").read_text()
    running = runs(folder)
    running.says("actif")
    address = running.url
    settings.write_text(good + "[channels.second]\nkind = [\n")
    running.says("RÉGLAGES INUTILISABLES, les précédents restent en vigueur")
    settings.write_text(good + '[channels.second]\nkind = "sign"\ncolumns = 16\nrows = 4\npath = "second"\n')
    running.says("réglages ou modèles changés : repris")
    submitted(folder)
    folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    running.says("envoyé : crue-quais@1 / second")
    assert (folder.path / "second" / "second" / "playlist.json").exists()
    # The same page goes on, and names the new channel.
    with urllib.request.urlopen(address, timeout=5) as answer:
        assert "second" in answer.read().decode()
    assert running.health()["state"] == "active"
    assert running.stop() == 0 and "Traceback" not in running.text


def test_a_new_token_and_a_new_template_are_taken_on(tmp_path: Path, runs, mastodon: Stand):
    folder = a_folder(tmp_path / "n", mastodon)
    token = folder.path / "secrets" / "reseau-token"
    right = token.read_text()
    token.write_text("")
    running = runs(folder)
    running.says("actif")
    submitted(folder)
    folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    running.says("retenu : crue-quais@1 / reseau : channels.reseau.token_file")
    token.write_text(right)
    running.says("réglages ou modèles changés : repris")
    running.says("envoyé : crue-quais@1 / reseau")
    own = folder.path / "templates" / "website" / "style.css"
    own.parent.mkdir(parents=True)
    own.write_text("body { color: #123456 }\n")
    eventually(lambda: running.text.count("réglages ou modèles changés : repris") == 2, 15.0, lambda: running.text)
    submitted(folder, "second", MESSAGE.format(more="contact: 2\n"))
    folder.run("approve", "second", "--as", "bob", "--yes")
    running.says("envoyé : second@1 / website")
    assert any("#123456" in p.read_text() for p in (folder.path / "public").rglob("*.css"))
    assert len(mastodon.live()) == 2
    assert running.stop() == 0 and "Traceback" not in running.text
