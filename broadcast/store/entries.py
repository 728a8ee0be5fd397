"""Items of sources, in many at once: a feed is taken in by a handful of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, insert, select, update

from broadcast.alerts import Entry
from broadcast.errors import NotFound
from broadcast.sources import Item, ItemState, Known
from broadcast.store.base import Tx, batched
from broadcast.store.entry_facts import entry_from_json, entry_to_json
from broadcast.store.rows_relay import EntryRow

_E: Any = EntryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
#: Values named by one statement at most.
_AT_ONCE = 500
_SAME = tuple(f.name for f in fields(Item) if f.name not in ("entry", "first_entry", "state"))


_KNOWN = (
    select(_E.c.uid, _E.c.entry_id, _E.c.digest, _E.c.state, _E.c.identity, _E.c.lineage, _E.c.folded, _E.c.slug)
    .add_columns(_E.c.rule, _E.c.feed, _E.c.gone_at)
    .where(_E.c.newsroom == bindparam("newsroom"))
)
_BY_ID = _KNOWN.where(_E.c.feed == bindparam("feed"), _E.c.entry_id.in_(bindparam("values", expanding=True)))
_BY_FOLDED = _KNOWN.where(_E.c.folded.in_(bindparam("values", expanding=True)))
_BY_IDENTITY = _KNOWN.where(_E.c.identity.in_(bindparam("values", expanding=True)))
_TAKEN_UP = _KNOWN.where(
    _E.c.feed == bindparam("feed"), _E.c.state.in_([s.value for s in (ItemState.ADOPTED, ItemState.RELAYED)])
)


def known_by_id(tx: Tx, feed: str, ids: Sequence[str]) -> dict[str, Known]:
    """Return the items of a feed that are there already, by their id."""
    return {k.entry_id: k for k in _known(tx, _BY_ID, ids, feed=feed)}


def known_by_folded(tx: Tx, folded: Iterable[str]) -> dict[str, Known]:
    """Return the items that say the same under whatever id, by what they say."""
    return {k.folded: k for k in _known(tx, _BY_FOLDED, [f for f in folded if f])}


def known_by_identity(tx: Tx, identities: Iterable[str], feed: str) -> dict[str, Known]:
    """Return the alerts of these CAP identities: those of this feed before those of others, the first before its copies."""
    found = _known(tx, _BY_IDENTITY, [i for i in identities if i])
    found.sort(key=lambda k: (k.feed == feed, k.state is not ItemState.DUPLICATE))
    return {k.identity: k for k in found}


def taken_up(tx: Tx, feed: str) -> list[Known]:
    """Return the items of a feed of which a message was made."""
    return [_known_of(row) for row in tx.all(_TAKEN_UP, {"newsroom": tx.newsroom, "feed": feed})]


def _known(tx: Tx, query: Any, values: Sequence[str], **more: Any) -> list[Known]:
    found = []
    for some in batched(list(dict.fromkeys(values)), _AT_ONCE):
        found += [_known_of(row) for row in tx.all(query, {"newsroom": tx.newsroom, "values": list(some), **more})]
    return found


def _known_of(row: Any) -> Known:
    return Known(
        row.uid,
        row.entry_id,
        row.digest,
        ItemState(row.state),
        row.identity,
        row.lineage,
        row.folded,
        row.slug,
        row.rule,
        row.feed,
        row.gone_at is not None,
    )


def add_items(tx: Tx, items: Sequence[Item]) -> None:
    """Keep new items, in one statement."""
    rows = [
        {name: getattr(i, name) for name in _SAME}
        | {
            "newsroom": tx.newsroom,
            "entry_id": i.entry.id,
            "facts": entry_to_json(i.entry),
            "first_facts": "",
            "state": i.state.value,
        }
        for i in items
    ]
    if rows:
        tx.many(_ADD, rows)


_ADD = insert(_E)
_BACK = update(_E).where(_E.c.uid == bindparam("b_uid")).values(gone_at=None)


def mark_back(tx: Tx, uids: Sequence[str]) -> None:
    """Note that the source shows these items again."""
    if uids:
        tx.many(_BACK, [{"b_uid": uid} for uid in uids])


def keep_change(tx: Tx, uid: str, entry: Entry, *, at: datetime, **values: Any) -> None:
    """Keep the new words of an item beside those that first came."""
    row = tx.one(select(_E.c.facts, _E.c.first_facts).where(_E.c.uid == uid))
    first = row.first_facts or row.facts
    facts = {"facts": entry_to_json(entry), "first_facts": first, "digest": entry.digest, "changed_at": at}
    tx.run(update(_E).where(_E.c.uid == uid).values(gone_at=None, **facts, **values))


def update_item(tx: Tx, uid: str, **values: Any) -> None:
    """Change where an item stands."""
    tx.run(update(_E).where(_E.c.uid == uid).values(**values))


def mark_due(tx: Tx, uids: Iterable[str]) -> None:
    """Note that rules must look at these items: it is remembered until they have."""
    for some in batched(list(uids), _AT_ONCE):
        tx.run(update(_E).where(_E.c.uid.in_(list(some))).values(rules_due=True))


def due_for_rules(tx: Tx, size: int = 1000) -> list[str]:
    """Return the uids of items that rules must still look at, oldest first."""
    query = select(_E.c.uid).where(_E.c.newsroom == tx.newsroom, _E.c.rules_due.is_(True))
    return [row.uid for row in tx.all(query.order_by(_E.c.received_at, _E.c.uid).limit(size))]


def take_due(tx: Tx, uid: str) -> bool:
    """Note that rules have looked at an item; False if another process was quicker."""
    return tx.did(update(_E).where(_E.c.uid == uid, _E.c.rules_due.is_(True)).values(rules_due=False))


def claim_item(tx: Tx, uid: str, person: str, at: datetime) -> bool:
    """Note who is on an item; False if somebody else is."""
    free = (_E.c.claimed_by == "") | (_E.c.claimed_by == person)
    return tx.did(update(_E).where(_E.c.uid == uid, free).values(claimed_by=person, claimed_at=at))


def get_item(tx: Tx, uid: str) -> Item:
    """Return one item, by its uid or the unambiguous beginning of it.

    Raises:
        NotFound: there is none, or several.
    """
    rows = tx.all(select(_E).where(_E.c.newsroom == tx.newsroom, _E.c.uid.startswith(uid, autoescape=True)).limit(2))
    if len(rows) != 1:
        raise NotFound(f"élément {uid} : {'plusieurs commencent ainsi' if rows else 'aucun'}", subject=uid)
    return _item(rows[0])


def items(tx: Tx, *, states: Sequence[ItemState] = (), feed: str | None = None, before: str = "", size: int = 50) -> list[Item]:
    """Return items, newest first; the page after the item `before`."""
    query = select(_E).where(_E.c.newsroom == tx.newsroom)
    if states:
        query = query.where(_E.c.state.in_([s.value for s in states]))
    if feed is not None:
        query = query.where(_E.c.feed == feed)
    if before:
        last = get_item(tx, before)
        older = (_E.c.received_at < last.received_at) | ((_E.c.received_at == last.received_at) & (_E.c.uid < last.uid))
        query = query.where(older)
    return [_item(row) for row in tx.all(query.order_by(_E.c.received_at.desc(), _E.c.uid.desc()).limit(size))]


def items_since(tx: Tx, since: datetime, size: int = 500) -> Iterable[Item]:
    """Yield what was received since a time, oldest first, read in pages."""
    at, uid = since, ""
    while True:
        later = (_E.c.received_at > at) | ((_E.c.received_at == at) & (_E.c.uid > uid))
        query = select(_E).where(_E.c.newsroom == tx.newsroom, later)
        rows = tx.all(query.order_by(_E.c.received_at, _E.c.uid).limit(size))
        for row in rows:
            at, uid = row.received_at, row.uid
            yield _item(row)
        if len(rows) < size:
            return


def of_lineage(tx: Tx, lineage: str) -> list[Item]:
    """Return an alert with its updates and its end, oldest first."""
    query = select(_E).where(_E.c.newsroom == tx.newsroom, _E.c.lineage == lineage)
    return [_item(row) for row in tx.all(query.order_by(_E.c.received_at, _E.c.uid))]


def of_identities(tx: Tx, identities: Sequence[str]) -> list[Item]:
    """Return the alerts of these CAP identities, of whatever feeds, in the order in which they came."""
    if not identities:
        return []
    query = select(_E).where(_E.c.newsroom == tx.newsroom, _E.c.identity.in_(list(identities)[:_AT_ONCE]))
    return [_item(row) for row in tx.all(query.order_by(_E.c.received_at, _E.c.uid))]


def dangling(tx: Tx, size: int = 500) -> list[Item]:
    """Return the alerts that name earlier ones which had not come."""
    query = select(_E).where(_E.c.newsroom == tx.newsroom, _E.c.is_dangling.is_(True))
    return [_item(row) for row in tx.all(query.order_by(_E.c.received_at).limit(size))]


def identities_of(tx: Tx, feed: str, named: Iterable[tuple[str, str]]) -> list[str]:
    """Return the CAP identities under which these messages (sender, identifier) came from a feed, whatever their times."""
    found: list[str] = []
    for sender, identifier in list(dict.fromkeys(named))[:_AT_ONCE]:
        begin = _E.c.identity.startswith(f"{sender},{identifier},", autoescape=True)
        query = select(_E.c.identity).where(_E.c.newsroom == tx.newsroom, _E.c.feed == feed, begin)
        found += [row.identity for row in tx.all(query.distinct().limit(_AT_ONCE))]
    return found


def merge_lineages(tx: Tx, lineage: str, into: str) -> None:
    """Make two chains one."""
    tx.run(update(_E).where(_E.c.newsroom == tx.newsroom, _E.c.lineage == lineage).values(lineage=into))


def join_lineage(tx: Tx, item: Item, lineage: str) -> None:
    """Put a dangling alert, and what came after it, into the chain that it goes on."""
    merge_lineages(tx, item.lineage, lineage)
    tx.run(update(_E).where(_E.c.uid == item.uid).values(is_dangling=False))


def counts(tx: Tx, states: Sequence[ItemState] = ()) -> dict[str, dict[str, int]]:
    """Return how many items of each feed stand in each of these states (none named: in all, which reads every item ever)."""
    query = select(_E.c.feed, _E.c.state, func.count().label("n")).where(_E.c.newsroom == tx.newsroom)
    if states:
        query = query.where(_E.c.state.in_([s.value for s in states]))
    found: dict[str, dict[str, int]] = {}
    for row in tx.all(query.group_by(_E.c.feed, _E.c.state)):
        found.setdefault(row.feed, {})[row.state] = row.n
    return found


def count_new(tx: Tx, feed: str, since: datetime) -> int:
    """Return how many items of a feed were proposed since a time."""
    states = [s.value for s in (ItemState.PROPOSED, ItemState.ADOPTED, ItemState.RELAYED, ItemState.FLOODED)]
    # Counted over the few items of the feed since then, not looked up by state, of which there may be many.
    wanted = func.sum(case((_E.c.state.in_(states), 1), else_=0))
    query = select(wanted).where(_E.c.newsroom == tx.newsroom, _E.c.feed == feed, _E.c.received_at >= since)
    return int(tx.one(query)[0] or 0)


def newest_at(tx: Tx, feeds: Iterable[str]) -> dict[str, datetime]:
    """Return when the newest item of each feed came."""
    query = select(func.max(_E.c.received_at)).where(_E.c.newsroom == tx.newsroom, _E.c.feed == bindparam("feed"))
    found = {feed: tx.one(query, {"feed": feed})[0] for feed in feeds}
    return {feed: at for feed, at in found.items() if at is not None}


def _item(row: Any) -> Item:
    return Item(
        **{name: getattr(row, name) for name in _SAME},
        state=ItemState(row.state),
        entry=entry_from_json(row.facts),
        first_entry=entry_from_json(row.first_facts) if row.first_facts else None,
    )
