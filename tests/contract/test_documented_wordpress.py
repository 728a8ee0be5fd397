"""What WordPress's documentation and servers say of finding, writing and picturing an article: one test a fact.

Source: https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from broadcast.channel import Found, NotSeen, Published
from broadcast.errors import ChannelRefused, DeliveryError, OutcomeUnknown
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter, asks
from tests.contract.scripted import Scripted


def an_article(number: int, slug: str, **facts: Any) -> dict[str, Any]:
    raw = {"title": {"raw": "Crue"}, "content": {"raw": "<p>Autre</p>"}, "status": "publish", "date_gmt": "2099-01-01T00:00:00"}
    return {"id": number, "slug": slug, "link": f"https://ville.example/{slug}/", **raw, **facts}


def test_wordpress_finds_its_article_where_the_slug_was_taken(tmp_path):
    theirs = an_article(1, "crue-quais", date_gmt="2020-01-01T00:00:00")
    other = an_article(2, "crue-quais-2", title={"raw": "Tout autre chose"})
    ours = an_article(3, "crue-quais-3", title={"raw": "Crue &amp; digues"})
    bin_ = an_article(4, "crue-quais-4", status="trash")

    def script(call: Call) -> Any:
        wanted = call.query.get("slug", "").split(",")
        return [a for a in (theirs, other, bin_, ours) if a["slug"] in wanted]

    with Scripted(script) as server:
        found = asks(an_adapter("wordpress", tmp_path, server.url), replace(a_part(), title="Crue & digues"))
        assert isinstance(found, Found) and found.published.external_id == "3"
        assert all(c.query["status"] == "any" and c.query["context"] == "edit" for c in server.calls)


def test_wordpress_without_pretty_addresses_is_found_by_itself(tmp_path):
    def script(call: Call) -> Any:
        route = call.query.get("rest_route")
        return an_article(7, "crue-quais") if route == "/wp/v2/posts" else Answer(404, b"<title>404</title>")

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        assert adapter.publish(a_part(), key=KEY, reply_to=None).external_id == "7"
        assert isinstance(asks_nothing(adapter), DeliveryError)  # the list is no list here
        assert server.calls[-1].query["slug"] == "crue-quais"


def test_wordpress_a_picture_that_the_site_will_not_take_is_refused_though_it_says_500(tmp_path):
    said = Answer(500, {"code": "rest_upload_sideload_error", "message": "type de fichier", "data": {"status": 500}})
    with Scripted(lambda call: said) as server, pytest.raises(ChannelRefused, match="type de fichier"):
        an_adapter("wordpress", tmp_path, server.url).publish(a_part(media=(a_picture(),)), key=KEY, reply_to=None)


def test_wordpress_whose_front_page_stands_at_every_address_is_asked_by_rest_route(tmp_path):
    """nginx's `try_files … /index.php?$args` and plain permalinks: 200 and a page, whatever the path is."""
    articles: list[Any] = []

    def script(call: Call) -> Any:
        if call.query.get("rest_route") != "/wp/v2/posts":
            return Answer(200, b"<!doctype html><title>Ville</title>")
        if call.method == "GET":
            return articles
        articles.append(an_article(7, "crue-quais"))
        return articles[-1]

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        # After a page with a good status nobody can say: it is looked for first.
        with pytest.raises(OutcomeUnknown):
            adapter.publish(a_part(), key=KEY, reply_to=None)
        assert asks(adapter, a_part()) == NotSeen()
        # Another process knows it from the start.
        again = an_adapter("wordpress", tmp_path, server.url)
        assert again.publish(a_part(), key=KEY, reply_to=None).external_id == "7"
        assert len(articles) == 1


def asks_nothing(adapter: Any) -> DeliveryError | None:
    try:
        asks(adapter, a_part())
    except DeliveryError as error:
        return error
    return None


def test_wordpress_a_term_that_exists_is_used_however_it_is_spelt_there(tmp_path):
    exists = Answer(400, {"code": "term_exists", "message": "…", "data": {"status": 400, "term_id": 12}})

    def script(call: Call) -> Any:
        if call.path.endswith("/tags"):
            return exists if call.method == "POST" else [{"id": 4, "name": "Eau &amp; égouts"}]
        return an_article(7, "crue-quais")

    with Scripted(script) as server:
        part = a_part(options={"hashtags": ["Crue", "eau & égouts"]})
        an_adapter("wordpress", tmp_path, server.url).publish(part, key=KEY, reply_to=None)
        assert server.asked("POST", "/posts")[0].fields["tags"] == [12, 4]


def test_wordpress_shows_every_picture_and_new_words_are_a_new_picture(tmp_path):
    number = iter(range(100, 200))

    def script(call: Call) -> Any:
        if call.path.endswith("/media"):
            n = next(number)
            return Answer(201, {"id": n, "source_url": f"https://ville.example/{n}.png"})
        return an_article(7, "crue-quais")

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url, 5.0)
        second = replace(a_picture(), alt='Le "pont"', credit="Ville")
        adapter.publish(a_part(media=(a_picture(), second)), key=KEY, reply_to=None)
        adapter.publish(a_part(media=(a_picture(), second)), key=KEY, reply_to=None)
        sent = server.asked("POST", "/posts")[0].fields
        assert sent["featured_media"] == 100
        assert 'src="https://ville.example/101.png" alt="Le &quot;pont&quot;"' in sent["content"]
        assert len(server.asked("POST", "/media")) == 2
        adapter.publish(a_part(media=(replace(a_picture(), alt="Autres mots"),)), key=KEY, reply_to=None)
        assert len(server.asked("POST", "/media")) == 3


def test_wordpress_an_article_in_the_bin_is_not_edited(tmp_path):
    with Scripted(lambda call: an_article(7, "x", status="trash")) as server, pytest.raises(ChannelRefused, match="corbeille"):
        an_adapter("wordpress", tmp_path, server.url).update(a_part(), Published(external_id="7"), key=KEY)


def test_wordpress_a_person_may_give_a_plain_address(tmp_path):
    with Scripted(lambda call: an_article(7, "x")) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        adapter.take_down(Published(external_id="https://ville.example/?p=7"), key=KEY)
        assert server.calls[0].path == "/wp-json/wp/v2/posts/7"
