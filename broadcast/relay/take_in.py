"""A document that was read enters the database: one transaction a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from broadcast.alerts import Alert, Entry
from broadcast.app import App
from broadcast.feeds.document import ParsedFeed
from broadcast.feeds.lineage import alert_digest
from broadcast.planner import ended_because
from broadcast.relay import recall, sift
from broadcast.relay.chains import lineage_of, references_of
from broadcast.relay.where import concern_in, whereabouts
from broadcast.rules import ends_alert
from broadcast.sources import FeedState, Item, ItemState, Known, identity_of
from broadcast.store import entries, feeds, messages, tasks
from broadcast.store.base import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came of a document."""

    feed: str
    new: int = 0
    proposed: int = 0
    changed: int = 0
    #: Tasks that it raised.
    asked: int = 0
    #: uids that rules look at.
    for_rules: tuple[str, ...] = ()
    #: Why it could not be read, "" if it was.
    quarantined: str = ""


def take_in(app: App, tx: Tx, parsed: ParsedFeed, state: FeedState, now: datetime) -> TakenIn:
    """Write what a document says, and what follows for people; rules come afterwards.

    Args:
        app: the newsroom.
        tx: the transaction, perhaps shared with other documents.
        parsed: the document.
        state: what is to be known of the source from now on, this fetch included.
        now: the time of the fetch.
    """
    name = state.name
    settings = app.settings.feeds.get(name)
    values = {f: getattr(state, f) for f in _KEPT}
    where = whereabouts(app.settings, settings)
    before = feeds.feed_state(tx, name, lock=not app.db.is_sqlite) or state
    if _is_older(parsed, before):
        # A cache shows what was true before: it says nothing of now.
        feeds.update_feed(tx, name, **values)
        return TakenIn(feed=name)
    parsed = replace(parsed, entries=_recalled(tx, name, parsed))
    folded = {entry.id: sift.folded_of(entry) for entry in parsed.entries}
    by_id = entries.known_by_id(tx, name, list(folded))
    desk = sift.Desk(
        newsroom=app.db.newsroom,
        feed=name,
        now=now,
        backlog_seen=before.backlog_seen,
        room=lambda: (settings.max_new if settings else 20) - entries.count_new(tx, name, now - timedelta(hours=1)),
        is_state=parsed.is_state,
        by_id=by_id,
        folded=folded,
        by_folded=entries.known_by_folded(tx, [words for uid, words in folded.items() if uid not in by_id]),
        by_identity=entries.known_by_identity(tx, _identities(parsed), name),
        is_same=lambda known, alert: _is_same(tx, known, alert),
        taken_up=entries.taken_up(tx, name),
        concern_of=lambda entry: concern_in(entry, where),
        senders=settings.senders if settings else (),
    )
    sifted = sift.sift(desk, parsed.entries)
    _write(tx, sifted, state, now)
    _merge(tx, sifted.items)
    gone = _gone(tx, sifted, parsed, state, now)
    resolved = _resolve_dangling(tx) if any(i.identity for i in sifted.items) else []
    heard = _tell_followers(tx, sifted.items, state.name, now)
    for_rules = (*sifted.for_rules, *(u for u in resolved if u not in sifted.for_rules))
    # Remembered until rules have looked at them, though the process should end before.
    entries.mark_due(tx, for_rules)
    # A time to come, set once by mistake, must not silence the source until then.
    issued_at = min(parsed.issued_at, now) if parsed.issued_at else before.issued_at
    facts = {"issued_at": issued_at, "is_state": parsed.is_state, "title": parsed.title or before.title}
    feeds.update_feed(tx, name, **values, **facts, backlog_seen=True)
    if before.failures:
        for kind in ("stale", "quarantine"):
            tasks.settle_tasks(tx, now, "relais", kind=kind, subject=name)
    return TakenIn(
        feed=name,
        new=len(sifted.items),
        proposed=sum(i.state is ItemState.PROPOSED for i in sifted.items),
        changed=len(sifted.changes),
        asked=len(sifted.tasks) + gone + heard,
        for_rules=for_rules,
    )


def _recalled(tx: Tx, feed: str, parsed: ParsedFeed) -> tuple[Entry, ...]:
    """Return the entries, their alerts naming in full the earlier ones that they mean."""
    named = [pair for entry in parsed.entries if entry.alert is not None for pair in recall.meant_by(entry.alert)]
    if not named:
        return parsed.entries
    return recall.recalled(parsed.entries, recall.times_of(entries.identities_of(tx, feed, named)))


_KEPT = (
    *("etag", "last_modified", "body_sha256", "attempted_at", "success_at", "changed_at", "next_poll_at"),
    *("failures", "last_error", "moved_to", "hub_url", "topic_url", "rights"),
)


def _is_older(parsed: ParsedFeed, before: FeedState) -> bool:
    """True for a document from before one that was read already, of a source that shows all that is in force."""
    if not parsed.is_state or not before.is_state or parsed.issued_at is None or before.issued_at is None:
        return False
    return parsed.issued_at < before.issued_at


def _is_same(tx: Tx, known: Known, alert: Alert) -> bool:
    before = entries.get_item(tx, known.uid).alert
    return before is None or alert_digest(before) == alert_digest(alert)


def _identities(parsed: ParsedFeed) -> Sequence[str]:
    found = []
    for alert in (e.alert for e in parsed.entries if e.alert is not None):
        found += [identity_of(alert), *references_of(alert)]
    return found


def _write(tx: Tx, sifted: sift.Sifted, state: FeedState, now: datetime) -> None:
    entries.add_items(tx, sifted.items)
    entries.mark_back(tx, sifted.back)
    for change in sifted.changes:
        facts = {"state": change.state.value, "reason": "", "concern": change.concern, "identity": change.identity}
        entries.keep_change(tx, change.uid, change.entry, at=now, **facts)
    for ask in sifted.tasks:
        tasks.raise_task(tx, ask.kind, ask.subject, ask.message, now, feed=state.name, slug=ask.slug)


def _gone(tx: Tx, sifted: sift.Sifted, parsed: ParsedFeed, state: FeedState, now: datetime) -> int:
    """Note what the source no longer shows though it should; return how many."""
    count = 0
    for uid in sifted.missing:
        item = entries.get_item(tx, uid)
        message = messages.find_message(tx, item.slug)
        over = message is None or ended_because(message, now) is not None
        newest = [i.uid for i in entries.of_lineage(tx, item.lineage)][-1:] if item.lineage else [uid]
        if over or newest != [uid] or not sift.is_gone(item, sifted.oldest_at, now):
            continue
        is_left_out = parsed.is_state and item.entry.id not in parsed.speaks_of
        if is_left_out and tasks.was_asked(tx, "source_gone", uid):
            continue
        if not is_left_out:
            entries.update_item(tx, uid, gone_at=now)
        if not is_left_out and parsed.is_state and item.rule:
            sifted.for_rules.append(uid)
        count += 1
        what = "la source ne le montre plus : fini ?" if sifted.oldest_at is None else "disparu à la source"
        words = f"{what} « {item.entry.title} » ; voyez {item.slug}, puis `broadcast all-clear {item.slug}` ou `withdraw`"
        tasks.raise_task(tx, "source_gone", uid, words, now, feed=state.name, slug=item.slug)
    return count


def _merge(tx: Tx, items: Sequence[Item]) -> None:
    """Make one chain of several that one alert goes on with: it names all that it replaces or ends."""
    for item in items:
        named = references_of(item.alert, own=True) if item.alert is not None else []
        if len(named) > 1 and item.state is not ItemState.DUPLICATE:
            known = entries.known_by_identity(tx, named, item.feed).values()
            for lineage in {k.lineage for k in known if k.feed == item.feed and k.lineage} - {item.lineage}:
                entries.merge_lineages(tx, lineage, item.lineage)


def _resolve_dangling(tx: Tx) -> list[str]:
    """Put alerts whose predecessors have come meanwhile into their chains, and return them."""
    resolved = []
    for item in entries.dangling(tx):
        if item.alert is None:
            continue
        known = entries.known_by_identity(tx, references_of(item.alert), item.feed)
        lineage = lineage_of(item.alert, {k: v.lineage for k, v in known.items() if v.feed == item.feed})
        if lineage and lineage != item.lineage:
            entries.join_lineage(tx, item, lineage)
            resolved.append(item.uid)
    return resolved


def _tell_followers(tx: Tx, items: Sequence[Item], feed: str, now: datetime) -> int:
    """Tell people that a source updates or ends what a person adopted."""
    count = 0
    for item in items:
        if item.alert is None or not item.lineage or item.lineage == item.uid or item.state is ItemState.DUPLICATE:
            continue
        for earlier in entries.of_lineage(tx, item.lineage):
            if earlier.state is not ItemState.ADOPTED or not earlier.slug:
                continue
            over = ends_alert(item.entry)
            kind = "source_ended" if over else "source_changed"
            deed = "a pris fin" if over else "a été mise à jour"
            words = f"l'alerte « {earlier.entry.title} » {deed} à la source ; `broadcast feeds adopt {item.uid[:8]}`"
            count += tasks.raise_task(tx, kind, item.uid, words, now, feed=feed, slug=earlier.slug)
            break
    return count
