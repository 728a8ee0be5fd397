"""The same questions to every adapter; a new kind is found by itself and fails until its companions exist."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcast import registry
from broadcast.channel import Found, NotSeen, Reply, normalised
from broadcast.errors import ChannelMisconfigured, ChannelRefused, ChannelUnavailable, DeliveryError, OutcomeUnknown
from broadcast.model import sha256_of
from broadcast.stands import stand_type
from tests.contract.adapters import PNG, a_part, a_picture, an_adapter

ROOT = Path(__file__).parents[2]
KINDS = registry.kinds()
STREAMS = [k for k in KINDS if not registry.is_board(registry.adapter_type(k))]
NETWORKS = [k for k in STREAMS if registry.is_network(registry.adapter_type(k))]


@pytest.fixture
def stand(request: pytest.FixtureRequest) -> Iterator[Any]:
    type_ = stand_type(request.param)
    assert type_ is not None, f"channels/{request.param}.py speaks to a network: write broadcast/stands/{request.param}.py"
    with type_() as running:
        yield running


def network(test: Any) -> Any:
    return pytest.mark.parametrize("stand", NETWORKS, indirect=True)(test)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_its_companions(kind):
    adapter = registry.adapter_type(kind)
    assert adapter.kind == kind
    templates = list((ROOT / "templates" / kind).glob("publish.*"))
    assert templates, f"channels/{kind} has no templates/{kind}/publish.*"
    assert (ROOT / "docs/channels" / f"{kind}.md").is_file(), f"channels/{kind} has no docs/channels/{kind}.md"
    assert dataclasses.is_dataclass(adapter.settings_type)
    assert adapter.settings_type.__dataclass_params__.frozen
    assert (adapter.__doc__ or "").strip()
    assert "Quirks" in __import__(f"channels.{kind}", fromlist=["x"]).__doc__


@pytest.mark.parametrize("kind", STREAMS)
def test_publishing_gives_an_id_and_repeating_a_takedown_is_fine(kind, tmp_path):
    type_ = stand_type(kind)
    if type_ is None:
        adapter = an_adapter(kind, tmp_path)
        _life(adapter)
        return
    with type_() as running:
        _life(an_adapter(kind, tmp_path, running.url))


def _life(adapter: Any) -> None:
    done = adapter.publish(a_part(), key="k1", reply_to=None)
    assert done.external_id
    assert done.url
    if hasattr(adapter, "update"):
        again = adapter.update(a_part("Nouveau texte"), done, key="k2")
        assert again.external_id == done.external_id
        adapter.update(a_part("Nouveau texte"), done, key="k2")
    if hasattr(adapter, "take_down"):
        adapter.take_down(done, key="k3")
        adapter.take_down(done, key="k3")


@network
def test_a_post_is_there_and_an_edit_does_not_post_anew(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    done = adapter.publish(a_part(), key="k", reply_to=None)
    assert [normalised(p.text) for p in stand.live()] == [normalised(a_part().text)]
    if hasattr(adapter, "update"):
        adapter.update(a_part("Nouveau"), done, key="k2")
        assert [(p.text, p.edited) for p in stand.live()] == [("Nouveau", True)]
    if hasattr(adapter, "take_down"):
        adapter.take_down(done, key="k3")
        assert stand.live() == []


@network
def test_pictures_carry_their_alternative_text(stand, tmp_path):
    since = datetime.now(UTC) - timedelta(seconds=2)
    adapter = an_adapter(stand.kind, tmp_path, stand.url, 5.0)
    if adapter.limits.max_images == 0:
        pytest.skip(f"{stand.kind} takes no pictures")
    adapter.publish(a_part(media=(a_picture(),)), key="k", reply_to=None)
    alt = "" if stand.kind == "telegram" else "Le quai inondé"  # the Bot API has no alternative text
    assert [(m["alt"], m["sha256"]) for m in stand.live()[0].media] == [(alt, sha256_of(PNG))]
    adapter.publish(a_part("Deux images", media=(a_picture(), a_picture())), key="k2", reply_to=None)
    if stand.kind != "wordpress":  # an article shows one picture
        assert len(stand.live()[1].media) == 2
    if not hasattr(adapter, "find"):
        return
    assert isinstance(
        adapter.find(
            a_part("Deux images"),
            key="k2",
            since=since,
            known_ids=frozenset(),
        ),
        Found,
    )


@network
def test_a_correction_replies_where_the_network_has_replies(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    root = adapter.publish(a_part(), key="k", reply_to=None)
    adapter.publish(a_part("Rectificatif"), key="k2", reply_to=Reply(root=root, parent=root))
    if stand.kind not in ("facebook", "wordpress", "email"):  # no replies that are posts; mails are asked elsewhere
        assert stand.live()[1].in_reply_to == root.external_id


@network
def test_a_correction_is_said_though_what_it_corrects_was_deleted_by_hand(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    root = adapter.publish(a_part(), key="k", reply_to=None)
    for post in stand.live():
        post.deleted = True
    done = adapter.publish(a_part("Rectificatif"), key="k2", reply_to=Reply(root=root, parent=root))
    assert done.external_id != root.external_id
    assert [normalised(p.text) for p in stand.live()] == ["Rectificatif"]


@network
def test_a_post_is_found_and_only_if_new_and_unknown(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    if not hasattr(adapter, "find"):
        pytest.skip(f"{stand.kind} cannot be asked")
    since = datetime.now(UTC) - timedelta(seconds=2)
    done = adapter.publish(a_part(), key="k", reply_to=None)
    for n in range(45):
        stand.keep(f"Autre message {n}", more={"slug": f"autre-{n}", "status": "publish"})
    found = adapter.find(a_part(), key="k", since=since, known_ids=frozenset())
    assert isinstance(found, Found)
    assert found.published.external_id == done.external_id
    assert isinstance(
        adapter.find(a_part(), key="k", since=since, known_ids=frozenset({done.external_id})),
        NotSeen,
    )
    # Another message: by its text, its slug or its key, whatever the kind looks it up by.
    other = dataclasses.replace(a_part("Crue : quais fermés"), slug="autre-message")
    assert isinstance(adapter.find(other, key="autre", since=since, known_ids=frozenset()), NotSeen)
    late = since + timedelta(days=1)
    assert isinstance(adapter.find(a_part(), key="plus-tard", since=late, known_ids=frozenset()), NotSeen)


@network
def test_a_busy_network_says_when_to_come_back(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    stand.busy(retry_after_s=60)
    with pytest.raises(ChannelUnavailable) as caught:
        adapter.publish(a_part(), key="k", reply_to=None)
    if not hasattr(adapter, "send_to"):  # SMTP says "not now" without a time
        assert 58 <= (caught.value.retry_after_s or 0) <= 61
    assert stand.live() == []


@network
def test_a_refusal_carries_the_reason_of_the_network(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    stand.refuse("forbidden word")
    with pytest.raises(ChannelRefused, match="forbidden word"):
        adapter.publish(a_part(), key="k", reply_to=None)


@network
def test_rejected_credentials_are_misconfigured_and_never_shown(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    stand.rejects_credentials = True
    calls = [lambda: adapter.publish(a_part(), key="k", reply_to=None)]
    if hasattr(adapter, "probe"):
        calls.append(adapter.probe)
    for call in calls:
        with pytest.raises(ChannelMisconfigured) as caught:
            call()
        assert "stand-" not in str(caught.value)
    assert "stand-" not in repr(vars(adapter))
    assert all("stand-" not in str(value) for value in vars(adapter).values())


@network
@pytest.mark.parametrize("fault", ["store_then_500", "hang_up", "hang", "drip", "wrong_json"])
def test_what_may_have_been_posted_is_unknown_and_then_found(stand, tmp_path, fault):
    adapter = an_adapter(stand.kind, tmp_path, stand.url, 0.6)
    since = datetime.now(UTC) - timedelta(seconds=2)
    getattr(stand, fault)()
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        adapter.publish(a_part(), key="k", reply_to=None)
    assert time.monotonic() - began < 10
    assert len(stand.live()) == 1
    if not hasattr(adapter, "find"):
        return
    found = adapter.find(a_part(), key="k", since=since, known_ids=frozenset())
    assert isinstance(found, Found)
    assert found.published.external_id == stand.live()[0].id


@network
def test_a_network_that_cannot_be_reached_is_unavailable(stand, tmp_path):
    url = stand.url
    stand.stop()
    adapter = an_adapter(stand.kind, tmp_path, url)
    calls = [lambda: adapter.publish(a_part(), key="k", reply_to=None)]
    if hasattr(adapter, "find"):
        calls.append(lambda: adapter.find(a_part(), key="k", since=datetime.now(UTC), known_ids=frozenset()))
    for call in calls:
        with pytest.raises(ChannelUnavailable):
            call()


@network
def test_a_failed_look_is_never_an_answer(stand, tmp_path):
    adapter = an_adapter(stand.kind, tmp_path, stand.url)
    if not hasattr(adapter, "find"):
        pytest.skip(f"{stand.kind} cannot be asked")
    answer, stand.answer = (
        stand.answer,
        lambda call: (_ for _ in ()).throw(RuntimeError),
    )
    with pytest.raises(DeliveryError):
        adapter.find(a_part(), key="k", since=datetime.now(UTC), known_ids=frozenset())
    stand.answer = answer
