"""A damaged row of the database: `send` and `status` name it, everything else leaves."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from broadcast.stands import stand_type
from broadcast.stands.base import Stand
from tests.newsroom import MESSAGE, SITE, Folder


@pytest.fixture
def relay():
    type_ = stand_type("email")
    assert type_ is not None
    with type_() as stand:
        yield stand


def damage(folder: Folder, statement: str) -> None:
    with sqlite3.connect(folder.path / "newsroom.db") as connection:
        assert connection.execute(statement).rowcount


@pytest.mark.parametrize("channel", ["reseau", "lettre", "website", "signs"])
def test_one_damaged_rendition_costs_its_own_delivery(tmp_path: Path, mastodon: Stand, relay: Stand, channel: str):
    path = tmp_path / "n"
    networks = Folder.network("reseau", mastodon, path) + Folder.network("lettre", relay, path)
    folder = Folder(path, SITE + networks).people()
    folder.approved()
    folder.approved("autre", text=MESSAGE.format(more="").replace("Crue de la Seine", "Vent"))
    damage(
        folder,
        f"UPDATE rendition SET parts = '[' WHERE channel = '{channel}'"  # noqa: S608  (a name of this test)
        " AND message_uid = (SELECT uid FROM message WHERE slug = 'crue-quais')",
    )
    done = folder.run("send", code=1)
    assert "illisible dans la base" in done.stdout
    states = {d["channel"]: d["state"] for d in folder.json("status", "crue-quais")["deliveries"]}
    assert states.pop(channel) == "held"
    assert set(states.values()) == {"delivered"}
    assert folder.json("status", "autre")["phase"] == "live"
    assert "illisible dans la base" in folder.run("status", code=None).stderr


def test_a_damaged_revision_is_named_by_status_and_costs_one_message(tmp_path: Path, mastodon: Stand):
    path = tmp_path / "n"
    folder = Folder(path, SITE + Folder.network("reseau", mastodon, path)).people()
    folder.approved()
    folder.approved("autre")
    damage(folder, "UPDATE revision SET draft = '{' WHERE message_uid = (SELECT uid FROM message WHERE slug = 'crue-quais')")
    folder.run("send", code=1)
    assert len(mastodon.live()) == 1
    told = folder.run("status", code=None)
    assert "crue-quais" in told.stderr
    assert "illisible dans la base" in told.stderr
    assert "en ligne" in told.stdout
    assert "damaged" in [item["what"] for item in folder.json("status", "crue-quais", code=None)["late"]]
