"""What goes wrong on the way to a real network: killed senders, servers that are away, two senders at once; one post all the same."""

from __future__ import annotations

import subprocess

import pytest

from tests.newsroom import COMMAND
from tests.real.city import BODY, PICTURE, City

passes = pytest.mark.parametrize("passes", [False, True], ids=["before", "after"])


@passes
def test_a_sender_killed_at_the_call_leaves_one_post(city: City, passes: bool):
    city.approved(PICTURE)
    city.killed(city.server.creates, "send", passes=passes)
    assert len(city.said()) == int(passes)
    city.folder.run("send", "--wait", "30")
    assert len(city.said()) == 1 and city.states() == ["delivered"]


@passes
def test_a_sender_killed_at_a_correction_leaves_one(city: City, passes: bool):
    city.published(PICTURE)
    city.approved(PICTURE, BODY + " Le pont aussi.")
    city.killed(city.server.changes, "send", passes=passes)
    city.folder.run("send", "--wait", "30")
    posts = city.said()
    assert len(posts) == (1 if city.server.edits_in_place else 2)
    assert "pont aussi" in posts[-1].text or "Rectificatif" in posts[-1].text or "Mise à jour" in posts[-1].text


@passes
def test_a_sender_killed_at_a_takedown_leaves_nothing(city: City, passes: bool):
    city.published(PICTURE)
    city.killed(city.server.removes, "withdraw", city.slug, "--as", "bob", "--reason", "fini", passes=passes)
    city.folder.run("send", "--wait", "30")
    assert city.said() == []
    assert city.status()["phase"] == "ended"


def test_a_server_that_is_away_is_waited_for(city: City):
    city.approved(PICTURE)
    city.server.proxy.close()
    try:
        city.folder.run("send", code=1)
        assert city.states() == ["waiting"]
    finally:
        city.server.proxy.open()
    city.folder.run("send", "--wait", "30")
    assert len(city.said()) == 1 and city.states() == ["delivered"]


def test_two_senders_at_once_say_everything_once(city: City):
    for n in range(6):
        city.approved(slug=f"{city.slug}-{n}", text=city.text().replace(city.word, f"{city.word}x{n}"))
    command = [COMMAND, "--newsroom", str(city.folder.path), "send", "--wait", "30"]
    senders = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [s.wait() for s in senders] == [0, 0]
    said = sorted(one.text for one in city.said())
    assert len(said) == 6 and all(f"{city.word}x{n}" in "".join(said) for n in range(6))
