"""What a standing rule would do with an item: asked of the rows as they are, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from broadcast.app import App
from broadcast.outbox import Message
from broadcast.planner import ended_because
from broadcast.relay.chains import references_of
from broadcast.relay.decide import Choice, World, decide, stands
from broadcast.relay.where import nearness, seen_from, whereabouts
from broadcast.rules import Rule, rule_from_toml, subject_of
from broadcast.sources import Item, ItemState, Relayed
from broadcast.store import entries, messages, rules
from broadcast.store.base import Tx

__all__ = ["Choice", "choose", "rules_in_force", "stored_rule"]


def rules_in_force(app: App, tx: Tx) -> list[Rule]:
    """Return the rules that two people approved, as they were then."""
    return [stored_rule(app, stored) for stored in rules.in_force(tx)]


def stored_rule(app: App, stored: rules.StoredRule) -> Rule:
    """Return a stored rule as a value."""
    text, template = stored.source_text, stored.template_text
    return rule_from_toml(stored.name, text, template_text=template, zone=app.newsroom.timezone)


def choose(app: App, tx: Tx, rule: Rule, item: Item, now: datetime, *, beside: Sequence[Item] = ()) -> Choice:
    """Return what a rule would do with an item now; nothing is written.

    Args:
        app: the newsroom.
        tx: the transaction.
        rule: the rule.
        item: the item.
        now: the time.
        beside: other items about the same, of the same document.
    """
    near, perhaps = nearness(item.entry, whereabouts(app.settings, app.settings.feeds.get(item.feed), rule.areas))
    item = seen_from(app.settings, item, rule.areas)
    chain = entries.of_lineage(tx, item.lineage) if item.lineage else []
    history = rules.deeds_about(tx, rule.name, subject_of(item.feed, item.entry), {item.uid, *(i.uid for i in chain)})
    slugs = {r.slug for r in history if r.slug}
    live = {slug: message.expires_at for slug in slugs if (message := _live(tx, slug, now)) is not None}
    world = World(
        near=near,
        perhaps=perhaps,
        chain=chain,
        history=history,
        live=live,
        others=_others(app, tx, rule, item, (*chain, *beside), [r for r in history if r.slug in live], now),
        elsewhere=_elsewhere(tx, rule, item, now),
        recent=rules.deeds_since(tx, rule.name, now - timedelta(hours=1)),
        refused=_as_a_copy(tx, rule, item) if item.state is ItemState.DUPLICATE else "",
    )
    return decide(rule, item, world, now=now, beside=[seen_from(app.settings, i, rule.areas) for i in beside])


def _others(
    app: App, tx: Tx, rule: Rule, item: Item, apart: Sequence[Item], history: Sequence[Relayed], now: datetime
) -> list[Item]:
    """Return the other items about the same that the live message stands for; the item's own chain is none."""
    found = []
    for uid in dict.fromkeys(r.entry_uid for r in history):
        if uid == item.uid or any(uid == i.uid for i in apart):
            continue
        other = entries.get_item(tx, uid)
        chain = entries.of_lineage(tx, other.lineage) if other.lineage else []
        other = seen_from(app.settings, other, rule.areas)
        if stands(rule, other, chain, now):
            found.append(other)
    return found


def _elsewhere(tx: Tx, rule: Rule, item: Item, now: datetime) -> list[Item]:
    """Return the alerts of other sources that the item goes on with, and of which this rule made a live message."""
    named = references_of(item.alert, own=True) if item.alert is not None else []
    found = []
    for earlier in entries.of_identities(tx, named):
        if earlier.feed != item.feed and earlier.rule == rule.name and _live(tx, earlier.slug, now) is not None:
            found.append(earlier)
    return found


def _as_a_copy(tx: Tx, rule: Rule, item: Item) -> str:
    """Return why a copy of what came from elsewhere is not looked at; "" where the rule did nothing with the other one."""
    twins = [t for t in entries.of_identities(tx, [item.identity] if item.identity else []) if t.uid != item.uid]
    if not twins or any(t.feed == item.feed or t.state in (ItemState.ADOPTED, ItemState.DISMISSED) for t in twins):
        return item.reason
    deeds = rules.deeds_of_entries(tx, rule.name, {t.uid for t in twins})
    return item.reason if any(d.slug or d.act in ("capped", "failed") for d in deeds) else ""


def _live(tx: Tx, slug: str, now: datetime) -> Message | None:
    message = messages.find_message(tx, slug)
    return message if message is not None and message.approved and ended_because(message, now) is None else None
