"""Approving: never without a person, never without what is replaced and what holds there already."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.newsroom import COMMAND, Folder, error_of


def at_a_terminal(folder: Folder, *args: str, answers: str) -> tuple[int, str]:
    """Run a command at a terminal, type the answers, and return its code and what was shown."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen([COMMAND, "--newsroom", str(folder.path), *args], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, answers.encode())
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    return done.wait(timeout=120), shown.decode()


@pytest.mark.parametrize("typed", ["n\n", "", "oui\n", "\n"])
def test_without_a_terminal_nobody_approves_by_what_stands_in_a_pipe(folder: Folder, typed: str):
    folder.run("submit", folder.message(), "--as", "alice")
    for which in ("crue-quais", "crue-quais@1"):
        done = subprocess.run(
            [COMMAND, "--newsroom", str(folder.path), "approve", which, "--as", "bob"],
            input=typed,
            text=True,
            capture_output=True,
        )
        assert done.returncode == 2 and "--yes" in done.stderr
    assert error_of(folder.run("approve", "crue-quais", "--as", "bob", "--json", code=2))["code"] == "usage"
    assert folder.json("show", "crue-quais")["votes"] == []
    folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    assert folder.json("show", "crue-quais")["state"] == "approved"


def test_who_may_not_is_told_so_before_anything_is_asked(folder: Folder):
    folder.run("submit", folder.message(), "--as", "carol")
    assert error_of(folder.run("approve", "crue-quais", "--as", "carol", "--json", code=1))["code"] == "not_allowed"


def test_the_second_version_says_what_it_replaces_and_what_leaves_first(folder: Folder):
    path = folder.message()
    folder.run("submit", path, "--as", "alice")
    assert "Remplace" not in folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send").stdout
    path.write_text(path.read_text().replace("ce matin", "midi"))
    folder.run("submit", path, "--as", "alice")
    path.write_text(path.read_text().replace("midi", "ce soir"))
    folder.run("submit", path, "--as", "alice")
    code, text = at_a_terminal(folder, "approve", "crue-quais", "--as", "bob", answers="n\n")
    assert code == 1
    assert "Remplace la version 1, en ligne depuis" in text and "remplace la version 1 en ligne ?" in text, text
    # Against what the public reads, not against the file before.
    assert "-Les quais sont **fermés** depuis ce matin." in text and "midi" not in text, text
    assert text.index("Ce qui part maintenant") < text.index("Aussi approuvé")
    shown = folder.json("diff", "crue-quais")
    assert (shown["from"], shown["to"], shown["from_is_public"]) == ("crue-quais@1", "crue-quais@3", True)
    assert folder.json("show", "crue-quais")["replaces"][0]["number"] == 1


def test_hashes_are_shown_to_those_who_ask_for_them(folder: Folder):
    folder.run("submit", folder.message(), "--as", "alice")
    digest = folder.json("show", "crue-quais")["renditions"][0]["sha256"]
    assert digest[:12] not in folder.run("show", "crue-quais").stdout
    assert digest in folder.run("show", "crue-quais", "--verbose").stdout
    done = folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    assert digest[:12] not in done.stdout and len(done.stdout.splitlines()) < 5


def test_an_alert_that_says_the_contrary_must_be_answered_for(folder: Folder):
    text = folder.message().read_text()
    folder.message("digue", text.replace("Ne descendez pas sur les berges.", "Évacuez le quartier bas vers le gymnase."))
    folder.message("nuage", text.replace("Ne descendez pas sur les berges.", "Confinez-vous, fermez les fenêtres."))
    for slug in ("digue", "nuage"):
        folder.run("submit", folder.path / f"content/messages/{slug}.md", "--as", "alice")
    folder.run("approve", "digue", "--as", "bob", "--yes")
    done = folder.run("approve", "nuage", "--as", "bob", "--yes", code=1)
    assert "Alerte en cours pour la même zone" in done.stderr and "--despite digue" in done.stderr
    error = error_of(folder.run("approve", "nuage", "--as", "bob", "--yes", "--json", code=1))
    assert (error["code"], error["against"]) == ("alert_conflict", ["digue"])
    code, shown = at_a_terminal(folder, "approve", "nuage", "--as", "bob", answers="n\n")
    assert code == 1 and "Les deux valent-elles" in shown
    folder.run("approve", "nuage", "--as", "bob", "--yes", "--despite", "digue")
    assert '"approve_despite"' in folder.run("audit", "export").stdout


def test_an_alert_for_the_same_place_is_shown_though_it_contradicts_nothing(folder: Folder):
    for slug in ("crue-quais", "vent"):
        folder.run("submit", folder.message(slug), "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    assert "crue-quais@1" in folder.run("approve", "vent", "--as", "bob", "--yes").stderr


def test_in_an_exercise_every_word_says_so_and_the_live_answer_does_not_count(tmp_path: Path):
    subprocess.run([COMMAND, "init", str(tmp_path / "x"), "--example", "--exercise"], check=True, capture_output=True)
    folder = Folder.__new__(Folder)
    folder.path, folder.env = tmp_path / "x", {}
    path = folder.path / "content/messages/crue-quais.md"
    assert "EXERCICE" in folder.run("check", path).stdout
    done = folder.run("submit", path, "--as", "alice")
    assert done.stdout.strip() == "crue-quais@1" and "EXERCICE" in done.stderr
    for words in (["reviews"], ["people"], ["show", "crue-quais"], ["plan", "crue-quais"], ["status"], ["channels"], ["audit"]):
        assert "EXERCICE" in folder.run(*words, code=None).stdout, words
        assert folder.run(*words, code=None).stdout.count("EXERCICE] rien") <= 1
    assert folder.json("reviews")["world"] == "exercise"
    code, shown = at_a_terminal(folder, "approve", "crue-quais", "--as", "bob", answers="oui\n")
    assert code == 1 and "[EXERCICE] Approuver l'ALERTE" in shown
    code, shown = at_a_terminal(folder, "approve", "crue-quais", "--as", "bob", answers="exercice\n")
    assert code == 0, shown
