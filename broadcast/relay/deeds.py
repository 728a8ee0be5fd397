"""What becomes of an item that a rule takes, after what the rule did before: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcast.alerts import Entry
from broadcast.rules import Rule, ends_alert, expires_at, level_of, level_refusal
from broadcast.sources import Relayed

#: Ends that are no further apart are the same.
_NO_MATTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a rule does with an item that it takes."""

    #: publish, update, end, same, capped.
    act: str
    #: Message that it is about, "" for a new one.
    slug: str = ""
    reason: str = ""


def deed_of(
    rule: Rule,
    entry: Entry,
    history: Sequence[Relayed],
    *,
    gone: bool = False,
    still: bool = False,
    live: frozenset[str],
    now: datetime,
    expires_of: Mapping[str, datetime | None],
    ends_at: datetime | None = None,
    level: str = "",
    replaces: bool = False,
) -> Deed | None:
    """Return what becomes of an item; None where it is of a level at which the rule publishes nothing.

    Args:
        rule: the rule that takes it.
        entry: the item.
        history: what the rule did so far about the same subject or lineage, oldest first.
        gone: True where the source, which shows all that is in force, no longer shows it.
        still: True where another item about the same subject is still in force.
        live: slugs of messages of this rule that are live.
        now: the time.
        expires_of: end of each live message.
        ends_at: end of what is said, where it is not the item's own.
        level: gravest of what is said, where it is not the item's own.
        replaces: True where the item takes the place of what the message says, so that it may also shorten it.
    """
    before = next((r for r in reversed(history) if r.slug in live and r.act in ("published", "updated")), None)
    low = level_refusal(rule, entry)
    if low and before is None:
        return None
    if gone or low or ends_alert(entry):
        why = low or ("la source ne le montre plus" if gone else "fin annoncée par la source")
        return _end(before, why, still=still, level=level)
    level, ends_at = level or level_of(entry), ends_at or expires_at(entry)
    if ends_at is not None and ends_at <= now:
        return Deed("same", before.slug if before else "", "déjà terminé")
    if before is None:
        return Deed("publish")
    known = expires_of.get(before.slug)
    longer = ends_at is not None and known is not None and ends_at > known + _NO_MATTER
    shorter = replaces and not still and ends_at is not None and (known is None or ends_at < known - _NO_MATTER)
    if before.level == level and not longer and not shorter:
        return Deed("same", before.slug, "même niveau : rien de nouveau à publier")
    if before.level != level:
        return Deed("update", before.slug, "niveau changé")
    return Deed("update", before.slug, "prolongé" if longer else "raccourci")


def _end(before: Relayed | None, reason: str, *, still: bool, level: str) -> Deed:
    if before is None:
        return Deed("same", "", "rien n'est en ligne")
    if not still:
        return Deed("end", before.slug, reason)
    if level and level != before.level:
        return Deed("update", before.slug, "ce qui reste en vigueur")
    return Deed("same", before.slug, "un autre élément reste en vigueur")


def capped(rule: Rule, recent: Sequence[Relayed], now: datetime) -> bool:
    """True if a rule has published as much as it may within the last hour."""
    begin = now - timedelta(hours=1)
    return sum(r.at > begin and r.act in ("published", "updated") for r in recent) >= rule.cap_per_hour
