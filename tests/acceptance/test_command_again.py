"""`retry`: what a network refused leaves again once the cause was lifted, and `status` says how."""

from __future__ import annotations

import re
import shlex

from tests.newsroom import Folder, error_of


def a_refused_post(tmp_path, mastodon) -> Folder:
    folder = Folder(tmp_path / "n", Folder.network("reseau", mastodon, tmp_path / "n")).people()
    folder.approved()
    mastodon.refuse("compte limité")
    folder.run("send", code=None)
    assert mastodon.live() == []
    return folder


def test_the_line_that_status_prints_runs_as_printed(tmp_path, mastodon):
    folder = a_refused_post(tmp_path, mastodon)
    said = folder.run("status", "crue-quais", code=None).stderr
    (line,) = set(re.findall(r"`broadcast (retry [^`]+)`", said))
    words = shlex.split(line)
    done = folder.run(*words, *([] if "--as" in words else ["--as", "bob"]))
    assert "broadcast send" in done.stdout
    folder.run("send")
    assert len(mastodon.live()) == 1 and folder.json("status", "crue-quais")["phase"] == "live"


def test_json_names_what_leaves_again_and_a_refusal_says_what_to_do(tmp_path, mastodon):
    folder = a_refused_post(tmp_path, mastodon)
    (again,) = folder.json("retry", "crue-quais/reseau", "--as", "bob")["again"]
    assert (again["state"], again["revision"], again["channel"]) == ("planned", 1, "reseau")
    folder.run("send")
    refused = folder.run("retry", "crue-quais/reseau", "--as", "bob", "--json", code=1)
    assert "déjà en ligne" in str(error_of(refused)["message"])
    assert "audit" not in folder.run("audit", "verify").stderr


def test_not_published_says_the_same(tmp_path, mastodon):
    folder = a_refused_post(tmp_path, mastodon)
    folder.run("resolve", "crue-quais/reseau", "--not-published", "--as", "bob")
    folder.run("send")
    assert len(mastodon.live()) == 1


def test_what_waits_says_until_when(tmp_path, mastodon):
    folder = Folder(tmp_path / "n", Folder.network("reseau", mastodon, tmp_path / "n")).people()
    folder.approved()
    mastodon.busy(3600)
    assert "(pas avant le " in folder.run("send", code=1).stdout
    shown = folder.run("status", "crue-quais")
    assert "(pas avant le " in shown.stdout and "(pas avant le " in shown.stderr
    status = folder.json("status", "crue-quais")
    assert status["deliveries"][0]["not_before"] == status["late"][0]["until"] > status["deliveries"][0]["at"]
