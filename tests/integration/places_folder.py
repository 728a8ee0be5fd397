"""A newsroom with a site, signs and a journal, and what its tests do there."""

from __future__ import annotations

from broadcast.app import App
from broadcast.desk.ending import withdraw
from broadcast.dispatch.send import send
from tests.newsroom import MESSAGE, Folder

PLACES = """
[channels.website]
kind = "website"
[channels.signs]
kind = "sign"
columns = 16
rows = 4
[channels.panneau-pixels]
kind = "sign"
width_px = 128
height_px = 32
charset = "ascii"
max_pages = 3
[channels.journal]
kind = "print"
[channels.dossier]
kind = "folder"
"""
V2 = MESSAGE.format(more="").replace("ce matin", "midi").replace("évitez les quais", "évitez les quais et le pont")
IMAGE = 'images: [{file: quai.png, alt: "Le quai <inondé> & fermé", credit: "Ville"}]\n'


def send_all(folder: Folder) -> None:
    app = App(folder.path)
    send(app.dispatcher())
    app.close()


def take_back(folder: Folder, slug: str = "crue-quais") -> None:
    app = App(folder.path)
    withdraw(app.desk, slug, as_="bob", reason="fini")
    send(app.dispatcher())
    app.close()
