"""Asking the sources that are due: fetched together, read in worker processes, taken in as they come."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from broadcast.app import App
from broadcast.errors import NotFound
from broadcast.feeds import rhythm, websub
from broadcast.feeds.fetch import FeedRequest, Fetched
from broadcast.feeds.workers import Parsed, Work
from broadcast.relay.batches import batches
from broadcast.relay.documents import Polled, Read, believed, written
from broadcast.sources import FeedState
from broadcast.store import feeds, tasks

#: A clock set back by more than this makes all sources due.
CLOCK_WENT_BACK = timedelta(minutes=2)
#: Failures in a row after which the duty officer is told, beside the alarm of staleness.
TELL_AFTER = 3


def poll_due(app: App, tell: Callable[[Polled], None] | None = None) -> list[Polled]:
    """Ask all sources whose time has come; rules follow at once."""
    now = app.clock.now()
    states = known_feeds(app)
    due = [name for name, s in states.items() if not s.paused and (s.next_poll_at <= now or _is_yet_to_come(s, now))]
    return _poll(app, states, due, tell) if due else []


def _is_yet_to_come(state: FeedState, now: datetime) -> bool:
    """True where the last poll lies ahead: the clock was wrong then, and its next time must not be waited for."""
    return state.attempted_at is not None and state.attempted_at > now + CLOCK_WENT_BACK


def poll(app: App, names: Collection[str] = (), tell: Callable[[Polled], None] | None = None) -> list[Polled]:
    """Ask these sources now (none named: all), whenever they would be due.

    Raises:
        NotFound: a name is not in the settings.
    """
    states = known_feeds(app)
    for name in names:
        if name not in states:
            raise NotFound(f"source « {name} » : inconnue ; il y a : {', '.join(states) or 'aucune'}", subject=name)
    return _poll(app, states, list(names or states), tell)


def push(app: App, name: str, body: bytes, content_type: str = "") -> Polled:
    """Take in what a hub brought, already found genuine; polling remains the base.

    Raises:
        NotFound: no such source.
    """
    states = known_feeds(app)
    if name not in states:
        raise NotFound(f"source « {name} » : inconnue", subject=name)
    now = app.clock.now()
    # What the hub brings is not what the address answers: its validators and hash stay as they are.
    state = replace(states[name], success_at=now, changed_at=now, failures=0, last_error="")
    body, reason = believed(app, name, body)
    work = Work(body=body, url=state.topic_url or state.url, content_type=content_type, received_at=now)
    parsed = Parsed(reason=reason) if reason else app.parsers.submit(work).result()
    return written(app, [Read(state, work, parsed, 0.0)], now)[0]


def known_feeds(app: App) -> dict[str, FeedState]:
    """Return the sources of the settings with what is known of them; a new address begins anew."""
    with app.db.read() as tx:
        stored = feeds.feed_states(tx)
    now = app.clock.now()
    fresh = [
        FeedState(name=name, url=section.url, next_poll_at=now, rights=section.rights)
        for name, section in app.settings.feeds.items()
        if name not in stored
    ]
    moved = [n for n, s in app.settings.feeds.items() if n in stored and stored[n].url != s.url]
    if fresh or moved:
        with app.db.write() as tx:
            stored = feeds.feed_states(tx)
            feeds.add_feeds(tx, [state for state in fresh if state.name not in stored])
            for name in moved:
                blank = {"etag": "", "last_modified": "", "body_sha256": "", "hub_url": "", "topic_url": "", "moved_to": ""}
                url = app.settings.feeds[name].url
                feeds.update_feed(tx, name, url=url, next_poll_at=now, failures=0, backlog_seen=False, **blank)
            stored = feeds.feed_states(tx)
    return {name: stored[name] for name in app.settings.feeds if name in stored}


def request_of(app: App, state: FeedState) -> FeedRequest:
    """Return how a source is asked."""
    section = app.settings.feeds[state.name]
    key = app.settings.feed_keys.get(state.name)
    return FeedRequest(
        url=state.url,
        etag=state.etag,
        last_modified=state.last_modified,
        body_sha256=state.body_sha256,
        allow_private=section.allow_private,
        headers={section.api_key_header: key.reveal()} if key is not None else {},
    )


def _poll(app: App, states: Mapping[str, FeedState], names: Sequence[str], tell: Callable[[Polled], None] | None) -> list[Polled]:
    """Ask sources together, those left out that are being asked already."""
    mine = app.under_way.take(names)
    try:
        return _asked_together(app, states, mine, tell) if mine else []
    finally:
        app.under_way.give_back(mine)


def _asked_together(
    app: App, states: Mapping[str, FeedState], names: Sequence[str], tell: Callable[[Polled], None] | None
) -> list[Polled]:
    """What one has brought is taken in and relayed while others are still asked."""
    began = app.clock.now()
    asked: dict[int, tuple[Fetched, Work | None, str]] = {}

    def arrivals() -> Iterator[tuple[int, Work | None]]:
        requests = [request_of(app, states[name]) for name in names]
        for number, fetched in app.fetcher.fetch_all(requests):
            body, reason = believed(app, names[number], fetched.body) if fetched.outcome == "new" else (b"", "")
            work = Work(body=body, url=fetched.final_url, content_type=fetched.content_type, received_at=began)
            asked[number] = (fetched, work, reason)
            yield number, work if fetched.outcome == "new" and not reason else None

    done: list[Polled] = []
    for batch in batches(app.parsers.parse_arriving(arrivals())):
        calm: list[FeedState] = []
        empty: list[str] = []
        read: list[Read] = []
        polled: list[Polled] = []
        for number, parsed in batch:
            fetched, work, reason = asked.pop(number)
            state = states[names[number]]
            if fetched.outcome == "unchanged":
                calm.append(_asked(app, state, fetched, began))
                empty += [state.name] if fetched.status == 204 and not state.backlog_seen else []
                polled.append(Polled(feed=state.name, outcome="unchanged", took_s=fetched.took_s))
            elif fetched.outcome == "new" and work is not None:
                _note_move(app, state, fetched, began)
                parsed = parsed or Parsed(reason=reason)
                read.append(Read(_asked(app, state, fetched, began), work, parsed, fetched.took_s))
            else:
                polled.append(_failed(app, state, fetched))
        _keep_calm(app, states, calm, empty, began)
        polled += written(app, read, began)
        app.under_way.give_back(one.feed for one in polled)
        if tell is not None:
            for one in polled:
                tell(one)
        done += polled
    return done


def _note_move(app: App, state: FeedState, fetched: Fetched, now: datetime) -> None:
    """Tell a person that a source has moved for good; the settings are theirs to change."""
    if fetched.moved_to == state.moved_to:
        return
    with app.db.write() as tx:
        if fetched.moved_to:
            words = f'source {state.name} : déménagée pour de bon : mettez url = "{fetched.moved_to}" dans broadcast.toml'
            tasks.raise_task(tx, "moved", state.name, words, now, feed=state.name)
        else:
            tasks.settle_tasks(tx, now, "relais", kind="moved", subject=state.name)


def _keep_calm(app: App, states: Mapping[str, FeedState], calm: Sequence[FeedState], empty: Sequence[str], now: datetime) -> None:
    if not calm:
        return
    with app.db.write() as tx:
        feeds.keep_unchanged(tx, calm)
        for name in empty:
            # It said that there is nothing: what it tells next is news, not what was there before.
            feeds.update_feed(tx, name, backlog_seen=True)
        for state in calm:
            for kind in ("stale", "quarantine") if states[state.name].failures else ():
                tasks.settle_tasks(tx, now, "relais", kind=kind, subject=state.name)


def _asked(app: App, state: FeedState, fetched: Fetched, now: datetime) -> FeedState:
    section = app.settings.feeds[state.name]
    hubs = websub.Hubs(fetched.hub_urls, fetched.self_url)
    return replace(
        state,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_sha256=fetched.body_sha256 or state.body_sha256,
        attempted_at=now,
        success_at=now,
        changed_at=now if fetched.outcome == "new" else state.changed_at,
        failures=0,
        last_error="",
        moved_to=fetched.moved_to,
        hub_url=next(iter(hubs.hub_urls), state.hub_url),
        topic_url=hubs.self_url or state.topic_url,
        next_poll_at=rhythm.next_poll_at(now, poll_every_s=section.poll_every, jitter=random.random()),
    )


def _failed(app: App, state: FeedState, fetched: Fetched) -> Polled:
    now = app.clock.now()
    failures = state.failures + 1
    section = app.settings.feeds[state.name]
    again = rhythm.next_poll_at(
        now,
        poll_every_s=section.poll_every,
        failures=failures,
        retry_after_s=fetched.retry_after_s,
        is_gone=fetched.outcome == "gone",
        jitter=random.random(),
    )
    with app.db.write() as tx:
        feeds.update_feed(tx, state.name, attempted_at=now, failures=failures, last_error=fetched.reason, next_poll_at=again)
        if failures == TELL_AFTER or fetched.outcome == "gone":
            words = f"source {state.name} : {failures} échec(s) de suite : {fetched.reason}"
            tasks.raise_task(tx, "stale", state.name, words, now, feed=state.name)
    return Polled(feed=state.name, outcome=fetched.outcome, reason=fetched.reason, took_s=fetched.took_s)
