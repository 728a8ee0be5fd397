"""`audit`: verify or export the hash-chained log."""

from __future__ import annotations

import json

import click

from broadcast.cli.context import command, json_anywhere, json_option, newsroom
from broadcast.cli.out import local, plain, table, to_json
from broadcast.cli.words import ACT_WORDS, in_words


@click.group(short_help="Vérifier ou exporter le journal des actes.", invoke_without_command=True)
@json_anywhere
@click.pass_context
def audit(ctx: click.Context) -> None:
    """Le journal des actes ; chaque ligne porte l'empreinte de la précédente."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@audit.command(name="list", short_help="Lire le journal.")
@json_option
@command
def list_(as_json: bool) -> int:
    """Lire le journal des actes."""
    from broadcast.store import audit as log

    with newsroom() as app:
        with app.db.read() as tx:
            rows = list(log.entries(tx))
        zone = app.newsroom.timezone
    if as_json:
        to_json({"entries": rows})
    else:
        table(
            ["n°", "quand", "qui", "système", "acte", "sur"],
            [[r.seq, local(r.at, zone), r.actor, r.os_user, in_words([r.act], ACT_WORDS), r.subject] for r in rows],
        )
    return 0


@audit.command(short_help="Vérifier la chaîne des empreintes.")
@click.option("--all", "whole", is_flag=True, help="Tout le journal, et non depuis la dernière vérification.")
@json_option
@command
def verify(whole: bool, as_json: bool) -> int:
    """Vérifier la chaîne depuis la dernière vérification, et avec les empreintes gardées hors de la base.

    Nomme la première ligne altérée. Code 1 s'il y en a une.
    """
    with newsroom() as app:
        result, lost = app.heads.verify(whole=whole), app.heads.lost()
    if as_json:
        to_json(
            {
                "ok": result.bad_seq is None,
                "count": result.count,
                "bad_row": result.bad_seq,
                "reason": result.reason,
                "since": result.since,
                "lost_heads": lost,
            }
        )
    elif result.bad_seq is None:
        since = f" depuis la ligne {result.since} (tout : `broadcast audit verify --all`)" if result.since else ""
        click.secho(f"journal intact : {result.count} lignes{since}", fg="green")
    else:
        click.secho(
            f"journal altéré : première mauvaise ligne : {result.bad_seq} ({result.reason})",
            fg="red",
        )
    return 0 if result.bad_seq is None else 1


@audit.command(short_help="Exporter le journal, une ligne JSON par acte.")
@json_option
@command
def export(as_json: bool) -> int:
    """Exporter le journal, une ligne JSON par acte, avec les empreintes ; --json : un seul document."""
    from broadcast.store import audit as log

    with newsroom() as app, app.db.read() as tx:
        if as_json:
            to_json({"entries": list(log.entries(tx))})
            return 0
        for entry in log.entries(tx):
            click.echo(json.dumps(plain(entry), ensure_ascii=False, default=plain))
    return 0
