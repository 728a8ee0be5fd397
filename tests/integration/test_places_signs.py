"""What the signs in the street hold: files of the panel's size and a playlist in order of severity."""

from __future__ import annotations

import json

from PIL import Image

from tests.integration.places_folder import send_all
from tests.newsroom import MESSAGE, Folder


def test_several_live_messages_stand_in_order_of_severity(folder: Folder):
    folder.approved("mineur", text=MESSAGE.format(more="").replace("severe", "minor"))
    folder.approved("extreme", text=MESSAGE.format(more="").replace("severe", "extreme"))
    folder.approved("moyen", text=MESSAGE.format(more="").replace("severe", "moderate"))
    send_all(folder)
    playlist = json.loads((folder.path / "signs/signs/playlist.json").read_text())
    slugs = list(dict.fromkeys(e["slug"] for e in playlist["entries"]))
    assert slugs == ["extreme", "moyen", "mineur"]
    assert all(e["end"].startswith("2099-11-23T08:00:00") and e["start"] for e in playlist["entries"])


def test_sign_files_match_the_panel_and_the_playlist(folder: Folder):
    folder.approved()
    send_all(folder)
    for channel, size in (("signs", (96, 40)), ("panneau-pixels", (128, 32))):
        place = folder.path / "signs" / channel
        playlist = json.loads((place / "playlist.json").read_text())
        named = {f for e in playlist["entries"] for f in e["files"]}
        assert named == {p.name for p in place.iterdir()} - {"playlist.json"}
        for name in named:
            if name.endswith(".png") and "preview" not in name:
                with Image.open(place / name) as picture:
                    assert picture.size == size
    assert "É" not in (folder.path / "signs/panneau-pixels/crue-quais-1.txt").read_text()
