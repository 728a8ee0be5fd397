"""What only a Bluesky data server knows: the order of records, blobs, sessions, and what it refuses."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.integration.lab import LONG
from tests.real.city import PICTURE, City
from tests.real.servers.pds import Pds

THREAD = (LONG.strip() + " ") * 2


@pytest.fixture
def account(pds: Pds, tmp_path: Path) -> City:
    """A newsroom that posts there."""
    return City(tmp_path / "n", pds)


def records(account: City) -> list[dict]:
    ids = {one.id for one in account.said()}
    return [one for one in account.server.records() if one["uri"] in ids]


def a_thread(account: City) -> str:
    short = f"short: Quais fermés. Évitez les bords de Seine ({account.word}).\n"
    return account.text(body=THREAD).replace(short, "")


def test_a_thread_reads_in_order_and_each_part_answers_the_one_before(account: City):
    account.approved(text=a_thread(account))
    account.folder.run("send", "--wait", "30")
    said = account.said()
    assert len(said) > 2 and [one.answers for one in said] == ["", *(one.id for one in said[:-1])]
    times = [one["value"]["createdAt"] for one in records(account)]
    assert all(a < b for a, b in pairwise(times))
    assert {one["value"]["reply"]["root"]["uri"] for one in records(account)[1:]} == {said[0].id}


def test_a_sender_killed_in_the_middle_of_a_thread_loses_and_doubles_nothing(account: City):
    account.approved(text=a_thread(account))
    account.killed(account.server.creates, "send", passes=True)
    assert len(account.said()) == 1
    account.killed(account.server.creates, "send", passes=False)
    account.folder.run("send", "--wait", "30")
    said = account.said()
    assert len(said) == len(account.states()) and set(account.states()) == {"delivered"}
    assert [one.answers for one in said] == ["", *(one.id for one in said[:-1])]


def test_what_died_before_the_call_leaves_at_once(account: City):
    account.approved()
    account.killed(account.server.creates, "send", passes=False)
    account.folder.run("send")
    assert len(account.said()) == 1 and account.states() == ["delivered"]


def test_a_picture_is_a_blob_of_the_type_and_size_it_says(account: City):
    account.published(PICTURE)
    (record,) = records(account)
    (image,) = record["value"]["embed"]["images"]
    blob = account.server.blob(image["image"]["ref"]["$link"])
    assert len(blob) == image["image"]["size"] <= 1_000_000
    assert blob.startswith(b"\xff\xd8" if image["image"]["mimeType"] == "image/jpeg" else b"\x89PNG")
    assert image["aspectRatio"]["width"] > image["aspectRatio"]["height"]


def test_links_and_tags_are_alive_where_they_stand(account: City):
    (post,) = account.published("hashtags: [Crue, Seine]\nlink: https://www.example.org/crue?a=1&b=2\n")
    (record,) = records(account)
    text = post.text.encode()
    marked = [text[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in record["value"]["facets"]]
    assert "#Crue" in marked and any("example.org" in m for m in marked)


def test_a_session_that_the_server_no_longer_takes_is_opened_anew(account: City):
    account.published()
    kept = [p for p in (account.folder.path / ".broadcast").rglob("*") if p.is_file() and b"accessJwt" in p.read_bytes()]
    (memory,) = kept
    for broken in ("accessJwt", "refreshJwt"):
        values = json.loads(memory.read_text())
        session = json.loads(values["session"])
        session["accessJwt"] = session[broken] = session[broken][:-6] + "AAAAAA"
        values["session"] = json.dumps(session)
        memory.write_text(json.dumps(values))
        account.approved(
            slug=f"{account.slug}-{broken.lower()}", text=account.text().replace(account.word, account.word + broken)
        )
        account.folder.run("send", "--wait", "10")
    assert len(account.said()) == 3


def test_an_end_that_is_said_answers_the_first_post(pds: Pds, tmp_path: Path):
    account = City(tmp_path / "n", pds, 'on_end = "say"\n')
    (first,) = account.published()
    account.approved(
        slug=f"fin-{account.word}",
        text="---\ntitle: Fin de la crue\nkind: all_clear\nends: "
        + account.slug
        + "\nexpires: 2099-11-24T08:00:00+01:00\n---\nTout est rouvert.\n",
    )
    account.folder.run("send", "--wait", "30")
    said = account.said()
    assert len(said) >= 2 and first.id in [one.id for one in said]
    assert account.status()["phase"] == "ended"
