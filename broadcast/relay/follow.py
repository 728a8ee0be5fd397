"""What standing rules do with items: publish, update, end; each in one transaction with its trace."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from broadcast import intake
from broadcast.all_clear import carried
from broadcast.app import App
from broadcast.desk.submit import freeze
from broadcast.desk.vote import put_in_force
from broadcast.errors import BroadcastError, ContentError, WorkflowError
from broadcast.lifecycle import is_approved
from broadcast.model import Draft, EndedBecause, Level, Vote, VoteKind
from broadcast.planner import plan_message
from broadcast.proofread import targets_for
from broadcast.relay.choose import choose, rules_in_force
from broadcast.relay.drafts import FILTERS, shown_title, together, values_for_rule, values_of, values_of_end
from broadcast.relay.rule_files import TEMPLATE_BREAK
from broadcast.relay.where import origin_of
from broadcast.rules import (
    Deed,
    Rule,
    allowed_link,
    ends_alert,
    expires_at,
    level_of,
    subject_of,
)
from broadcast.sources import Item, ItemState, Relayed
from broadcast.store import deliveries, entries, messages, postings, renditions, revisions, rules, tasks
from broadcast.store.base import Tx
from broadcast.words import local, slug_of

#: How long the end of an alert stays shown.
END_SHOWN = timedelta(hours=24)


def follow(app: App, uids: Iterable[str]) -> list[Relayed]:
    """Let the rules in force look at items, and return what they did.

    Items about one event (today and tomorrow of a vigilance) are said in one message.
    """
    uids = list(dict.fromkeys(uids))
    if not uids:
        return []
    with app.db.read() as tx:
        standing = rules_in_force(app, tx)
    groups: dict[tuple[str, str], list[Item]] = {}
    for uid in uids if standing else ():
        with app.db.read() as tx:
            item = entries.get_item(tx, uid)
            takes = next((r for r in standing if choose(app, tx, r, item, app.clock.now()).takes), None)
        if takes is not None:
            groups.setdefault((takes.name, subject_of(item.feed, item.entry)), []).append(item)
    by_name = {rule.name: rule for rule in standing}
    done = []
    for (name, _), items in groups.items():
        for group in _said_together(items):
            done += _act_together(app, by_name[name], group)
    return done


def _said_together(items: Sequence[Item]) -> list[list[Item]]:
    """Return the items in the order in which they are acted on; those that are in force form one group, gravest first."""
    order = [level.value for level in Level]
    standing = [i for i in items if not ends_alert(i.entry) and i.gone_at is None]
    ends = [[i] for i in items if i not in standing]
    chains = {i.lineage for i in standing if i.lineage and i.lineage != i.uid}
    if len(standing) < 2 or chains:
        return [[i] for i in items]
    return [sorted(standing, key=lambda i: order.index(level_of(i.entry) or Level.UNKNOWN.value)), *ends]


def _act_together(app: App, rule: Rule, items: Sequence[Item]) -> list[Relayed]:
    leader = items[0]
    with app.db.read() as tx:
        choice = choose(app, tx, rule, leader, app.clock.now(), ends_at=_last_end(items))
    if not choice.takes:
        return []
    done = [_act(app, rule, items, choice.deed)]
    for item in items[1:]:
        if done[0].act in ("published", "updated"):
            done.append(_act(app, rule, [item], Deed("same", done[0].slug, "dit dans le même message")))
        else:
            done += _act_together(app, rule, [item])
    return done


def _last_end(items: Sequence[Item]) -> datetime | None:
    ends = [at for item in items if (at := expires_at(item.entry)) is not None]
    return max(ends) if ends else None


def _act(app: App, rule: Rule, items: Sequence[Item], deed: Deed) -> Relayed:
    now, item = app.clock.now(), items[0]
    trace = Relayed(
        rule=rule.name,
        sha256=rule.sha256,
        entry_uid=item.uid,
        subject=subject_of(item.feed, item.entry),
        level=level_of(item.entry),
        act=deed.act,
        at=now,
        slug=deed.slug,
        reason=deed.reason,
    )
    if deed.act in ("same", "capped"):
        with app.db.write() as tx:
            rules.add_deed(tx, trace)
            if deed.act == "capped":
                words = f"règle {rule.name} : {deed.reason} ; « {item.entry.title} » attend une personne"
                tasks.raise_task(tx, "rule_capped", rule.name, words, now, feed=item.feed)
            elif deed.slug:
                entries.update_item(
                    tx, item.uid, state=ItemState.RELAYED.value, slug=deed.slug, rule=rule.name, reason=deed.reason
                )
        return trace
    try:
        return _publish(app, rule, items, deed, trace)
    except BroadcastError as error:
        return _failed(app, rule, item, trace, str(error))


def _failed(app: App, rule: Rule, item: Item, trace: Relayed, reason: str) -> Relayed:
    failed = replace(trace, act="failed", reason=reason)
    words = f"règle {rule.name} : n'a pas pu relayer « {item.entry.title} » : {reason} ; à faire à la main : feeds adopt {item.uid[:8]}"
    with app.db.write() as tx:
        rules.add_deed(tx, failed)
        tasks.raise_task(tx, "rule_failed", item.uid, words, trace.at, feed=item.feed)
    return failed


def _publish(app: App, rule: Rule, items: Sequence[Item], deed: Deed, trace: Relayed) -> Relayed:
    item = items[0]
    if deed.act == "end" and not _carried(app, deed.slug):
        return _end_unsaid(app, rule, item, deed, trace)
    slug = _slug(app, item, deed)
    source, values = _words(app, rule, items, deed)
    reading, left_out = _reading(app, rule, source, values, slug)
    with app.db.write() as tx:
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
            told = f"règle {rule.name} : {slug} ne va pas sur {', '.join(left_out)} (texte trop long ou refusé) ; à adapter à la main"
            tasks.raise_task(tx, "rule_failed", f"{slug}/{','.join(left_out)}", told, trace.at, feed=item.feed, slug=slug)
        path = _file_of(app, slug)
        revisions.keep_base(tx, str(path), message.uid, revision.number)
    _write_file(path, draft.source_text)
    return done


def _carried(app: App, slug: str) -> list[str]:
    with app.db.read() as tx:
        alert = messages.get_message(tx, slug)
        said = carried(deliveries.of_message(tx, alert.uid), postings.of_message(tx, alert.uid))
    return [name for name in said if name in app.places]


def _end_unsaid(app: App, rule: Rule, item: Item, deed: Deed, trace: Relayed) -> Relayed:
    """End an alert that has not left yet: there is nobody to be told that it is over."""
    done = replace(trace, act="ended", reason=f"{deed.reason} ; rien n'était encore parti")
    with app.db.write() as tx:
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
        values = together(values_for_rule(values, rule), items, app.newsroom)
        if deed.act != "end":
            return begin, values
        alert = messages.get_message(tx, deed.slug)
        shown = revisions.get_revision(tx, alert, alert.approved)
    until = local(now + END_SHOWN, app.newsroom.timezone)
    channels = _carried(app, deed.slug)
    return end, values_of_end(values, slug=deed.slug, title=shown.draft.title, channels=channels, until=until)


def _reading(app: App, rule: Rule, source: str, values: dict[str, Any], slug: str) -> tuple[intake.Reading, Sequence[str]]:
    """Return the message as rendered, and the channels on which it does not fit: those it leaves out, all told."""
    reading = _read(app, rule, source, values, slug)
    bad = [f for f in reading.proof.findings if f.blocking]
    if not bad:
        return reading, ()
    everywhere = [t.name for t in targets_for(reading.draft, intake.targets(app))]
    left_out = sorted({f.channel for f in bad if f.channel})
    rest = [name for name in everywhere if name not in left_out]
    if any(not f.channel for f in bad) or not rest:
        raise ContentError(bad[0].message, file=f"{slug}.md", line=bad[0].line)
    again = _read(app, rule, source, {**values, "channels": rest}, slug)
    still = next((f for f in again.proof.findings if f.blocking), None)
    if still is not None:
        raise ContentError(still.message, file=f"{slug}.md", line=still.line)
    return again, left_out


def _read(app: App, rule: Rule, source: str, values: dict[str, Any], slug: str) -> intake.Reading:
    text = app.renderer.render_text(f"règle {rule.name}", source, values, FILTERS)
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
