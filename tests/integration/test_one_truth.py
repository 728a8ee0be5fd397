"""What `check` tells and what `submit` refuses are one thing; a return stands where people look."""

from __future__ import annotations

from broadcast import intake
from broadcast.app import App
from broadcast.desk.ending import withdraw
from broadcast.desk.submit import fault_of_end
from broadcast.desk.vote import object_to
from broadcast.model import Action, VoteKind
from broadcast.plan import Wanted, plan_channel
from tests.builders import a_delivery, a_draft
from tests.doubles import FullStream
from tests.integration.dispatch_room import a_room, status_of, v2
from tests.newsroom import SITE, Folder

ALL_CLEAR = """\
---
title: Fin de la crue
kind: all_clear
level: minor
expires: 2099-11-23T08:00:00+01:00
channels: [{channels}]
ends: {ends}
---
C'est fini.
"""


def test_check_refuses_an_end_as_submit_does(tmp_path):
    folder = Folder(tmp_path / "n", SITE).people()
    path = folder.message("fin", ALL_CLEAR.format(channels="website", ends="rien"))
    app = App(folder.path)
    assert [f.code for f in intake.read(app, path).proof.findings if f.blocking] == ["bad_end"]
    path.write_text(ALL_CLEAR.format(channels="website", ends="fin"))
    assert "lui-même" in str([f.message for f in intake.read(app, path).proof.findings if f.blocking])
    app.close()


def test_an_end_on_fewer_channels_than_the_alert_is_told_by_both(rooms, url):
    room = a_room(rooms, url, FullStream("mastodon"), FullStream("facebook"))
    room.publish()
    room.send()
    end = a_draft(slug="fin", ends="crue-quais")
    with room.db.read() as tx:
        assert "mastodon" in fault_of_end(tx, end, {"facebook"}, room.places)
        assert fault_of_end(tx, end, {"facebook", "mastodon"}, room.places) == ""


def test_check_foresees_what_submit_would_ask(tmp_path):
    folder = Folder(tmp_path / "n", SITE).people()
    folder.approved()
    app = App(folder.path)
    path = folder.path / "content/messages/crue-quais.md"
    assert intake.foreseen(app, intake.read(app, path)) == []
    withdraw(app.desk, "crue-quais", as_="bob", reason="fini")
    (told,) = intake.foreseen(app, intake.read(app, path))
    assert "--reopen" in told.message and not told.blocking
    app.close()


def test_a_return_stands_in_status_until_the_next_version(rooms, url):
    room = a_room(rooms, url, FullStream("mastodon"))
    room.submit()
    object_to(room.desk, "crue-quais", 1, VoteKind.RETURN, as_="bob", reason="précisez le lieu")
    (late,) = status_of(room).late
    assert late.what == "sent_back" and "précisez le lieu" in late.message and "bob" in late.message
    room.submit(v2())
    assert status_of(room).late == ()


def test_a_withdrawal_of_what_may_stand_says_that_it_is_uncertain():
    from broadcast.model import DeliveryState, EndedBecause
    from broadcast.wanted import Place

    place = Place(name="x", kind="x", is_board=False, abilities=frozenset({"take_down"}))
    wanted = Wanted(number=1, ended_because=EndedBecause.WITHDRAWN)
    doubtful = a_delivery(state=DeliveryState.UNKNOWN, needs_person=True)
    assert "peut-être en ligne" in plan_channel(place, wanted, [doubtful], []).leaves
    settled = a_delivery(state=DeliveryState.REFUSED)
    assert plan_channel(place, wanted, [settled], []).leaves == ""
    gone = a_delivery(state=DeliveryState.UNKNOWN, needs_person=True, action=Action.TAKE_DOWN)
    assert plan_channel(place, wanted, [gone], []).leaves == ""


def test_an_older_version_that_stands_is_counted_as_such():
    from dataclasses import dataclass

    from broadcast.cli.status import online_words
    from broadcast.status import Public
    from tests.builders import NOON

    @dataclass
    class Seen:
        public: tuple[Public, ...]
        revision: int = 2
        published: int = 0
        wanted: int = 11

    old = tuple(Public(channel=f"c{n}", url="", revision=1, since=NOON) for n in range(11))
    assert online_words(Seen(public=old)) == "11 en version 1, 0 en version 2"
    assert online_words(Seen(public=(), revision=1, published=5, wanted=7)) == "5 sur 7"
