"""The end of an alert by hand: everywhere it was said, once, and taken back where the alert lives again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.newsroom import Folder

CHANNELS = """[channels.website]
kind = "website"
[channels.kit]
kind = "copykit"
label = "Commerçants"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "n", CHANNELS).people()
    made.approved("crue")
    made.run("send")
    return made


def approve(folder: Folder, slug: str, *more: str) -> None:
    folder.run("submit", folder.path / f"content/messages/{slug}.md", "--as", "alice", *more)
    folder.run("approve", slug, "--as", "bob", "--yes")
    folder.run("send", code=None)


def states(folder: Folder, slug: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(folder.run("status", slug, "--json", code=None).stdout)
    return found


def test_an_end_on_fewer_channels_than_the_alert_is_refused(folder):
    folder.run("all-clear", "crue", "--as", "alice")
    path = folder.path / "content/messages/fin-crue.md"
    whole = path.read_text()
    path.write_text(re.sub(r"channels: \[.*\]", 'channels: ["website"]', whole))
    done = folder.run("submit", path, "--as", "alice", code=1)
    assert "dit aussi sur kit" in done.stderr
    path.write_text(whole)
    approve(folder, "fin-crue")
    assert "all_clear_unconfirmed" in json.dumps(states(folder, "crue"))


def test_it_is_prepared_once_and_an_alert_that_has_ended_is_not_ended_again(folder):
    folder.run("all-clear", "crue", "--as", "alice")
    assert "déjà préparée" in folder.run("all-clear", "crue", "--as", "carol", code=1).stderr
    folder.run("submit", folder.path / "content/messages/fin-crue.md", "--as", "alice")
    assert "déjà préparée" in folder.run("all-clear", "crue", "--as", "carol", code=1).stderr
    folder.run("approve", "fin-crue", "--as", "bob", "--yes")
    assert "déjà terminé par fin-crue" in folder.run("all-clear", "crue", "--as", "alice", code=1).stderr
    assert len(list((folder.path / "content/messages").glob("fin-*"))) == 1


def test_an_alert_that_lives_again_takes_its_end_back(folder):
    folder.run("all-clear", "crue", "--as", "alice")
    approve(folder, "fin-crue")
    assert (folder.path / "public/a/fin-crue/index.html").exists()
    approve(folder, "crue", "--reopen")
    assert "n’est plus valable" in (folder.path / "public/a/fin-crue/index.html").read_text()
    live, _, over = (folder.path / "public/index.html").read_text().partition('class="badge over"')
    assert "Fin d" in over or "fin-crue" in over
    assert "a/crue/" in live
    folder.run("all-clear", "crue", "--as", "alice")
    approve(folder, "fin-crue-2")
    assert "a/fin-crue-2/" in (folder.path / "public/index.html").read_text().partition('class="badge over"')[0]
