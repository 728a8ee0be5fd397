"""What WordPress says of taking down, and of articles that one may not change: one test a fact.

Source: https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

from typing import Any

import pytest

from broadcast.channel import Published
from broadcast.errors import ChannelMisconfigured, ChannelRefused, DeliveryError, OutcomeUnknown
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, a_part, an_adapter
from tests.contract.scripted import Scripted


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (Answer(410, {"code": "rest_already_trashed", "message": "…"}), None),
        (Answer(404, {"code": "rest_post_invalid_id", "message": "…"}), None),
        (Answer(404, b"<title>Page introuvable</title>"), ChannelMisconfigured),
        (Answer(404, {"code": "rest_no_route", "message": "…"}), ChannelMisconfigured),
        (Answer(410, b"<title>Gone</title>"), ChannelRefused),
        (Answer(200, b"<title>Entretien</title>"), OutcomeUnknown),
        (Answer(403, {"code": "rest_cannot_delete", "message": "…"}), ChannelRefused),
    ],
)
def test_wordpress_a_takedown_needs_the_word_of_wordpress(said, ends, tmp_path):
    with Scripted(lambda call: said) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        if ends is None:
            adapter.take_down(Published(external_id="5"), key=KEY)
        else:
            with pytest.raises(DeliveryError) as caught:
                adapter.take_down(Published(external_id="5"), key=KEY)
            assert type(caught.value) is ends


def test_wordpress_without_a_bin_deletes_for_good(tmp_path):
    no_bin = Answer(501, {"code": "rest_trash_not_supported", "message": "…"})
    with Scripted(lambda call: {"deleted": True} if call.query.get("force") == "true" else no_bin) as server:
        an_adapter("wordpress", tmp_path, server.url).take_down(Published(external_id="5"), key=KEY)
        assert [c.query for c in server.calls] == [{}, {"force": "true"}]


def test_wordpress_an_article_of_another_author_concerns_that_article_alone(tmp_path):
    def script(call: Call) -> Any:
        word = "rest_cannot_delete" if call.method == "DELETE" else "rest_cannot_edit"
        return Answer(403, {"code": word, "message": "Désolé", "data": {"status": 403}})

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        with pytest.raises(ChannelRefused, match="auteur"):
            adapter.update(a_part(), Published(external_id="5"), key=KEY)
        with pytest.raises(ChannelRefused, match="auteur"):
            adapter.take_down(Published(external_id="5"), key=KEY)


@pytest.mark.parametrize(("said", "ends"), [({"status": "trash"}, None), ({"status": "publish"}, OutcomeUnknown)])
def test_wordpress_on_a_host_that_lets_no_delete_through_is_told_by_post(said, ends, tmp_path):
    """https://developer.wordpress.org/rest-api/using-the-rest-api/global-parameters/: `_method`."""

    def script(call: Call) -> Any:
        return Answer(405, b"<title>405 Not Allowed</title>") if call.method == "DELETE" else {"id": 5, **said}

    with Scripted(script) as server:
        adapter = an_adapter("wordpress", tmp_path, server.url)
        if ends is None:
            adapter.take_down(Published(external_id="5"), key=KEY)
        else:
            with pytest.raises(ends):
                adapter.take_down(Published(external_id="5"), key=KEY)
        assert server.calls[-1].query == {"_method": "DELETE"}
