"""Publishing the examples, a correction and a withdrawal, through the real adapters, on stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from broadcast import intake, newsroom_folder
from broadcast.app import App
from broadcast.clock import SystemClock
from broadcast.demo.networks import NETWORKS, networks, settings, write_files
from broadcast.demo.relaying import follow
from broadcast.demo.source import Source, serving
from broadcast.desk.ending import withdraw
from broadcast.desk.people import add_example_people
from broadcast.desk.submit import submit
from broadcast.desk.vote import approve
from broadcast.dispatch.base import Event
from broadcast.dispatch.send import send
from broadcast.errors import UsageError
from broadcast.probing import probe_channel

MARK = ".broadcast-demo"


def run(folder: Path, tell: Callable[[str], None], told: Callable[[Event], None]) -> App:
    """Make the demonstration in `folder`, and return the newsroom to be looked at.

    Args:
        folder: absent, empty, or made by an earlier demonstration.
        tell: is told what happens, a line at a time.
        told: is told what became of each delivery.

    Raises:
        UsageError: the folder holds something that a demonstration did not make.
    """
    _start_afresh(folder)
    now = SystemClock().now()
    with networks(folder) as stands, serving(Source(now)) as source:
        text = settings(stands) + source.settings()
        newsroom_folder.create(folder / ".new", example=True, exercise=False, now=now, settings=text)
        for path in (folder / ".new").iterdir():
            path.rename(folder / path.name)
        (folder / ".new").rmdir()
        write_files(folder, stands)
        app = App(folder)
        add_example_people(app.desk)
        for name in NETWORKS:
            tell(f"canal {name} : {probe_channel(app, name).message}")
        _publish(app, tell, told)
        follow(app, source, lambda: _send(app, told), tell)
    return app


def _publish(app: App, tell: Callable[[str], None], told: Callable[[Event], None]) -> None:
    messages = app.dir / "content" / "messages"
    for slug in ("crue-quais", "commerces-ouverts", "concours-dessin", "point-situation"):
        _submit_and_approve(app, messages / f"{slug}.md", tell)
    _send(app, told)
    tell("rectificatif : la passerelle ferme aussi")
    correction = newsroom_folder.example("crue-quais.v2.md", app.clock.now())
    (messages / "crue-quais.md").write_text(correction, encoding="utf-8")
    _submit_and_approve(app, messages / "crue-quais.md", tell)
    _send(app, told)
    tell("retrait : le concours est annulé")
    withdraw(app.desk, "concours-dessin", as_="bob", reason="concours annulé")
    _send(app, told)


def _submit_and_approve(app: App, path: Path, tell: Callable[[str], None]) -> None:
    reading = intake.read(app, path)
    done = submit(
        app.desk,
        reading.draft,
        as_="alice",
        path=str(reading.path),
        media=reading.media,
        made=reading.proof.renditions,
        findings=reading.proof.findings,
    )
    tell(f"alice soumet {done.revision.name} : {reading.draft.title}")
    voted = approve(app.desk, done.revision.slug, done.revision.number, as_="bob", seen=done.hashes)
    tell(f"bob approuve {done.revision.name} : {len(voted.hashes)} déclinaisons, {voted.planned} envois prévus")


def _send(app: App, told: Callable[[Event], None]) -> None:
    send(app.dispatcher(told))


def _start_afresh(folder: Path) -> None:
    if folder.exists():
        if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).exists()):
            raise UsageError(f"{folder} contient autre chose qu'une démonstration : choisissez un autre dossier")
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (folder / "recorded").mkdir(parents=True)
    (folder / MARK).write_text("Ce dossier a été fait par « broadcast demo » et sera effacé par la suivante.\n")
