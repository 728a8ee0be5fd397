"""What is late after the end of a message: one line a posting, with the way out that works."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broadcast.late import Late, late_of
from broadcast.model import Action, DeliveryState, EndedBecause, Form
from broadcast.outbox import Message
from broadcast.plan import Place
from tests.builders import NOON, a_delivery, a_posting

ENDED = Message(
    uid="m",
    slug="crue-quais",
    author="alice",
    created_at=NOON,
    latest=1,
    approved=1,
    expires_at=NOON,
    ended_at=NOON,
    ended_because=EndedBecause.EXPIRED,
)


def a_removal(state: DeliveryState, **facts: Any) -> Any:
    defaults = {"uid": "d2", "action": Action.TAKE_DOWN, "form": Form.ENDING, "seq": 5, "state": state, "attempts": 1}
    return a_delivery(**(defaults | facts))


def late(*known: Any, slots: tuple[str, ...] = ("0",)) -> tuple[Late, ...]:
    standing = [a_posting(slot=slot) for slot in slots]
    places = {"x-ville": Place(name="x-ville", kind="x", is_board=False, abilities=frozenset({"take_down"}))}
    return late_of(ENDED, known, standing, places, EndedBecause.EXPIRED, NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    ("state", "needs_person", "what"),
    [
        (DeliveryState.HANDED_OVER, False, "handed_over"),
        (DeliveryState.REFUSED, False, "refused"),
        (DeliveryState.UNKNOWN, True, "needs_person"),
    ],
)
def test_a_takedown_that_waits_for_a_person_is_one_line_that_never_says_send(state, needs_person, what):
    (line,) = late(a_removal(state, needs_person=needs_person))
    assert line.what == what
    assert "`broadcast resolve crue-quais/x-ville --proof TEXTE`" in line.message
    assert "broadcast send" not in line.message and "nouvelle version" not in line.message


def test_the_line_says_its_cause_and_its_way_out_once_and_not_the_name_that_stands_before_it():
    reason = "x-ville : délai dépassé ; vérifiez sur le canal puis `broadcast resolve 6e38522a --proof TEXTE` une fois retiré"
    (line,) = late(a_removal(DeliveryState.UNKNOWN, needs_person=True, reason=reason))
    assert line.message.startswith("délai dépassé ; ") and line.message.count("broadcast resolve") == 1


def test_a_takedown_held_by_a_pause_says_to_resume_in_one_line():
    (line,) = late(a_removal(DeliveryState.HELD))
    assert line.what == "held" and "`broadcast channels resume x-ville`" in line.message


def test_what_no_takedown_removes_yet_is_still_public_and_the_next_send_removes_it():
    (line,) = late()
    assert line.what == "still_public" and "`broadcast send`" in line.message
    assert [one.what for one in late(a_removal(DeliveryState.WAITING))] == ["waiting", "still_public"]


def test_each_post_of_a_thread_has_its_line_and_its_way_out():
    removals = [a_removal(DeliveryState.HANDED_OVER, slot="1"), a_removal(DeliveryState.HANDED_OVER, slot="0", seq=6)]
    assert [one.what for one in late(*removals, slots=("0", "1"))] == ["handed_over", "handed_over"]
    assert [one.what for one in late(removals[0], slots=("0", "1"))] == ["handed_over", "still_public"]


def test_a_refused_takedown_that_a_newer_one_follows_is_past():
    refused = a_removal(DeliveryState.REFUSED)
    newer = a_removal(DeliveryState.HANDED_OVER, uid="d3", seq=6)
    assert [one.delivery for one in late(refused, newer)] == ["d3"]
