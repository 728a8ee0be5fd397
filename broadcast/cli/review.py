"""`reviews`, `show`, `diff`, `approve`, `return`, `reject`: the second person."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadcast.cli.context import acting, as_option, command, confirm, json_option, newsroom, split_name
from broadcast.cli.out import FORM_WORDS, VOTE_WORDS, counted, local, print_findings, table, to_json
from broadcast.model import Revision, Vote, VoteKind

if TYPE_CHECKING:
    from broadcast.app import App

_name = click.argument("name", metavar="MESSAGE[@N]")
_reason = click.option("--reason", required=True, metavar="RAISON", help="Pourquoi ; l'auteur la lira.")


@click.command(short_help="Lister ce qui attend un vote.")
@json_option
@command
def reviews(as_json: bool) -> int:
    """Lister les versions qui attendent le vote d'une autre personne."""
    from broadcast.store import revisions

    with newsroom() as app:
        with app.db.read() as tx:
            waiting = revisions.revisions_in_review(tx)
        zone = app.newsroom.timezone
    if as_json:
        to_json(
            {
                "reviews": [
                    {
                        "revision": r.name,
                        "message": r.slug,
                        "number": r.number,
                        "title": r.draft.title,
                        "kind": r.draft.kind,
                        "author": r.author,
                        "submitted_at": r.submitted_at,
                    }
                    for r in waiting
                ]
            }
        )
        return 0
    if not waiting:
        click.echo("rien n'attend de vote")
        return 0
    table(
        ["version", "titre", "auteur", "soumis"],
        [[r.name, r.draft.title, r.author, local(r.submitted_at, zone)] for r in waiting],
        below=["titre"],
    )
    return 0


@click.command(short_help="Relire les déclinaisons enregistrées d'une version.")
@_name
@click.option(
    "--html",
    "folder",
    type=click.Path(path_type=Path, readable=False),
    metavar="DOSSIER",
    help="Une page à ouvrir.",
)
@json_option
@command
def show(name: str, folder: Path | None, as_json: bool) -> int:
    """Relire ce qui est enregistré et partira : déclinaisons, empreintes, votes."""
    from broadcast.cli.renditions import (
        print_renditions,
        renditions_as_json,
        write_page,
    )
    from broadcast.lifecycle import STATE_WORDS as REVISION_WORDS
    from broadcast.store import messages, renditions, revisions

    slug, number = split_name(name)
    with newsroom() as app:
        with app.db.read() as tx:
            message = messages.get_message(tx, slug)
            revision = revisions.get_revision(tx, message, number or message.latest)
            made = renditions.renditions(tx, message.uid, revision.number, app.read_media)
            votes = revisions.votes(tx, message.uid, revision.number)
            findings = revisions.revision_findings(tx, message.uid, revision.number)
        leaving, zone = _leaving(app, revision), app.newsroom.timezone
        if folder:
            facts = [
                ("Version", revision.name),
                ("État", REVISION_WORDS[revision.state]),
                ("Auteur", revision.author),
                ("Soumis", local(revision.submitted_at, zone)),
                ("Fin", local(revision.draft.expires_at, zone) or f"sans date ; à clore par {revision.draft.owner}"),
                ("Ce qui part", leaving),
                *[("Voix", _vote(vote, zone)) for vote in votes],
            ]
            page = write_page(
                app,
                folder,
                revision.draft,
                made,
                findings,
                title=revision.draft.title,
                facts=facts,
            )
            if not as_json:
                click.echo(f"{page} : à ouvrir dans un navigateur")
        if as_json:
            to_json(
                {
                    "revision": revision.name,
                    "message": slug,
                    "number": revision.number,
                    "state": revision.state,
                    "author": revision.author,
                    "sha256": revision.sha256,
                    "submitted_at": revision.submitted_at,
                    "source_text": revision.draft.source_text,
                    "renditions": renditions_as_json(made),
                    "votes": votes,
                    "findings": list(findings),
                    "leaving": leaving,
                }
            )
        elif not folder:
            click.echo(f"{revision.name} · {REVISION_WORDS[revision.state]} · par {revision.author} · {leaving}\n")
            print_renditions(made)
            print_findings(findings)
            for vote in votes:
                click.echo(_vote(vote, app.newsroom.timezone))
    return 0


def _leaving(app: App, revision: Revision) -> str:
    """Say what would leave if this revision were approved now."""
    from broadcast.cli.planning import plan_rows

    with app.db.read() as tx:
        rows = plan_rows(app, tx, revision.slug, number=revision.number, withdrawn=False)
    going = sorted({row["channel"] for row in rows if row["action"] != "none"})
    embargo = revision.draft.embargo_until_at
    when = f"à partir du {local(embargo, app.newsroom.timezone)}" if embargo else "dès l'approbation"
    named = [name + _audience(app, name) for name in going]
    return f"{counted(len(going), 'canal', 'canaux')} {when} ({', '.join(named)})" if going else "rien de nouveau"


def _audience(app: App, channel: str) -> str:
    """Say how many a channel writes to, where it knows them."""
    from broadcast import registry
    from broadcast.channel import CanSendEach
    from broadcast.errors import BroadcastError

    try:
        adapter = registry.open_channel(app.settings, channel)
        if isinstance(adapter, CanSendEach):
            return " : " + counted(len({r.lower() for r in adapter.recipients()}), "destinataire", "destinataires")
    except BroadcastError as error:
        return f" : inutilisable, {error}"
    return ""


def _vote(vote: Vote, zone: str) -> str:
    words = f"{VOTE_WORDS[vote.kind.value]} par {vote.person}, {local(vote.at, zone)}"
    return f"{words} : {vote.reason}" if vote.reason else words


@click.command(short_help="Voir ce qui a changé d'une version à l'autre.")
@click.argument("slug", metavar="MESSAGE")
@click.argument("older", metavar="[N]", type=int, required=False)
@click.argument("newer", metavar="[M]", type=int, required=False)
@json_option
@command
def diff(slug: str, older: int | None, newer: int | None, as_json: bool) -> int:
    """Voir ce qui a changé entre deux versions (par défaut : les deux dernières)."""
    from broadcast.store import messages, revisions

    with newsroom() as app, app.db.read() as tx:
        message = messages.get_message(tx, slug)
        last = newer or message.latest
        first = older or max(last - 1, 1)
        old, new = (revisions.get_revision(tx, message, n) for n in (first, last))
    lines = list(
        difflib.unified_diff(
            old.draft.source_text.splitlines(),
            new.draft.source_text.splitlines(),
            old.name,
            new.name,
            lineterm="",
        )
    )
    if as_json:
        to_json({"from": old.name, "to": new.name, "diff": lines})
        return 0
    for line in lines:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(line, fg=colour)
    if not lines:
        click.echo(f"{old.name} et {new.name} : même texte")
    return 0


@click.command(short_help="Approuver (une autre personne que l'auteur).")
@_name
@as_option
@click.option("--send", "send_now", is_flag=True, help="Envoyer aussitôt.")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@json_option
@command
def approve(name: str, as_: str, send_now: bool, yes: bool, as_json: bool) -> int:
    """Approuver une version : la voix est liée aux empreintes de tout ce qui partira."""
    from broadcast.cli.sending import run_send, woken
    from broadcast.desk.vote import approve as vote
    from broadcast.store import messages, renditions, revisions

    slug, number = split_name(name)
    with newsroom() as app:
        with app.db.read() as tx:
            message = messages.get_message(tx, slug)
            revision = revisions.get_revision(tx, message, number or message.latest)
            keys = renditions.rendition_keys(tx, message.uid, revision.number)
        if number is None and sys.stdin.isatty() and sys.stdout.isatty() and not as_json and not yes:
            _show_first(app, revision)
        done = vote(app.desk, slug, revision.number, as_=as_, seen=[k.sha256 for k in keys])
        facts = {
            "revision": revision.name,
            "state": done.state,
            "hashes": done.hashes,
            "planned": done.planned,
        }
        if not as_json:
            click.echo(f"{revision.name} approuvé par {as_}")
            for key in keys:
                click.echo(f"  {key.channel}\t{FORM_WORDS[key.form.value]}\t{key.sha256[:16]}")
        if not send_now:
            runs = woken(app)
            if as_json:
                to_json(facts | {"running": runs})
            elif runs:
                click.echo("transmis à `broadcast run`, qui envoie ce qui est dû ; `broadcast status` montre où on en est")
            else:
                click.echo(
                    "rien n'est encore parti : aucun programme d'envoi ne tourne ; "
                    "`broadcast send` envoie une fois, `broadcast run` en continu",
                    err=True,
                )
            return 0
        return run_send(app, 0.0, as_json=as_json, facts=facts)


def _show_first(app: App, revision: Revision) -> None:
    from broadcast.cli.renditions import print_renditions
    from broadcast.store import messages, renditions

    with app.db.read() as tx:
        message = messages.get_message(tx, revision.slug)
        print_renditions(renditions.renditions(tx, message.uid, revision.number, app.read_media))
    what = "l'ALERTE" if revision.draft.kind == "alert" else "le message"
    confirm(f"Approuver {what} {revision.name} : {_leaving(app, revision)} ?")


@click.command(name="return", short_help="Renvoyer à l'auteur pour correction.")
@_name
@as_option
@_reason
@json_option
@command
def return_(name: str, as_: str, reason: str, as_json: bool) -> int:
    """Renvoyer une version à son auteur, avec la raison."""
    return _object(name, VoteKind.RETURN, as_, reason, as_json)


@click.command(short_help="Rejeter.")
@_name
@as_option
@_reason
@json_option
@command
def reject(name: str, as_: str, reason: str, as_json: bool) -> int:
    """Rejeter une version, avec la raison."""
    return _object(name, VoteKind.REJECT, as_, reason, as_json)


def _object(name: str, kind: VoteKind, as_: str, reason: str, as_json: bool) -> int:
    from broadcast.desk.vote import object_to
    from broadcast.lifecycle import STATE_WORDS

    slug, number = split_name(name)
    with newsroom() as app:
        as_ = acting(app, as_)
        done = object_to(app.desk, slug, number, kind, as_=as_, reason=reason)
    if as_json:
        to_json({"revision": done.revision.name, "state": done.state, "reason": reason})
    else:
        click.echo(f"{done.revision.name} : {STATE_WORDS[done.state]} par {as_} : {reason}")
    return 0
