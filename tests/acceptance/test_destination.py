"""Where, and in whose name, an approved message leaves is part of what was approved."""

from __future__ import annotations

import pytest

from tests.newsroom import Folder, error_of


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name = "Ville d\'Exemple"', 'name = "Ville de Travers"'),
        ('base_url = "https://www.example.org"', 'base_url = "https://www.example.net"'),
        ('kind = "website"', 'kind = "website"\npath = "ailleurs"'),
    ],
)
def test_a_change_of_place_or_name_holds_what_was_approved_and_says_so(folder: Folder, before: str, after: str):
    settings = folder.path / "broadcast.toml"
    folder.approved()
    kept = settings.read_text()
    assert before in kept
    settings.write_text(kept.replace(before, after))
    folder.run("send", code=1)
    seen = folder.json("status", "crue-quais")
    held = [d for d in seen["deliveries"] if d["channel"] == "website"]
    assert held[0]["state"] == "held" and "a été approuvé" in held[0]["reason"] and "est devenu" in held[0]["reason"]
    assert "soumettez le message de nouveau" in str(seen["late"])
    assert not list(folder.path.glob("*/a/crue-quais/index.html"))
    settings.write_text(kept)
    folder.run("send")
    assert (folder.path / "public/a/crue-quais/index.html").exists()


def test_submitted_anew_the_other_place_is_approved_and_the_message_leaves(folder: Folder):
    settings = folder.path / "broadcast.toml"
    folder.approved()
    settings.write_text(settings.read_text().replace('kind = "website"', 'kind = "website"\npath = "ailleurs"'))
    assert folder.run("submit", folder.path / "content/messages/crue-quais.md", "--as", "alice").stdout.strip() == "crue-quais@2"
    folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--send")
    assert (folder.path / "ailleurs/a/crue-quais/index.html").exists()


def test_settings_that_changed_since_the_submission_are_not_approved(folder: Folder):
    settings = folder.path / "broadcast.toml"
    folder.run("submit", folder.message(), "--as", "alice")
    settings.write_text(settings.read_text().replace("https://www.example.org", "https://www.example.net"))
    error = error_of(folder.run("approve", "crue-quais", "--as", "bob", "--yes", "--json", code=1))
    assert error["code"] == "conflict" and "example.net" in str(error["message"])


def test_how_a_channel_works_may_change_without_a_vote(folder: Folder):
    settings = folder.path / "broadcast.toml"
    folder.approved()
    settings.write_text(settings.read_text().replace('kind = "website"', 'kind = "website"\non_end = "say"'))
    folder.run("send")
