"""Changed settings of a running process: when they are taken on, and what becomes of the former ones."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from broadcast.app import App
from broadcast.errors import StoreError
from scheduler.changed import Watch
from scheduler.log import Log
from scheduler.runner import Runner
from tests.newsroom import Folder

SITE = '[channels.site]\nkind = "website"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "n", SITE)


def looks(watch: Watch) -> list[bool]:
    """Return what two looks in a row say."""
    return [watch.is_changed(), watch.is_changed()]


def test_what_changed_counts_once_it_has_stood_still(folder: Folder):
    secret = folder.path / "secrets" / "token"
    settings = folder.path / "broadcast.toml"
    settings.write_text(settings.read_text() + '[channels.m]\nkind = "mastodon"\ntoken_file = "secrets/token"\n')
    watch = Watch(folder.path)
    assert looks(watch) == [False, False]
    for change in (
        lambda: settings.write_text(settings.read_text() + "# du soir\n"),
        lambda: secret.write_text("neuf"),
        lambda: secret.unlink(),
        lambda: (folder.path / "templates").mkdir() or (folder.path / "templates/a.txt").write_text("x"),
    ):
        change()
        assert looks(watch) == [False, True]
        watch.accept()
        assert looks(watch) == [False, False]
    (folder.path / "content" / "messages" / "a.md").write_text("rien de réglé")
    assert looks(watch) == [False, False]


def test_what_was_refused_is_asked_for_again_only_once_it_has_changed(folder: Folder):
    settings = folder.path / "broadcast.toml"
    watch = Watch(folder.path)
    good = settings.read_bytes()
    settings.write_text("[faux")
    assert looks(watch) == [False, True]
    watch.refuse()
    assert looks(watch) == [False, False]
    settings.write_bytes(good + b"\n")
    assert looks(watch) == [False, True]


def runner_of(folder: Folder) -> tuple[Runner, io.StringIO]:
    told = io.StringIO()
    app = App(folder.path, os.environ)
    return Runner(app, Log(app.clock, app.newsroom.timezone, told)), told


def test_the_former_newsroom_is_closed_and_the_new_one_is_whole(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    runner, told = runner_of(folder)
    closed: list[App] = []
    plain = App.close
    monkeypatch.setattr(App, "close", lambda app: (closed.append(app), plain(app)))
    former = runner._app
    settings = folder.path / "broadcast.toml"
    settings.write_text(settings.read_text().replace('name = "Ville', 'timezone = "Pacific/Noumea"\nname = "Ville'))
    for _ in range(2):
        runner._look_at_settings(is_idle=False)
    assert runner._app is former and closed == [] and not runner._over.is_set()  # a call is under way
    runner._look_at_settings(is_idle=True)
    assert runner._over.is_set()
    runner._take_on()
    assert closed == [former] and runner._app is not former
    assert runner._app.newsroom.timezone == runner._log.zone == "Pacific/Noumea"
    assert "réglages ou modèles changés : repris" in told.getvalue()
    runner._app.close()


def test_a_database_that_is_away_is_no_fault_of_the_settings(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    runner, told = runner_of(folder)

    def away(app: App) -> None:
        raise StoreError("le disque est plein")

    settings = folder.path / "broadcast.toml"
    settings.write_text(settings.read_text() + "# x\n")
    with monkeypatch.context() as patched:
        patched.setattr(App, "_open_database", away)
        for _ in range(3):
            runner._look_at_settings(is_idle=True)
    assert runner._next is None and told.getvalue() == ""
    runner._look_at_settings(is_idle=True)
    assert runner._next is not None
    runner._close(runner._app, runner._next)
