"""What a rule makes of an item, given what is known at that time. Pure: asked of the rows as they are, and of the past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broadcast.alerts import Alert
from broadcast.feeds.lineage import is_from_the_future
from broadcast.model import Level
from broadcast.relay.chains import references_of, unpublishable
from broadcast.relay.deeds import Deed, capped, deed_of
from broadcast.relay.drafts import DEFAULT_LIFE
from broadcast.rules import Rule, ends_alert, expires_at, level_of, level_refusal, refusal
from broadcast.sources import Item, ItemState, Relayed

#: What has no end of its own and is still shown is prolonged when so little of its life is left.
RENEW_BEFORE = timedelta(hours=2)
_ORDER = [level.value for level in Level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a rule would do with an item, and why."""

    rule: str
    takes: bool
    deed: Deed
    reason: str
    #: What the message would say, gravest first.
    says: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is known when a rule looks at an item."""

    #: True if the item surely concerns the rule's area.
    near: bool
    #: Why it may concern it, where it is not sure to.
    perhaps: str = ""
    #: Items of its chain of updates, itself perhaps among them.
    chain: Sequence[Item] = ()
    #: What the rule did about the same subject or chain, oldest first.
    history: Sequence[Relayed] = ()
    #: End of each message of the rule that is live.
    live: Mapping[str, datetime | None] = field(default_factory=dict)
    #: Other items about the same that still stand.
    others: Sequence[Item] = ()
    #: Items of other sources that it may go on with.
    elsewhere: Sequence[Item] = ()
    #: What the rule did within the last hour.
    recent: Sequence[Relayed] = ()
    #: Why it is not looked at, for reasons that lie in the rows.
    refused: str = ""


def decide(rule: Rule, item: Item, world: World, *, now: datetime, beside: Sequence[Item] = ()) -> Choice:
    """Return what a rule would do with an item.

    Args:
        rule: the rule.
        item: the item, with what it says to the rule's area alone.
        world: what is known.
        now: the time.
        beside: other items about the same, of the same document.
    """
    mine = {item.uid, *(i.uid for i in world.chain)}
    why = _refused(rule, item, world, {r.slug for r in world.history if r.entry_uid in mine and r.slug}, now)
    if why:
        return Choice(rule=rule.name, takes=False, deed=Deed("none"), reason=why)
    is_over = item.gone_at is not None or bool(level_refusal(rule, item.entry)) or ends_alert(item.entry)
    says = gravest_first(world.others if is_over else (item, *beside, *world.others))
    before = next((r for r in reversed(world.history) if r.slug in world.live), None)
    deed = deed_of(
        rule,
        item.entry,
        world.history,
        gone=item.gone_at is not None,
        still=bool(world.others),
        live=frozenset(world.live),
        now=now,
        expires_of=world.live,
        ends_at=_end_of(says, world.live.get(before.slug) if before else None, now),
        level=level_of(says[0].entry) if says else "",
        replaces=before is not None and before.slug in {r.slug for r in world.history if r.entry_uid in mine},
    )
    if deed is None:
        return Choice(rule=rule.name, takes=False, deed=Deed("none"), reason=level_refusal(rule, item.entry))
    # What takes something back is never capped.
    if deed.act in ("publish", "update") and not is_over and capped(rule, world.recent, now):
        deed = Deed("capped", deed.slug, f"plafond de {rule.cap_per_hour} publications par heure atteint")
    return Choice(rule=rule.name, takes=True, deed=deed, reason=deed.reason, says=tuple(says))


def _refused(rule: Rule, item: Item, world: World, ours: Collection[str], now: datetime) -> str:
    if world.refused:
        return world.refused
    if not ours and world.elsewhere and item.feed in rule.feeds:
        return f"suivi depuis une autre source ({world.elsewhere[0].feed}) : à vérifier"
    if item.state in (ItemState.ADOPTED, ItemState.DISMISSED) or (item.state is ItemState.PROPOSED and item.claimed_by):
        return f"{item.claimed_by or 'une personne'} s'en occupe"
    why = refusal(
        rule,
        item.feed,
        item.entry,
        concerned=world.near,
        now=now,
        ends_ours=ends_alert(item.entry) and bool(ours),
        unsure=world.perhaps,
    )
    if why:
        return why
    if item.state is ItemState.PROPOSED and item.reason:
        return item.reason
    if item.alert is not None and is_from_the_future(item.alert, now):
        return "daté de l'avenir : à vérifier"
    if replaced_by(item, world.chain, now) is not None:
        return "déjà remplacé par la source"
    return ""


def replaced_by(item: Item, chain: Iterable[Item], now: datetime) -> Item | None:
    """Return the later alert of its own sender and source that takes the place of an item; None if none does."""
    if item.alert is None:
        return None
    for later in chain:
        alert = later.alert
        if alert is None or later.uid == item.uid or later.feed != item.feed or alert.sent <= item.alert.sent:
            continue
        if _is_followup(alert, now) and item.identity in references_of(alert, own=True):
            return later
    return None


def replaced_among(items: Sequence[Item], now: datetime) -> set[str]:
    """Return the uids of those items that others of them replace: what `replaced_by` says, for many at once."""
    named: dict[tuple[str, str], datetime] = {}
    for item in items:
        if item.alert is not None and _is_followup(item.alert, now):
            for identity in references_of(item.alert, own=True):
                key = (item.feed, identity)
                named[key] = max(named.get(key, item.alert.sent), item.alert.sent)
    return {i.uid for i in items if i.alert is not None and named.get((i.feed, i.identity), i.alert.sent) > i.alert.sent}


def _is_followup(alert: Alert, now: datetime) -> bool:
    return alert.msg_type in ("Update", "Cancel") and not unpublishable(alert) and not is_from_the_future(alert, now)


def stands(rule: Rule, item: Item, chain: Iterable[Item], now: datetime) -> bool:
    """True if an item of which a message was made is still shown, in force, and of the rule's levels."""
    ends = expires_at(item.entry)
    is_shown = item.gone_at is None and item.state is ItemState.RELAYED and (ends is None or ends > now)
    is_meant = not ends_alert(item.entry) and not level_refusal(rule, item.entry)
    return is_shown and is_meant and replaced_by(item, chain, now) is None


def gravest_first(items: Sequence[Item]) -> list[Item]:
    """Return the items by their level."""
    return sorted(items, key=lambda i: _ORDER.index(level_of(i.entry) or Level.UNKNOWN.value))


def said_together(items: Sequence[Item]) -> list[list[Item]]:
    """Return the items in the order in which they are acted on; those that are in force form one group, gravest first."""
    standing = [i for i in items if not ends_alert(i.entry) and i.gone_at is None]
    ends = [[i] for i in items if i not in standing]
    chains = {i.lineage for i in standing if i.lineage and i.lineage != i.uid}
    if len(standing) < 2 or chains:
        return [[i] for i in items]
    return [gravest_first(standing), *ends]


def _end_of(items: Sequence[Item], known: datetime | None, now: datetime) -> datetime | None:
    """Return the end of what several items say; None where one has none, and the message lasts for now."""
    ends = [expires_at(item.entry) for item in items]
    found = [at for at in ends if at is not None]
    if len(found) == len(ends):
        return max(found) if found else None
    return now + DEFAULT_LIFE if known is not None and known - now < RENEW_BEFORE else None
