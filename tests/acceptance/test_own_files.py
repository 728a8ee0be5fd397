"""What is submitted is a file of the newsroom: one from outside, or a link, is asked for."""

from __future__ import annotations

import os
from pathlib import Path

from tests.newsroom import Folder, error_of


def test_a_file_from_outside_or_a_link_is_not_submitted_without_a_word(folder: Folder, tmp_path: Path):
    inside = folder.message()
    outside = tmp_path / "dehors.md"
    outside.write_text(inside.read_text())
    link = folder.path / "content/messages/lien.md"
    link.symlink_to(outside)
    near = folder.path / "content/messages/proche.md"
    near.symlink_to(inside)
    hard = folder.path / "content/messages/dur.md"
    os.link(outside, hard)
    for path, word in ((outside, "pas dans la rédaction"), (link, "par le lien"), (near, "est un lien vers"), (hard, "ailleurs")):
        error = error_of(folder.run("submit", path, "--as", "alice", "--json", code=2))
        assert error["code"] == "usage" and word in str(error["message"]) and "--yes" in str(error["message"])
    assert folder.json("reviews")["reviews"] == []
    folder.run("submit", near, "--as", "alice", "--yes")
    # Looking is free.
    folder.run("check", outside)


def test_the_file_says_afterwards_from_which_version_it_goes_on(folder: Folder):
    path = folder.message()
    text = path.read_text()
    folder.run("submit", path, "--as", "alice")
    assert path.read_text() == text.replace("---\nLes quais", "base: crue-quais@1\n---\nLes quais")
    assert folder.json("submit", path, "--as", "alice")["new"] is False
    assert "base:" not in folder.json("show", "crue-quais")["source_text"]


def test_a_new_file_goes_on_from_nothing(folder: Folder):
    made = folder.run("new", "neuf", "--model", "practical")
    assert "base: neuf@0" in (folder.path / "content/messages/neuf.md").read_text(), made.stdout


def test_what_was_brought_together_is_submitted_and_the_former_text_kept(folder: Folder):
    path = folder.message(text=folder.message().read_text() + "\nLes berges aussi.\n")
    folder.run("submit", path, "--as", "alice")
    copy = folder.path / "content" / "crue-quais.md"
    copy.write_text(path.read_text().replace("Les berges aussi.", "Les berges et les ponts."))
    path.write_text(path.read_text().replace("ce matin", "midi"))
    folder.run("submit", path, "--as", "alice")
    done = folder.run("submit", copy, "--as", "carol", code=1)
    assert "--merge" in done.stderr and "midi" in done.stderr and "les ponts" in done.stderr
    assert folder.run("submit", copy, "--as", "carol", "--merge").stdout.strip() == "crue-quais@3"
    text = folder.json("show", "crue-quais")["source_text"]
    assert "midi" in text and "les ponts" in text and "base: crue-quais@3" in copy.read_text()
    assert "ce matin" in copy.with_name("crue-quais.md.avant").read_text()
