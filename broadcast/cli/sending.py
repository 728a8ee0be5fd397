"""`send`, `resolve`, `withdraw`, `stop`, `resume`: what leaves and what comes back."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import acting, as_option, command, json_option, newsroom
from broadcast.cli.out import (
    ACTION_WORDS,
    STATE_WORDS,
    STYLES,
    not_before,
    table,
    to_json,
)
from broadcast.cli.runnable import runnable

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.dispatch.base import Event

#: States after which a pass has nothing to blame itself for.
_FINE = ("delivered", "handed_over", "dropped", "planned")


@click.command(short_help="Envoyer tout ce qui est dû.")
@click.option(
    "--wait",
    "wait_s",
    type=float,
    default=0.0,
    metavar="S",
    help="Continuer S secondes s'il reste à faire.",
)
@json_option
@command
def send(wait_s: float, as_json: bool) -> int:
    """Faire un passage sur tout ce qui est dû, envois incertains vérifiés compris."""
    with newsroom() as app:
        return run_send(app, wait_s, as_json=as_json)


def run_send(app: App, wait_s: float, *, as_json: bool, facts: dict[str, Any] | None = None) -> int:
    """Send, tell a line a channel, and return the exit code."""
    from broadcast.dispatch.send import send as send_pass

    events: dict[str, Event] = {}

    def told(event: Event) -> None:
        events[event.uid] = event
        if not as_json and sys.stdout.isatty():
            word = STATE_WORDS[event.state.value]
            click.secho(
                f"  {event.channel}: {event.slug}@{event.number} {word} {event.url}",
                fg=STYLES.get(event.state.value),
            )

    expired: list[str] = []
    send_pass(dataclasses.replace(app.dispatcher(told), on_expired=expired.append), wait_s)
    last = sorted(events.values(), key=lambda e: (e.channel, e.slug, e.number))
    rows = _settled_elsewhere(app)
    bad = [row for row in rows if row["state"] not in _FINE]
    missed = _never_published(app, expired)
    if as_json:
        to_json((facts or {}) | {"sent": last, "open": rows, "never_published": list(missed)})
        return 1 if bad or missed else 0
    for slug, words in missed.items():
        click.secho(f"{slug} : {runnable(app)(words)}", fg="white", bg="red", bold=True, err=True)
    if not last and not missed:
        click.echo("rien n'était dû ici : `broadcast run` tourne et envoie" if woken(app) else "rien n'était dû")
    run = runnable(app)
    zone, waits = app.newsroom.timezone, {row["id"]: row["not_before"] for row in rows}
    table(
        ["canal", "message", "action", "état", "adresse", "raison"],
        [
            [
                e.channel,
                f"{e.slug}@{e.number}",
                ACTION_WORDS[e.action],
                STATE_WORDS[e.state.value],
                e.url,
                f"{run(e.reason)}{not_before(waits.get(e.uid), zone)}",
            ]
            for e in last
        ],
        below=["adresse", "raison"],
    )
    shown = {e.uid for e in last}
    for row in bad:
        if row["id"] not in shown:
            click.echo(
                "\t".join(
                    [
                        row["channel"],
                        f"{row['message']}@{row['revision']}",
                        STATE_WORDS[row["state"]],
                        f"{run(row['reason'])}{not_before(row['not_before'], zone)}",
                    ]
                )
            )
    return 1 if bad or missed else 0


def _never_published(app: App, expired: Iterable[str]) -> dict[str, str]:
    """Return what was approved, reached nobody and is over since this pass, and why, by message."""
    from broadcast.status import message_status
    from broadcast.store import messages

    missed: dict[str, str] = {}
    with app.db.read() as tx:
        for slug in dict.fromkeys(expired):
            one = message_status(tx, messages.get_message(tx, slug), app.places, app.clock.now())
            words = [late.message for late in one.late if late.what == "never_published"]
            if words:
                missed[slug] = words[0]
    return missed


def woken(app: App) -> bool:
    """Wake the running process; False: none runs, so nothing leaves by itself."""
    from broadcast.wake import is_running, wake

    if not is_running(app):
        return False
    wake(app)
    return True


def _settled_elsewhere(app: App) -> list[dict[str, Any]]:
    """Return what is still open, once the calls that another process has under way are over."""
    for _ in range(int(app.settings.dispatch.call_timeout_s * 10)):
        rows = _still_open(app)
        if all(row["state"] != "claimed" for row in rows):
            return rows
        app.clock.sleep(0.1)
    return _still_open(app)


def _still_open(app: App) -> list[dict[str, Any]]:
    """Return the deliveries that are neither done nor dropped, and those that were refused and wait for a person."""
    from broadcast.status import refused_ones
    from broadcast.store import deliveries

    with app.db.read() as tx:
        return [
            {
                "id": d.uid,
                "channel": d.channel,
                "message": d.slug,
                "revision": d.number,
                "state": d.state.value,
                "reason": d.reason,
                "needs_person": d.needs_person,
                "not_before": d.waits_until,
            }
            for d in (*deliveries.still_open(tx), *refused_ones(tx))
        ]


@click.command(short_help="Régler à la main un envoi incertain ou remis.")
@click.argument("which", metavar="ENVOI|MESSAGE/CANAL")
@click.option("--published", metavar="URL", help="C'est en ligne, à cette adresse.")
@click.option(
    "--proof",
    metavar="TEXTE",
    help="C'est fait : qui, quand, où, ou un nom de fichier.",
)
@click.option("--not-published", is_flag=True, help="Vérifié : ce n'y est pas ; on peut renvoyer.")
@as_option
@json_option
@command
def resolve(
    which: str,
    published: str | None,
    proof: str | None,
    not_published: bool,
    as_: str,
    as_json: bool,
) -> int:
    """Dire ce qu'une personne a constaté, là où aucune machine ne peut le savoir."""
    from broadcast.desk.resolve import resolve as settle

    with newsroom() as app:
        done = settle(
            app.desk,
            which,
            as_=as_,
            published=published,
            proof=proof,
            not_published=not_published,
        )
        woken(app)
    if as_json:
        to_json(
            {
                "id": done.uid,
                "state": done.state,
                "channel": done.channel,
                "message": done.slug,
            }
        )
    else:
        click.echo(f"{done.slug}@{done.number} / {done.channel} : {STATE_WORDS[done.state.value]}")
    return 0


@click.command(short_help="Retirer un message partout, tout de suite.")
@click.argument("slug", metavar="MESSAGE")
@as_option
@click.option("--reason", required=True, metavar="RAISON", help="Pourquoi ; reste entre vous (registre, status).")
@click.option("--tell", default="", metavar="TEXTE", help="Pourquoi, pour les habitants : paraît sur le site.")
@json_option
@command
def withdraw(slug: str, as_: str, reason: str, tell: str, as_json: bool) -> int:
    """Retirer un message de tous ses canaux, maintenant. Un seul responsable suffit."""
    from broadcast.desk.ending import withdraw as take_back

    with newsroom() as app:
        as_ = acting(app, as_)
        done = take_back(app.desk, slug, as_=as_, reason=reason, public_reason=tell)
        woken(app)
        if not as_json:
            click.echo(f"{slug} : retiré par {as_} ; {done.planned} action(s) ; envoi…")
            if tell:
                click.echo(f"dit aux habitants, là où la page du message reste (le site) : {done.message.public_reason}")
        return run_send(app, 0.0, as_json=as_json, facts={"message": slug, "planned": done.planned})


@click.command(short_help="Arrêt général : rien de nouveau ne part.")
@as_option
@click.option("--reason", default="", metavar="RAISON", help="Pourquoi.")
@json_option
@command
def stop(as_: str, reason: str, as_json: bool) -> int:
    """Arrêt général : rien de nouveau ne part ; retraits et rectificatifs partent."""
    from broadcast.desk.ending import stop as throw

    with newsroom() as app:
        throw(app.desk, as_=as_, reason=reason)
    if as_json:
        to_json({"stopped": True})
    else:
        click.secho(
            "ARRÊT GÉNÉRAL : rien de nouveau ne part (levée : broadcast resume)",
            fg="red",
            bold=True,
        )
    return 0


@click.command(short_help="Lever l'arrêt général.")
@as_option
@json_option
@command
def resume(as_: str, as_json: bool) -> int:
    """Lever l'arrêt général ; ce qui était retenu partira au prochain envoi."""
    from broadcast.desk.ending import resume as lift

    with newsroom() as app:
        lift(app.desk, as_=as_)
        runs = woken(app)
    if as_json:
        to_json({"stopped": False, "running": runs})
    else:
        click.echo("reprise : " + ("ce qui était retenu part" if runs else "`broadcast send` envoie ce qui était retenu"))
    return 0
