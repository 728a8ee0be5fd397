"""Somebody deletes the first post by hand: what comes after it is said all the same, once, and `status` tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from broadcast.channel import ALONE
from tests.integration.lab import LONG, THREAD, Lab
from tests.newsroom import MESSAGE

KINDS = ("x", "mastodon", "bluesky", "telegram", "facebook")
#: Networks that say that the post answered is gone; Telegram leaves it out in silence, Facebook has no replies.
TELLING = ("x", "mastodon", "bluesky")
FIRST = MESSAGE.format(more="").replace("2099-11-23T08:00:00", "2026-11-24T10:00:00")
SECOND = FIRST.replace("évitez les quais", "évitez les quais et le pont").replace("Les quais", "Les quais et le pont")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Any]:
    with ExitStack() as stack:
        yield lambda kind, more="": Lab(tmp_path / "n", (kind,), stack, more)


def published_and_deleted_by_hand(room: Lab, kind: str, text: str = FIRST) -> None:
    room.folder.approved(text=text)
    room.send()
    room.live(kind)[0].deleted = True


def pass_minutes(room: Lab, hour: int, count: int = 5) -> None:
    for minute in range(1, count + 1):
        room.now = f"2026-11-24T{hour:02d}:{minute:02d}:00+01:00"
        room.send()


def deliveries(room: Lab, form: str) -> list[dict[str, Any]]:
    found = room.folder.json("status", "crue-quais", env=room.folder.env)["deliveries"]
    return [d for d in found if d["form"] == form and d["action"] == "publish"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_is_heard_though_the_post_it_corrects_was_deleted_by_hand(lab, kind):
    room = lab(kind)
    published_and_deleted_by_hand(room, kind)
    room.folder.approved(text=SECOND)
    pass_minutes(room, 8)
    (post,) = room.live(kind)
    assert "pont" in post.text and post.in_reply_to is None
    (said,) = deliveries(room, "correction")
    assert (said["state"], said["reason"]) == ("delivered", ALONE if kind in TELLING else "")


@pytest.mark.parametrize("kind", KINDS)
def test_an_end_is_heard_though_the_post_it_ends_was_deleted_by_hand(lab, kind):
    room = lab(kind, 'on_end = "say"\n')
    published_and_deleted_by_hand(room, kind)
    pass_minutes(room, 10)
    (post,) = room.live(kind)
    assert post.in_reply_to is None
    assert [d["state"] for d in deliveries(room, "ending")] == ["delivered"]


@pytest.mark.parametrize("kind", TELLING)
def test_the_rest_of_a_thread_is_heard_though_its_beginning_was_deleted_by_hand(lab, kind):
    room = lab(kind)
    stand = room.stands[kind]
    text = THREAD if kind != "mastodon" else THREAD.replace(LONG, (LONG.strip() + " ") * 2 + "\n")
    keep = stand.keep

    def kept(*args: Any, **facts: Any) -> Any:
        post = keep(*args, **facts)
        post.deleted = len(stand.posts) == 1  # gone as soon as it stands
        return post

    stand.keep = kept
    room.folder.approved(text=text)
    room.send()
    pass_minutes(room, 8)
    posts = list(stand.posts.values())
    assert [f"({n}/{len(posts)})" in p.text for n, p in enumerate(posts, 1)] == [True] * len(posts)
    assert [p.in_reply_to for p in posts] == [None, None, *(p.id for p in posts[1:-1])]
