"""`feeds`: the sources of national information, and what they sent."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import as_option, command, json_option, newsroom
from broadcast.cli.feeds_desk import adopt, claim, dismiss, entries, quarantine, tasks
from broadcast.cli.feeds_rules import rules
from broadcast.cli.out import local, table, to_json

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.feeds.document import ParsedFeed
    from broadcast.relay import Polled
    from broadcast.sources import Relayed

#: A source is asked no more often than this by those who add it here, seconds.
SOONEST_S = 30.0
#: What a poll came to, in words.
OUTCOMES = {
    "new": "du nouveau",
    "unchanged": "rien de nouveau",
    "failed": "échec",
    "gone": "supprimée",
    "quarantined": "illisible, mise en quarantaine",
}


@click.group(short_help="Sources nationales : lire, reprendre, relayer.", invoke_without_command=True)
@json_option
@click.pass_context
def feeds(ctx: click.Context, as_json: bool) -> None:
    """Sources nationales : lire, reprendre dans un brouillon, relayer par des règles approuvées à deux."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, as_json=as_json)


@feeds.command(name="list", short_help="Lister les sources et leur état.")
@json_option
@command
def list_(as_json: bool) -> int:
    """Lister les sources, quand elles ont été lues, ce qui attend, ce qui est muet."""
    with newsroom() as app:
        rows = feed_rows(app)
        zone = app.newsroom.timezone
        waiting = _tasks(app)
    if as_json:
        to_json({"feeds": rows, "tasks": waiting})
        return 0
    if not rows:
        click.echo("aucune source ; `broadcast feeds add NOM ADRESSE --as …`, ou [feeds.nom] dans broadcast.toml")
        return 0
    table(
        ["source", "titre", "dernière lecture réussie", "prochaine", "à voir", "remarque"],
        [
            [
                r["feed"],
                r["title"],
                local(r["success_at"], zone),
                local(r["next_poll_at"], zone),
                r["waiting"],
                r["stale"] or r["last_error"] or (f"en pause : {r['paused_reason']}" if r["paused"] else ""),
            ]
            for r in rows
        ],
    )
    for task in waiting:
        click.secho(f"À FAIRE {task['id'][:8]} {task['message']}", fg="red", err=True)
    return 0


def feed_rows(app: App) -> list[dict[str, Any]]:
    """Return one row a source, with its documented keys."""
    from broadcast.relay import known_feeds, stale_reason
    from broadcast.store import entries as stored

    states = known_feeds(app)
    now = app.clock.now()
    with app.db.read() as tx:
        counts, newest = stored.counts(tx), stored.newest_at(tx, states)
    return [
        {
            "feed": name,
            "url": s.url,
            "title": app.settings.feeds[name].label or s.title,
            "poll_every_s": app.settings.feeds[name].poll_every,
            "attempted_at": s.attempted_at,
            "success_at": s.success_at,
            "changed_at": s.changed_at,
            "next_poll_at": s.next_poll_at,
            "failures": s.failures,
            "last_error": s.last_error,
            "moved_to": s.moved_to,
            "paused": s.paused,
            "paused_reason": s.paused_reason,
            "stale": stale_reason(app, s, newest.get(name), now),
            "websub_until": s.websub_until_at,
            "waiting": counts.get(name, {}).get("proposed", 0),
            "entries": counts.get(name, {}),
        }
        for name, s in states.items()
    ]


def _tasks(app: App) -> list[dict[str, Any]]:
    from broadcast.cli.feeds_desk import task_json
    from broadcast.store import tasks as stored

    with app.db.read() as tx:
        return [task_json(t) for t in stored.open_tasks(tx)]


@feeds.command(short_help="Lire une adresse, et montrer ce qui serait relayé et pourquoi.")
@click.argument("url", metavar="ADRESSE")
@click.option("--allow-private", is_flag=True, help="L'adresse peut être sur cette machine ou ce réseau.")
@json_option
@command
def test(url: str, allow_private: bool, as_json: bool) -> int:
    """Lire une adresse sans rien garder : ce qu'elle contient, ce qui concerne la commune, et pourquoi."""
    with newsroom() as app:
        parsed, facts = _tried(app, url, allow_private=allow_private)
        rows = _tried_rows(app, url, parsed)
        zone = app.newsroom.timezone
    if as_json:
        to_json(facts | {"entries": rows})
        return 0
    click.secho(f"{facts['title'] or url} ({facts['format']}) : {len(rows)} élément(s)", bold=True)
    if facts["moved_to"]:
        click.secho(f"adresse changée pour de bon : {facts['moved_to']}", fg="yellow")
    for problem in facts["problems"]:
        click.secho(f"illisible : {problem}", fg="yellow")
    table(
        ["publié", "niveau", "titre", "relayé ?"],
        [[local(r["published"], zone), r["level"], r["title"], r["because"] or r["not_because"]] for r in rows],
    )
    return 0


def _tried(app: App, url: str, *, allow_private: bool) -> tuple[ParsedFeed, dict[str, Any]]:
    from broadcast.errors import FeedError
    from broadcast.feeds.fetch import FeedRequest
    from broadcast.feeds.workers import Work

    known = next((n for n, s in app.settings.feeds.items() if s.url == url), "")
    section = app.settings.feeds.get(known)
    key = app.settings.feed_keys.get(known)
    fetched = app.fetcher.fetch(
        FeedRequest(
            url=url,
            allow_private=allow_private or bool(section and section.allow_private),
            headers={section.api_key_header: key.reveal()} if section and key else {},
        )
    )
    if fetched.outcome != "new":
        raise FeedError(f"{url} : {fetched.reason or 'rien reçu'}", subject=url)
    work = Work(body=fetched.body, url=fetched.final_url, content_type=fetched.content_type, received_at=app.clock.now())
    read = app.parsers.parse_here(work)
    if read.feed is None:
        raise FeedError(f"{url} : {read.reason}", subject=url)
    parsed: ParsedFeed = read.feed
    return parsed, {
        "url": url,
        "final_url": fetched.final_url,
        "moved_to": fetched.moved_to,
        "format": parsed.format,
        "title": parsed.title,
        "hubs": list(fetched.hub_urls or parsed.hub_urls),
        "problems": list(parsed.problems),
    }


def _tried_rows(app: App, url: str, parsed: ParsedFeed) -> list[dict[str, Any]]:
    from broadcast.feeds.concern import concerned
    from broadcast.relay.chains import unpublishable
    from broadcast.relay.where import whereabouts
    from broadcast.rules import level_of

    section = next((s for s in app.settings.feeds.values() if s.url == url), None)
    where = whereabouts(app.settings, section)
    rows = []
    for entry in parsed.entries:
        concern = concerned(entry, where)
        refused = unpublishable(entry.alert, section.senders if section else ()) if entry.alert else ""
        takes = concern.level is not None and not refused
        rows.append(
            {
                "id": entry.id,
                "title": entry.title,
                "link": entry.link,
                "published": entry.published,
                "level": level_of(entry),
                "proposed": takes,
                "because": concern.because if takes else "",
                "not_because": "" if takes else refused or concern.because,
            }
        )
    return rows


@feeds.command(short_help="Ajouter une source, après l'avoir lue.")
@click.argument("name", metavar="NOM")
@click.argument("url", metavar="ADRESSE")
@click.option("--poll-every", default="10m", metavar="DURÉE", help="Intervalle de lecture.")
@click.option("--label", default="", metavar="TEXTE", help="Nom de la source dans ce qui est relayé.")
@click.option("--national", is_flag=True, help="Ce qu'elle dit concerne tout le monde.")
@click.option("--allow-private", is_flag=True, help="L'adresse peut être sur cette machine ou ce réseau.")
@as_option
@json_option
@command
def add(name: str, url: str, poll_every: str, label: str, national: bool, allow_private: bool, as_: str, as_json: bool) -> int:
    """Lire une source, montrer ce qu'elle contient, puis l'écrire dans broadcast.toml ; ce qu'elle contient déjà est marqué vu."""
    from broadcast.durations import seconds_of
    from broadcast.errors import UsageError
    from broadcast.lifecycle import Right
    from broadcast.relay import poll
    from broadcast.settings import FILE

    if not re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", name):
        raise UsageError(f"source « {name[:80]} » : le nom n'a que des minuscules sans accent, chiffres et tirets")
    try:
        if seconds_of(poll_every) < SOONEST_S:
            raise ValueError(f"« {poll_every} » : {SOONEST_S:.0f} secondes au moins")
    except ValueError as error:
        raise UsageError(f"--poll-every : {error}") from None
    with newsroom() as app:
        with app.db.read() as tx:
            person = app.desk.person(tx, as_, Right.PAUSE)
        if name in app.settings.feeds:
            raise UsageError(f"source « {name} » : déjà dans {FILE}")
        parsed, facts = _tried(app, url, allow_private=allow_private)
        rows = _tried_rows(app, url, parsed)
        lines = [f"[feeds.{name}]", f"url = {json.dumps(url)}", f"poll_every = {json.dumps(poll_every)}"]
        lines += [f"label = {json.dumps(label, ensure_ascii=False)}"] if label else []
        lines += ['scope = "national"'] if national else []
        lines += ["allow_private = true"] if allow_private else []
        _append(app, "\n".join(lines) + "\n")
        with app.db.write() as tx:
            app.desk.log(tx, person.name, "add_feed", name, {"url": url})
    with newsroom() as app:
        poll(app, [name])
    if as_json:
        to_json({"feed": name} | facts | {"entries": len(rows), "marked_seen": len(rows)})
    else:
        click.echo(f"{name} : {facts['title'] or url} ({facts['format']}), {len(rows)} élément(s) déjà là, marqués vus")
    return 0


def _append(app: App, section: str) -> None:
    """Write a section at the end of the settings, whole or not at all; what is there stays as it is."""
    import os

    from broadcast import settings

    path: Path = app.dir / settings.FILE
    before = path.read_text(encoding="utf-8")
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(before.rstrip("\n") + "\n\n" + section, encoding="utf-8")
    os.chmod(part, path.stat().st_mode & 0o777)
    part.replace(path)
    try:
        settings.load(app.dir, app.env)
    except BaseException:
        path.write_text(before, encoding="utf-8")
        raise


@feeds.command(short_help="Lire les sources maintenant.")
@click.argument("names", metavar="[NOM]…", nargs=-1)
@click.option("--due", is_flag=True, help="Seulement celles dont c'est l'heure.")
@json_option
@command
def poll(names: tuple[str, ...], due: bool, as_json: bool) -> int:
    """Lire les sources maintenant (toutes, ou celles nommées) ; les règles approuvées suivent aussitôt."""
    from broadcast import relay
    from broadcast.errors import UsageError

    if due and names:
        raise UsageError("--due : sans nom de source ; nommez-les, ou laissez --due choisir")
    with newsroom() as app:
        done = relay.poll_due(app) if due else relay.poll(app, names)
        late = relay.housekeep(app)
    bad = [p for p in done if p.outcome in ("failed", "gone", "quarantined")]
    if as_json:
        to_json({"polled": [polled_json(p) for p in done], "caught_up": [relayed_json(r) for r in late]})
        return 1 if bad else 0
    if not done:
        click.echo("aucune source à lire")
    table(
        ["source", "résultat", "proposés", "relayés", "raison"],
        [
            [p.feed, OUTCOMES[p.outcome], p.taken.proposed if p.taken else "", _relayed(p), p.reason]
            for p in sorted(done, key=lambda p: p.feed)
        ],
    )
    for deed in late:
        click.echo(f"rattrapé : règle {deed.rule} : {deed.slug} ({deed.act}) {deed.reason}".rstrip())
    return 1 if bad else 0


def _relayed(polled: Polled) -> str:
    return ", ".join(f"{r.slug or r.rule} ({r.act})" for r in polled.relayed)


def polled_json(polled: Polled) -> dict[str, Any]:
    """Return what came of a poll with its documented keys."""
    taken = polled.taken
    return {
        "feed": polled.feed,
        "outcome": polled.outcome,
        "reason": polled.reason,
        "took_s": round(polled.took_s, 3),
        "new": taken.new if taken else 0,
        "proposed": taken.proposed if taken else 0,
        "changed": taken.changed if taken else 0,
        "relayed": [relayed_json(r) for r in polled.relayed],
    }


def relayed_json(deed: Relayed) -> dict[str, Any]:
    """Return what a rule did with its documented keys."""
    return {"rule": deed.rule, "act": deed.act, "message": deed.slug, "revision": deed.number, "reason": deed.reason}


@feeds.command(short_help="Mettre une source en pause.")
@click.argument("name", metavar="NOM")
@click.option("--reason", default="", metavar="RAISON", help="Pourquoi.")
@as_option
@json_option
@command
def pause(name: str, reason: str, as_: str, as_json: bool) -> int:
    """Ne plus lire une source jusqu'à nouvel ordre."""
    return _rest(name, True, reason or f"par {as_}", as_, as_json)


@feeds.command(short_help="Reprendre la lecture d'une source.")
@click.argument("name", metavar="NOM")
@as_option
@json_option
@command
def resume(name: str, as_: str, as_json: bool) -> int:
    """Reprendre la lecture d'une source, tout de suite."""
    return _rest(name, False, "", as_, as_json)


def _rest(name: str, paused: bool, reason: str, as_: str, as_json: bool) -> int:
    from broadcast.errors import NotFound
    from broadcast.lifecycle import Right
    from broadcast.relay import known_feeds
    from broadcast.store import feeds as stored

    with newsroom() as app:
        if name not in known_feeds(app):
            raise NotFound(f"source « {name} » : inconnue", subject=name)
        with app.db.write() as tx:
            person = app.desk.person(tx, as_, Right.PAUSE)
            now = app.clock.now()
            stored.update_feed(tx, name, paused=paused, paused_reason=reason, next_poll_at=now)
            app.desk.log(tx, person.name, "pause_feed" if paused else "resume_feed", name, {"reason": reason})
    if as_json:
        to_json({"feed": name, "paused": paused})
    else:
        click.echo(f"{name} : {'en pause' if paused else 'reprise'}")
    return 0


for _command in (entries, adopt, claim, dismiss, quarantine, tasks, rules):
    feeds.add_command(_command)
