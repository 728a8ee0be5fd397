"""`broadcast feeds …` as somebody new uses it: one sentence and an exit code for each mistake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcast.sources import ItemState
from tests.caps import atom, cap
from tests.feed_server import FeedServer
from tests.integration.relay_room import RULE, Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with FeedServer() as server:
        made = Room(tmp_path / "n", server)
        made.poll()
        made.alerts(atom(cap("c1")))
        made.poll("prefecture")
        rules = made.folder.path / "content" / "rules"
        rules.mkdir(parents=True, exist_ok=True)
        (rules / "crue.toml").write_text(RULE)
        yield made


def test_each_mistake_is_one_sentence_with_its_exit_code(room):
    (item,) = room.items(ItemState.PROPOSED)
    url = room.server.url("/actus")
    add = ("--allow-private", "--as", "bob")
    for args, code, words in (
        (("adopt", item.uid, "--as", "alice", "--slug", "../../x"), 2, "minuscules sans accent"),
        (("adopt", item.uid, "--as", "alice", "--slug", "Été"), 2, "minuscules sans accent"),
        (("entries", "--feed", "inconnue"), 1, "source « inconnue » : inconnue"),
        (("poll", "prefecture", "--due"), 2, "--due"),
        (("test", "www.exemple.fr"), 1, "en entier, avec https://"),
        (("add", "a.b", url, *add), 2, "le nom n'a que"),
        (("add", "neuf", url, *add, "--poll-every", "0s"), 2, "30 secondes au moins"),
        (("rules", "submit", "inconnue", "--as", "alice"), 1, "absente"),
    ):
        done = room.folder.run("feeds", *args, env=room.folder.env, code=code)
        (said,) = [line for line in done.stderr.splitlines() if not line.startswith("essai")]
        assert words in said and done.stdout == ""
    assert not (room.folder.path / "x.md").exists() and room.items(ItemState.PROPOSED)[0].claimed_by == ""
    assert "[feeds.neuf]" not in (room.folder.path / "broadcast.toml").read_text()


def test_the_whole_lists_come_as_json_under_the_short_names_too(room):
    assert [f["feed"] for f in room.folder.json("feeds", env=room.folder.env)["feeds"]] == ["prefecture", "gouv"]
    assert room.folder.json("feeds", "rules", env=room.folder.env)["not_submitted"] == ["crue"]
    room.folder.run("feeds", "rules", "submit", "content/rules/crue.toml", "--as", "alice", env=room.folder.env)
    done = room.folder.run("feeds", "rules", "simulate", "--since", "99999999d", "--json", env=room.folder.env)
    assert json.loads(done.stdout) == {"simulated": []}  # no rule is in force
