"""`send` when a platform refuses the alert."""

from __future__ import annotations

from pathlib import Path

from broadcast.stands.base import Stand
from tests.newsroom import Folder


def test_a_refused_alert_is_exit_1_and_to_be_settled_everywhere(tmp_path: Path, mastodon: Stand):
    path = tmp_path / "n"
    folder = Folder(path, Folder.network("reseau", mastodon, path)).people()
    folder.approved()
    mastodon.refuse("contenu interdit")
    done = folder.run("send", code=1)
    assert "refusé" in done.stdout
    assert folder.json("status", "crue-quais")["phase"] == "refused"
    told = folder.run("status")
    assert "refusé, à régler" in told.stdout
    assert "en cours d'envoi" not in told.stdout
    again = folder.run("send", "--json", code=1)
    assert '"refused"' in again.stdout
    text = (path / "content/messages/crue-quais.md").read_text().replace("depuis ce matin", "depuis midi")
    folder.approved(text=text)
    folder.run("send")
    assert folder.json("status", "crue-quais")["phase"] == "live"
