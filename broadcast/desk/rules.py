"""Standing rules at the desk: submitted by an editor, approved by two others, withdrawn by one publisher."""

from __future__ import annotations

from dataclasses import dataclass

from broadcast.desk.base import Desk
from broadcast.errors import NotAllowed, NotFound, WorkflowError
from broadcast.lifecycle import Right
from broadcast.model import Vote, VoteKind
from broadcast.rules import APPROVERS, MAX_LIFE, Rule
from broadcast.store import rules
from broadcast.store.base import Tx
from broadcast.store.rules import StoredRule

_STATES = {
    "approved": "déjà en vigueur",
    "returned": "renvoyée à son auteur",
    "withdrawn": "retirée",
    "superseded": "remplacée",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStanding:
    """A rule, and who has approved it."""

    rule: StoredRule
    approved_by: tuple[str, ...]
    #: Approvals still missing before it is in force.
    missing: int


def submit_rule(desk: Desk, rule: Rule, *, as_: str) -> RuleStanding:
    """Freeze a version of a rule, for two others to approve; unchanged: the one that is there.

    Raises:
        NotAllowed: not an editor.
        WorkflowError: its end lies too far away, or behind.
    """
    now = desk.clock.now()
    if rule.until_at <= now:
        raise WorkflowError(f"règle {rule.name} : `until` est déjà passé", subject=rule.name)
    if rule.until_at > now + MAX_LIFE:
        raise WorkflowError(
            f"règle {rule.name} : `until` est trop loin : {MAX_LIFE.days} jours au plus, puis on la relit", subject=rule.name
        )
    unknown = [c for c in rule.channels or () if c not in desk.places]
    if unknown:
        known = ", ".join(desk.places) or "aucun"
        raise WorkflowError(f"règle {rule.name} : canal inconnu « {unknown[0]} » (connus : {known})", subject=rule.name)
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.SUBMIT)
        same = [r for r in rules.versions(tx, rule.name) if r.sha256 == rule.sha256 and r.state in ("submitted", "approved")]
        if same and (same[-1].state == "submitted" or not _standing(tx, same[-1]).missing):
            return _standing(tx, same[-1])
        stored = StoredRule(
            name=rule.name,
            number=0,
            sha256=rule.sha256,
            source_text=rule.source_text,
            template_text=rule.template_text,
            author=person.name,
            os_user=desk.os_user,
            submitted_at=now,
            state="submitted",
            until_at=rule.until_at,
        )
        stored = rules.submit_rule(tx, stored)
        desk.log(tx, person.name, "submit_rule", rule.name, {"sha256": rule.sha256})
        return _standing(tx, stored)


def vote_rule(desk: Desk, name: str, kind: VoteKind, *, as_: str, reason: str = "", seen: str | None = None) -> RuleStanding:
    """Approve or return the version of a rule that was submitted last.

    Args:
        desk: the desk.
        name: which rule.
        kind: approve, or return with a reason.
        as_: who votes; for an approval not its author.
        reason: why, where it is returned.
        seen: hash that the person was shown; None: the one stored now.

    Raises:
        NotAllowed: its author, or no voting role.
        WorkflowError: it does not wait for a vote, or changed meanwhile.
    """
    if kind is not VoteKind.APPROVE and not reason.strip():
        raise WorkflowError(f"règle {name} : dites pourquoi, avec --reason", subject=name)
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.VOTE)
        rule = rules.latest(tx, name)
        if rule.state != "submitted":
            raise WorkflowError(f"règle {name} : n'attend pas de vote : {_STATES.get(rule.state, rule.state)}", subject=name)
        if seen is not None and not rule.sha256.startswith(seen):
            raise WorkflowError(f"règle {name} : ce n'est plus le texte que vous avez lu ; relisez-la", subject=name)
        if kind is VoteKind.APPROVE and person.name == rule.author:
            raise NotAllowed(
                f"règle {name} : {person.name} l'a écrite et ne peut pas l'approuver ; deux autres personnes doivent le faire",
                subject=name,
            )
        if kind is VoteKind.APPROVE and desk.policy.separate_logins and rule.os_user == desk.os_user:
            raise NotAllowed(
                f"règle {name} : soumise et approuvée par le même utilisateur du système ({desk.os_user})", subject=name
            )
        others = [v for v in rules.votes(tx, rule) if v.kind is VoteKind.APPROVE and v.person != person.name]
        if kind is VoteKind.APPROVE and desk.policy.separate_logins and any(v.os_user == desk.os_user for v in others):
            raise NotAllowed(
                f"règle {name} : déjà approuvée par le même utilisateur du système ({desk.os_user}) ; "
                "[approval] separate_logins en demande deux",
                subject=name,
            )
        at = desk.clock.now()
        vote = Vote(person=person.name, kind=kind, hashes=(rule.sha256,), at=at, reason=reason.strip(), os_user=desk.os_user)
        rules.add_vote(tx, rule, vote)
        desk.log(tx, person.name, f"{kind.value}_rule", name, {"sha256": rule.sha256, "reason": reason.strip()})
        standing = _standing(tx, rule)
        if kind is not VoteKind.APPROVE:
            rules.set_state(tx, rule, "returned")
        elif not standing.missing:
            rules.set_state(tx, rule, "approved")
        return _standing(tx, rules.latest(tx, name))


def withdraw_rule(desk: Desk, name: str, *, as_: str, reason: str) -> None:
    """End a rule at once; what it has published stays, what has not left is held.

    Raises:
        NotAllowed: not a publisher.
        NotFound: no such rule is in force or waits.
    """
    if not reason.strip():
        raise WorkflowError(f"règle {name} : dites pourquoi, avec --reason", subject=name)
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.WITHDRAW)
        open_ones = [r for r in rules.versions(tx, name) if r.state in ("submitted", "approved")]
        if not open_ones:
            raise NotFound(f"règle {name} : ni en vigueur ni en attente", subject=name)
        for rule in open_ones:
            rules.set_state(tx, rule, "withdrawn")
        desk.log(tx, person.name, "withdraw_rule", name, {"reason": reason.strip()})


def rule_standings(tx: Tx) -> list[RuleStanding]:
    """Return the version of each rule that counts: the one in force, and the one that waits."""
    return [_standing(tx, r) for r in rules.versions(tx) if r.state in ("submitted", "approved", "returned")]


def _standing(tx: Tx, rule: StoredRule) -> RuleStanding:
    by = rules.approved_by(tx, rule)
    return RuleStanding(rule=rule, approved_by=by, missing=max(APPROVERS - len(by), 0))
