"""`feeds`: the sources of national information, and what they sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import as_option, command, json_option, newsroom
from broadcast.cli.feeds_add import add, test
from broadcast.cli.feeds_desk import adopt, claim, dismiss, entries, quarantine, tasks
from broadcast.cli.feeds_rules import rules
from broadcast.cli.out import local, table, to_json

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.relay import Polled
    from broadcast.sources import Relayed

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
        rows = feed_rows(app, counted=as_json)
        zone = app.newsroom.timezone
        waiting = _tasks(app)
    if as_json:
        to_json({"feeds": rows, "tasks": waiting})
        return 0
    if not rows:
        click.echo("aucune source ; `broadcast feeds add NOM ADRESSE`, ou [feeds.nom] dans broadcast.toml")
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


def feed_rows(app: App, *, counted: bool = True) -> list[dict[str, Any]]:
    """Return one row a source, with its documented keys.

    Args:
        app: the newsroom.
        counted: True counts the items in every state, which costs more the more there ever were; else what waits alone.
    """
    from broadcast.relay import known_feeds, stale_reason
    from broadcast.sources import ItemState
    from broadcast.store import entries as stored

    states = known_feeds(app)
    now = app.clock.now()
    heard = [name for name in states if app.settings.feeds[name].expects_every is not None]
    with app.db.read() as tx:
        counts, newest = stored.counts(tx, () if counted else (ItemState.PROPOSED,)), stored.newest_at(tx, heard)
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
    return _rest(name, True, reason, as_, as_json)


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
            stored.update_feed(
                tx, name, paused=paused, paused_reason=reason or (f"par {person.name}" if paused else ""), next_poll_at=now
            )
            app.desk.log(tx, person.name, "pause_feed" if paused else "resume_feed", name, {"reason": reason})
    if as_json:
        to_json({"feed": name, "paused": paused})
    else:
        click.echo(f"{name} : {'en pause' if paused else 'reprise'}")
    return 0


for _command in (add, test, entries, adopt, claim, dismiss, quarantine, tasks, rules):
    feeds.add_command(_command)
