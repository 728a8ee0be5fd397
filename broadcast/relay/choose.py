"""What a standing rule would do with an item: asked of the rows as they are, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.app import App
from broadcast.feeds.lineage import is_from_the_future
from broadcast.outbox import Message
from broadcast.planner import ended_because
from broadcast.relay.where import concern_in, whereabouts
from broadcast.rules import (
    Deed,
    Rule,
    capped,
    deed_of,
    ends_alert,
    expires_at,
    level_refusal,
    refusal,
    rule_from_toml,
    subject_of,
)
from broadcast.sources import Item, ItemState, Relayed
from broadcast.store import entries, messages, rules
from broadcast.store.base import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a rule would do with an item, and why."""

    rule: str
    takes: bool
    deed: Deed
    reason: str


def rules_in_force(app: App, tx: Tx) -> list[Rule]:
    """Return the rules that two people approved, as they were then."""
    return [stored_rule(app, stored) for stored in rules.in_force(tx)]


def stored_rule(app: App, stored: rules.StoredRule) -> Rule:
    """Return a stored rule as a value."""
    text, template = stored.source_text, stored.template_text
    return rule_from_toml(stored.name, text, template_text=template, zone=app.newsroom.timezone)


def choose(app: App, tx: Tx, rule: Rule, item: Item, now: datetime, *, ends_at: datetime | None = None) -> Choice:
    """Return what a rule would do with an item now; nothing is written."""
    feed = app.settings.feeds.get(item.feed)
    near = bool(concern_in(item.entry, whereabouts(app.settings, feed, rule.areas)))
    why = refusal(rule, item.feed, item.entry, concerned=near, now=now)
    if item.state is ItemState.DUPLICATE or (item.state is ItemState.PROPOSED and item.reason):
        why = item.reason
    elif not why and item.alert is not None and is_from_the_future(item.alert, now):
        why = "daté de l'avenir : à vérifier"
    if why:
        return Choice(rule=rule.name, takes=False, deed=Deed("none"), reason=why)
    history = _history(tx, rule, item)
    open_ones = {slug: m for slug in {r.slug for r in history if r.slug} if (m := _live(tx, slug, now)) is not None}
    deed = deed_of(
        rule,
        item.entry,
        history,
        gone=item.gone_at is not None,
        still=_is_still(tx, rule, item, history, now),
        live=frozenset(open_ones),
        now=now,
        expires_of={slug: m.expires_at for slug, m in open_ones.items()},
        ends_at=ends_at,
    )
    if deed is None:
        return Choice(rule=rule.name, takes=False, deed=Deed("none"), reason=level_refusal(rule, item.entry))
    if deed.act in ("publish", "update") and capped(rule, rules.deeds_since(tx, rule.name, now - timedelta(hours=1)), now):
        deed = Deed("capped", deed.slug, f"plafond de {rule.cap_per_hour} publications par heure atteint")
    return Choice(rule=rule.name, takes=True, deed=deed, reason=deed.reason)


def _is_still(tx: Tx, rule: Rule, item: Item, history: Sequence[Relayed], now: datetime) -> bool:
    """True if another item about the same is still shown, in force, and of the rule's levels.

    An alert that the item itself ends or replaces (the same chain) is none.
    """
    for uid in {r.entry_uid for r in history} - {item.uid}:
        other = entries.get_item(tx, uid)
        ends = expires_at(other.entry)
        same_chain = bool(item.lineage) and other.lineage == item.lineage
        shown = other.gone_at is None and other.state is ItemState.RELAYED and (ends is None or ends > now)
        if shown and not same_chain and not ends_alert(other.entry) and not level_refusal(rule, other.entry):
            return True
    return False


def _history(tx: Tx, rule: Rule, item: Item) -> list[Relayed]:
    about = rules.deeds_about(tx, rule.name, [subject_of(item.feed, item.entry)])
    chain = [i.uid for i in entries.of_lineage(tx, item.lineage)] if item.lineage else []
    mine = rules.deeds_of_entries(tx, rule.name, {item.uid, *chain})
    return sorted({*about, *mine}, key=lambda r: r.at)


def _live(tx: Tx, slug: str, now: datetime) -> Message | None:
    message = messages.find_message(tx, slug)
    return message if message is not None and message.approved and ended_because(message, now) is None else None
