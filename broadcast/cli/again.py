"""`retry`: ask a channel again, once the cause of its refusal was lifted."""

from __future__ import annotations

import click

from broadcast.cli.context import as_option, command, json_option, newsroom
from broadcast.cli.out import STATE_WORDS, to_json
from broadcast.cli.sending import woken


@click.command(short_help="Redemander à un canal ce qu'il a refusé.")
@click.argument("which", metavar="MESSAGE/CANAL|ENVOI")
@as_option
@json_option
@command
def retry(which: str, as_: str, as_json: bool) -> int:
    """Redemander à un canal ce qu'il a refusé, une fois la cause levée : la même version, telle qu'elle a été approuvée.

    Ce qui attend son prochain essai part aussi tout de suite.
    """
    from broadcast.desk.again import retry as ask_again

    with newsroom() as app:
        again = ask_again(app.desk, which, as_=as_)
        runs = woken(app)
    if as_json:
        rows = [{"id": d.uid, "state": d.state, "channel": d.channel, "message": d.slug, "revision": d.number} for d in again]
        to_json({"again": rows, "running": runs})
        return 0
    for done in again:
        click.echo(f"{done.slug}@{done.number} / {done.channel} : {STATE_WORDS[done.state.value]}, {done.reason}")
    click.echo("l'envoi part" if runs else "`broadcast send` l'envoie")
    return 0
