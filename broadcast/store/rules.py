"""Standing rules, frozen when submitted; the votes on them; and what they did."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from broadcast.errors import NotFound
from broadcast.lifecycle import Right
from broadcast.model import Vote, VoteKind
from broadcast.rules import APPROVERS
from broadcast.sources import Relayed
from broadcast.store import newsroom
from broadcast.store.base import Tx
from broadcast.store.rows_relay import RelayRow, RuleRow, RuleVoteRow

_R: Any = RuleRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
_V: Any = RuleVoteRow.__table__  # type: ignore[attr-defined]  # as above
_D: Any = RelayRow.__table__  # type: ignore[attr-defined]  # as above

_DEED_FIELDS = tuple(f.name for f in fields(Relayed))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRule:
    """One version of a rule as submitted."""

    name: str
    #: Counts submissions.
    number: int
    sha256: str
    source_text: str
    template_text: str
    author: str
    os_user: str
    submitted_at: datetime
    #: submitted, approved, superseded, returned, withdrawn.
    state: str
    until_at: datetime


_STORED = tuple(f.name for f in fields(StoredRule))


def submit_rule(tx: Tx, rule: StoredRule) -> StoredRule:
    """Freeze a version of a rule under the next number; what waited before it is superseded."""
    waiting = (_R.c.newsroom == tx.newsroom, _R.c.name == rule.name, _R.c.state == "submitted")
    tx.run(update(_R).where(*waiting).values(state="superseded"))
    last = select(func.max(_R.c.number)).where(_R.c.newsroom == tx.newsroom, _R.c.name == rule.name)
    numbered = replace(rule, number=(tx.one(last)[0] or 0) + 1)
    tx.run(insert(_R).values(newsroom=tx.newsroom, **{name: getattr(numbered, name) for name in _STORED}))
    return numbered


def versions(tx: Tx, name: str | None = None) -> list[StoredRule]:
    """Return all versions of a rule (or of all), oldest first."""
    query = select(_R).where(_R.c.newsroom == tx.newsroom)
    if name is not None:
        query = query.where(_R.c.name == name)
    return [_stored(row) for row in tx.all(query.order_by(_R.c.name, _R.c.number))]


def latest(tx: Tx, name: str) -> StoredRule:
    """Return the version of a rule that was submitted last.

    Raises:
        NotFound: no such rule was submitted.
    """
    found = versions(tx, name)
    if not found:
        raise NotFound(f"règle {name} : pas encore soumise ; `broadcast feeds rules submit {name}`", subject=name)
    return found[-1]


def in_force(tx: Tx) -> list[StoredRule]:
    """Return the approved version of each rule; one whose approvers may vote no more, or were removed, is not in force."""
    return [rule for rule in approved(tx) if len(approved_by(tx, rule)) >= APPROVERS]


def approved(tx: Tx) -> list[StoredRule]:
    """Return the version of each rule that two people approved, whoever they are by now."""
    query = select(_R).where(_R.c.newsroom == tx.newsroom, _R.c.state == "approved").order_by(_R.c.name)
    return [_stored(row) for row in tx.all(query)]


def approved_by(tx: Tx, rule: StoredRule) -> tuple[str, ...]:
    """Return who approves a version of a rule: people who may vote now, never its author."""
    able = {p.name for p in newsroom.people(tx) if p.has(Right.VOTE)} - {rule.author}
    last = {v.person: v for v in votes(tx, rule) if v.person in able}
    return tuple(sorted(v.person for v in last.values() if v.kind is VoteKind.APPROVE))


def lock(tx: Tx, name: str) -> None:
    """Let nobody else decide for a rule until the transaction ends (on SQLite there is one writer anyway)."""
    if tx.connection.dialect.name != "sqlite":
        tx.all(select(_R.c.number).where(_R.c.newsroom == tx.newsroom, _R.c.name == name).with_for_update())


def names_in_force(tx: Tx) -> frozenset[str]:
    """Return the names of the rules in force."""
    return frozenset(rule.name for rule in in_force(tx))


def set_state(tx: Tx, rule: StoredRule, state: str) -> None:
    """Change where a version stands; an approved one takes the place of the one before."""
    mine = (_R.c.newsroom == tx.newsroom, _R.c.name == rule.name)
    if state == "approved":
        tx.run(update(_R).where(*mine, _R.c.state == "approved").values(state="superseded"))
    tx.run(update(_R).where(*mine, _R.c.number == rule.number).values(state=state))


def add_vote(tx: Tx, rule: StoredRule, vote: Vote) -> None:
    """Keep a vote on a version of a rule."""
    facts = {"person": vote.person, "os_user": vote.os_user, "kind": vote.kind.value, "reason": vote.reason, "at": vote.at}
    version = {"name": rule.name, "number": rule.number, "sha256": rule.sha256}
    tx.run(insert(_V).values(newsroom=tx.newsroom, **version, **facts))


def votes(tx: Tx, rule: StoredRule) -> list[Vote]:
    """Return the votes on one version, oldest first."""
    query = select(_V).where(_V.c.newsroom == tx.newsroom, _V.c.name == rule.name, _V.c.number == rule.number)
    return [
        Vote(person=r.person, kind=VoteKind(r.kind), hashes=(r.sha256,), at=r.at, reason=r.reason, os_user=r.os_user)
        for r in tx.all(query.order_by(_V.c.id))
    ]


def add_deed(tx: Tx, deed: Relayed) -> None:
    """Keep what a rule did with an item."""
    tx.run(insert(_D).values(newsroom=tx.newsroom, **{name: getattr(deed, name) for name in _DEED_FIELDS}))


def deeds_about(tx: Tx, rule: str, subject: str, entries: Collection[str]) -> list[Relayed]:
    """Return what a rule did about a subject, or with some items, oldest first."""
    about = (_D.c.subject == subject) | _D.c.entry_uid.in_(list(entries))
    query = select(_D).where(_D.c.newsroom == tx.newsroom, _D.c.rule == rule, about)
    return [_deed(row) for row in tx.all(query.order_by(_D.c.id))]


def deeds_of_entries(tx: Tx, rule: str, entries: Collection[str]) -> list[Relayed]:
    """Return what a rule did with some items, oldest first."""
    query = select(_D).where(_D.c.newsroom == tx.newsroom, _D.c.rule == rule, _D.c.entry_uid.in_(list(entries)))
    return [_deed(row) for row in tx.all(query.order_by(_D.c.id))]


def deeds_since(tx: Tx, rule: str, since: datetime) -> list[Relayed]:
    """Return what a rule did since a time, oldest first."""
    query = select(_D).where(_D.c.newsroom == tx.newsroom, _D.c.rule == rule, _D.c.at >= since)
    return [_deed(row) for row in tx.all(query.order_by(_D.c.id))]


def count_deeds(tx: Tx, rule: str) -> int:
    """Return how often a rule published."""
    query = select(func.count()).where(_D.c.newsroom == tx.newsroom, _D.c.rule == rule, _D.c.act == "published")
    return int(tx.one(query)[0])


def _stored(row: Any) -> StoredRule:
    return StoredRule(**{name: getattr(row, name) for name in _STORED})


def _deed(row: Any) -> Relayed:
    return Relayed(**{name: getattr(row, name) for name in _DEED_FIELDS})
