"""The command itself: wrong use, quick help, readers that go away, the persons it knows."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.newsroom import COMMAND, Folder, error_of


def test_wrong_use_is_exit_2(folder: Folder):
    assert folder.run("sned", code=2).stderr.count("send") >= 1


@pytest.mark.parametrize("module", ["start", "__main__"])
def test_help_imports_nothing_heavy(module: str):
    heavy = [
        "sqlmodel",
        "sqlalchemy",
        "pydantic",
        "fastapi",
        "starlette",
        "tweepy",
        "facebook",
        "requests",
        "httpx",
        "feedparser",
        "jinja2",
        "apscheduler",
        "typst",
    ]
    code = (
        f"import sys; sys.argv = ['broadcast', '--help']\nfrom broadcast.cli.{module} import main\n"
        f"try: main()\nexcept SystemExit: pass\nprint([m for m in {heavy!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip().splitlines()[-1] == "[]"


def test_a_reader_that_goes_away_is_no_fault(folder: Folder):
    folder.approved()
    done = subprocess.run(
        f"{COMMAND} --newsroom {folder.path} show crue-quais | head -1", shell=True, capture_output=True, text=True
    )
    assert "erreur" not in done.stderr and "Traceback" not in done.stderr


def test_nobody_manages_people_under_a_name_that_belongs_to_another(folder: Folder):
    folder.run("people", "add", "dora", "--role", "auditor", "--os-user", "personne-d-ici")
    error = error_of(folder.run("people", "add", "eve", "--role", "publisher", "--as", "dora", "--json", code=1))
    assert error["code"] == "not_allowed" and "personne-d-ici" in str(error["message"])
    assert "eve" not in str(folder.json("people"))


@pytest.mark.parametrize("name", ["", " alice", "a/b", "x\ny", "a" * 81])
def test_a_person_has_a_name_that_can_be_written_everywhere(folder: Folder, name):
    assert "nom de personne" in folder.run("people", "add", "--role", "editor", "--", name, code=2).stderr
