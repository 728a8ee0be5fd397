"""What needs no new document: silent sources, tasks that have settled themselves, what rules must still look at."""

from __future__ import annotations

from datetime import datetime

from broadcast.app import App
from broadcast.feeds import rhythm
from broadcast.planner import ended_because
from broadcast.relay.decide import RENEW_BEFORE
from broadcast.relay.follow import follow
from broadcast.relay.poll import known_feeds
from broadcast.rules import expires_at
from broadcast.sources import FeedState, ItemState, Relayed
from broadcast.store import entries, feeds, messages, rules, tasks
from broadcast.store.base import Tx
from broadcast.words import local


def stale_reason(app: App, state: FeedState, newest_at: datetime | None, now: datetime) -> str:
    """Return why a source is silent, "" if it is not."""
    section = app.settings.feeds[state.name]
    zone = app.newsroom.timezone
    if state.paused:
        return ""
    why = f" ({state.last_error})" if state.last_error else ""
    is_silent = rhythm.is_silent(state.success_at, state.next_poll_at, state.failures, section.poll_every, now)
    if is_silent and state.success_at is None:
        return f"jamais lue avec succès, {state.failures} essais{why}"
    if is_silent and state.success_at is not None:
        return f"aucune lecture réussie depuis {local(state.success_at, zone)}{why}"
    if rhythm.is_quiet(newest_at, section.expects_every, now) and newest_at is not None:
        return f"rien de nouveau depuis {local(newest_at, zone)}, plus longtemps que d'habitude"
    return ""


def housekeep(app: App) -> list[Relayed]:
    """Raise and take back the alarm for silent sources; let rules look at what still waits, and return what they did."""
    _tell_silence(app)
    _tell_void_rules(app)
    with app.db.write() as tx:
        entries.mark_due(tx, _to_prolong(app, tx))
    return follow(app)


def _tell_void_rules(app: App) -> None:
    """Tell people that a rule does nothing any more because somebody who approved it may vote no more."""
    now = app.clock.now()
    with app.db.read() as tx:
        in_force = rules.names_in_force(tx)
        void = [r.name for r in rules.approved(tx) if r.name not in in_force and r.until_at > now]
        told = {t.subject for t in tasks.open_tasks(tx) if t.kind == "rule_void"}
    if set(void) == told:
        return
    with app.db.write() as tx:
        for name in void:
            words = f"règle {name} : plus en vigueur, une voix ne compte plus ; faites-la approuver à nouveau : feeds rules submit {name}"
            tasks.raise_task(tx, "rule_void", name, words, now)
        for name in told - set(void):
            tasks.settle_tasks(tx, now, "relais", kind="rule_void", subject=name)


def _to_prolong(app: App, tx: Tx) -> list[str]:
    """Return the alerts without an end that a source still shows, and whose message is about to end by itself."""
    now = app.clock.now()
    uids = []
    for name, state in feeds.feed_states(tx).items():
        section = app.settings.feeds.get(name)
        if section is None or not state.is_state or state.paused or state.success_at is None:
            continue
        if state.failures or rhythm.is_stale(state.success_at, section.poll_every, now):
            continue
        for known in entries.taken_up(tx, name):
            if known.gone or not known.rule or known.state is not ItemState.RELAYED:
                continue
            message = messages.find_message(tx, known.slug)
            ends = message.expires_at if message is not None and ended_because(message, now) is None else None
            if ends is not None and ends - now < RENEW_BEFORE and expires_at(entries.get_item(tx, known.uid).entry) is None:
                uids.append(known.uid)
    return uids


def _tell_silence(app: App) -> None:
    now = app.clock.now()
    states = known_feeds(app)
    with app.db.read() as tx:
        newest = entries.newest_at(tx, [n for n in states if app.settings.feeds[n].expects_every is not None])
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
