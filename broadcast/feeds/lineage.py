"""Which alert follows which, and what is in force at a moment. Pure: nothing is ever changed, only asked.

Identity is (sender, identifier, sent). A message names earlier ones in `references`; only the same
sender may update or cancel. References may point at messages that have not come (*dangling*): ask
again when they have. Sources that re-issue a state (Météo-France, Vigicrues) give a new `sent` under
the same identifier: the same content is the same, other content updates the issue before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from broadcast.alerts import Alert, Entry, Info, Reference, entry_digest
from broadcast.feeds.cap_entry import is_green
from broadcast.feeds.links import normal_link
from broadcast.feeds.plain import fold

#: How far ahead of our clock a sender's clock may be.
CLOCK_SKEW = timedelta(minutes=10)


class Identity(NamedTuple):
    """What makes a CAP message that message."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of an alert that came before."""

    #: `Entry.digest` of the entry that brought it.
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a new alert is to those known."""

    #: "new", "same", "conflict", "update_of", "cancel_of", "dangling" or "answer" (Ack, Error).
    kind: str
    #: Known messages that it updates or cancels.
    predecessors: tuple[Identity, ...] = ()
    #: Messages it names that have not come: resolve again later.
    missing: tuple[Identity, ...] = ()
    #: A French sentence for the duty officer.
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A lineage, or one message of it, at a moment."""

    #: "in_force", "superseded", "cancelled", "expired" or "to_come".
    kind: str
    #: The messages that stand, newest first.
    current: tuple[Alert, ...] = ()
    #: The infos of those that are in force now.
    infos: tuple[Info, ...] = ()


def identity(alert: Alert | Reference) -> Identity:
    """Return the triple."""
    return Identity(alert.sender, alert.identifier, alert.sent)


def verdict(alert: Alert, known: Mapping[Identity, Known], *, digest: str = "") -> Verdict:
    """Return what `alert` is to the known ones.

    Args:
        alert: the one that came.
        known: those of the same feed that came before.
        digest: of its entry; reckoned from the alert alone where it is not given.
    """
    digest = digest or alert_digest(alert)
    me = identity(alert)
    if me in known:
        return _again(me, known[me], digest)
    if alert.msg_type in ("Ack", "Error"):
        return Verdict(kind="answer", because=f"message {alert.msg_type} : une réponse entre services, rien pour le public")
    named = [identity(r) for r in alert.references]
    foreign = [i for i in named if i.sender != alert.sender]
    if foreign:
        return Verdict(
            kind="conflict",
            because=f"{alert.sender} parle au nom de {foreign[0].sender} : à vérifier auprès de la source",
        )
    here = tuple(i for i in named if i in known)
    missing = tuple(i for i in named if i not in known)
    if alert.msg_type == "Cancel":
        # An index leaves references out: the issue of the same identifier is meant.
        here = here if named else tuple(i for i in known if (i.sender, i.identifier) == me[:2])
        return _following("cancel_of", here, missing)
    if alert.msg_type == "Update" and named:
        return _following("update_of", here, missing)
    return _reissue(me, known, digest)


def _again(me: Identity, before: Known, digest: str) -> Verdict:
    if before.digest == digest:
        return Verdict(kind="same", predecessors=(me,))
    return Verdict(
        kind="conflict",
        predecessors=(me,),
        because=f"{me.identifier} : déjà reçu avec un autre contenu ; le premier est gardé",
    )


def _following(kind: str, here: tuple[Identity, ...], missing: tuple[Identity, ...]) -> Verdict:
    if here:
        return Verdict(kind=kind, predecessors=here, missing=missing)
    return Verdict(kind="dangling", missing=missing, because="le message d'origine n'est pas (encore) arrivé")


def _reissue(me: Identity, known: Mapping[Identity, Known], digest: str) -> Verdict:
    issues = [i for i in known if (i.sender, i.identifier) == (me.sender, me.identifier)]
    if not issues:
        return Verdict(kind="new")
    latest = max(issues, key=lambda i: i.sent)
    if known[latest].digest == digest:
        return Verdict(kind="same", predecessors=(latest,))
    if me.sent < latest.sent:
        return Verdict(kind="same", predecessors=(latest,), because="une édition plus ancienne que celle déjà connue")
    return Verdict(kind="update_of", predecessors=(latest,))


def alert_digest(alert: Alert) -> str:
    """Return the digest of an alert that came without an entry."""
    return entry_digest("", "", "", alert)


def resolves(waiting: Iterable[Alert], arrived: Alert) -> tuple[Alert, ...]:
    """Return the dangling alerts that name one that has arrived now."""
    me = identity(arrived)
    return tuple(a for a in waiting if me in map(identity, a.references))


def is_from_the_future(alert: Alert, now: datetime) -> bool:
    """Say whether `sent` is later than a clock's fault explains."""
    return alert.sent > now + CLOCK_SKEW


def state_of(alert: Alert, lineage: Sequence[Alert], now: datetime) -> State:
    """Return the state of one message among those of its lineage at `now`."""
    if alert.msg_type != "Cancel":
        for other in _sent_by(lineage, now):
            if _ends(other, alert):
                return State(kind="cancelled" if other.msg_type == "Cancel" else "superseded")
    else:
        return State(kind="cancelled")
    infos = infos_in_force(alert, now)
    if infos:
        return State(kind="in_force", current=(alert,), infos=infos)
    if any(_begins(i, alert) > now and not _is_over(i, now) for i in alert.infos) or alert.sent > now:
        return State(kind="to_come", current=(alert,))
    return State(kind="expired")


def effective_state(alerts: Sequence[Alert], now: datetime) -> State:
    """Return the state of a whole lineage at `now`: that of the messages nothing has replaced."""
    states = [(a, state_of(a, alerts, now)) for a in _sent_by(alerts, now)]
    for kind in ("in_force", "to_come"):
        standing = sorted((a for a, s in states if s.kind == kind), key=lambda a: a.sent, reverse=True)
        if standing:
            infos = tuple(i for a in standing for i in infos_in_force(a, now))
            return State(kind=kind, current=tuple(standing), infos=infos)
    if not states:
        return State(kind="to_come", current=tuple(alerts))
    if any(s.kind == "expired" for _, s in states):
        return State(kind="expired")
    return State(kind="cancelled" if any(s.kind == "cancelled" for _, s in states) else "superseded")


def infos_in_force(alert: Alert, now: datetime) -> tuple[Info, ...]:
    """Return the infos that have begun to apply, have not expired and are not MeteoAlarm's green."""
    if alert.sent > now or alert.msg_type in ("Cancel", "Ack", "Error"):
        return ()
    return tuple(i for i in alert.infos if _begins(i, alert) <= now and not _is_over(i, now) and not is_green(i))


def _begins(info: Info, alert: Alert) -> datetime:
    return info.effective or alert.sent


def _is_over(info: Info, now: datetime) -> bool:
    return info.expires is not None and info.expires <= now


def _sent_by(alerts: Iterable[Alert], now: datetime) -> list[Alert]:
    return [a for a in alerts if a.sent <= now]


def _ends(later: Alert, earlier: Alert) -> bool:
    """Say whether `later` updates or cancels `earlier`; a loop of references ends nothing twice."""
    if later.sender != earlier.sender or later.msg_type not in ("Alert", "Update", "Cancel"):
        return False
    if later.msg_type != "Alert" and identity(earlier) in map(identity, later.references):
        is_loop = identity(later) in map(identity, earlier.references)
        return later.sent > earlier.sent or (later.sent == earlier.sent and not is_loop)
    return later.identifier == earlier.identifier and later.sent > earlier.sent


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What is stored of an entry that came before."""

    digest: str
    #: `fold_key` of it.
    key: str = ""


def entry_verdict(entry: Entry, known: Mapping[str, KnownEntry], keys: Collection[str] = (), *, key: str = "") -> str:
    """Return "new", "same", "changed" (at the source) or "duplicate" (a known item under a new id).

    Args:
        entry: the one that came.
        known: by id, those of the same feed.
        keys: `fold_key` of all known entries, of other feeds too.
        key: `fold_key` of this one, where it is at hand.
    """
    before = known.get(entry.id)
    if before is not None:
        return "same" if before.digest == entry.digest else "changed"
    key = key or fold_key(entry)
    return "duplicate" if key and key in keys else "new"


def fold_key(entry: Entry, timezone: str = "Europe/Paris") -> str:
    """Return what two copies of one item share: link, title, day and words; "" where there is too little of it."""
    if not entry.title or not (entry.link or entry.published):
        return ""
    at = entry.published or entry.updated
    day = at.astimezone(ZoneInfo(timezone)).date().isoformat() if at else ""
    return "|".join((normal_link(entry.link), fold(entry.title).strip(), day, fold(entry.summary).strip()))
