"""`--json` answers in JSON whatever happens, and wherever it stands; what is said without it is French."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.newsroom import COMMAND, Folder

SITE = '[channels.website]\nkind = "website"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("json") / "n", SITE).people()


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "a.md", "--bogus"],
        ["bogus"],
        ["submit", "a.md"],
        ["withdraw", "crue-quais", "--as", "bob"],
        ["send", "--wait", "demain"],
        ["diff", "crue-quais", "un"],
        ["channels", "list", "toutes"],
        ["people", "add", "zoe"],
        ["new", "Été"],
    ],
)
def test_wrong_use_answers_in_json_too(folder: Folder, words):
    done = folder.run(*words, "--json", code=2)
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "usage" and error["message"] and done.stderr == ""
    plain = folder.run(*words, code=2)
    assert plain.stdout == ""
    assert not any(english in plain.stderr for english in ("Error:", "Missing", "No such", "Invalid", "not a valid", "Got"))


@pytest.mark.parametrize(
    "words",
    [["status"], ["channels"], ["channels", "list"], ["people"], ["audit"], ["audit", "export"], ["new", "x", "--model", "list"]],
)
def test_json_may_stand_before_or_after_the_command(folder: Folder, words):
    after = folder.json(*words)
    assert json.loads(folder.run("--json", *words).stdout) == after


@pytest.mark.parametrize("group", ["channels", "people", "audit"])
def test_a_group_without_a_command_lists(folder: Folder, group):
    assert folder.json(group) == folder.json(group, "list")


def test_making_things_reports_them(tmp_path: Path):
    done = subprocess.run([COMMAND, "init", str(tmp_path / "v"), "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["channels"] == ["website", "signs", "journal"]
    again = subprocess.run([COMMAND, "init", str(tmp_path / "v"), "--json"], capture_output=True, text=True)
    assert again.returncode == 2 and json.loads(again.stdout)["error"]["code"] == "usage"
    env = {**os.environ, "BROADCAST_NEWSROOM": str(tmp_path / "v")}
    made = subprocess.run([COMMAND, "new", "ecole", "--json"], capture_output=True, text=True, check=True, env=env)
    assert Path(json.loads(made.stdout)["file"]).is_file()


@pytest.mark.parametrize("command", ["init", "demo"])
def test_a_place_where_nothing_can_be_made_is_one_sentence(command):
    done = subprocess.run([COMMAND, command, "/proc/x/y"], capture_output=True, text=True)
    assert done.returncode == 1 and "inattendue" not in done.stderr
    assert "absent" in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_page_that_cannot_be_written_is_one_sentence(folder: Folder):
    folder.message()
    done = folder.run("preview", folder.message(), "--html", folder.path / "broadcast.toml", code=1)
    assert "existe déjà" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not (folder.path / "broadcast-erreur.log").exists()


def test_a_plan_says_in_words_that_nothing_stands_yet(folder: Folder):
    folder.run("submit", folder.message("plan-vide"), "--as", "alice")
    assert "rien à retirer" in folder.run("plan", "plan-vide").stdout
    assert folder.json("plan", "plan-vide")["if_withdrawn"] == []
