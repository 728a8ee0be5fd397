"""When a source is asked again, and when its silence is an alarm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.feeds.rhythm import MAX_BACKOFF_S, is_quiet, is_stale, next_poll_at, silent_at
from tests.builders import NOON


def wait_s(**facts: object) -> float:
    return (next_poll_at(NOON, **({"poll_every_s": 600} | facts)) - NOON).total_seconds()


def test_without_trouble_a_source_is_asked_at_its_interval():
    assert wait_s() == 600
    assert wait_s(jitter=0.0) == pytest.approx(540)
    assert wait_s(jitter=1.0) == pytest.approx(660)


def test_the_first_failure_changes_nothing_and_the_next_ones_double_the_wait():
    assert [wait_s(failures=n) for n in range(6)] == [600, 600, 1200, 2400, 3600, 3600]
    assert wait_s(failures=10_000) == MAX_BACKOFF_S


def test_an_interval_longer_than_the_longest_wait_stays():
    assert [wait_s(poll_every_s=7200, failures=n) for n in (0, 1, 5)] == [7200, 7200, 7200]


def test_retry_after_is_obeyed_but_neither_shortens_nor_silences():
    assert wait_s(retry_after_s=1800, jitter=0.0) == 1800
    assert wait_s(retry_after_s=1800, jitter=1.0) == pytest.approx(1980)
    assert wait_s(retry_after_s=5) == 600
    assert wait_s(retry_after_s=0) == 600
    assert wait_s(retry_after_s=1e9, jitter=0.0) == 86400


def test_what_is_gone_is_asked_for_once_a_day():
    assert wait_s(is_gone=True, failures=1) == 86400


@given(
    st.floats(10, 86400),
    st.integers(0, 100),
    st.one_of(st.none(), st.floats(0, 1e12)),
    st.booleans(),
    st.floats(0, 1),
)
def test_a_source_is_always_asked_again_and_never_at_once(
    every: float, failures: int, after: float | None, gone: bool, jitter: float
):
    waited = wait_s(poll_every_s=every, failures=failures, retry_after_s=after, is_gone=gone, jitter=jitter)
    assert every * 0.9 - 0.001 <= waited <= 86400 * 1.1 + 0.001
    if after is not None:
        assert waited >= min(after, 86400) - 0.001


def test_three_intervals_without_success_are_silence():
    assert silent_at(NOON, 600) == NOON + timedelta(minutes=30)
    assert not is_stale(NOON, 600, NOON + timedelta(minutes=30))
    assert is_stale(NOON, 600, NOON + timedelta(minutes=30, seconds=1))


def test_a_source_whose_newest_item_is_too_old_is_quiet():
    assert is_quiet(NOON, 3600, NOON + timedelta(seconds=3601))
    assert not is_quiet(NOON, 3600, NOON + timedelta(seconds=3600))
    assert not is_quiet(NOON, None, NOON + timedelta(days=900))
    assert not is_quiet(None, 3600, NOON)
