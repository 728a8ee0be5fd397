"""The command and two persons: who approves what, what voids an approval, what is read before it leaves."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from broadcast.stands import stand_type
from tests.newsroom import COMMAND, SITE, Folder, error_of


def test_nobody_approves_their_own_text(folder: Folder):
    folder.run("submit", folder.message(), "--as", "carol")
    done = folder.run("approve", "crue-quais", "--as", "carol", "--json", code=1)
    assert error_of(done)["code"] == "not_allowed"
    assert folder.json("status", "crue-quais")["phase"] == "in_review"


def test_an_edit_voids_the_approval(folder: Folder):
    path = folder.message()
    folder.run("submit", path, "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes")
    path.write_text(path.read_text().replace("ce matin", "midi"))
    assert folder.run("submit", path, "--as", "alice").stdout.strip() == "crue-quais@2"
    shown = folder.json("show", "crue-quais@2")
    assert shown["state"] == "submitted" and shown["votes"] == []
    assert "la version 2 attend un vote" in folder.run("send", code=1).stdout
    assert not (folder.path / "public/a/crue-quais/index.html").exists()  # what is not public yet waits for the newer version


def test_saving_an_old_revision_shows_both_texts_and_loses_nothing(folder: Folder):
    mine = folder.message()
    folder.run("submit", mine, "--as", "alice")
    other = folder.path / "content" / "crue-quais.md"
    other.write_text(mine.read_text().replace("ce matin", "hier soir"))
    folder.run("submit", other, "--as", "carol")
    mine.write_text(mine.read_text().replace("ce matin", "midi"))
    error = error_of(folder.run("submit", mine, "--as", "alice", "--json", code=1))
    assert error["code"] == "stale_base" and "hier soir" in str(error["theirs"]) and "midi" in str(error["yours"])
    assert folder.json("status", "crue-quais")["latest"] == 2


def test_returned_and_rejected_carry_their_reason(folder: Folder):
    folder.run("submit", folder.message(), "--as", "alice")
    folder.run("return", "crue-quais", "--as", "bob", "--reason", "précisez le lieu")
    shown = folder.json("show", "crue-quais")
    assert shown["state"] == "returned" and shown["votes"][0]["reason"] == "précisez le lieu"
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", code=1)


def test_an_ended_message_is_refused_unless_reopened(folder: Folder):
    path = folder.message()
    folder.run("submit", path, "--as", "alice")
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    folder.run("withdraw", "crue-quais", "--as", "bob", "--reason", "fini")
    assert "--reopen" in folder.run("submit", path, "--as", "alice", code=1).stderr
    assert folder.run("submit", path, "--as", "alice", "--reopen").stdout.strip() == "crue-quais@2"


@pytest.mark.parametrize(("answer", "state"), [("oui", "approved"), ("o", "approved"), ("", "submitted"), ("non", "submitted")])
def test_on_a_terminal_what_leaves_is_shown_and_asked_in_french(folder: Folder, answer, state):
    folder.run("submit", folder.message(), "--as", "alice")
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [COMMAND, "--newsroom", str(folder.path), "approve", "crue-quais", "--as", "bob"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    assert done.wait(timeout=60) == (0 if state == "approved" else 1)
    text = shown.decode()
    assert "Approuver l'ALERTE crue-quais@1 : 2 canaux" in text, text
    assert "[o/N]" in text and "QUAIS FERMÉS" in text
    assert folder.json("show", "crue-quais@1")["state"] == state


def test_the_second_person_reads_in_french_what_leaves_where_and_to_how_many(tmp_path: Path):
    type_ = stand_type("email")
    assert type_ is not None
    with type_() as stand:
        folder = Folder(tmp_path / "n", SITE + Folder.network("lettre", stand, tmp_path / "n")).people()
        (listed,) = type_.sample_files()
        (folder.path / listed).write_text("ada@example.org\nbea@example.org\nada@example.org\n")
        folder.run("submit", folder.message(), "--as", "alice")
        folder.run("return", "crue-quais", "--as", "bob", "--reason", "précisez")
        folder.run("show", "crue-quais", "--html", tmp_path / "page")
        page = (tmp_path / "page/index.html").read_text()
        shown = folder.run("show", "crue-quais").stdout
    assert "Alerte · Danger grave" in page and "severe" not in page
    assert re.search(r"page affichée \d+(?:,\d)? s<", page)
    for text in (page, shown):
        assert "3 canaux dès l" in text, text
        assert "lettre : 2 destinataires" in text, text
        assert "renvoyé par bob" in text and "précisez" in text
    assert "23/11/2099 08:00" in page
