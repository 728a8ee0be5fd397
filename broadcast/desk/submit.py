"""Freezing a revision: text, media and every rendition in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from broadcast.all_clear import carried
from broadcast.desk.base import Desk
from broadcast.desk.bases import demand_base
from broadcast.errors import ContentError, WorkflowError
from broadcast.frontmatter.base import without_base
from broadcast.lifecycle import Right
from broadcast.model import (
    Draft,
    Finding,
    Media,
    PostingState,
    Rendition,
    Revision,
    RevisionState,
    canonical_json,
    sha256_of,
)
from broadcast.outbox import Message
from broadcast.planner import ended_because
from broadcast.release import waits_for_vote
from broadcast.store import deliveries, messages, outcomes, postings, renditions, revisions
from broadcast.store.base import Tx


class Blocked(ContentError):
    """The checks forbid submission; all their findings come along."""

    code = "blocked"

    def __init__(self, findings: Sequence[Finding], *, subject: str) -> None:
        blocking = [f for f in findings if f.blocking]
        first = blocking[0].message if blocking else ""
        more = f" (et {len(blocking) - 1} autre(s))" if len(blocking) > 1 else ""
        super().__init__(
            f"{subject} : à corriger avant de soumettre : {first}{more}",
            subject=subject,
        )
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What came of a submission."""

    revision: Revision
    #: False: the same text with the same renditions was already there.
    is_new: bool
    hashes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    #: Channels on which the version approved before is not public yet, and waits for the vote on this one.
    held: tuple[str, ...] = ()
    #: That version, 0 where nothing is held.
    held_number: int = 0


def revision_hash(draft: Draft, media: Sequence[Media], world: str) -> str:
    """Return the hash of what an editor gave: the file, the pictures, the world."""
    facts = [
        draft.slug,
        without_base(draft.source_text),
        sorted((m.name, m.sha256) for m in media),
        world,
    ]
    return sha256_of(canonical_json(facts).encode())


def submit(
    desk: Desk,
    draft: Draft,
    *,
    as_: str,
    path: str,
    media: Sequence[Media],
    made: Sequence[Rendition],
    findings: Sequence[Finding],
    reopen: bool = False,
    base: int | None = None,
) -> Submitted:
    """Freeze a revision, or return the latest one if nothing changed.

    Args:
        desk: the desk.
        draft: the message as read.
        as_: who submits.
        path: absolute path of the file, by which its base is remembered.
        media: pictures of the message.
        made: all renditions in all forms.
        findings: what the checks said; a blocking one forbids submission.
        reopen: True lets a message that has ended live again.
        base: revision from which the file goes on, where the person says so.

    Raises:
        Blocked: a check forbids it.
        StaleBase: somebody submitted in between, or the file does not say from which version it goes on.
        OtherFolder: a file of the same name in another folder, with another title.
        WorkflowError: the message has ended, or the person may not.
    """
    draft = replace(draft, source_text=without_base(draft.source_text))
    digest = revision_hash(draft, media, desk.world)
    with desk.db.write() as tx:
        person = desk.person(tx, as_, Right.SUBMIT)
        message = messages.find_message(tx, draft.slug)
        latest = None
        if message is not None and message.latest:
            latest = revisions.get_revision(tx, message, message.latest)
            same = _unchanged(tx, message, latest, digest, made)
            _demand_open(desk, message, reopen)
            if same is not None and ended_because(message, desk.clock.now()) is None:
                revisions.keep_base(tx, path, message.uid, latest.number)
                return same
            demand_base(tx, message, latest, draft, path, base)
        if any(f.blocking for f in findings):
            raise Blocked(findings, subject=draft.slug)
        _demand_ended(desk, tx, draft, {r.channel for r in made})
        revision = freeze(desk, tx, draft, author=person.name, media=media, made=made, findings=findings)
        revisions.keep_base(tx, path, revision.message_uid, revision.number)
        hashes = tuple(sorted(r.sha256 for r in made))
        held = _hold_unsent(tx, message, revision)
        return Submitted(
            revision=revision,
            is_new=True,
            hashes=hashes,
            findings=tuple(findings),
            held=tuple(held),
            held_number=message.approved if message is not None and held else 0,
        )


def _hold_unsent(tx: Tx, message: Message | None, revision: Revision) -> list[str]:
    """Hold what of the approved version is not public yet: an edit voids an approval, what is public stays."""
    if message is None or not message.approved:
        return []
    standing = postings.of_message(tx, message.uid)
    begun = {p.channel for p in standing if p.number == message.approved and p.state is not PostingState.DOWN}
    reason = waits_for_vote(message.approved, revision.number)
    return outcomes.hold_version(tx, message.uid, message.approved, reason, but=begun)


def freeze(
    desk: Desk,
    tx: Tx,
    draft: Draft,
    *,
    author: str,
    media: Sequence[Media],
    made: Sequence[Rendition],
    findings: Sequence[Finding],
) -> Revision:
    """Store the next revision of a message, which is made where there is none; nothing is asked any more.

    Args:
        desk: the desk.
        tx: the transaction of the decision.
        draft: the message.
        author: a person, or the name under which a rule votes.
        media: pictures of the message.
        made: all renditions in all forms.
        findings: what the checks said.
    """
    message = messages.find_message(tx, draft.slug) or messages.insert_message(tx, draft.slug, author, desk.clock.now())
    revision = Revision(
        message_uid=message.uid,
        slug=draft.slug,
        number=message.latest + 1,
        draft=draft,
        author=author,
        message_author=message.author,
        state=RevisionState.SUBMITTED,
        submitted_at=desk.clock.now(),
        sha256=revision_hash(draft, media, desk.world),
    )
    revisions.supersede_others(tx, message.uid, revision.number, [RevisionState.SUBMITTED])
    revisions.insert_revision(tx, revision, os_user=desk.os_user, renditions=made, findings=tuple(findings))
    for original in media:
        renditions.keep_media(tx, original)
    hashes = sorted(r.sha256 for r in made)
    desk.log(tx, author, "submit", revision.name, {"sha256": revision.sha256, "renditions": hashes})
    return revision


def fault_of_end(tx: Tx, draft: Draft, channels: Collection[str], places: Collection[str]) -> str:
    """Say why a message may not end the one that it names, "" if it may: what `check` tells, `submit` refuses.

    Args:
        tx: the transaction.
        draft: the message.
        channels: where it would be said.
        places: the channels of the newsroom.
    """
    if not draft.ends:
        return ""
    if draft.ends == draft.slug:
        return "ends : un message ne se termine pas lui-même"
    ended = messages.find_message(tx, draft.ends)
    if ended is None or not ended.approved:
        return f"ends : aucun message publié sous le nom « {draft.ends} » ; `broadcast status` les montre"
    said = carried(deliveries.of_message(tx, ended.uid), postings.of_message(tx, ended.uid))
    missing = [name for name in said if name in places and name not in channels]
    if missing:
        return f"{draft.ends} a été dit aussi sur {', '.join(missing)} : la fin doit y être dite ; ajoutez à channels"
    return ""


def _demand_ended(desk: Desk, tx: Tx, draft: Draft, channels: Collection[str]) -> None:
    fault = fault_of_end(tx, draft, channels, desk.places)
    if fault:
        raise WorkflowError(f"{draft.slug} : {fault}", subject=draft.slug)


def _unchanged(tx: Tx, message: Message, latest: Revision, digest: str, made: Sequence[Rendition]) -> Submitted | None:
    stored = tuple(sorted(k.sha256 for k in renditions.rendition_keys(tx, message.uid, latest.number)))
    if latest.sha256 != digest or stored != tuple(sorted(r.sha256 for r in made)):
        return None
    findings = revisions.revision_findings(tx, message.uid, latest.number)
    return Submitted(revision=latest, is_new=False, hashes=stored, findings=findings)


def foresee(desk: Desk, draft: Draft, path: str) -> list[str]:
    """Say what else `submit` would ask about a file as it is: its message is over, or it does not go on from the latest."""
    draft = replace(draft, source_text=without_base(draft.source_text))
    told = []
    with desk.db.read() as tx:
        message = messages.find_message(tx, draft.slug)
        if message is None or not message.latest:
            return []
        latest = revisions.get_revision(tx, message, message.latest)
        steps: tuple[Callable[[], None], ...] = (
            lambda: _demand_open(desk, message, False),
            lambda: demand_base(tx, message, latest, draft, path, None),
        )
        for step in steps:
            try:
                step()
            except WorkflowError as error:
                told.append(str(error).partition(" (rien n'est perdu")[0])
    return told


def _demand_open(desk: Desk, message: Message, reopen: bool) -> None:
    if ended_because(message, desk.clock.now()) is not None and not reopen:
        raise WorkflowError(
            f"{message.slug} : ce message est terminé ; choisissez un autre nom de fichier, ou rouvrez-le avec --reopen",
            subject=message.slug,
        )
