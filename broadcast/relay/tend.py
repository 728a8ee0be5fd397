"""What needs no new document: silent sources, tasks that have settled themselves."""

from __future__ import annotations

from datetime import datetime

from broadcast.app import App
from broadcast.feeds import rhythm
from broadcast.relay.poll import known_feeds
from broadcast.sources import FeedState
from broadcast.store import entries, tasks
from broadcast.words import local


def stale_reason(app: App, state: FeedState, newest_at: datetime | None, now: datetime) -> str:
    """Return why a source is silent, "" if it is not."""
    section = app.settings.feeds[state.name]
    zone = app.newsroom.timezone
    if state.paused:
        return ""
    last = state.success_at or state.attempted_at
    if last is not None and rhythm.is_stale(last, section.poll_every, now):
        why = f" ({state.last_error})" if state.last_error else ""
        return f"aucune lecture réussie depuis {local(last, zone)}{why}"
    if rhythm.is_quiet(newest_at, section.expects_every, now) and newest_at is not None:
        return f"rien de nouveau depuis {local(newest_at, zone)}, plus longtemps que d'habitude"
    return ""


def housekeep(app: App) -> None:
    """Raise the alarm for silent sources, and take it back for those that speak again."""
    now = app.clock.now()
    states = known_feeds(app)
    with app.db.read() as tx:
        newest = entries.newest_at(tx, states)
        open_ones = {t.subject for t in tasks.open_tasks(tx) if t.kind == "stale"}
    reasons = {name: stale_reason(app, state, newest.get(name), now) for name, state in states.items()}
    for name, reason in reasons.items():
        if not reason and name not in open_ones:
            continue
        with app.db.write() as tx:
            if reason:
                words = f"source {name} muette : {reason} ; vérifiez : `broadcast feeds test {states[name].url}`"
                tasks.raise_task(tx, "stale", name, words, now, feed=name)
            elif states[name].failures == 0:
                tasks.settle_tasks(tx, now, "relais", kind="stale", subject=name)
