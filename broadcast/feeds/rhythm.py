"""When a source is asked again, and when its silence is an alarm: pure. History and `now` in, times out.

A source's own hints of how long it may be kept (`ttl`, `sy:updatePeriod`, `max-age`) are not obeyed: the newsroom
decides how soon it wants to know, and a question that nothing changed costs the source next to nothing.
`Retry-After` is obeyed: whoever asks for it is in trouble.
"""

from __future__ import annotations

from datetime import datetime, timedelta

#: Polls move by up to this part of their interval, so that sources are not all asked in one second.
JITTER = 0.1
#: Longest wait after failures, seconds; a longer interval of the newsroom's own stays.
MAX_BACKOFF_S = 3600.0
#: Longest wait that a source may ask for, seconds.
MAX_RETRY_AFTER_S = 86400.0
#: Shortest and longest interval that is obeyed, seconds.
SOONEST_S, LATEST_S = 5.0, 30 * 86400.0
#: Wait after "gone", seconds.
GONE_S = 86400.0
#: Intervals without success after which a source is silent (F8).
SILENT_INTERVALS = 3


def next_poll_at(
    now: datetime,
    *,
    poll_every_s: float,
    failures: int = 0,
    retry_after_s: float | None = None,
    is_gone: bool = False,
    jitter: float = 0.5,
) -> datetime:
    """Return when a source is asked again.

    Args:
        now: when the last fetch ended.
        poll_every_s: the newsroom's interval, seconds.
        failures: fetches that failed since the last success, this one included.
        retry_after_s: what the source asked for.
        is_gone: True if it said that it is no more.
        jitter: between 0 and 1.
    """
    poll_every_s = _sane(poll_every_s)
    longest_s = max(MAX_BACKOFF_S, poll_every_s)
    # The first failure changes nothing: it may have been a moment's, and an alert may be waiting.
    wait_s = min(longest_s, poll_every_s * 2 ** min(max(failures - 1, 0), 30))
    if is_gone:
        wait_s = max(wait_s, GONE_S)
    wait_s *= 1 + JITTER * (2 * jitter - 1)
    if retry_after_s is not None:
        # Never sooner than asked; jitter only adds.
        wait_s = max(wait_s, min(retry_after_s, MAX_RETRY_AFTER_S) * (1 + JITTER * jitter))
    return now + timedelta(seconds=wait_s)


def _sane(interval_s: float) -> float:
    """Return an interval as it is obeyed: a source is neither stormed nor forgotten, whatever the settings say."""
    return min(max(SOONEST_S, interval_s), LATEST_S)


def silent_at(last_success_at: datetime, poll_every_s: float) -> datetime:
    """Return when a source without another success becomes silent.

    Args:
        last_success_at: of the last fetch that succeeded, changed or not; for a new feed, when it was set up.
        poll_every_s: the newsroom's interval, seconds.
    """
    return last_success_at + timedelta(seconds=SILENT_INTERVALS * _sane(poll_every_s))


def is_stale(last_success_at: datetime, poll_every_s: float, now: datetime) -> bool:
    """True if a source was not fetched with success for three intervals."""
    return now > silent_at(last_success_at, poll_every_s)


def is_silent(success_at: datetime | None, due_at: datetime, failures: int, poll_every_s: float, now: datetime) -> bool:
    """True if nothing was fetched with success for three intervals: the one decision for alarms, pages and lists.

    Args:
        success_at: the last success; None: there was none yet.
        due_at: where there was none, when it should have been asked next.
        failures: tries in a row that failed.
        poll_every_s: the interval, seconds.
        now: the time of the question.
    """
    if success_at is not None:
        return is_stale(success_at, poll_every_s, now)
    return failures >= SILENT_INTERVALS or is_stale(due_at, poll_every_s, now)


def is_quiet(newest_item_at: datetime | None, expected_every_s: float | None, now: datetime) -> bool:
    """True if a source answers, but its newest item is older than its expected rhythm.

    Args:
        newest_item_at: time of the newest item; None: there is none, which is not told from a quiet day.
        expected_every_s: longest time between items that is normal; None: there is no rhythm.
        now: the time of the question.
    """
    if newest_item_at is None or expected_every_s is None:
        return False
    return now - newest_item_at > timedelta(seconds=expected_every_s)
