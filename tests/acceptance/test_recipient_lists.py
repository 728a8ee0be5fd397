"""Who is on a list, and which of its lines nobody can read: told by `probe`, `check` and `status` before and after sending."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcast.stands.email import EmailStand
from tests.newsroom import Folder

LIST = "Statut mail;Email;Autre\nactif;anne@abonne.example;bruno@abonne.example\nactif;chloé sans arobase;\n;;\nactif;;\nactif;emma@abonne.example;\n"


@pytest.fixture
def relay():
    with EmailStand() as running:
        yield running


def test_people_and_odd_lines_are_told_everywhere(relay: EmailStand, tmp_path: Path):
    folder = Folder(tmp_path / "n", Folder.network("newsletter", relay, tmp_path / "n")).people()
    (folder.path / "recipients.txt").write_text(LIST, encoding="cp1252")
    probed = folder.run("channels", "probe", "newsletter").stdout
    assert "3 personnes" in " ".join(probed.split()) and "(3)" in probed
    (channel,) = folder.json("channels", "probe", "newsletter")["channels"]
    assert channel["audience"] == {"people": 3, "name": "recipients.txt", "not_understood": [3], "without": 1}
    message = folder.message()
    findings = folder.json("check", message)["findings"]
    (finding,) = [f for f in findings if f["code"] == "list_in_doubt"]
    assert not finding["blocking"] and "recipients.txt : 1 ligne non comprise (3)" in finding["message"]
    assert "1 ligne non comprise (3)" in folder.run("status").stdout
    assert folder.json("status")["channels"][0]["audience"]["people"] == 3
    folder.approved()
    folder.run("send")
    (delivery,) = folder.json("status", "crue-quais")["deliveries"]
    assert delivery["reason"] == "3 envoyés, 1 ligne non comprise (3)"
    assert sorted(to for p in relay.live() for to in p.more["to"]) == [
        "anne@abonne.example",
        "bruno@abonne.example",
        "emma@abonne.example",
    ]


def test_a_list_that_reaches_nobody_is_told_before_anything_leaves(relay: EmailStand, tmp_path: Path):
    folder = Folder(tmp_path / "n", Folder.network("newsletter", relay, tmp_path / "n")).people()
    (folder.path / "recipients.txt").write_text("# personne\n")
    assert "liste vide" in folder.run("channels", "probe", "newsletter").stdout
    codes = {f["code"] for f in folder.json("check", folder.message())["findings"]}
    assert "list_in_doubt" in codes
    assert "liste vide" in folder.run("status").stdout
