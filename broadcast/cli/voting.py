"""`approve`, `return`, `reject`: the second person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from broadcast.cli.context import acting, as_option, ask, command, json_option, newsroom, split_name, yes_option
from broadcast.cli.out import FORM_WORDS, to_json
from broadcast.model import Revision, VoteKind

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.desk.prospect import Prospect

_name = click.argument("name", metavar="MESSAGE[@N]")
_reason = click.option("--reason", required=True, metavar="RAISON", help="Pourquoi ; l'auteur la lira.")


@click.command(short_help="Approuver (une autre personne que l'auteur).")
@_name
@as_option
@click.option("--send", "send_now", is_flag=True, help="Envoyer aussitôt.")
@yes_option
@click.option(
    "--despite",
    multiple=True,
    metavar="MESSAGE",
    help="Alerte en cours que celle-ci contredit : les deux valent ; répétable.",
)
@click.option("--verbose", is_flag=True, help="Avec les empreintes de tout ce qui est approuvé.")
@json_option
@command
def approve(name: str, as_: str, send_now: bool, yes: bool, despite: tuple[str, ...], verbose: bool, as_json: bool) -> int:
    """Approuver une version : la voix est liée aux empreintes de tout ce qui partira.

    Sur un terminal, ce qui part est montré puis demandé ; sans terminal, il faut --yes.
    """
    from broadcast.cli.sending import run_send, woken
    from broadcast.desk.prospect import demand_may_vote, prospect
    from broadcast.desk.vote import approve as vote
    from broadcast.store import messages, renditions, revisions

    slug, number = split_name(name)
    with newsroom() as app:
        with app.db.read() as tx:
            message = messages.get_message(tx, slug)
            revision = revisions.get_revision(tx, message, number or message.latest)
            as_ = demand_may_vote(app.desk, tx, message, revision, as_=as_)
            keys = renditions.rendition_keys(tx, message.uid, revision.number)
            seen = prospect(app.desk, tx, message, revision)
        despite = _shown_and_asked(app, revision, seen, yes=yes, despite=despite, as_json=as_json)
        hashes = [k.sha256 for k in keys]
        done = vote(app.desk, slug, revision.number, as_=as_, seen=hashes, despite=despite)
        facts = {
            "revision": revision.name,
            "state": done.state,
            "hashes": done.hashes,
            "planned": done.planned,
            "replaces": [r.number for r in seen.replaced],
            "despite": list(despite),
        }
        if not as_json:
            click.echo(f"{revision.name} approuvé par {as_}")
            for key in keys if verbose else ():
                click.echo(f"  {key.channel}\t{FORM_WORDS[key.form.value]}\t{key.sha256}")
        if not send_now:
            return _not_sent_yet(app, facts, runs=woken(app), as_json=as_json)
        return run_send(app, 0.0, as_json=as_json, facts=facts)


def _not_sent_yet(app: App, facts: dict[str, object], *, runs: bool, as_json: bool) -> int:
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


def _shown_and_asked(
    app: App, revision: Revision, seen: Prospect, *, yes: bool, despite: tuple[str, ...], as_json: bool
) -> tuple[str, ...]:
    """Show what leaves and what it meets, ask, and return the contradicting alerts that were answered for."""
    from broadcast.cli.prospect import is_asked, leaving_words, print_prospect, warn

    asks = is_asked(yes=yes, as_json=as_json)
    if asks:
        print_prospect(app, seen)
    elif not as_json:
        print_prospect(app, seen, with_texts=False)
    else:
        warn(app, seen)
    unanswered = [b for b in seen.conflicts if b.slug not in despite]
    if asks:
        for other in unanswered:
            ask(app, f"{other.slug}@{other.number} dit le contraire : {other.conflict}. Les deux valent-elles ?", yes=False)
        despite += tuple(b.slug for b in unanswered)
    what = "l'ALERTE" if revision.draft.kind == "alert" else "le message"
    ask(app, f"Approuver {what} {revision.name} : {leaving_words(app, seen)} ?", yes=yes, as_json=as_json)
    return despite


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
