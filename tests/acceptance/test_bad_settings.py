"""Channels that cannot be used as they are set: said by `check`, `status` and `channels` before anybody counts on them."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.newsroom import Folder

SITE = '[channels.website]\nkind = "website"\n'
SIGN = '[channels.signs]\nkind = "sign"\ncolumns = {columns}\nrows = 4\n{more}'
NETWORK = '[channels.m]\nkind = "mastodon"\nurl = "http://127.0.0.1:9"\ntoken_file = "secrets/{name}"\n'


@pytest.mark.parametrize(
    ("section", "name", "words"),
    [
        (SIGN.format(columns=16, more='colonnes = "x"\n'), "signs", "channels.signs.colonnes : clé inconnue"),
        (SIGN.format(columns='"seize"', more=""), "signs", "doit être un nombre entier"),
        (NETWORK.format(name="nulle-part"), "m", "absent"),
        (NETWORK.format(name="ouvert"), "m", "chmod 600"),
    ],
)
def test_a_channel_that_cannot_be_used_is_said_beforehand_and_costs_no_other(tmp_path: Path, section, name, words):
    folder = Folder(tmp_path / "n", SITE + section).people()
    (folder.path / "secrets/ouvert").write_text("geheim")
    (folder.path / "secrets/ouvert").chmod(0o644)
    path = folder.message()
    report = folder.json("check", path, code=1)
    assert report["blocking"] == 0
    found = [f for f in report["findings"] if f["code"] == "channel_settings"]
    assert [f["channel"] for f in found] == [name] and words in found[0]["message"]
    assert "geheim" not in str(report)
    rows = {c["channel"]: c["settings_error"] for c in folder.json("status")["channels"]}
    assert words in rows[name] and rows["website"] == ""
    assert rows == {c["channel"]: c["settings_error"] for c in folder.json("channels", "list")["channels"]}
    folder.run("submit", path, "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send", code=1)
    states = {d["channel"]: d["state"] for d in folder.json("status", "crue-quais")["deliveries"]}
    assert states == {"website": "delivered", name: "held"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('required_for = ["alerte"]', "channels.website.required_for.0 : à choisir parmi"),
        ('messages = "alert"', "channels.website.messages : doit être une liste"),
        ('messages = ["alerte"]', "channels.website.messages.0 : à choisir parmi"),
        ('canonical = "oui"', "channels.website.canonical : doit être true ou false"),
        ('on_end = "rien"', "à choisir parmi : 'auto'"),
    ],
)
def test_what_every_channel_has_is_checked_at_once(tmp_path: Path, line, words):
    folder = Folder(tmp_path / "n", f"{SITE}{line}\n")
    done = folder.run("status", code=1)
    assert words in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_settings_that_are_no_text_are_one_sentence(tmp_path: Path):
    folder = Folder(tmp_path / "n", SITE)
    (folder.path / "broadcast.toml").write_bytes(b"\xff\xfe")
    assert "UTF-8" in folder.run("status", code=1).stderr


def test_the_clock_of_tests_says_in_french_what_it_wants(tmp_path: Path):
    folder = Folder(tmp_path / "n", SITE)
    for text in ("hier", "2026-01-01T00:00:00"):
        assert "écrivez 2026-" in folder.run("status", env={"BROADCAST_NOW": text}, code=2).stderr


@pytest.mark.skipif(not shutil.which("mount"), reason="mount is not installed")
def test_a_full_disk_under_the_database_is_one_sentence_and_heals(tmp_path: Path):
    place = tmp_path / "n"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1800k", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        folder = Folder(place, SITE).people()
        folder.run("submit", folder.message(), "--as", "alice")
        with contextlib.suppress(OSError), (place / "fill").open("wb", buffering=0) as fill:
            while fill.write(b"x" * 4096):
                pass
        for words in (["approve", "crue-quais", "--as", "bob", "--yes"], ["send"], ["status"], ["new", "ecole"]):
            done = folder.run(*words, code=1)
            assert "plein" in done.stderr and len(done.stderr.strip().splitlines()) == 1
        (place / "fill").unlink()
        folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
        assert folder.json("status", "crue-quais")["phase"] == "live" and folder.json("audit", "verify")["ok"]
    finally:
        subprocess.run(["umount", place], check=True)
