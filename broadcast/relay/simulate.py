"""What rules would have done with what was received: replayed, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadcast.app import App
from broadcast.relay.drafts import DEFAULT_LIFE
from broadcast.relay.where import concern_in, whereabouts
from broadcast.rules import Rule, capped, deed_of, ends_alert, expires_at, level_of, level_refusal, refusal, subject_of
from broadcast.sources import Item, ItemState, Relayed
from broadcast.store import entries
from broadcast.store.base import Tx

#: What each deed is called.
WOULD = {
    "publish": "publié",
    "update": "mis à jour",
    "end": "donné la fin d'alerte",
    "same": "rien fait",
    "capped": "attendu une personne",
    "none": "rien fait",
}
_ACTS = {"publish": "published", "update": "updated", "end": "ended", "same": "same", "capped": "capped"}


@dataclass(frozen=True, slots=True)
class _Past:
    """Something that a rule would have published, its chain, and when that would have ended."""

    deed: Relayed
    lineage: str
    ends_at: datetime


def simulate(app: App, tx: Tx, rules: Sequence[Rule], *, since: datetime) -> list[dict[str, Any]]:
    """Return, item by item in the order they came, what each rule would have done at that time, and why."""
    rows = []
    past: dict[str, list[_Past]] = {rule.name: [] for rule in rules}
    for item in entries.items_since(tx, since):
        for rule in rules:
            act, reason = _one(app, rule, item, past[rule.name])
            rows.append(
                {
                    "received_at": item.received_at,
                    "entry": item.uid,
                    "feed": item.feed,
                    "title": item.entry.title,
                    "level": level_of(item.entry),
                    "rule": rule.name,
                    "act": act,
                    "would": WOULD[act],
                    "reason": reason,
                }
            )
    return rows


def _one(app: App, rule: Rule, item: Item, past: list[_Past]) -> tuple[str, str]:
    at = item.received_at
    feed = app.settings.feeds.get(item.feed)
    near = bool(concern_in(item.entry, whereabouts(app.settings, feed, rule.areas)))
    why = refusal(rule, item.feed, item.entry, concerned=near, now=at)
    if item.state in (ItemState.DUPLICATE, ItemState.SEEN, ItemState.FLOODED):
        why = why or item.reason
    if why:
        return "none", why
    subject = subject_of(item.feed, item.entry)
    about = [p for p in past if p.deed.subject == subject or (item.lineage and p.lineage == item.lineage)]
    over = {p.deed.slug for p in past if p.deed.act == "ended"}
    ends: dict[str, datetime | None] = {p.deed.slug: p.ends_at for p in about if p.deed.slug not in over and p.ends_at > at}
    deed = deed_of(rule, item.entry, [p.deed for p in about], live=frozenset(ends), now=at, expires_of=ends)
    if deed is None:
        return "none", level_refusal(rule, item.entry)
    if deed.act in ("publish", "update") and capped(rule, [p.deed for p in past], at):
        return "capped", f"plafond de {rule.cap_per_hour} publications par heure atteint"
    if deed.act in ("publish", "update", "end"):
        past.append(_past(rule, item, subject, deed.act, deed.slug or item.uid))
    return deed.act, deed.reason


def _past(rule: Rule, item: Item, subject: str, act: str, slug: str) -> _Past:
    at, entry = item.received_at, item.entry
    deed = Relayed(
        rule=rule.name,
        sha256=rule.sha256,
        entry_uid=item.uid,
        subject=subject,
        level=level_of(entry),
        act=_ACTS[act],
        at=at,
        slug=slug,
    )
    return _Past(deed, item.lineage, at if ends_alert(entry) else expires_at(entry) or at + DEFAULT_LIFE)
