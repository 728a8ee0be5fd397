"""`run`: scheduler, dispatcher and pages in one process."""

from __future__ import annotations

import click

from broadcast.cli.context import command, newsroom


@click.command(short_help="Tout faire tourner : envois, échéances, sources, page d'état.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADRESSE", help="Où écoute la page d'état.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, metavar="PORT", help="0 : un port libre.")
@click.option("--no-web", is_flag=True, help="Sans page d'état, ni /healthz, ni WebSub.")
@command
def run(host: str, port: int, no_web: bool) -> int:
    """Faire tourner Broadcast : ce qui est approuvé part aussitôt, chaque échéance est tenue.

    Un seul programme est actif par base ; un second reste en veille et prend le relais si le premier
    disparaît. SIGTERM ou Ctrl-C : les envois en cours se terminent, rien de nouveau ne part.
    """
    from scheduler.start import run as start
    from scheduler.start import waiting_for_database

    with waiting_for_database(newsroom, lambda line: click.echo(line, err=True)) as app:
        return start(app, host=host, port=None if no_web else port)
