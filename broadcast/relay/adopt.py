"""The relay desk: a person takes an item up, makes a draft of it, or puts it aside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from broadcast import intake
from broadcast.all_clear import carried
from broadcast.app import App
from broadcast.errors import Conflict, ContentError, UsageError, WorkflowError
from broadcast.frontmatter.rules import MAX_SLUG, SLUG
from broadcast.lifecycle import Right
from broadcast.outbox import Message
from broadcast.relay.chains import unpublishable
from broadcast.relay.drafts import shown_title, text_by_hand, text_of_end, values_of
from broadcast.relay.publish import END_SHOWN, free_slug
from broadcast.relay.where import origin_of, seen_from
from broadcast.rules import ends_alert
from broadcast.sources import OPEN_STATES, Item, ItemState
from broadcast.store import deliveries, entries, messages, postings, revisions, tasks
from broadcast.store.base import Tx
from broadcast.words import local, slug_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What came of an adoption."""

    item: Item
    path: Path
    slug: str
    #: Where the file that stood there before was put, None if none had to be.
    kept: Path | None = None


def claim(app: App, uid: str, *, as_: str) -> Item:
    """Note who is on an item, so that two people do not work on one.

    Raises:
        Conflict: somebody else is, since when.
        NotFound: no such item.
    """
    with app.db.write() as tx:
        person = app.desk.person(tx, as_, Right.SUBMIT)
        item = entries.get_item(tx, uid)
        _claim(app, tx, item, person.name)
        app.desk.log(tx, person.name, "claim", item.uid, {"feed": item.feed})
        return entries.get_item(tx, item.uid)


def release(app: App, uid: str, *, as_: str) -> Item:
    """Let an item go that one had claimed.

    Raises:
        Conflict: somebody else claimed it.
    """
    with app.db.write() as tx:
        person = app.desk.person(tx, as_, Right.SUBMIT)
        item = entries.get_item(tx, uid)
        _claim(app, tx, item, person.name)
        entries.update_item(tx, item.uid, claimed_by="", claimed_at=None)
        return entries.get_item(tx, item.uid)


def adopt(app: App, uid: str, *, as_: str, slug: str = "") -> Adopted:
    """Make a draft of an item: a message file that names its source, for the usual review.

    What updates an alert adopted before becomes the next version of that message's file; what ends it,
    the all-clear to every channel that carried it.

    Raises:
        Conflict: somebody else is on it.
        WorkflowError: it is a message already, or must never be relayed.
        UsageError: the name cannot be one, or is taken.
    """
    now = app.clock.now()
    if slug and (not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG):
        raise UsageError(f"--slug « {slug[:MAX_SLUG]} » : {MAX_SLUG} signes au plus, minuscules sans accent, chiffres et tirets")
    with app.db.write() as tx:
        person = app.desk.person(tx, as_, Right.SUBMIT)
        item = seen_from(app.settings, entries.get_item(tx, uid))
        if item.state in (ItemState.ADOPTED, ItemState.RELAYED) and item.slug:
            by = f"par {item.claimed_by}" if item.claimed_by else f"par la règle {item.rule}"
            raise WorkflowError(f"{item.uid[:8]} : déjà repris {by} : {item.slug}", subject=item.uid)
        refused = unpublishable(item.alert) if item.alert else ""
        if refused:
            raise WorkflowError(f"{item.uid[:8]} : {refused}", subject=item.uid)
        _claim(app, tx, item, person.name)
        before = _before(tx, item)
        ends = before is not None and ends_alert(item.entry)
        name = slug or _name(app, item, before, ends=ends)
        text = _text(app, tx, item, person.name, before if ends else None)
    path = app.dir / "content" / "messages" / f"{name}.md"
    kept = _write(app, path, text, again=before is not None and not ends)
    with app.db.write() as tx:
        state = {"state": ItemState.ADOPTED.value, "slug": name, "claimed_by": person.name, "claimed_at": now}
        entries.update_item(tx, item.uid, **state)
        tasks.settle_tasks(tx, now, person.name, subject=item.uid)
        if ends and before is not None:
            tasks.settle_about(tx, before.slug, now, person.name)
        app.desk.log(tx, person.name, "adopt", item.uid, {"feed": item.feed, "message": name, "digest": item.digest})
        return Adopted(item=entries.get_item(tx, item.uid), path=path, slug=name, kept=kept)


def dismiss(app: App, uid: str, *, as_: str, reason: str = "") -> Item:
    """Put an item aside.

    Raises:
        WorkflowError: a message was made of it already.
        Conflict: somebody else is on it.
    """
    with app.db.write() as tx:
        person = app.desk.person(tx, as_, Right.SUBMIT)
        item = entries.get_item(tx, uid)
        if item.state not in (*OPEN_STATES, ItemState.DISMISSED):
            raise WorkflowError(f"{item.uid[:8]} : un message en a été fait : {item.slug} ; retirez-le plutôt", subject=item.uid)
        _claim(app, tx, item, person.name)
        entries.update_item(tx, item.uid, state=ItemState.DISMISSED.value, reason=reason)
        tasks.settle_tasks(tx, app.clock.now(), person.name, subject=item.uid)
        app.desk.log(tx, person.name, "dismiss", item.uid, {"feed": item.feed, "reason": reason})
        return entries.get_item(tx, item.uid)


def _claim(app: App, tx: Tx, item: Item, person: str) -> None:
    if not entries.claim_item(tx, item.uid, person, app.clock.now()):
        since = local(item.claimed_at, app.newsroom.timezone) if item.claimed_at else "?"
        raise Conflict(f"{item.uid[:8]} : {item.claimed_by} s'en occupe depuis {since}", subject=item.uid)


def _before(tx: Tx, item: Item) -> Message | None:
    """Return the live message made of an earlier alert of the same chain."""
    if not item.lineage:
        return None
    for earlier in reversed(entries.of_lineage(tx, item.lineage)):
        message = messages.find_message(tx, earlier.slug) if earlier.slug and earlier.uid != item.uid else None
        if message is not None and message.approved and message.ended_because is None:
            return message
    return None


def _name(app: App, item: Item, before: Message | None, *, ends: bool) -> str:
    if before is not None and not ends:
        return before.slug
    base = f"fin-{before.slug}"[:76].rstrip("-") if before is not None else slug_of(item.feed, shown_title(item.entry))
    return free_slug(app, base)


def _text(app: App, tx: Tx, item: Item, owner: str, ended: Message | None) -> str:
    now = app.clock.now()
    feed = app.settings.feeds.get(item.feed)
    origin = origin_of(tx, feed, item)
    values = values_of(item, origin, app.newsroom, areas=app.newsroom.areas, now=now, link=item.entry.link)
    if ended is None:
        return text_by_hand(values, owner=owner, rights=origin.rights)
    shown = revisions.get_revision(tx, ended, ended.approved)
    channels = carried(deliveries.of_message(tx, ended.uid), postings.of_message(tx, ended.uid))
    return text_of_end(
        values,
        slug=ended.slug,
        title=shown.draft.title,
        channels=[c for c in channels if c in app.places],
        owner=owner,
        until=local(now + END_SHOWN, app.newsroom.timezone),
    )


def _write(app: App, path: Path, text: str, *, again: bool) -> Path | None:
    """Write the file; what a person had changed in the one before is put beside it. Nothing is lost."""
    slug_of_path = path.stem
    path.parent.mkdir(parents=True, exist_ok=True)
    if not again:
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise UsageError(f"{path} existe déjà : choisissez un autre nom avec --slug") from None
        try:
            intake.parse(app, path)  # what we write, we can read
        except ContentError:
            path.unlink()
            raise
        return None
    kept = None
    if path.exists():
        with app.db.read() as tx:
            message = messages.get_message(tx, slug_of_path)
            sources = {r.draft.source_text for r in revisions.revisions(tx, message)}
        if path.read_text(encoding="utf-8") not in sources:
            kept = path.with_name(f"{slug_of_path}.avant-mise-a-jour.txt")
            path.replace(kept)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return kept
