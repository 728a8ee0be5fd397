"""What the program prints as a command runs as it is printed, by whoever reads it."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcast.stands.mastodon import MastodonStand
from broadcast.stands.telegram import TelegramStand
from tests.newsroom import COMMAND, Folder

#: What a person writes in the place of a name in capitals.
GIVEN = {"URL": "https://t.me/ville/1", "TEXTE": "vu sur place", "RAISON": "erreur"}
JOURNAL = '[channels.journal]\nkind = "print"\n'


def commands(output: str) -> list[list[str]]:
    """Return the commands that a text prints, each as the words that a shell makes of it."""
    found = dict.fromkeys(re.findall(r"`(broadcast [^`]+)`", output))
    return [[GIVEN.get(word, word) for word in shlex.split(command)] for command in found]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """An alert that one network refused, one lost, one rests, and people have in hand."""
    with MastodonStand() as mastodon, MastodonStand() as second, TelegramStand() as telegram:
        path = tmp_path / "n"
        stands = (("m", mastodon), ("m2", second), ("t", telegram))
        folder = Folder(path, JOURNAL + "".join(Folder.network(name, stand, path) for name, stand in stands)).people()
        mastodon.refuse("compte limité")
        telegram.hang_up()
        folder.run("submit", folder.message(), "--as", "alice")
        folder.run("channels", "pause", "m2", "--as", "bob")
        folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send", code=1)
        yield folder


def ran(folder: Folder, words: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    assert words[0] == "broadcast"
    return subprocess.run([COMMAND, *words[1:]], cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_every_command_that_status_prints_runs_as_printed(folder):
    said = folder.run("status", "crue-quais", code=None)
    printed = commands(said.stdout + said.stderr)
    verbs = {words[1] for words in printed}
    assert {"resolve", "retry", "channels"} <= verbs
    for words in printed:
        done = ran(folder, words, folder.path)
        assert done.returncode != 2, f"{shlex.join(words)}: {done.stderr}"
        assert "dites qui agit" not in done.stderr
        assert "n'a pas le droit" not in done.stderr


def test_whoever_the_environment_names_needs_no_name_in_a_command(folder):
    said = folder.run("status", "crue-quais", env={"BROADCAST_AS": "bob"}, code=None)
    resolving = [words for words in commands(said.stdout + said.stderr) if "resolve" in words]
    assert resolving
    assert all("--as" not in words for words in resolving)
