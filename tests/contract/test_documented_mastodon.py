"""What Mastodon's documentation and servers say where our stand does not go: one test a fact.

Source: https://docs.joinmastodon.org/methods/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from broadcast.channel import Found, NotSeen, Published
from broadcast.errors import ChannelRefused, ChannelUnavailable, OutcomeUnknown
from broadcast.stands import stand_type
from broadcast.stands.base import Answer, Call
from tests.contract.adapters import KEY, a_part, a_picture, an_adapter, asks
from tests.contract.scripted import NOW, Scripted, signed_in


def a_mastodon(**answers: Any) -> Callable[[Call], Any]:
    def script(call: Call) -> Any:
        known = signed_in("mastodon", call)
        if known:
            return known
        return next(
            (said(call) if callable(said) else said for path, said in answers.items() if path in call.path),
            Answer(404, {"error": "Record not found"}),
        )

    return script


def test_mastodon_a_picture_being_worked_on_is_asked_for_and_not_sent_twice(tmp_path):
    looks = iter([206, 206, 206, 206, 206, 200])

    def media(call: Call) -> Answer:
        return Answer(202, {"id": "9", "url": None}) if call.method == "POST" else Answer(next(looks), {"id": "9"})

    with Scripted(a_mastodon(media=media, statuses={"id": "1", "url": "https://m.example/1"})) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        part = a_part(media=(a_picture(),))
        with pytest.raises(ChannelUnavailable) as caught:
            adapter.publish(part, key=KEY, reply_to=None)
        assert caught.value.retry_after_s == 3
        assert not server.asked("POST", "/statuses")
        adapter.publish(part, key=KEY, reply_to=None)
        assert len(server.asked("POST", "/api/v2/media")) == 1
        assert server.asked("POST", "/statuses")[0].fields["media_ids"] == ["9"]


def test_mastodon_a_picture_that_their_work_failed_on_is_sent_anew_by_the_next_version(tmp_path):
    sent = iter([202, 200])

    def media(call: Call) -> Answer:
        if call.method == "POST":
            return Answer(next(sent), {"id": "9"})
        return Answer(422, {"error": "Error processing thumbnail for uploaded media"})

    with Scripted(a_mastodon(media=media, statuses={"id": "1", "url": "https://m.example/1"})) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        part = a_part(media=(a_picture(),))
        with pytest.raises(ChannelRefused, match="thumbnail"):
            adapter.publish(part, key=KEY, reply_to=None)
        adapter.publish(part, key=KEY, reply_to=None)
        assert len(server.asked("POST", "/api/v2/media")) == 2


def picture_server(states: list[int], posted: Any = None) -> Any:
    """A server that accepts a picture and answers these states when asked, then 200."""
    looks = iter(states)

    def media(call: Call) -> Answer:
        return Answer(202, {"id": "9", "url": None}) if call.method == "POST" else Answer(next(looks, 200), {"id": "9"})

    return Scripted(a_mastodon(media=media, statuses=posted or {"id": "1", "url": "https://m.example/1"}))


@pytest.mark.parametrize("states", [[404] * 4, [404, 206, 404, 404], [206, 206, 206, 404]])
def test_mastodon_a_picture_that_a_copy_of_their_database_does_not_know_yet_is_waited_for(states, tmp_path):
    with picture_server(states) as server:
        adapter, part = an_adapter("mastodon", tmp_path, server.url), a_part(media=(a_picture(),))
        with pytest.raises(ChannelUnavailable) as caught:
            adapter.publish(part, key=KEY, reply_to=None)
        assert caught.value.retry_after_s == 3 and not server.asked("POST", "/statuses")
        adapter.publish(part, key=KEY, reply_to=None)
        assert len(server.asked("POST", "/api/v2/media")) == 1
        assert server.asked("POST", "/statuses")[0].fields["media_ids"] == ["9"]


def test_mastodon_a_picture_that_stays_unknown_is_sent_anew_and_no_post_leaves_without_it(tmp_path):
    with picture_server([404] * 60) as server:
        adapter, part = an_adapter("mastodon", tmp_path, server.url), a_part(media=(a_picture(),))
        for _ in range(12):
            with pytest.raises(ChannelUnavailable):
                adapter.publish(part, key=KEY, reply_to=None)
        assert len(server.asked("POST", "/api/v2/media")) == 3
        assert not server.asked("POST", "/statuses")


def test_mastodon_a_status_refused_for_a_picture_that_is_not_ready_waits(tmp_path):
    """Mastodon: 422 "Cannot attach files that have not finished processing. Try again in a moment!"."""
    answers = iter([Answer(422, {"error": "Les fichiers sont encore en traitement"}), {"id": "1", "url": "https://m.example/1"}])

    def media(call: Call) -> Answer:
        return Answer(200, {"id": "9", "url": "u"}) if call.method == "POST" else Answer(next(looks), {"id": "9"})

    looks = iter([206, 200])
    with Scripted(a_mastodon(media=media, statuses=lambda call: next(answers))) as server:
        adapter, part = an_adapter("mastodon", tmp_path, server.url), a_part(media=(a_picture(),))
        with pytest.raises(ChannelUnavailable):
            adapter.publish(part, key=KEY, reply_to=None)
        assert adapter.publish(part, key=KEY, reply_to=None).external_id == "1"
        assert len(server.asked("POST", "/api/v2/media")) == 1


def test_mastodon_a_text_is_plain_whatever_the_account_prefers(tmp_path):
    """GoToSocial and glitch-soc: `content_type`, else the account's own default, which may be Markdown."""
    with Scripted(a_mastodon(statuses={"id": "1", "url": "https://m.example/1"})) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        adapter.update(a_part(), adapter.publish(a_part(), key=KEY, reply_to=None), key=KEY)
        assert [call.fields["content_type"] for call in server.calls] == ["text/plain", "text/plain"]


def test_mastodon_finds_what_servers_rewrite(tmp_path):
    content = (
        '<p>Écrire à <span class="h-card"><a href="https://m.example/@bob" class="u-url mention">@<span>bob</span></a></span>'
        '<br />Voir <a href="https://www.example.org/a/crue-quais/?x=1&amp;y=2" rel="nofollow" translate="no">'
        '<span class="invisible">https://www.</span><span class="ellipsis">example.org/a/crue-quais/?x=1&amp;</span>'
        '<span class="invisible">y=2</span></a></p><p>et <a href="https://ville.example">ville.example</a> '
        '<a href="https://m.example/tags/crue" class="mention hashtag" rel="tag">#<span>crue</span></a></p>'
    )
    mentions = [{"url": "https://m.example/@bob", "acct": "bob"}]
    status = {"id": "5", "url": "https://m.example/5", "created_at": NOW, "content": content, "mentions": mentions}
    with Scripted(a_mastodon(statuses=lambda call: [status] if "max_id" not in call.query else [])) as server:
        adapter = an_adapter("mastodon", tmp_path, server.url)
        text = "Écrire à @bob@m.example\nVoir https://www.example.org/a/crue-quais/?x=1&y=2\n\net ville.example #Crue"
        assert isinstance(asks(adapter, a_part(text)), Found)
        assert isinstance(asks(adapter, a_part(text.replace("ville.example", "vile.example"))), NotSeen)
        assert server.asked("GET", "/statuses")[0].query["exclude_reblogs"] == "true"


def test_mastodon_a_look_that_could_not_read_everything_is_no_answer(tmp_path):
    def page(call: Call) -> Any:
        first = int(call.query.get("max_id", "10000"))
        return [{"id": str(first - n), "created_at": NOW, "content": "<p>autre</p>"} for n in range(1, 41)]

    with Scripted(a_mastodon(statuses=page)) as server, pytest.raises(ChannelUnavailable, match="relire"):
        asks(an_adapter("mastodon", tmp_path, server.url), a_part())


def test_mastodon_an_older_server_states_its_limits_in_v1(tmp_path):
    facts = {
        "uri": "m.example",
        "max_toot_chars": 1000,
        "configuration": {"media_attachments": {"image_matrix_limit": 4_000_000}},
    }
    with Scripted(
        lambda call: signed_in("", call) or (facts if "v1/instance" in call.path else Answer(404, b"<title>404</title>"))
    ) as server:
        limits = an_adapter("mastodon", tmp_path, server.url).probe()
    assert (limits.max_length, limits.max_image_px) == (1000, 2000)


def test_mastodon_a_takedown_answered_by_a_page_is_not_done(tmp_path):
    with Scripted(lambda call: Answer(200, b"<title>Entretien</title>")) as server, pytest.raises(OutcomeUnknown):
        an_adapter("mastodon", tmp_path, server.url).take_down(Published(external_id="5"), key=KEY)


def test_mastodon_learns_its_limits_by_a_probe(tmp_path):
    type_ = stand_type("mastodon")
    assert type_ is not None
    with type_() as running:
        running.max_characters = 5000
        limits = an_adapter("mastodon", tmp_path, running.url).probe()
    assert limits.max_length == 5000
    assert limits.source == "probe"
