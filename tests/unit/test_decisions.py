"""The pure rules: who may, when it is approved, what is planned, what follows an outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from broadcast.errors import (
    ChannelMisconfigured,
    ChannelRefused,
    ChannelUnavailable,
    NotAllowed,
    OutcomeUnknown,
    WorkflowError,
)
from broadcast.lifecycle import Life, Person, Policy, Right, demand_vote, is_approved, phase_of
from broadcast.model import (
    Action,
    DeliveryState,
    EndedBecause,
    Form,
    Phase,
    PostingState,
    Revision,
    RevisionState,
    Vote,
    VoteKind,
)
from broadcast.plan import Place, Wanted, plan_channel
from broadcast.retry import (
    Doubt,
    RetryPolicy,
    after_error,
    after_not_seen,
    backoff_s,
    is_always_safe,
    needs_person,
    settles_by_repeating,
)
from tests.builders import NOON, a_delivery, a_draft, a_posting

POLICY = RetryPolicy()


def a_revision(**facts: object) -> Revision:
    values = {
        "message_uid": "m",
        "slug": "s",
        "number": 1,
        "draft": a_draft(),
        "author": "carol",
        "message_author": "alice",
        "state": RevisionState.SUBMITTED,
        "submitted_at": NOON,
        "sha256": "x",
    }
    return Revision(**(values | facts))


def a_vote(person: str = "bob", kind: VoteKind = VoteKind.APPROVE, hashes: tuple[str, ...] = ("a", "b")) -> Vote:
    return Vote(person=person, kind=kind, hashes=hashes, at=NOON)


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("editor", {Right.SUBMIT}),
        ("approver", {Right.VOTE}),
        ("administrator", {Right.MANAGE, Right.PAUSE}),
        ("auditor", {Right.VERIFY}),
        ("publisher", {Right.VOTE, Right.WITHDRAW, Right.STOP, Right.RESOLVE, Right.PAUSE, Right.VERIFY}),
        ("duty_officer", set(Right) - {Right.MANAGE}),
        ("unknown", set()),
    ],
)
def test_what_each_role_allows(role, rights):
    assert {r for r in Right if Person(name="p", roles=(role,)).has(r)} == rights
    assert not any(Person(name="p", roles=(role,), active=False).has(r) for r in Right)


@pytest.mark.parametrize("name", ["alice", "carol"])
def test_neither_author_nor_last_editor_approves_whatever_their_roles(name):
    person = Person(name=name, roles=("administrator", "publisher", "duty_officer"))
    with pytest.raises(NotAllowed):
        demand_vote(person, a_revision(), VoteKind.APPROVE, submit_os_user="a", os_user="b", policy=Policy())
    demand_vote(person, a_revision(), VoteKind.REJECT, submit_os_user="a", os_user="b", policy=Policy())


def test_an_administrator_alone_approves_nothing_and_logins_can_be_kept_apart():
    bob = Person(name="bob", roles=("approver",))
    with pytest.raises(NotAllowed):
        demand_vote(
            replace(bob, roles=("administrator",)),
            a_revision(),
            VoteKind.APPROVE,
            submit_os_user="a",
            os_user="b",
            policy=Policy(),
        )
    with pytest.raises(NotAllowed, match="separate_logins"):
        demand_vote(bob, a_revision(), VoteKind.APPROVE, submit_os_user="a", os_user="a", policy=Policy(separate_logins=True))
    with pytest.raises(WorkflowError):
        demand_vote(
            bob, a_revision(state=RevisionState.APPROVED), VoteKind.APPROVE, submit_os_user="a", os_user="b", policy=Policy()
        )


@pytest.mark.parametrize(
    ("votes", "approved"),
    [
        ([], False),
        ([a_vote()], True),
        ([a_vote(hashes=("a",))], False),
        ([a_vote(person="eve")], False),
        ([a_vote(), a_vote("dan", VoteKind.REJECT)], False),
        ([a_vote(kind=VoteKind.RETURN), a_vote()], True),
    ],
)
def test_approved_means_exactly_these_hashes_by_those_who_may(votes, approved):
    assert is_approved(votes, ["b", "a"], {"bob", "dan"}, Policy()) is approved


@pytest.mark.parametrize(
    ("facts", "phase"),
    [
        ({"latest_state": RevisionState.RETURNED, "ever_approved": False}, Phase.DRAFT),
        ({"latest_state": RevisionState.SUBMITTED, "ever_approved": False}, Phase.IN_REVIEW),
        ({"embargo_until_at": NOON + timedelta(hours=1)}, Phase.EMBARGOED),
        ({"deliveries": ((DeliveryState.PLANNED, False),)}, Phase.SENDING),
        ({"deliveries": ((DeliveryState.DELIVERED, False), (DeliveryState.REFUSED, False))}, Phase.PARTLY_LIVE),
        ({"deliveries": ((DeliveryState.DELIVERED, False), (DeliveryState.HANDED_OVER, False))}, Phase.LIVE),
        ({"ended_because": EndedBecause.EXPIRED, "deliveries": ((DeliveryState.UNKNOWN, True),)}, Phase.ENDING),
        ({"ended_because": EndedBecause.EXPIRED, "deliveries": ((DeliveryState.DELIVERED, True),)}, Phase.ENDED),
    ],
)
def test_the_phase_of_a_message(facts, phase):
    values = {"latest_state": RevisionState.APPROVED, "ever_approved": True, "embargo_until_at": None, "ended_because": None}
    assert phase_of(Life(**(values | facts)), NOON) is phase


def test_what_follows_each_outcome():
    def after(error):
        return after_error(error, tries=1, now=NOON, policy=POLICY, jitter=0.5)

    assert after(ChannelUnavailable("x", retry_after_s=60)).not_before_at == NOON + timedelta(seconds=60)
    assert after(ChannelUnavailable("x")).state is DeliveryState.WAITING
    assert after(ChannelRefused("x")).state is DeliveryState.REFUSED
    assert after(ChannelMisconfigured("x")).pauses_channel
    assert after(OutcomeUnknown("x")).state is DeliveryState.UNKNOWN
    assert backoff_s(50, POLICY, 1.0) <= POLICY.backoff_max_s * 1.25


def test_only_safe_calls_are_repeated_after_an_unknown():
    doubt = Doubt(action=Action.PUBLISH, is_board=False, can_find=True, idempotent_for=timedelta.max, attempted_at=NOON)
    assert not settles_by_repeating(doubt, NOON)
    assert is_always_safe(doubt) and not is_always_safe(replace(doubt, idempotent_for=timedelta(hours=1)))
    assert settles_by_repeating(replace(doubt, can_find=False), NOON)
    assert settles_by_repeating(replace(doubt, action=Action.TAKE_DOWN), NOON)
    assert settles_by_repeating(replace(doubt, is_board=True), NOON)
    blind = replace(doubt, can_find=False, idempotent_for=None)
    assert not settles_by_repeating(blind, NOON)
    assert needs_person(blind, NOON) and not needs_person(doubt, NOON)
    assert needs_person(replace(doubt, unknowns=6), NOON)
    assert after_not_seen(replace(doubt, looks=2), now=NOON, policy=POLICY).state is DeliveryState.UNKNOWN
    late = NOON + timedelta(seconds=120)
    assert after_not_seen(replace(doubt, looks=2), now=late, policy=POLICY).state is DeliveryState.PLANNED
    assert after_not_seen(replace(doubt, looks=1), now=late, policy=POLICY).state is DeliveryState.UNKNOWN


X = Place(name="x-ville", kind="x", is_board=False, abilities=frozenset({"take_down", "find"}))
EDITS = replace(X, abilities=X.abilities | {"update"})
PARTS = {Form.PUBLISH: 1, Form.CORRECTION: 1, Form.UPDATE: 1, Form.ENDING: 1}
DONE = a_delivery(state=DeliveryState.DELIVERED)


@pytest.mark.parametrize(
    ("place", "wanted", "deliveries", "postings", "expected"),
    [
        (X, Wanted(number=1, parts=PARTS), [], [], [("publish", "publish", "0")]),
        (X, Wanted(number=1, parts=PARTS), [DONE], [a_posting()], []),
        (X, Wanted(number=2, parts=PARTS), [DONE], [a_posting()], [("publish", "correction", "r2.0")]),
        (EDITS, Wanted(number=2, parts=PARTS), [DONE], [a_posting()], [("update", "update", "0")]),
        (
            EDITS,
            Wanted(number=2, parts=PARTS | {Form.UPDATE: 2}),
            [DONE],
            [a_posting()],
            [("update", "update", "0"), ("publish", "update", "1")],
        ),
        (
            EDITS,
            Wanted(number=2, parts=PARTS),
            [DONE],
            [a_posting(), a_posting(slot="1")],
            [("update", "update", "0"), ("take_down", "update", "1")],
        ),
        (X, Wanted(number=2, parts=PARTS), [a_delivery(state=DeliveryState.REFUSED)], [], [("publish", "publish", "0")]),
        (X, Wanted(number=2, parts=PARTS), [a_delivery(state=DeliveryState.UNKNOWN)], [], []),
        (
            X,
            Wanted(number=2, parts=PARTS),
            [a_delivery(state=DeliveryState.UNKNOWN, needs_person=True)],
            [],
            [("publish", "correction", "r2.0")],
        ),
        (
            X,
            Wanted(number=1, parts=PARTS, ended_because=EndedBecause.WITHDRAWN),
            [DONE],
            [a_posting()],
            [("take_down", "ending", "0")],
        ),
        (
            X,
            Wanted(number=1, parts=PARTS, ended_because=EndedBecause.WITHDRAWN),
            [DONE],
            [a_posting(state=PostingState.DOWN)],
            [],
        ),
        (
            replace(X, abilities=frozenset()),
            Wanted(number=1, parts=PARTS, ended_because=EndedBecause.EXPIRED),
            [DONE],
            [a_posting()],
            [("publish", "ending", "e1.0")],
        ),
    ],
)
def test_what_is_missing_on_a_stream(place, wanted, deliveries, postings, expected):
    plan = plan_channel(place, wanted, deliveries, postings)
    assert [(s.action.value, s.form.value, s.slot) for s in plan.steps] == expected


def test_what_has_not_left_is_dropped_by_a_newer_revision_or_the_end():
    waiting = a_delivery(state=DeliveryState.WAITING)
    assert plan_channel(X, Wanted(number=2, parts=PARTS), [waiting], []).drops[0].reason == "remplacé par la version 2"
    ended = plan_channel(X, Wanted(number=1, parts=PARTS, ended_because=EndedBecause.EXPIRED), [waiting], [])
    assert ended.drops and not ended.steps
