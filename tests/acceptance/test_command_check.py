"""The command and a file: every problem is named with its line, and prepared messages with blanks do not pass."""

from __future__ import annotations

from pathlib import Path

from tests.newsroom import MESSAGE, Folder


def test_what_is_over_the_limit_blocks_and_says_by_how_much(tmp_path: Path, mastodon):
    folder = Folder(tmp_path / "n", Folder.network("reseau", mastodon, tmp_path / "n")).people()
    path = folder.message(text=MESSAGE.format(more="").replace("short: Quais fermés.", f"short: {'mot ' * 200}"))
    checked = folder.json("check", path, code=1)
    over = next(f for f in checked["findings"] if f["code"] == "over_limit")
    assert over["over_by"] == over["count"] - over["limit"] > 0 and over["channel"] == "reseau" and over["line"]
    folder.run("submit", path, "--as", "alice", code=1)


def test_every_problem_of_a_file_is_named_with_its_line(folder: Folder):
    path = folder.message(text="---\ntitel: x\nkind: alertte\nareas: [01004]\nexpires: 2026-01-01T10:00:00\n---\ntexte\n")
    findings = folder.json("check", path, code=1)["findings"]
    assert {(f["code"], f["line"]) for f in findings} >= {
        ("unknown_key", 2),
        ("unknown_word", 3),
        ("not_text", 4),
        ("bad_time", 5),
    }


def test_a_prepared_message_with_blanks_cannot_be_submitted(folder: Folder):
    folder.run("new", "crue", "--model", "flood")
    path = folder.path / "content/messages/crue.md"
    assert any(f["code"] == "blank_left" and f["line"] for f in folder.json("check", path, code=1)["findings"])
    path.write_text(path.read_text().replace("À COMPLÉTER", "le quai"))
    folder.run("check", path)


def test_every_prepared_message_passes_once_its_blanks_are_filled(folder: Folder):
    for name in folder.run("new", "x", "--model", "list").stdout.split():
        folder.run("new", f"essai-{name}", "--model", name)
        path = folder.path / f"content/messages/essai-{name}.md"
        path.write_text(path.read_text().replace("À COMPLÉTER", "le quai"))
    from broadcast import intake
    from broadcast.app import App

    app = App(folder.path)
    for path in sorted((folder.path / "content/messages").glob("essai-*.md")):
        assert not [f for f in intake.read(app, path).proof.findings if f.blocking], path
    app.close()
