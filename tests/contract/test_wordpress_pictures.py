"""Pictures on WordPress are public by themselves: they come with their words, and go with the last article that shows them.

Source: https://developer.wordpress.org/rest-api/reference/media/, and a WordPress 6.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from broadcast.channel import Published
from broadcast.errors import ChannelRefused, ChannelUnavailable, OutcomeUnknown
from broadcast.stands.base import Answer
from broadcast.stands.wordpress import WordPressStand
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter


@pytest.fixture
def site() -> Iterator[WordPressStand]:
    with WordPressStand() as running:
        yield running


def published(site: Any, tmp_path: Path, slug: str = "crue-quais", **facts: Any) -> tuple[Any, Published]:
    adapter = an_adapter("wordpress", tmp_path, site.url, 5.0)
    part = replace(a_part(media=(a_picture(),)), slug=slug, **facts)
    return adapter, adapter.publish(part, key=KEY, reply_to=None)


def test_a_picture_goes_with_its_article(site, tmp_path):
    adapter, done = published(site, tmp_path)
    assert len(site.media) == 1
    assert adapter.take_down(done, key=KEY) is None
    assert site.media == {} and site.live() == []


def test_a_picture_goes_though_nobody_kept_its_number(site, tmp_path):
    second = replace(a_picture(), alt="Le pont")
    adapter, done = published(site, tmp_path, media=(a_picture(), second))
    adapter.take_down(replace(done, token=""), key=KEY)
    assert site.media == {}


def test_a_picture_that_another_article_shows_stays_until_that_one_goes(site, tmp_path):
    adapter, first = published(site, tmp_path, "crue-quais")
    second = adapter.publish(replace(a_part(media=(a_picture(),)), slug="crue-pont"), key=KEY, reply_to=None)
    assert len(site.media) == 1
    left = adapter.take_down(first, key=KEY)
    assert left.public and "un autre article la montre" in left.note
    assert len(site.media) == 1
    assert adapter.take_down(second, key=KEY) is None
    assert site.media == {}


def test_a_picture_in_the_text_of_another_article_stays_too(site, tmp_path):
    adapter, done = published(site, tmp_path)
    (media_id,) = site.media
    site.keep("", more={"slug": "fete", "status": "publish", "content": f"<img src='/wp-content/uploads/{media_id}.jpg'>"})
    assert "un autre article" in adapter.take_down(done, key=KEY).note
    assert len(site.media) == 1


def test_a_picture_that_a_new_version_no_longer_shows_goes(site, tmp_path):
    adapter, done = published(site, tmp_path)
    done = adapter.update(replace(a_part(), slug="crue-quais"), done, key=KEY)
    assert site.media == {}
    new = replace(a_picture(), alt="Le quai, à midi")
    done = adapter.update(replace(a_part(media=(new,)), slug="crue-quais"), done, key=KEY)
    assert [m["alt"] for m in site.media.values()] == ["Le quai, à midi"]
    adapter.take_down(done, key=KEY)
    assert site.media == {}


@pytest.mark.parametrize("name", ["crue-quais.png", "crue-quais.jpeg", "Crue Quais.png"])
def test_no_address_of_a_picture_is_an_article_s(site, name, tmp_path):
    _, done = published(site, tmp_path, media=(replace(a_picture(), name=name),))
    assert done.url == f"{site.url}/crue-quais/"
    assert all("_" in str(media["slug"]) for media in site.media.values())


@pytest.mark.parametrize("alt", ["Panneau <route barrée> & <déviation>", "a < b > c", "100 %cd", "« &lt; » écrit", "R&D"])
def test_alternative_text_keeps_its_words(site, alt, tmp_path):
    from html import unescape

    published(site, tmp_path, media=(replace(a_picture(), alt=alt),))
    (media,) = site.media.values()
    assert unescape(str(media["alt"])) == unescape(alt) or media["alt"] == alt


def test_words_and_picture_are_one_call(site, tmp_path):
    published(site, tmp_path)
    (sent,) = [c for c in site.calls if c.method == "POST" and "/media" in c.path]
    assert sent.fields["alt_text"] == "Le quai inondé" and "file" in sent.files


def test_a_picture_whose_answer_was_lost_is_found_and_not_sent_twice(site, tmp_path):
    usual = site.answer

    def answer(call: Any) -> Answer:
        said = usual(call)
        return Answer(502, b"<title>Bad Gateway</title>") if call.method == "POST" and call.path.endswith("/media") else said

    site.answer = answer
    with pytest.raises(ChannelUnavailable):
        published(site, tmp_path)
    site.answer = usual
    # Another process goes on.
    adapter, done = published(site, tmp_path)
    assert len(site.media) == 1
    adapter.take_down(done, key=KEY)
    assert site.media == {}


def test_a_refused_article_leaves_no_picture_behind(site, tmp_path):
    site.refuse("non")
    with pytest.raises(ChannelRefused):
        published(site, tmp_path)
    assert site.media == {}


def test_a_takedown_that_died_before_the_picture_went_is_finished(site, tmp_path):
    adapter, done = published(site, tmp_path)
    usual = site.answer
    site.answer = lambda call: Answer(500, b"") if call.method == "DELETE" and "/media" in call.path else usual(call)
    with pytest.raises(OutcomeUnknown):
        adapter.take_down(done, key=KEY)
    site.answer = usual
    assert site.live() == [] and len(site.media) == 1
    adapter.take_down(done, key=KEY)
    assert site.media == {}


def test_a_picture_of_another_author_stays_and_is_told(site, tmp_path):
    adapter, done = published(site, tmp_path)
    usual = site.answer
    no = Answer(403, {"code": "rest_cannot_delete", "message": "Désolé", "data": {"status": 403}})
    site.answer = lambda call: no if call.method == "DELETE" and "/media" in call.path else usual(call)
    assert "Désolé" in adapter.take_down(done, key=KEY).note
    assert site.live() == []
