"""The dispatcher on a real SQLite file: exactly once where the channel can be asked, never blindly twice."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadcast.desk.ending import resume, stop, withdraw
from broadcast.desk.people import remove_person, set_paused
from broadcast.desk.resolve import resolve
from broadcast.desk.vote import approve
from broadcast.dispatch import claimant
from broadcast.errors import ChannelMisconfigured, ChannelUnavailable
from broadcast.status import message_status
from broadcast.store import audit, claims, messages
from tests.builders import (
    EVENING,
    FakeBoard,
    FakeStream,
    FullStream,
    NoEditStream,
    Room,
    a_draft,
    refused,
    sqlite_url,
    unknown,
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path)


@pytest.fixture
def rooms() -> Iterator[list[Room]]:
    made: list[Room] = []
    yield made
    for room in made:
        room.close()


def a_room(rooms: list[Room], url: str, *channels: object) -> Room:
    rooms.append(Room(url, list(channels)))
    return rooms[-1]


def v2(**facts: object) -> object:
    return a_draft(body="La passerelle aussi est fermée.", source_text="v2", **facts)


def status_of(room: Room, slug: str = "crue-quais"):
    with room.db.read() as tx:
        return message_status(tx, messages.get_message(tx, slug), room.places, room.clock.now())


def test_an_approved_message_goes_out_on_every_channel_once(rooms, url):
    site, mastodon = FakeBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    room.publish()
    room.send()
    room.send()
    assert site.shown == {"crue-quais": 1}
    assert list(mastodon.posts.values()) == ["publish Les quais sont fermés."]
    seen = status_of(room)
    assert seen.phase == "live"
    assert {p.channel for p in seen.public} == {"website", "mastodon"}


def test_nothing_leaves_before_a_second_person_approves(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.submit()
    room.send()
    assert mastodon.calls == []
    assert status_of(room).phase == "in_review"


def test_a_second_revision_edits_in_place_or_corrects_in_reply(rooms, url):
    site, mastodon, x = FakeBoard("website"), FullStream("mastodon"), NoEditStream("x")
    room = a_room(rooms, url, site, mastodon, x)
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    assert site.shown == {"crue-quais": 2}
    assert mastodon.posts == {"1": "update La passerelle aussi est fermée."}
    assert x.posts == {
        "1": "publish Les quais sont fermés.",
        "2": "correction La passerelle aussi est fermée.",
    }
    assert x.replies == {"2": "1"}
    assert status_of(room).phase == "live"


def test_a_refused_edit_becomes_a_correction(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    room.publish(v2())
    mastodon.faults = [refused()]
    room.send()
    assert mastodon.posts["2"] == "correction La passerelle aussi est fermée."
    # It says the new version: nothing is missing there.
    seen = status_of(room)
    assert (seen.phase, seen.published, seen.wanted, seen.alarms) == ("live", 1, 1, ())


def test_withdrawing_takes_down_everything_and_drops_what_has_not_left(rooms, url):
    site, mastodon, x = FakeBoard("website"), FullStream("mastodon"), NoEditStream("x")
    room = a_room(rooms, url, site, mastodon, x)
    room.publish()
    x.faults = [ChannelUnavailable("occupé", retry_after_s=600)]
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fausse alerte")
    room.send()
    assert mastodon.posts == {}
    assert x.posts == {}
    assert site.shown == {}
    assert site.ended == {"crue-quais": "withdrawn"}
    assert ("x", "publish", 1, "dropped") in room.states()
    seen = status_of(room)
    assert seen.phase == "ended"
    assert seen.ended_because == "withdrawn"
    assert not seen.public


def test_a_correction_and_its_root_are_both_taken_down(rooms, url):
    x = NoEditStream("x")
    room = a_room(rooms, url, x)
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    assert x.posts == {}
    assert x.calls[-2:] == ["take_down 2", "take_down 1"] or x.calls[-1] == "take_down 1"


def test_what_has_expired_is_taken_down_at_the_next_send(rooms, url):
    site, mastodon = FakeBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    room.publish()
    room.send()
    room.clock.at = EVENING
    room.send()
    assert mastodon.posts == {}
    assert site.shown == {}
    assert site.ended == {"crue-quais": "expired"}
    assert status_of(room).phase == "ended"


def test_an_expired_revision_is_not_sent_even_if_approved(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.clock.at = EVENING + timedelta(minutes=1)
    room.send()
    assert mastodon.calls == []
    assert room.states() == [("mastodon", "publish", 1, "dropped")]


def test_an_embargo_is_kept(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish(a_draft(embargo_until_at=room.clock.now() + timedelta(hours=1)))
    room.send()
    assert mastodon.calls == []
    assert status_of(room).phase == "embargoed"
    room.clock.at += timedelta(hours=1)
    room.send()
    assert len(mastodon.posts) == 1


def test_after_an_unknown_the_post_is_looked_for_and_adopted(rooms, url):
    mastodon = FullStream("mastodon", faults=[unknown()], stores=True)
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    assert len(mastodon.posts) == 1
    assert mastodon.calls == [
        "publish publish Les quais sont fermés.",
        "find publish Les quais sont fermés.",
    ]
    assert room.states() == [("mastodon", "publish", 1, "delivered")]


def test_what_was_not_seen_is_sent_again_only_after_two_looks_and_the_delay(rooms, url):
    mastodon = FullStream("mastodon", faults=[unknown()])
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    assert room.states()[0][3] == "unknown"
    room.clock.at += timedelta(seconds=60)
    room.send()
    assert [c.split()[0] for c in mastodon.calls] == ["publish", "find"]
    room.clock.at += timedelta(seconds=61)
    room.send()
    assert [c.split()[0] for c in mastodon.calls] == [
        "publish",
        "find",
        "find",
        "publish",
    ]
    assert len(mastodon.posts) == 1


def test_send_with_wait_settles_an_unknown_by_itself(rooms, url):
    mastodon = FullStream("mastodon", faults=[unknown()])
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send(wait_s=300)
    assert len(mastodon.posts) == 1
    assert room.states()[0][3] == "delivered"


def test_a_channel_that_cannot_be_asked_goes_to_a_person(rooms, url):
    telegram = FakeStream("telegram", faults=[unknown()], stores=True)
    room = a_room(rooms, url, telegram)
    room.publish()
    room.send(wait_s=600)
    seen = status_of(room)
    assert len(telegram.posts) == 1
    assert seen.deliveries[0].needs_person
    assert seen.late[0].what == "needs_person"
    resolve(
        room.desk,
        "crue-quais/telegram",
        as_="bob",
        published="https://t.me/1",
        proof=None,
        not_published=False,
    )
    assert status_of(room).phase == "live"


def test_a_person_who_saw_nothing_frees_the_resend(rooms, url):
    telegram = FakeStream("telegram", faults=[unknown()])
    room = a_room(rooms, url, telegram)
    room.publish()
    room.send()
    resolve(
        room.desk,
        "crue-quais/telegram",
        as_="bob",
        published=None,
        proof=None,
        not_published=True,
    )
    room.send()
    assert len(telegram.posts) == 1


def test_a_doubtful_post_that_only_a_person_can_settle_does_not_hold_back_the_correction(rooms, url):
    telegram = FakeStream("telegram", faults=[unknown()], stores=True)
    room = a_room(rooms, url, telegram)
    room.publish()
    room.send()
    room.publish(v2())
    room.send()
    assert telegram.posts["2"] == "correction La passerelle aussi est fermée."


def test_an_open_idempotency_window_allows_the_same_key_again(rooms, url):
    sms = FakeStream("sms", faults=[unknown()], idempotent=timedelta(hours=1))
    room = a_room(rooms, url, sms)
    room.publish()
    room.send(wait_s=60)
    assert len(sms.posts) == 1
    assert room.states()[0][3] == "delivered"


def test_a_closed_idempotency_window_asks_a_person(rooms, url):
    sms = FakeStream("sms", faults=[unknown()], idempotent=timedelta(seconds=1))
    room = a_room(rooms, url, sms)
    room.publish()
    room.send()
    room.clock.at += timedelta(minutes=5)
    room.send()
    assert len(sms.calls) == 1
    assert status_of(room).deliveries[0].needs_person


def test_a_rate_limit_is_obeyed_by_the_queue(rooms, url):
    x = NoEditStream("x", faults=[ChannelUnavailable("429", retry_after_s=60)])
    room = a_room(rooms, url, x)
    room.publish()
    room.send()
    room.clock.at += timedelta(seconds=59)
    room.send()
    assert len(x.calls) == 1
    room.clock.at += timedelta(seconds=2)
    room.send()
    assert len(x.posts) == 1


def test_revoked_credentials_pause_the_channel_and_hold_the_rest(rooms, url):
    x, mastodon = (
        NoEditStream("x", faults=[ChannelMisconfigured("401")]),
        FullStream("mastodon"),
    )
    room = a_room(rooms, url, x, mastodon)
    room.publish()
    room.publish(a_draft(slug="deux", source_text="d"))
    room.send()
    assert len(x.calls) == 1
    assert {s[3] for slug in ("crue-quais", "deux") for s in room.states(slug) if s[0] == "x"} == {"held"}
    assert len(mastodon.posts) == 2
    set_paused(room.desk, "x", False, as_="bob")
    room.send()
    assert len(x.posts) == 2


def test_a_crash_before_the_call_leads_to_a_look_and_one_post(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "attempt":
            raise Killed

    with pytest.raises(Killed):
        room.send(pause=die, claimant="elsewhere+b/999999/1")
    assert mastodon.posts == {}
    room.clock.at += timedelta(seconds=31)
    room.send(wait_s=300)
    assert len(mastodon.posts) == 1
    assert room.states()[0][3] == "delivered"


@pytest.mark.parametrize("stores", [True, False])
def test_a_crash_after_the_call_never_doubles(rooms, url, stores):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "answer":
            raise Killed

    with pytest.raises(Killed):
        room.send(pause=die, claimant="elsewhere+b/999999/1")
    assert len(mastodon.posts) == 1
    room.clock.at += timedelta(seconds=31)
    room.send(wait_s=300)
    assert len(mastodon.posts) == 1
    assert room.states()[0][3] == "delivered"


def test_two_senders_at_once_never_double(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    for n in range(25):
        room.publish(a_draft(slug=f"m-{n}", source_text=str(n), body=f"Texte {n}."))
    threads = [threading.Thread(target=room.send, kwargs={"claimant": f"here/{n}/1"}, daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mastodon.posts.values()) == sorted(f"publish Texte {n}." for n in range(25))


def test_the_kill_switch_holds_what_is_new_and_lets_takedowns_and_corrections_out(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    room.send()
    stop(room.desk, as_="bob", reason="piratage")
    room.publish(a_draft(slug="neuf", source_text="n", body="Neuf."))
    room.publish(v2())
    room.send()
    assert list(mastodon.posts.values()) == ["update La passerelle aussi est fermée."]
    assert room.states("neuf") == [("mastodon", "publish", 1, "held")]
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    assert mastodon.posts == {}
    resume(room.desk, as_="bob")
    room.send()
    assert list(mastodon.posts.values()) == ["publish Neuf."]


def test_an_older_revision_never_leaves_after_a_newer_one_was_approved(rooms, url):
    x = NoEditStream("x", faults=[ChannelUnavailable("503", retry_after_s=60)])
    room = a_room(rooms, url, x)
    room.publish()
    room.send()
    room.publish(v2())
    room.clock.at += timedelta(seconds=90)
    room.send()
    assert list(x.posts.values()) == ["publish La passerelle aussi est fermée."]


def test_a_vote_no_longer_counts_when_its_author_has_left(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    remove_person(room.desk, "bob")
    room.send()
    assert mastodon.calls == []
    assert room.states()[0][3] == "held"


def test_a_rendition_altered_in_the_database_does_not_leave(rooms, url, tmp_path):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    with sqlite3.connect(tmp_path / "newsroom.db") as raw:
        raw.execute("UPDATE rendition SET parts = replace(parts, 'fermés', 'ouverts')")
    raw.close()
    room.send()
    assert mastodon.calls == []
    assert room.states()[0][3] == "held"


def test_a_thread_goes_out_in_order_and_resumes_at_the_missing_part(rooms, url):
    x = NoEditStream("x")
    room = a_room(rooms, url, x)
    room.publish(parts=3)

    trouble = iter([1])

    def fail_second(point: str) -> None:
        if point == "receipt" and next(trouble, None):
            x.faults = [ChannelUnavailable("503", retry_after_s=10)]

    room.send(pause=fail_second)
    assert len(x.posts) == 1
    room.clock.at += timedelta(seconds=11)
    room.send()
    assert [t[-1] for t in x.posts.values()] == ["0", "1", "2"]
    assert x.replies == {"2": "1", "3": "2"}


def test_a_board_that_fails_is_shown_again(rooms, url):
    site = FakeBoard("website", faults=[ChannelUnavailable("disque plein"), RuntimeError("faute")])
    room = a_room(rooms, url, site)
    room.publish()
    room.send()
    assert room.states()[0][3] == "waiting"
    room.clock.at += timedelta(minutes=1)
    room.send()
    room.clock.at += timedelta(minutes=1)
    room.send()
    assert site.shown == {"crue-quais": 1}
    assert room.states()[0][3] == "delivered"


def test_a_message_that_ended_can_live_again_when_reopened(rooms, url):
    site, mastodon = FakeBoard("website"), FullStream("mastodon")
    room = a_room(rooms, url, site, mastodon)
    room.publish()
    room.send()
    withdraw(room.desk, "crue-quais", as_="bob", reason="fini")
    room.send()
    room.publish(v2(), reopen=True)
    room.send()
    assert site.shown == {"crue-quais": 2}
    assert len(mastodon.posts) == 1
    assert status_of(room).phase == "live"


def test_receipts_enter_the_audit_and_the_chain_is_whole(rooms, url):
    room = a_room(rooms, url, FullStream("mastodon"))
    room.publish()
    room.send()
    with room.db.read() as tx:
        acts = [e.act for e in audit.entries(tx)]
        assert audit.verify(tx).bad_seq is None
    assert acts[-3:] == ["submit", "approve", "receipts"]


@pytest.mark.parametrize(
    ("damage", "bad"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE seq = 4", 4),
        ("UPDATE audit SET detail = '{}' WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", 6),
    ],
)
def test_verification_names_the_first_bad_row(rooms, url, tmp_path, damage, bad):
    room = a_room(rooms, url, FullStream("mastodon"))
    room.publish()
    room.send()
    with sqlite3.connect(tmp_path / "newsroom.db") as raw:
        raw.execute(damage)
    raw.close()
    with room.db.read() as tx:
        assert audit.verify(tx).bad_seq == bad


def test_a_dead_process_of_this_machine_is_known_at_once():
    here = claimant.this_process()
    machine = here.partition("/")[0]
    assert not claimant.is_dead(here)
    assert claimant.is_dead(f"{machine}/{2**22 + 1}/1")
    assert claimant.is_dead(f"{machine}/1/0")
    assert not claimant.is_dead("another+boot/1/1")


def test_a_lapsed_claim_of_another_machine_is_looked_up_not_repeated(rooms, url):
    mastodon = FullStream("mastodon")
    room = a_room(rooms, url, mastodon)
    room.publish()
    with room.db.write() as tx:
        taken = claims.claim(tx, "mastodon", "far+b/1/1", room.clock.now(), room.clock.now(), 5)
        claims.start_attempt(tx, taken[0], "far+b/1/1", room.clock.now(), room.clock.wall())
    mastodon.posts["7"] = "publish Les quais sont fermés."
    room.clock.at += timedelta(seconds=1)
    room.send()
    assert list(mastodon.posts) == ["7"]
    assert status_of(room).public[0].url == "https://mastodon/7"


def test_approving_twice_plans_nothing_twice(rooms, url):
    room = a_room(rooms, url, FullStream("mastodon"))
    done = room.submit()
    approve(room.desk, "crue-quais", done.revision.number, as_="bob")
    with pytest.raises(Exception, match="n'attend plus"):
        approve(room.desk, "crue-quais", done.revision.number, as_="carol")
    room.send()
    assert len(room.states()) == 1
