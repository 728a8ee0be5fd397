"""A message's life on each real network: said, corrected, ended, taken back; the server itself is asked what it holds."""

from __future__ import annotations

from tests.real.city import ALT, BODY, EXPIRES, PICTURE, City

LATER = {"BROADCAST_NOW": "2026-12-24T10:00:01+01:00"}
ENDS = "expires: 2026-12-24T10:00:00+01:00"


def test_a_message_stands_once_with_its_picture_and_its_words(city: City):
    (post,) = city.published(PICTURE)
    assert city.word in post.text and list(post.pictures) == [ALT]
    assert city.states() == ["delivered"] and city.status()["phase"] == "live"
    city.folder.run("send")
    assert city.said() == [post]


def test_probe_says_that_the_account_may_publish(city: City):
    city.folder.run("channels", "probe")


def test_a_correction_stands_where_the_public_reads_it(city: City):
    (first,) = city.published(PICTURE)
    posts = city.published(PICTURE, BODY + " Le pont aussi.")
    if city.server.edits_in_place:
        assert [p.id for p in posts] == [first.id] and "pont aussi" in posts[0].text
    else:
        assert [p.answers for p in posts] == ["", first.id]
    assert city.status()["phase"] == "live"


def test_a_withdrawn_message_is_gone(city: City):
    city.published(PICTURE)
    city.folder.run("withdraw", city.slug, "--as", "bob", "--reason", "fini")
    assert city.said() == []
    status = city.status()
    assert (status["phase"], status["ended_because"], status["public"]) == ("ended", "withdrawn", [])


def test_an_expired_message_is_gone(city: City):
    city.approved(text=city.text(PICTURE).replace(EXPIRES, ENDS))
    city.folder.run("send")
    assert len(city.said()) == 1
    city.folder.run("send", env=LATER)
    assert city.said() == []
    assert city.folder.json("status", city.slug, env=LATER)["ended_because"] == "expired"


def test_a_correction_is_heard_though_somebody_deleted_the_first_by_hand(city: City):
    city.published()
    city.server.delete(city.said()[0].id)
    assert city.said() == []
    posts = city.published(body=BODY + " Le pont aussi.")
    assert len(posts) == 1 and posts[0].answers == ""
    assert city.status()["phase"] == "live"


def test_taking_down_what_somebody_deleted_by_hand_succeeds(city: City):
    city.published(PICTURE)
    city.server.delete(city.said()[0].id)
    city.folder.run("withdraw", city.slug, "--as", "bob", "--reason", "fini")
    assert city.said() == [] and city.status()["phase"] == "ended"
