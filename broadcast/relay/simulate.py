"""What rules would have done with what was received: replayed document by document, nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from broadcast.app import App
from broadcast.relay.decide import Choice, World, decide, replaced_among, said_together, stands
from broadcast.relay.deeds import Deed
from broadcast.relay.drafts import DEFAULT_LIFE
from broadcast.relay.where import nearness, seen_from, whereabouts
from broadcast.rules import Rule, expires_at, level_of, subject_of
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
#: Items of one document are numbered in microseconds; two documents of a source lie further apart.
_ONE_DOCUMENT = timedelta(milliseconds=10)
#: What became of an item later says nothing of what it was when it came.
_LATER = (ItemState.RELAYED, ItemState.ADOPTED, ItemState.DISMISSED)


def simulate(app: App, tx: Tx, rules: Sequence[Rule], *, since: datetime) -> list[dict[str, Any]]:
    """Return, item by item in the order they came, what each rule would have done at that time, and why."""
    replays = [_Replay(app, rule) for rule in rules]
    rows = []
    for document in _documents(_events(tx, since)):
        told = [(replay.rule.name, replay.look(document)) for replay in replays]
        for at, item in document:
            for name, choices in told:
                act, reason = choices[item.uid]
                rows.append(
                    {
                        "received_at": at,
                        "entry": item.uid,
                        "feed": item.feed,
                        "title": item.entry.title,
                        "level": level_of(item.entry),
                        "rule": name,
                        "act": act,
                        "would": WOULD[act],
                        "reason": reason,
                    }
                )
    return rows


def _events(tx: Tx, since: datetime) -> list[tuple[datetime, Item]]:
    """Return each item as it came, as the source changed it, and as it went; what came in between is not kept."""
    events = []
    for item in entries.items_since(tx, since):
        state, reason = (ItemState.PROPOSED, "") if item.state in _LATER else (item.state, item.reason)
        item = replace(item, state=state, reason=reason, claimed_by="")
        here = replace(item, gone_at=None)
        events.append((item.received_at, replace(here, entry=item.first_entry or item.entry)))
        if item.first_entry is not None and item.changed_at is not None:
            events.append((item.changed_at, here))
        if item.gone_at is not None:
            events.append((item.gone_at, item))
    return sorted(events, key=lambda event: event[0])


def _documents(events: Sequence[tuple[datetime, Item]]) -> Iterator[list[tuple[datetime, Item]]]:
    rest = list(events)
    while rest:
        at, first = rest[0]
        document: dict[str, tuple[datetime, Item]] = {}
        left = []
        for event in rest:
            is_here = event[1].feed == first.feed and event[0] - at < _ONE_DOCUMENT and event[1].uid not in document
            if is_here:
                document[event[1].uid] = event
            else:
                left.append(event)
        yield list(document.values())
        rest = left


class _Replay:
    """One rule, and what it would have done so far."""

    def __init__(self, app: App, rule: Rule) -> None:
        self.app, self.rule = app, rule
        self._deeds: list[Relayed] = []
        self._ends: dict[str, datetime] = {}
        #: Items as they were last seen, as the rule sees them.
        self._seen: dict[str, Item] = {}
        self._near: dict[str, tuple[bool, str]] = {}

    def look(self, document: Sequence[tuple[datetime, Item]]) -> dict[str, tuple[str, str]]:
        """Return act and reason for each item of a document."""
        at = document[0][0]
        mine = [self._as_seen(item) for _, item in document]
        replaced = replaced_among(mine, at)
        done: dict[str, tuple[str, str]] = {}
        groups: dict[str, list[Item]] = {}
        for item in sorted(mine, key=lambda i: i.alert.sent if i.alert is not None else i.received_at):
            choice = self._choose(item, (), at)
            if item.uid in replaced:
                done[item.uid] = ("none", "déjà remplacé par la source")
            elif not choice.takes:
                done[item.uid] = ("none", choice.reason)
            else:
                groups.setdefault(subject_of(item.feed, item.entry), []).append(item)
        for items in groups.values():
            for group in said_together(items):
                self._act_together(group, at, done)
        return done

    def _as_seen(self, item: Item) -> Item:
        where = whereabouts(self.app.settings, self.app.settings.feeds.get(item.feed), self.rule.areas)
        self._near[item.uid] = nearness(item.entry, where)
        seen = seen_from(self.app.settings, item, self.rule.areas)
        self._seen[item.uid] = seen
        return seen

    def _act_together(self, group: Sequence[Item], at: datetime, done: dict[str, tuple[str, str]]) -> None:
        item, beside = group[0], group[1:]
        choice = self._choose(item, beside, at)
        deed = choice.deed
        done[item.uid] = (deed.act, choice.reason) if choice.takes else ("none", choice.reason)
        if choice.takes:
            self._keep(item, choice, at)
        for other in beside:
            if deed.act in ("publish", "update"):
                slug = deed.slug or item.uid
                done[other.uid] = ("same", "dit dans le même message")
                said = Deed("same", slug, "dit dans le même message")
                self._keep(other, Choice(rule=self.rule.name, takes=True, deed=said, reason=said.reason), at)
            else:
                self._act_together([other], at, done)

    def _choose(self, item: Item, beside: Sequence[Item], at: datetime) -> Choice:
        chain = [i for i in self._seen.values() if i.lineage and i.lineage == item.lineage]
        mine = {item.uid, *(i.uid for i in chain)}
        subject = subject_of(item.feed, item.entry)
        history = [d for d in self._deeds if d.subject == subject or d.entry_uid in mine]
        live: dict[str, datetime | None] = {d.slug: self._ends[d.slug] for d in history if self._ends.get(d.slug, at) > at}
        apart = {*mine, *(i.uid for i in beside)}
        others = [self._seen[uid] for uid in dict.fromkeys(d.entry_uid for d in history if d.slug in live) if uid not in apart]
        near, perhaps = self._near[item.uid]
        world = World(
            near=near,
            perhaps=perhaps,
            chain=chain,
            history=history,
            live=live,
            others=[o for o in others if stands(self.rule, o, [i for i in self._seen.values() if i.lineage == o.lineage], at)],
            recent=self._deeds,
            refused=self._refused(item, continues=any(d.entry_uid in mine and d.slug for d in history)),
        )
        return decide(self.rule, item, world, now=at, beside=beside)

    def _refused(self, item: Item, *, continues: bool) -> str:
        if item.state in (ItemState.SEEN, ItemState.FLOODED) or (item.state is ItemState.IRRELEVANT and not continues):
            return "" if item.feed not in self.rule.feeds else item.reason
        if item.state is not ItemState.DUPLICATE:
            return ""
        twins = [i for i in self._seen.values() if i.uid != item.uid and item.identity and i.identity == item.identity]
        taken = {d.entry_uid for d in self._deeds if d.slug or d.act == "capped"}
        is_copy = not twins or any(t.feed == item.feed or t.uid in taken for t in twins)
        return item.reason if is_copy else ""

    def _keep(self, item: Item, choice: Choice, at: datetime) -> None:
        deed, says = choice.deed, choice.says
        slug = deed.slug or (item.uid if deed.act == "publish" else "")
        level = level_of(says[0].entry) if says and deed.act in ("publish", "update") else level_of(item.entry)
        self._deeds.append(
            Relayed(
                rule=self.rule.name,
                sha256=self.rule.sha256,
                entry_uid=item.uid,
                subject=subject_of(item.feed, item.entry),
                level=level,
                act=_ACTS[deed.act],
                at=at,
                slug=slug,
            )
        )
        if slug and deed.act != "capped":
            self._seen[item.uid] = replace(item, state=ItemState.RELAYED)
        if deed.act in ("publish", "update"):
            self._ends[slug] = max(expires_at(i.entry) or at + DEFAULT_LIFE for i in says)
        elif deed.act == "end":
            self._ends[slug] = at
