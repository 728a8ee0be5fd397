"""`feeds entries|adopt|claim|dismiss|tasks|quarantine`: the relay desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import acting, as_option, command, json_option, newsroom
from broadcast.cli.feeds_item import STATE_WORDS, doubts_in_short, item_json, print_item
from broadcast.cli.out import local, table, to_json
from broadcast.cli.words import LEVEL_WORDS, TASK_WORDS, in_words

if TYPE_CHECKING:
    from broadcast.sources import Item, Task

STATES = ("proposed", "adopted", "relayed", "dismissed", "flooded", "seen", "irrelevant", "duplicate")
_item = click.argument("uid", metavar="ÉLÉMENT")


@click.command(short_help="Voir ce que les sources ont envoyé.")
@click.argument("uid", metavar="[ÉLÉMENT]", required=False)
@click.option("--feed", default=None, metavar="NOM", help="D'une source.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(STATES),
    metavar="ÉTAT",
    help=f"Parmi : {', '.join(STATES)} ; répétable.",
)
@click.option("--all", "everything", is_flag=True, help="Dans tous les états.")
@click.option("--before", default="", metavar="ÉLÉMENT", help="La page d'après cet élément.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, help="Combien.")
@json_option
@command
def entries(
    uid: str | None, feed: str | None, states: tuple[str, ...], everything: bool, before: str, limit: int, as_json: bool
) -> int:
    """Voir ce qui attend (ou un élément, avec ce que la source y a changé)."""
    from broadcast.errors import NotFound
    from broadcast.sources import ItemState
    from broadcast.store import entries as stored

    wanted = [ItemState(s) for s in states] or ([] if everything else [ItemState.PROPOSED])
    with newsroom() as app:
        zone = app.newsroom.timezone
        with app.db.read() as tx:
            if uid is not None:
                one = stored.get_item(tx, uid)
                to_json(item_json(one)) if as_json else print_item(one, zone)
                return 0
            if feed is not None and feed not in app.settings.feeds and feed not in stored.counts(tx):
                raise NotFound(
                    f"source « {feed} » : inconnue ; il y a : {', '.join(app.settings.feeds) or 'aucune'}", subject=feed
                )
            found = stored.items(tx, states=wanted, feed=feed, before=before, size=limit)
    if as_json:
        to_json({"entries": [item_json(i) for i in found]})
        return 0
    if not found:
        click.echo("rien à voir")
    table(
        ["élément", "source", "reçu", "état", "niveau", "titre", "pourquoi", "suivi par"],
        [
            [
                i.uid[:8],
                i.feed,
                local(i.received_at, zone),
                STATE_WORDS[i.state.value],
                in_words([item_json(i)["level"]], LEVEL_WORDS),
                i.entry.title,
                _why(i),
                i.claimed_by or i.rule or "",
            ]
            for i in found
        ],
    )
    return 0


def _why(item: Item) -> str:
    """Return why an item stands where it does, and on what only assumptions rest."""
    words = [item.reason or item.concern, doubts_in_short(item.entry)]
    return " ; ".join(word for word in words if word)


@click.command(short_help="Reprendre un élément dans un brouillon.")
@_item
@click.option("--slug", default="", metavar="NOM", help="Nom du fichier ; sinon d'après la source et le titre.")
@as_option
@json_option
@command
def adopt(uid: str, slug: str, as_: str, as_json: bool) -> int:
    """Faire d'un élément un brouillon qui nomme sa source ; il suit ensuite la relecture habituelle."""
    from broadcast import relay

    with newsroom() as app:
        as_ = acting(app, as_)
        done = relay.adopt(app, uid, as_=as_, slug=slug)
    if as_json:
        to_json({"id": done.item.uid, "message": done.slug, "file": str(done.path), "kept": str(done.kept or "")})
        return 0
    click.echo(done.path)
    if done.kept:
        click.secho(f"votre texte d'avant est gardé : {done.kept}", fg="yellow")
    click.echo(f"ensuite : relisez-le, puis `broadcast submit {done.path} --as {as_}`", err=True)
    return 0


@click.command(short_help="Dire que l'on s'occupe d'un élément.")
@_item
@click.option("--release", is_flag=True, help="Le laisser à d'autres.")
@as_option
@json_option
@command
def claim(uid: str, release: bool, as_: str, as_json: bool) -> int:
    """Dire que l'on s'occupe d'un élément, pour ne pas être deux dessus."""
    from broadcast import relay

    with newsroom() as app:
        item = relay.release(app, uid, as_=as_) if release else relay.claim(app, uid, as_=as_)
    if as_json:
        to_json({"id": item.uid, "claimed_by": item.claimed_by, "claimed_at": item.claimed_at})
    else:
        click.echo(f"{item.uid[:8]} : {item.claimed_by or 'à personne'}")
    return 0


@click.command(short_help="Écarter un élément.")
@_item
@click.option("--reason", default="", metavar="RAISON", help="Pourquoi.")
@as_option
@json_option
@command
def dismiss(uid: str, reason: str, as_: str, as_json: bool) -> int:
    """Écarter un élément : il reste gardé, mais n'est plus proposé."""
    from broadcast import relay

    with newsroom() as app:
        item = relay.dismiss(app, uid, as_=as_, reason=reason)
    if as_json:
        to_json({"id": item.uid, "state": item.state})
    else:
        click.echo(f"{item.uid[:8]} : écarté")
    return 0


@click.command(short_help="Voir ce que le relais demande à des personnes.")
@click.argument("uid", metavar="[TÂCHE]", required=False)
@click.option("--done", is_flag=True, help="Noter que cette tâche est faite.")
@click.option("--as", "as_", default="", metavar="PERSONNE", help="Qui l'a faite.")
@json_option
@command
def tasks(uid: str | None, done: bool, as_: str, as_json: bool) -> int:
    """Voir ce qui attend une personne : modifié ou disparu à la source, trop d'éléments, source muette…"""
    from broadcast.errors import UsageError
    from broadcast.lifecycle import Right
    from broadcast.store import tasks as stored

    with newsroom() as app:
        if uid is not None or done:
            if not (uid and done and as_):
                raise UsageError("pour noter une tâche faite : broadcast feeds tasks TÂCHE --done --as PERSONNE")
            with app.db.write() as tx:
                person = app.desk.person(tx, as_, Right.SUBMIT)
                task = stored.settle_task(tx, uid, app.clock.now(), person.name)
                app.desk.log(tx, person.name, "settle_task", task.subject, {"kind": task.kind})
            to_json({"id": task.uid, "settled": True}) if as_json else click.echo(f"{task.uid[:8]} : fait")
            return 0
        with app.db.read() as tx:
            found = stored.open_tasks(tx)
        zone = app.newsroom.timezone
    if as_json:
        to_json({"tasks": [task_json(t) for t in found]})
        return 0
    if not found:
        click.echo("rien n'attend")
    table(
        ["tâche", "depuis", "genre", "quoi"],
        [[t.uid[:8], local(t.since_at, zone), in_words([t.kind], TASK_WORDS), t.message] for t in found],
    )
    return 0


def task_json(task: Task) -> dict[str, Any]:
    """Return a task with its documented keys."""
    return {
        "id": task.uid,
        "kind": task.kind,
        "subject": task.subject,
        "feed": task.feed,
        "message_slug": task.slug,
        "since": task.since_at,
        "message": task.message,
    }


@click.command(short_help="Voir ce qui n'a pas pu être lu.")
@click.argument("number", metavar="[N°]", required=False, type=int)
@json_option
@command
def quarantine(number: int | None, as_json: bool) -> int:
    """Voir ce qui n'a pas pu être lu et pourquoi ; avec un numéro, les octets tels que reçus."""
    import sys

    from broadcast.errors import NotFound
    from broadcast.store import feeds as stored

    with newsroom() as app:
        with app.db.read() as tx:
            found = stored.quarantined(tx)
        zone = app.newsroom.timezone
        if number is not None:
            one = next((q for q in found if q.id == number), None)
            if one is None:
                raise NotFound(f"quarantaine {number} : rien sous ce numéro", subject=str(number))
            sys.stdout.buffer.write(app.read_media(one.sha256))
            return 0
    if as_json:
        to_json({"quarantine": found})
        return 0
    if not found:
        click.echo("rien en quarantaine")
    table(
        ["n°", "source", "quand", "octets", "raison"],
        [[q.id, q.feed, local(q.at, zone), q.size_bytes, q.reason] for q in found],
    )
    return 0
