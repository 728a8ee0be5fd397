"""Who acts: the login is the system's own word, the first administrator is who made the newsroom."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import COMMAND, Folder, error_of

LOGIN = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def born(tmp_path: Path) -> Folder:
    """A folder as `init --example` makes it."""
    import subprocess

    subprocess.run([COMMAND, "init", str(tmp_path / "ville"), "--example"], check=True, capture_output=True)
    room = Folder.__new__(Folder)
    room.path, room.env = tmp_path / "ville", {}
    return room


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every login reaches: those above `tmp_path` are its owner's alone."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="broadcast-logins-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.mark.parametrize("name", ["LOGNAME", "USER", "LNAME", "USERNAME"])
def test_the_environment_does_not_say_who_acts(born: Folder, name: str):
    born.run("people", "add", "zoe", "--role", "editor", env={name: "quelqu-un"})
    last = born.run("audit", "export", env={name: "quelqu-un"}).stdout.splitlines()[-1]
    assert f'"os_user": "{LOGIN}"' in last and "quelqu-un" not in last


def test_a_name_bound_to_another_login_is_not_had_by_a_variable(born: Folder):
    born.run("people", "add", "dora", "--role", "publisher", "--os-user", "dora-du-systeme")
    error = error_of(
        born.run("stop", "--as", "dora", "--json", code=1, env={"LOGNAME": "dora-du-systeme", "USER": "dora-du-systeme"})
    )
    assert error["code"] == "not_allowed" and LOGIN in str(error["message"])


def test_a_newsroom_is_born_with_the_administrator_who_made_it(born: Folder):
    assert {"name": LOGIN, "roles": ["administrator"], "os_user": LOGIN} in born.json("people")["people"]


def test_a_folder_written_by_hand_has_its_administrator_too(tmp_path: Path):
    room = Folder(tmp_path / "n")
    room.run("people", "add", "zoe", "--role", "editor")
    assert [p["name"] for p in room.json("people")["people"] if "administrator" in p["roles"]] == [LOGIN]


def test_another_login_makes_nobody(born: Folder, tmp_path: Path):
    with sqlite3.connect(born.path / "newsroom.db") as connection:
        connection.execute("UPDATE person SET os_user = 'une-autre', name = 'chef' WHERE roles = 'administrator'")
    connection.close()
    error = error_of(born.run("people", "add", "eve", "--role", "approver", "--json", code=1))
    assert error["code"] == "not_allowed" and "une-autre" in str(error["message"]) and LOGIN in str(error["message"])
    assert "eve" not in str(born.json("people"))


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="takes root to be another")
def test_the_system_and_not_the_name_says_that_it_is_another_login(born: Folder, open_to_all: Path):
    import subprocess

    folder = Path(shutil.copytree(born.path, open_to_all / "ville"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    done = subprocess.run(
        [
            "setpriv",
            "--reuid",
            "65534",
            "--clear-groups",
            COMMAND,
            "--newsroom",
            str(folder),
            "people",
            "add",
            "eve",
            "--role",
            "approver",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "LOGNAME": LOGIN, "USER": LOGIN},
    )
    assert done.returncode == 1 and "administrateur" in done.stderr, done.stderr


def test_a_newsroom_of_before_names_its_administrator_first(born: Folder):
    with sqlite3.connect(born.path / "newsroom.db") as connection:
        connection.execute("DELETE FROM person WHERE roles = 'administrator'")
    connection.close()
    message = str(error_of(born.run("people", "add", "eve", "--role", "approver", "--json", code=1))["message"])
    assert f"people add NOM --role administrator --os-user {LOGIN}" in message
    born.run("people", "add", "chef", "--role", "administrator", "--os-user", LOGIN)
    born.run("people", "add", "eve", "--role", "approver")


def test_the_last_administrator_stays(born: Folder):
    assert "nommez-en d'abord un autre" in born.run("people", "remove", LOGIN, code=1).stderr
    assert "nommez-en d'abord un autre" in born.run("people", "add", LOGIN, "--role", "editor", code=1).stderr
    born.run("people", "add", "chef", "--role", "administrator", "--os-user", LOGIN)
    born.run("people", "remove", LOGIN, "--as", "chef")


@pytest.mark.parametrize("name", ["Alice", "AIice", "аӏісе"])  # the last one is Cyrillic throughout
def test_a_name_read_as_anothers_is_refused(born: Folder, name: str):
    error = error_of(born.run("people", "add", name, "--role", "editor", "--json", code=1))
    assert error["code"] == "conflict" and "alice" in str(error["message"])


def test_a_name_of_someone_who_left_stays_theirs(born: Folder):
    born.run("people", "remove", "alice")
    assert "retiré" in born.run("people", "add", "ALICE", "--role", "editor", code=1).stderr
    born.run("people", "add", "alice", "--role", "editor")


@pytest.mark.parametrize("name", ["dispatcher", "System", "bоb"])
def test_names_of_the_program_and_of_two_scripts_are_no_names(born: Folder, name: str):
    assert "nom de personne" in born.run("people", "add", name, "--role", "editor", code=2).stderr


def test_other_roles_leave_the_login_as_it_was(born: Folder):
    born.run("people", "add", "alice", "--role", "editor", "--os-user", "alice-login")
    born.run("people", "add", "alice", "--role", "editor", "--role", "auditor")
    assert [p["os_user"] for p in born.json("people")["people"] if p["name"] == "alice"] == ["alice-login"]


def test_who_acts_is_said_by_as_then_by_the_environment_then_by_the_login(born: Folder):
    born.run("people", "add", "bob", "--role", "publisher", "--role", "approver")
    assert "dites qui agit" in born.run("stop", code=2).stderr  # the login is the administrator's, who may not
    born.run("stop", env={"BROADCAST_AS": "bob"})
    born.run("resume", "--as", "bob", env={"BROADCAST_AS": "alice"})
    born.run("people", "add", "bob", "--role", "publisher", "--os-user", LOGIN)
    assert "plusieurs" not in born.run("stop", code=2).stderr  # two persons of one login: neither is guessed
    born.run("people", "add", "bob", "--role", "publisher", "--role", "administrator", "--os-user", LOGIN)
    born.run("people", "remove", LOGIN, "--as", "bob")
    born.run("stop")
    assert '"actor": "bob"' in born.run("audit", "export").stdout.splitlines()[-1]
