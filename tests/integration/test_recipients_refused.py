"""Whose fault a refusal is, and what a message that ends half-way says of its list."""

from __future__ import annotations

import pytest

from broadcast.model import DeliveryState
from broadcast.stands.email import EmailStand
from tests.integration.letters import Letters, people

DENIED = (554, "5.7.1 Relay access denied")


@pytest.fixture
def relay():
    with EmailStand() as running:
        yield running


@pytest.fixture
def letters(relay, tmp_path):
    made = Letters(tmp_path / "n", relay, people(30))
    yield made
    made.close()


@pytest.mark.parametrize("place", [0, 1, 3, 12, 29])
@pytest.mark.parametrize("answer", [DENIED, (550, "5.7.1 message rejected"), (553, "sender address rejected for this domain")])
def test_a_refusal_of_one_recipient_is_that_recipients(place: int, answer, letters: Letters):
    bad = f"p{place}@abonne.example"
    letters.relay.refuses[bad] = answer
    letters.approved()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert len(letters.got) == 29 and bad not in letters.got and letters.twice == []
    assert delivery.state is DeliveryState.DELIVERED
    assert delivery.reason.startswith("29 envoyés, 1 refusé ; ") and bad in delivery.reason


def test_several_refused_among_others_are_each_their_own(letters: Letters):
    for n in (0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 28, 29):
        letters.relay.refuses[f"p{n}@abonne.example"] = DENIED
    letters.approved()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert len(letters.got) == 16 and delivery.reason.startswith("16 envoyés, 14 refusés")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_relay_that_refuses_the_first_several_pauses_and_strikes_nobody_off(count: int, letters: Letters):
    letters.list.write_text(people(count))
    letters.relay.refuses = {f"p{n}@abonne.example": DENIED for n in range(count)}
    letters.approved()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert delivery.state is DeliveryState.HELD and "Relay access denied" in delivery.reason
    letters.relay.refuses = {}
    letters.resume()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert delivery.state is DeliveryState.DELIVERED and len(letters.got) == count and letters.twice == []


def test_a_list_that_begins_with_a_domain_the_relay_does_not_serve_pauses_nothing(letters: Letters):
    letters.relay.refuses = {f"p{n}@abonne.example": DENIED for n in range(20)}
    letters.approved()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert len(letters.got) == 10 and delivery.state is DeliveryState.DELIVERED
    assert delivery.reason.startswith("10 envoyés, 20 refusés")


def test_after_resume_the_list_goes_on_with_the_others(letters: Letters):
    letters.relay.refuses = {f"p{n}@abonne.example": DENIED for n in range(30)}
    letters.approved()
    letters.pass_()
    assert letters.deliveries()[0].state is DeliveryState.HELD
    letters.relay.refuses = {f"p{n}@abonne.example": DENIED for n in range(6)}
    letters.resume()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert len(letters.got) == 24 and delivery.state is DeliveryState.DELIVERED
    assert delivery.reason.startswith("24 envoyés, 6 refusés")


def test_what_concerns_everybody_pauses_even_after_others_were_accepted(letters: Letters):
    limit = (550, "5.4.5 Daily user sending limit exceeded")
    letters.relay.refuses = {f"p{n}@abonne.example": limit for n in range(10, 30)}
    letters.approved()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert delivery.state is DeliveryState.HELD and len(letters.got) == 10
    letters.relay.refuses = {}
    letters.resume()
    letters.pass_()
    assert len(letters.got) == 30 and letters.twice == []


def test_who_is_taken_out_of_the_list_is_not_tried_after_resume(letters: Letters):
    letters.relay.refuses = {f"p{n}@abonne.example": DENIED for n in range(30)}
    letters.approved()
    letters.pass_()
    letters.list.write_text("p7@abonne.example\nnouvelle@abonne.example\n")
    letters.relay.refuses = {}
    letters.resume()
    letters.pass_()
    (delivery,) = letters.deliveries()
    assert letters.got == ["nouvelle@abonne.example", "p7@abonne.example"]
    assert delivery.reason == "2 envoyés, 29 retirés de la liste"


def test_a_list_that_vanished_or_is_empty_takes_nobody_out(letters: Letters):
    letters.after(5, lambda: letters.list.write_text(""))
    letters.after(9, letters.list.unlink)
    letters.approved()
    letters.pass_()
    assert len(letters.got) == 30


def test_after_a_withdrawal_it_is_said_how_many_got_it(letters: Letters):
    letters.relay.refuses = {
        "p1@abonne.example": (550, "5.1.1 no such user"),
        "p2@abonne.example": (450, "4.2.0 greylisted"),
    }
    letters.approved()
    letters.pass_()
    assert letters.deliveries()[0].state is DeliveryState.WAITING
    letters.withdraw()
    letters.pass_()
    first = letters.deliveries()[0]
    assert first.reason.startswith("28 envoyés, 1 abandonné, 1 refusé"), first.reason
    assert first.state is DeliveryState.DELIVERED


def test_each_version_says_whom_it_reached(letters: Letters):
    letters.relay.refuses = {"p2@abonne.example": (450, "4.2.0 greylisted")}
    letters.approved()
    letters.pass_()
    letters.approved(more="contact: 2\n")
    letters.pass_()
    first, second = letters.deliveries()
    assert first.reason.startswith("29 envoyés, 1 abandonné") and "remplacé par la version 2" in first.reason
    assert second.state is DeliveryState.WAITING and second.reason.startswith("29 envoyés, 1 à réessayer")


def test_a_withdrawal_while_the_list_is_sent_stops_it_and_says_so(letters: Letters):
    letters.list.write_text(people(300))
    letters.after(100, letters.withdraw)
    letters.approved()
    letters.pass_()
    first = letters.deliveries()[0]
    sent = len([post for post in letters.relay.live() if not post.more["subject"].startswith("Terminé")])
    assert 100 <= sent < 200
    assert first.reason.startswith(f"{sent} envoyés, {300 - sent} abandonnés ; "), first.reason


def test_nobody_reached_is_still_told_as_dropped(letters: Letters):
    letters.relay.refuses = {f"p{n}@abonne.example": (450, "4.2.0 later") for n in range(30)}
    letters.approved()
    letters.pass_()
    letters.withdraw()
    letters.pass_()
    first = letters.deliveries()[0]
    assert first.state is DeliveryState.DROPPED and first.reason.startswith("30 abandonnés")
