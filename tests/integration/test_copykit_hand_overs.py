"""What people are handed by a copy kit: to publish, to answer, and to take back, each with the command that confirms it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadcast.app import App
from broadcast.desk.ending import withdraw
from broadcast.desk.resolve import resolve
from broadcast.dispatch.send import send
from tests.newsroom import MESSAGE, Folder

CHANNELS = (
    '[channels.groupe]\nkind = "copykit"\nlabel = "Groupe"\nassignee = "Carole"\ndeadline = "1h"\non_correction = "reply"\n'
)


def send_all(folder: Folder) -> None:
    app = App(folder.path)
    send(app.dispatcher())
    app.close()


def kits(folder: Folder) -> dict[str, str]:
    return {path.parent.name: path.read_text() for path in (folder.path / "copykit/groupe").glob("*/kit.txt")}


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_takedown_is_handed_over_with_its_address_as_it_is_and_its_command(tmp_path: Path, confirmed: bool):
    folder = Folder(tmp_path, CHANNELS).people()
    folder.approved()
    send_all(folder)
    app = App(folder.path)
    if confirmed:
        resolve(
            app.desk,
            "crue-quais/groupe",
            as_="bob",
            published="https://www.facebook.com/groups/AbC/1",
            proof="Carole",
            not_published=False,
        )
    app.close()
    folder.approved(text=MESSAGE.format(more="").replace("matin", "soir"))
    send_all(folder)
    app = App(folder.path)
    withdraw(app.desk, "crue-quais", as_="bob", reason="fausse alerte")
    app.close()
    send_all(folder)
    found = kits(folder)
    assert "crue-quais" in found and len(found) == 2, "the first post, and the correction that answers it"
    for text in found.values():
        assert text.startswith("!!! RETRAIT !!! Retirez ce message")
        assert 'Confirmer : broadcast resolve crue-quais/groupe --proof "qui, quand"' in text
        assert "Délai : 1 heure après la demande" in text and "quais sont" not in text
    assert ("https://www.facebook.com/groups/AbC/1" in found["crue-quais"]) is confirmed
    page = (folder.path / "copykit/groupe/crue-quais/kit.html").read_text()
    assert len(re.findall('type="checkbox"', page)) == 3
