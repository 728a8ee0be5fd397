"""What people take over from a source: its draft, its claim, and what the source does with it afterwards."""

from __future__ import annotations

from datetime import datetime

import pytest

from broadcast import intake, relay
from broadcast.errors import Conflict, WorkflowError
from broadcast.model import EndedBecause
from broadcast.sources import ItemState
from tests.caps import atom, cap, news, triple
from tests.integration.relay_room import adopt, publish


def test_an_adopted_item_names_its_source_time_and_link_by_itself(room):
    room.news(news(("a2", "Couvre-feu à 18 h", "Le &lt;b&gt;couvre-feu&lt;/b&gt; # avance")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    done = adopt(room, item.uid)
    app = room.app()
    draft = intake.parse(app, done.path)
    app.close()
    assert draft.title == "Couvre-feu à 18 h" and draft.source is not None
    assert (draft.source.name, draft.source.url) == ("Actualités", "https://www.info.example/a2")
    assert draft.source.published_at is not None and draft.source.published_at == datetime.fromisoformat(
        "2026-11-26T07:00:00+01:00"
    )
    assert "couvre-feu # avance" in draft.body and "<b>" not in draft.body
    publish(room, done.slug)
    assert "Source" in room.page_of(done.slug) and "https://www.info.example/a2" in room.page_of(done.slug)


def test_what_has_no_title_or_too_long_a_one_is_adopted_whole(room):
    from broadcast import intake
    from tests.caps import news

    long = "Couvre-feu " * 1000
    room.news(news(("a2", "", ""), ("a3", long, "Le texte.")))
    room.poll("gouv")
    for item in room.items(ItemState.PROPOSED):
        app = room.app()
        done = relay.adopt(app, item.uid, as_="alice")
        draft = intake.parse(app, done.path)
        app.close()
        whole = " ".join(long.split())
        assert draft.title == "Sans titre" if not item.entry.title else draft.title.endswith(" …") and whole in draft.body
    assert len(room.items(ItemState.ADOPTED)) == 2


def test_the_second_adopter_sees_the_claim(room):
    room.news(news(("a2", "Couvre-feu", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    app = room.app()
    relay.claim(app, item.uid, as_="carol")
    app.close()
    with pytest.raises(Conflict, match=r"carol s'en occupe depuis 2026-11-26T10:00"):
        adopt(room, item.uid, "alice")
    adopt(room, item.uid, "carol")
    with pytest.raises(WorkflowError, match="déjà repris par carol"):
        adopt(room, item.uid, "carol")


def test_an_item_is_dismissed_with_its_reason_and_not_asked_again(room):
    room.news(news(("a2", "Recette", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    app = room.app()
    relay.dismiss(app, item.uid, as_="alice", reason="hors sujet")
    app.close()
    room.poll("gouv")
    assert not room.items(ItemState.PROPOSED) and room.items(ItemState.DISMISSED)[0].reason == "hors sujet"


def test_changed_at_the_source_raises_a_task_and_keeps_both_texts(room):
    room.news(news(("a2", "Couvre-feu à 18 h", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    adopt(room, item.uid)
    room.news(news(("a2", "Couvre-feu à 17 h", "…")))
    room.poll("gouv")
    (task,) = room.tasks()
    assert task.kind == "source_changed" and "17 h" in task.message
    (changed,) = room.items(ItemState.ADOPTED)
    assert changed.first_entry is not None and changed.first_entry.title == "Couvre-feu à 18 h"
    assert changed.entry.title == "Couvre-feu à 17 h"


def test_gone_at_the_source_raises_a_task_only_where_it_should_still_be_shown(room):
    room.news(news(("a2", "Couvre-feu à 18 h", "…")))
    room.poll("gouv")
    (item,) = room.items(ItemState.PROPOSED)
    publish(room, adopt(room, item.uid).slug)
    room.news(news(("b1", "Plus récent", "…"), day="Thu, 26 Nov 2026 09:00:00 +0100"))
    room.poll("gouv")
    assert not room.tasks()  # it has simply moved on
    room.news(news(("a0", "Plus ancien", "…"), day="Wed, 25 Nov 2026 09:00:00 +0100"))
    room.poll("gouv")
    (task,) = room.tasks()
    assert task.kind == "source_gone" and "Couvre-feu" in task.message


def test_an_update_of_what_was_adopted_by_hand_is_told_and_adopted_into_the_same_message(room):
    room.alerts(atom(cap("c1")))
    room.poll("prefecture")
    (item,) = room.items(ItemState.PROPOSED)
    done = adopt(room, item.uid)
    publish(room, done.slug)
    update = cap("c2", "2026-11-26T08:00:00+01:00", msg_type="Update", references=triple("c1"), headline="La crue baisse")
    room.alerts(atom(cap("c1"), update))
    room.poll("prefecture")
    (task,) = room.tasks()
    assert task.kind == "source_changed" and task.slug == done.slug
    mine = done.path.read_text() + "Une phrase à moi.\n"
    done.path.write_text(mine)
    (newer,) = room.items(ItemState.PROPOSED)
    again = adopt(room, newer.uid)
    assert again.slug == done.slug and again.kept is not None and again.kept.read_text() == mine
    publish(room, again.slug)
    assert "La crue baisse" in room.page_of(done.slug) and not room.tasks()
    room.alerts(
        atom(cap("c3", "2026-11-26T09:00:00+01:00", msg_type="Cancel", references=triple("c2", "2026-11-26T08:00:00+01:00")))
    )
    room.poll("prefecture")
    (end,) = room.items(ItemState.PROPOSED)
    closing = adopt(room, end.uid)
    assert closing.slug == f"fin-{done.slug}" and f"ends: {done.slug}" in closing.path.read_text()
    publish(room, closing.slug)
    assert room.status(done.slug).ended_because is EndedBecause.ALL_CLEAR
