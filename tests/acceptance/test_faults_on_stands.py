"""Failures X5, X7, X8, X9 through the installed command, on the stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcast.stands import stand_type
from broadcast.stands.base import Stand
from tests.newsroom import MESSAGE, Folder

KINDS = ["mastodon", "x", "facebook"]


@pytest.fixture
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    type_ = stand_type(request.param)
    assert type_ is not None
    with type_() as running:
        running.ignores_keys = True
        yield running


def a_folder(tmp_path: Path, stand: Stand) -> Folder:
    return Folder(tmp_path / "n", Folder.network("reseau", stand, tmp_path / "n")).people()


def writes(stand: Stand) -> int:
    return sum(call.writes for call in stand.calls)


def each_network(test):
    return pytest.mark.parametrize("stand", KINDS, indirect=True)(test)


@each_network
def test_x5_a_failure_that_had_posted_ends_with_one_adopted_post(stand: Stand, tmp_path: Path):
    folder = a_folder(tmp_path, stand)
    folder.approved()
    stand.store_then_500()
    folder.run("send", "--wait", "10")
    delivery = folder.json("status", "crue-quais")["deliveries"][0]
    assert len(stand.live()) == 1
    assert (delivery["state"], delivery["external_id"]) == ("delivered", stand.live()[0].id)


@each_network
def test_x5_a_failure_that_had_not_posted_is_sent_again_once(stand: Stand, tmp_path: Path):
    folder = a_folder(tmp_path, stand)
    folder.approved()
    stand.break_()
    folder.run("send", "--wait", "20")
    assert len(stand.live()) == 1 and writes(stand) == 2


@each_network
def test_x7_a_revoked_token_pauses_the_channel_after_one_call(stand: Stand, tmp_path: Path):
    folder = a_folder(tmp_path, stand)
    folder.approved()
    # Another text: X would refuse the same one twice.
    folder.approved("autre", text=MESSAGE.format(more="").replace("évitez les quais", "évitez le pont"))
    stand.rejects_credentials = True
    done = folder.run("send", code=1)
    assert writes(stand) == 1
    assert "retenu" in done.stdout
    assert folder.json("status")["channels"][0]["paused"] is True
    folder.run("send", code=1)
    assert writes(stand) == 1
    stand.rejects_credentials = False
    folder.run("channels", "resume", "reseau", "--as", "bob")
    folder.run("send")
    assert len(stand.live()) == 2


@each_network
def test_x8_a_rate_limit_is_obeyed(stand: Stand, tmp_path: Path):
    folder = a_folder(tmp_path, stand)
    folder.approved()
    stand.busy(retry_after_s=4)
    begin = time.monotonic()
    folder.run("send", code=1)
    folder.run("send", code=None)
    if time.monotonic() - begin < 3:
        assert writes(stand) == 1
    folder.run("send", "--wait", "15")
    assert writes(stand) == 2 and len(stand.live()) == 1
    assert time.monotonic() - begin >= 3


@pytest.mark.parametrize("stand", ["mastodon"], indirect=True)
def test_x9_what_expired_before_it_left_never_leaves(stand: Stand, tmp_path: Path):
    folder = a_folder(tmp_path, stand)
    folder.approved(more="embargo_until: 2099-01-01T08:00:00+01:00\n")
    folder.run("send")
    assert writes(stand) == 0 and folder.json("status", "crue-quais")["phase"] == "embargoed"
    sent = folder.run("send", env={"BROADCAST_NOW": "2099-12-01T08:00:00+01:00"}, code=1)
    assert "JAMAIS PUBLIÉ" in sent.stderr
    assert writes(stand) == 0
    assert folder.json("status", "crue-quais")["deliveries"][0]["state"] == "dropped"
