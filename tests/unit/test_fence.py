"""The fence of a claim: what the clocks say of it decides, and what was lost stays lost."""

from __future__ import annotations

import pytest

from broadcast import fence
from broadcast.errors import ClaimLost, OutcomeUnknown
from broadcast.fence import Hold


class Clocks:
    """Both clocks, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.awake, self.wall = 100.0, 1_000_000.0
        monkeypatch.setattr(fence, "awake_s", lambda: self.awake)
        monkeypatch.setattr(fence, "wall_s", lambda: self.wall)

    def pass_s(self, seconds: float) -> None:
        self.awake += seconds
        self.wall += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def test_a_claim_holds_until_its_margin(clocks: Clocks):
    claim = Hold().claim(30)
    clocks.pass_s(24.9)
    assert claim.holds
    clocks.pass_s(0.2)
    assert not claim.holds


def test_a_renewal_counts_from_before_it_began(clocks: Clocks):
    hold = Hold()
    claim = hold.claim(30)
    clocks.pass_s(10)
    with hold.renewing():
        clocks.pass_s(20)
    clocks.pass_s(4)
    assert claim.holds
    clocks.pass_s(2)
    assert not claim.holds


def test_a_renewal_that_fails_renews_nothing(clocks: Clocks):
    hold = Hold()
    claim = hold.claim(30)
    clocks.pass_s(20)
    with pytest.raises(OSError, match="locked"), hold.renewing():
        raise OSError("locked")
    clocks.pass_s(6)
    assert not claim.holds


def test_what_lapsed_is_not_won_back_by_a_renewal(clocks: Clocks):
    hold = Hold()
    claim = hold.claim(30)
    clocks.pass_s(60)
    with hold.renewing():
        pass
    assert not claim.holds
    assert hold.claim(30).holds


def test_what_lapses_while_it_is_renewed_is_lost(clocks: Clocks):
    hold = Hold()
    claim = hold.claim(30)
    with hold.renewing():
        clocks.pass_s(60)
        assert not claim.holds
    assert not claim.holds


@pytest.mark.parametrize("clock", ["awake", "wall"])
def test_either_clock_that_jumped_is_believed(clocks: Clocks, clock: str):
    claim = Hold().claim(30)
    setattr(clocks, clock, getattr(clocks, clock) + 60)
    assert not claim.holds


def test_a_clock_set_back_does_not_make_a_claim_longer(clocks: Clocks):
    claim = Hold().claim(30)
    clocks.wall -= 3600
    clocks.awake += 26
    assert not claim.holds


def test_who_asks_without_a_claim_is_let_through_and_with_a_lapsed_one_is_not(clocks: Clocks):
    fence.ask()
    claim = Hold().claim(30)
    with fence.holding(claim):
        fence.ask()
        clocks.pass_s(30)
        with pytest.raises(ClaimLost) as told:
            fence.ask()
        with fence.holding(None):
            fence.ask()
    fence.ask()
    assert isinstance(told.value, OutcomeUnknown)
