"""What becomes of each item of a document just read: pure. What is known goes in, what is written comes out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from broadcast.alerts import Alert, Entry
from broadcast.feeds.lineage import alert_digest
from broadcast.feeds.links import normal_link
from broadcast.feeds.plain import fold
from broadcast.relay.chains import lineage_of, references_of, unpublishable
from broadcast.rules import ends_alert, expires_at
from broadcast.sources import Item, ItemState, Known, identity_of

#: Updates of what we published that are looked at one by one; more of them at once are a flood.
FOLLOWING = 20
_TAKEN_UP = (ItemState.ADOPTED, ItemState.RELAYED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is known when a document is sifted."""

    newsroom: str
    feed: str
    now: datetime
    #: False: a first fetch, whose items were there before we looked.
    backlog_seen: bool
    #: Tells how many more items may be proposed within this hour.
    room: Callable[[], int]
    #: True where the document shows all that is in force.
    is_state: bool
    by_id: Mapping[str, Known]
    by_folded: Mapping[str, Known]
    by_identity: Mapping[str, Known]
    #: What each item says, by its id (`folded_of`).
    folded: Mapping[str, str]
    #: True if an alert that came under the same identity says the same.
    is_same: Callable[[Known, Alert], bool] = lambda known, alert: True
    #: Items of this feed of which a message was made.
    taken_up: Sequence[Known] = ()
    #: Why an item concerns the newsroom, "" if it does not.
    concern_of: Callable[[Entry], str] = lambda entry: ""
    #: CAP senders that this source speaks for; none: any.
    senders: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An item whose words the source has changed."""

    uid: str
    entry: Entry
    state: ItemState
    concern: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A task to be raised."""

    kind: str
    subject: str
    message: str
    slug: str = ""


@dataclass(slots=True, kw_only=True)
class Sifted:
    """What is to be written."""

    items: list[Item] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    #: uids of items that the source shows again, as they were.
    back: list[str] = field(default_factory=list)
    #: uids of items of which a message was made and that are no longer shown.
    missing: list[str] = field(default_factory=list)
    #: Time of the oldest item still shown: what is older has moved on. None: everything in force is shown.
    oldest_at: datetime | None = None
    tasks: list[Ask] = field(default_factory=list)
    #: uids that rules look at.
    for_rules: list[str] = field(default_factory=list)


def sift(desk: Desk, entries: Sequence[Entry]) -> Sifted:
    """Return what becomes of the items of a document."""
    out = Sifted()
    here: dict[str, Item] = {}
    if all(entry.alert is not None for entry in entries):
        # The newest is often told first: what follows what is seen in the order in which it was sent.
        entries = sorted(entries, key=lambda entry: entry.alert.sent if entry.alert else desk.now)
    for entry in entries:
        known = desk.by_id.get(entry.id)
        if known is not None:
            _again(desk, out, known, entry)
        elif entry.id not in here:
            here[entry.id] = _new(desk, out, here, entry)
    ours = {k.lineage for k in (*desk.by_identity.values(), *desk.taken_up) if k.slug and k.lineage}
    _flood(desk, out, here, ours)
    out.items += here.values()
    out.for_rules += [i.uid for i in here.values() if _is_for_rules(i, desk, ours)]
    _gone(desk, out, entries)
    return out


def folded_of(entry: Entry) -> str:
    """Return what makes two items the same under two ids: link, title, day and words; "" where that would say too little."""
    day = entry.published or entry.updated
    title = fold(entry.title).strip()
    if entry.alert is not None or not entry.link or not title or day is None:
        return ""
    words = hashlib.sha256(fold(entry.summary).encode("utf-8", "replace")).hexdigest()[:16]
    return f"{normal_link(entry.link)}|{title}|{day.date().isoformat()}|{words}"


def _new(desk: Desk, out: Sifted, here: Mapping[str, Item], entry: Entry) -> Item:
    alert = entry.alert
    identity = identity_of(alert) if alert else ""
    folded = desk.folded[entry.id]
    uid = uuid5(NAMESPACE_URL, f"{desk.newsroom}|{desk.feed}|{entry.id}").hex
    lineage = _lineage(desk, here, uid, alert)
    twin = _twin(desk, out, here, entry, identity, folded)
    foreign = alert is not None and any(r.sender != alert.sender for r in alert.references)
    concern = desk.concern_of(entry)
    refused = unpublishable(alert, desk.senders) if alert else ""
    if twin:
        state, reason = ItemState.DUPLICATE, "déjà reçu sous un autre identifiant"
    elif refused:
        state, reason = ItemState.IRRELEVANT, refused
    elif not concern:
        state, reason = ItemState.IRRELEVANT, "ne concerne pas la commune"
    elif not desk.backlog_seen:
        state, reason = ItemState.SEEN, "déjà là à la première lecture de la source"
    elif foreign:
        state, reason = ItemState.PROPOSED, "parle au nom d'un autre expéditeur : à vérifier à la source"
    else:
        state, reason = ItemState.PROPOSED, ""
    return Item(
        uid=uid,
        feed=desk.feed,
        entry=entry,
        first_entry=None,
        identity=identity,
        lineage=lineage,
        is_dangling=bool(alert and references_of(alert, own=True)) and lineage == uid,
        folded=folded,
        digest=entry.digest,
        alert_xml="",
        # A microsecond each keeps the order of the document.
        received_at=desk.now + timedelta(microseconds=len(here)),
        changed_at=None,
        gone_at=None,
        state=state,
        reason=reason,
        concern=concern,
        claimed_by="",
        claimed_at=None,
        slug="",
        rule="",
        duplicate_of=twin,
    )


def _twin(desk: Desk, out: Sifted, here: Mapping[str, Item], entry: Entry, identity: str, folded: str) -> str:
    known = desk.by_identity.get(identity) if identity else None
    if known is not None and entry.alert is not None and not desk.is_same(known, entry.alert):
        words = (
            f"{desk.feed} et {known.feed} : deux contenus sous le même identifiant CAP « {entry.alert.identifier} » ; "
            "vérifiez à la source"
        )
        out.tasks.append(Ask(kind="source_conflict", subject=known.uid, message=words, slug=known.slug))
        # Its own source said otherwise before: the first is kept. Of another source it is no copy.
        return known.uid if known.feed == desk.feed else ""
    if known is not None:
        return known.uid
    if folded and folded in desk.by_folded:
        return desk.by_folded[folded].uid
    same = (i for i in here.values() if (identity and i.identity == identity) or (folded and i.folded == folded))
    twin = next(same, None)
    if (
        twin is not None
        and entry.alert is not None
        and twin.alert is not None
        and alert_digest(entry.alert) != alert_digest(twin.alert)
    ):
        words = f"{desk.feed} : deux contenus sous le même identifiant CAP dans un seul document ; le premier est gardé, vérifiez à la source"
        out.tasks.append(Ask(kind="source_conflict", subject=twin.uid, message=words))
    return twin.uid if twin is not None else ""


def _lineage(desk: Desk, here: Mapping[str, Item], uid: str, alert: Alert | None) -> str:
    if alert is None:
        return ""
    if not alert.references:
        return uid
    # Another source does not update or end what this one said.
    lineages = {identity: k.lineage for identity, k in desk.by_identity.items() if k.feed == desk.feed}
    return lineage_of(alert, lineages | {i.identity: i.lineage for i in here.values()}) or uid


def _again(desk: Desk, out: Sifted, known: Known, entry: Entry) -> None:
    if known.digest == entry.digest:
        if known.gone:
            out.back.append(known.uid)
        if known.gone and known.state is ItemState.RELAYED:
            out.for_rules.append(known.uid)
        return
    identity = identity_of(entry.alert) if entry.alert else ""
    if _is_older(desk, known, identity):
        return
    if identity and known.identity and (identity == known.identity or _sender(identity) != _sender(known.identity)):
        # Never twice under one identity (CAP), nor another's words: the first is kept, a person looks.
        words = f"{desk.feed} : deux contenus sous le même identifiant CAP ; le premier est gardé, vérifiez à la source"
        if identity != known.identity:
            words = f"{desk.feed} : « {known.entry_id} » vient soudain de {_sender(identity)} ; le premier est gardé, vérifiez"
        out.tasks.append(Ask(kind="source_conflict", subject=known.uid, message=words, slug=known.slug))
        return
    concern = desk.concern_of(entry)
    refused = unpublishable(entry.alert, desk.senders) if entry.alert else ""
    state = known.state
    if state in (ItemState.IRRELEVANT, ItemState.SEEN) and concern and not refused:
        state = ItemState.PROPOSED
    elif state is ItemState.PROPOSED and (refused or not concern):
        state = ItemState.IRRELEVANT
    out.changes.append(Change(uid=known.uid, entry=entry, state=state, concern=concern, identity=identity))
    if entry.alert is not None and (state is ItemState.PROPOSED or known.state is ItemState.RELAYED):
        out.for_rules.append(known.uid)
    if known.state in (*_TAKEN_UP, ItemState.PROPOSED):
        words = f"modifié à la source : « {entry.title} » ; comparez : `broadcast feeds entries {known.uid[:8]}`"
        out.tasks.append(Ask(kind="source_changed", subject=known.uid, message=words, slug=known.slug))


def _flood(desk: Desk, out: Sifted, here: dict[str, Item], ours: Collection[str]) -> None:
    """Fold too many at once into one task; the end of what we published is never folded."""
    waiting = [i for i in here.values() if i.state is ItemState.PROPOSED]
    following = [i for i in waiting if _continues(i, ours) and not ends_alert(i.entry)]
    many = [i for i in waiting if not _continues(i, ours)]
    # The next bulletins on what we published need no room, unless there are too many of them by themselves.
    many += following if len(following) > FOLLOWING else []
    if not many or len(many) <= desk.room():
        return
    for item in many:
        words = "trop d'éléments à la fois : gardé, non proposé"
        here[item.entry.id] = replace(item, state=ItemState.FLOODED, reason=words)
    message = (
        f"{len(many)} éléments de {desk.feed} d'un coup (plafond atteint) : rien n'est relayé d'office ; "
        f"voyez `broadcast feeds entries --feed {desk.feed} --state flooded`"
    )
    out.tasks.append(Ask(kind="flood", subject=desk.feed, message=message))


def _is_for_rules(item: Item, desk: Desk, ours: Collection[str]) -> bool:
    """True for alerts that rules look at: new ones, what goes on with what we published, copies of another source's."""
    if item.alert is None:
        return False
    if item.state is ItemState.DUPLICATE:
        # The rule may not listen to the source that was quicker.
        return bool(item.identity) and item.identity in desk.by_identity and desk.by_identity[item.identity].feed != desk.feed
    if item.state is ItemState.FLOODED:
        return False
    return item.state is ItemState.PROPOSED or _continues(item, ours)


def _continues(item: Item, ours: Collection[str]) -> bool:
    """True for the end or update of something that we published."""
    return item.lineage != item.uid and item.lineage in ours and item.state is not ItemState.DUPLICATE


def _is_older(desk: Desk, known: Known, identity: str) -> bool:
    """True for an issue from before the one that is known: a cache shows it again. Not where that one lies in the future."""
    if not identity or not known.identity:
        return False
    before, now = int(known.identity.rpartition(",")[2]), int(identity.rpartition(",")[2])
    return now < before <= desk.now.timestamp()


def _sender(identity: str) -> str:
    return identity.partition(",")[0]


def _gone(desk: Desk, out: Sifted, entries: Sequence[Entry]) -> None:
    shown = {e.id for e in entries}
    # The same may be shown under another id.
    same = {identity_of(e.alert) for e in entries if e.alert} | {words for words in desk.folded.values() if words}
    left = [k for k in desk.taken_up if k.entry_id not in shown and not {k.identity, k.folded} & same]
    out.missing += [k.uid for k in left if not k.gone]
    dates = [d for e in entries if (d := e.published or e.updated)]
    out.oldest_at = None if desk.is_state or not dates else min(dates)


def is_gone(item: Item, oldest_at: datetime | None, now: datetime) -> bool:
    """True if an item that is no longer shown should still be: newer than the oldest shown, and not over by itself."""
    ends = expires_at(item.entry)
    if ends is not None and ends <= now:
        return False
    at = item.entry.published or item.entry.updated
    return oldest_at is None or (at is not None and at >= oldest_at)
