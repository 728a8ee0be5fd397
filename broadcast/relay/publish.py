"""What a rule publishes, updates or ends: rendered first, then one transaction with vote, plan and trace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from broadcast import intake
from broadcast.all_clear import carried
from broadcast.app import App
from broadcast.desk.submit import freeze
from broadcast.desk.vote import put_in_force
from broadcast.errors import ContentError, WorkflowError
from broadcast.lifecycle import is_approved
from broadcast.model import Draft, EndedBecause, Vote, VoteKind
from broadcast.planner import plan_message
from broadcast.proofread import targets_for
from broadcast.relay.choose import Choice, choose
from broadcast.relay.deeds import Deed
from broadcast.relay.drafts import FILTERS, shown_title, together, values_for_rule, values_of, values_of_end
from broadcast.relay.rule_files import TEMPLATE_BREAK
from broadcast.relay.where import origin_of
from broadcast.rules import Rule, allowed_link, level_of, subject_of
from broadcast.sources import Item, ItemState, Relayed
from broadcast.store import deliveries, entries, messages, postings, renditions, revisions, rules, tasks
from broadcast.store.base import Tx
from broadcast.words import local, plain, slug_of

#: How long the end of an alert stays shown.
END_SHOWN = timedelta(hours=24)


class Taken(Exception):
    """Another process has looked at the item meanwhile."""


class Changed(Exception):
    """What was decided is no longer what would be decided."""


def trace_of(app: App, rule: Rule, item: Item, act: str, slug: str, reason: str) -> Relayed:
    """Return what is kept of a deed."""
    return Relayed(
        rule=rule.name,
        sha256=rule.sha256,
        entry_uid=item.uid,
        subject=subject_of(item.feed, item.entry),
        level=level_of(item.entry),
        act=act,
        at=app.clock.now(),
        slug=slug,
        reason=reason,
    )


def noted(tx: Tx, rule: Rule, item: Item, trace: Relayed) -> Relayed:
    """Keep that nothing is to be published, or that a person must decide."""
    rules.add_deed(tx, trace)
    if trace.act == "capped":
        words = f"règle {rule.name} : {trace.reason} ; « {item.entry.title} » attend une personne"
        tasks.raise_task(tx, "rule_capped", rule.name, words, trace.at, feed=item.feed)
    elif trace.slug:
        facts = {"state": ItemState.RELAYED.value, "slug": trace.slug, "rule": rule.name, "reason": trace.reason}
        entries.update_item(tx, item.uid, **facts)
    return trace


def failed(app: App, rule: Rule, item: Item, trace: Relayed, reason: str) -> list[Relayed]:
    """Ask a person for what a rule could not do."""
    deed = replace(trace, act="failed", reason=reason)
    words = f"règle {rule.name} : n'a pas pu relayer « {item.entry.title} » : {reason} ; à faire à la main : feeds adopt {item.uid[:8]}"
    with app.db.write() as tx:
        if not entries.take_due(tx, item.uid):
            return []
        rules.add_deed(tx, deed)
        tasks.raise_task(tx, "rule_failed", item.uid, words, trace.at, feed=item.feed, slug=trace.slug)
    return [deed]


def published(app: App, rule: Rule, item: Item, beside: Sequence[Item], choice: Choice, trace: Relayed) -> Relayed:
    """Publish, update or end.

    Raises:
        Taken: another process did.
        Changed: it would be decided otherwise now.
        StoreError: nothing was written.
        BroadcastError: it cannot be said, or is a person's by now.
    """
    deed, says = choice.deed, list(choice.says) if choice.deed.act != "end" else [item]
    if deed.act == "end" and not _carried(app, deed.slug):
        return _end_unsaid(app, rule, item, beside, choice, trace)
    slug = _slug(app, says[0], deed)
    source, values = _words(app, rule, says, deed)
    reading, left_out = _reading(app, rule, source, values, slug, _filters(app, rule, item))
    if deed.act != "end":
        trace = replace(trace, level=level_of(says[0].entry))
    with app.db.write() as tx:
        _demand_same(app, tx, rule, item, beside, choice)
        if deed.act != "update" and messages.find_message(tx, slug) is not None:
            raise Changed
        if deed.act == "update":
            _demand_own(tx, rule, slug)
        draft = reading.draft
        author = rule.voter
        revision = freeze(
            app.desk,
            tx,
            draft,
            author=author,
            media=reading.media,
            made=reading.proof.renditions,
            findings=reading.proof.findings,
        )
        message = messages.get_message(tx, slug)
        hashes = tuple(sorted(k.sha256 for k in renditions.rendition_keys(tx, message.uid, revision.number)))
        words = f"règle {rule.name}, {rule.sha256[:12]}"
        vote = Vote(person=author, kind=VoteKind.APPROVE, hashes=hashes, at=trace.at, reason=words, os_user=app.os_user)
        revisions.insert_vote(tx, message.uid, revision.number, vote)
        app.desk.log(tx, author, "approve", revision.name, {"hashes": hashes, "rule": rule.sha256, "entry": item.uid})
        if rule.name not in rules.names_in_force(tx) or not is_approved([vote], hashes, {author}, app.policy):
            raise WorkflowError(f"règle {rule.name} : n'est plus en vigueur", subject=rule.name)
        put_in_force(app.desk, tx, message, revision, by=author)
        act = {"publish": "published", "update": "updated", "end": "ended"}[deed.act]
        done = replace(trace, act=act, slug=slug if deed.act != "end" else deed.slug, number=revision.number)
        rules.add_deed(tx, done)
        entries.update_item(tx, item.uid, state=ItemState.RELAYED.value, slug=done.slug, rule=rule.name, reason=deed.reason)
        tasks.settle_tasks(tx, trace.at, author, kind="source_changed", subject=item.uid)
        if deed.act == "end":
            tasks.settle_about(tx, deed.slug, trace.at, author)
        if left_out:
            why = " ; ".join(f"{channel} : {reason}" for channel, reason in left_out.items())
            told = f"règle {rule.name} : {slug} ne va pas partout : {why} ; à adapter à la main"
            tasks.raise_task(tx, "rule_failed", f"{slug}/{','.join(left_out)}", told, trace.at, feed=item.feed, slug=slug)
        path = _file_of(app, slug)
        revisions.keep_base(tx, str(path), message.uid, revision.number)
    _write_file(path, draft.source_text)
    return done


def _demand_same(app: App, tx: Tx, rule: Rule, item: Item, beside: Sequence[Item], choice: Choice) -> None:
    """Decide once more, where nobody else decides for this rule: what others did since counts."""
    rules.lock(tx, rule.name)
    if not entries.take_due(tx, item.uid):
        raise Taken
    again = choose(app, tx, rule, entries.get_item(tx, item.uid), app.clock.now(), beside=beside)
    if not again.takes or again.deed != choice.deed:
        raise Changed


def _carried(app: App, slug: str) -> list[str]:
    with app.db.read() as tx:
        return _carried_in(app, tx, slug)


def _carried_in(app: App, tx: Tx, slug: str) -> list[str]:
    alert = messages.get_message(tx, slug)
    said = carried(deliveries.of_message(tx, alert.uid), postings.of_message(tx, alert.uid))
    return [name for name in said if name in app.places]


def _end_unsaid(app: App, rule: Rule, item: Item, beside: Sequence[Item], choice: Choice, trace: Relayed) -> Relayed:
    """End an alert that has not left yet: there is nobody to be told that it is over."""
    deed = choice.deed
    done = replace(trace, act="ended", reason=f"{deed.reason} ; rien n'était encore parti")
    with app.db.write() as tx:
        _demand_same(app, tx, rule, item, beside, choice)
        if _carried_in(app, tx, deed.slug):
            raise Changed
        message = messages.get_message(tx, deed.slug)
        messages.end_message(tx, message.uid, trace.at, EndedBecause.ALL_CLEAR, rule.voter, "")
        app.desk.log(tx, rule.voter, "all_clear", deed.slug, {"entry": item.uid})
        plan_message(tx, messages.message_by_uid(tx, message.uid), app.places, trace.at)
        rules.add_deed(tx, done)
        entries.update_item(tx, item.uid, state=ItemState.RELAYED.value, slug=deed.slug, rule=rule.name, reason=done.reason)
        tasks.settle_about(tx, deed.slug, trace.at, rule.voter)
    return done


def _demand_own(tx: Tx, rule: Rule, slug: str) -> None:
    message = messages.get_message(tx, slug)
    latest = revisions.get_revision(tx, message, message.latest)
    if latest.author != rule.voter:
        raise WorkflowError(f"{slug} : {latest.author} l'a repris ; la règle ne récrit pas par-dessus", subject=slug)


def _slug(app: App, item: Item, deed: Deed) -> str:
    if deed.act == "update":
        return deed.slug
    day = app.clock.now().strftime("%Y%m%d")
    base = f"fin-{deed.slug}"[:76].rstrip("-") if deed.act == "end" else f"{slug_of(item.feed, shown_title(item.entry))}-{day}"
    return free_slug(app, base)


def free_slug(app: App, base: str) -> str:
    """Return a name that neither a message nor a file has."""
    with app.db.read() as tx:
        for n in range(1, 1000):
            slug = base if n == 1 else f"{base[:76].rstrip('-')}-{n}"
            if messages.find_message(tx, slug) is None and not _file_of(app, slug).exists():
                return slug
    raise WorkflowError(f"{base} : plus de nom libre", subject=base)


def _words(app: App, rule: Rule, items: Sequence[Item], deed: Deed) -> tuple[str, dict[str, Any]]:
    now, item = app.clock.now(), items[0]
    feed = app.settings.feeds.get(item.feed)
    areas = list(rule.areas or app.newsroom.areas)
    link = allowed_link(rule, item.entry.link, feed.url if feed else "")
    with app.db.read() as tx:
        origin = origin_of(tx, feed, item)
        begin, _, end = rule.template_text.partition(TEMPLATE_BREAK)
        values = values_of(item, replace(origin, url=link), app.newsroom, areas=areas, now=now, link=link)
        values = together(values_for_rule(values, rule), items, app.newsroom, now)
        if deed.act != "end":
            return begin, values
        alert = messages.get_message(tx, deed.slug)
        shown = revisions.get_revision(tx, alert, alert.approved)
    until = local(now + END_SHOWN, app.newsroom.timezone)
    channels = _carried(app, deed.slug)
    return end, values_of_end(values, slug=deed.slug, title=shown.draft.title, channels=channels, until=until)


def _filters(app: App, rule: Rule, item: Item) -> dict[str, Any]:
    """Return the filters of a prepared message: an address in the source's words is a link only where the rule allows it."""
    feed = app.settings.feeds.get(item.feed)

    def is_linked(address: str) -> bool:
        return bool(allowed_link(rule, address, feed.url if feed else ""))

    return {**FILTERS, "as_markdown": partial(plain, is_linked=is_linked)}


def _reading(
    app: App, rule: Rule, source: str, values: dict[str, Any], slug: str, filters: dict[str, Any]
) -> tuple[intake.Reading, dict[str, str]]:
    """Return the message as rendered, and the channels on which it does not fit, each with why: those it leaves out."""
    reading = _read(app, rule, source, values, slug, filters)
    bad = [f for f in reading.proof.findings if f.blocking]
    if not bad:
        return reading, {}
    everywhere = [t.name for t in targets_for(reading.draft, intake.targets(app))]
    left_out = {f.channel: f.message for f in reversed(bad) if f.channel}
    rest = [name for name in everywhere if name not in left_out]
    if any(not f.channel for f in bad) or not rest:
        raise ContentError(bad[0].message, file=f"{slug}.md", line=bad[0].line)
    again = _read(app, rule, source, {**values, "channels": rest}, slug, filters)
    still = next((f for f in again.proof.findings if f.blocking), None)
    if still is not None:
        raise ContentError(still.message, file=f"{slug}.md", line=still.line)
    return again, left_out


def _read(app: App, rule: Rule, source: str, values: dict[str, Any], slug: str, filters: dict[str, Any]) -> intake.Reading:
    text = app.renderer.render_text(f"règle {rule.name}", source, values, filters)
    path = _file_of(app, slug)
    draft: Draft = intake.parse_text(app, text, slug=slug, file=str(path))
    return intake.read_draft(app, draft, path)


def _file_of(app: App, slug: str) -> Path:
    return (app.dir / "content" / "messages" / f"{slug}.md").resolve()


def _write_file(path: Path, text: str) -> None:
    # A convenience for people who go on with it: the truth is in the database.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
