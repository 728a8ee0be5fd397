"""`init` and `new`: the newsroom folder and its message files."""

from __future__ import annotations

from pathlib import Path

import click

from broadcast.cli.context import command, json_option, newsroom
from broadcast.cli.out import to_json


@click.command(short_help="Créer le dossier d'une rédaction.")
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--example",
    is_flag=True,
    help="Avec des messages d'exemple et deux personnes (alice, bob).",
)
@click.option(
    "--exercise",
    is_flag=True,
    help="Une rédaction d'exercice : rien de réel n'en sort jamais.",
)
@json_option
@command
def init(folder: Path, example: bool, exercise: bool, as_json: bool) -> int:
    """Créer le dossier d'une rédaction, qui marche tout de suite, sans aucun compte."""
    from broadcast import newsroom_folder
    from broadcast.app import opened
    from broadcast.clock import SystemClock
    from broadcast.desk.people import add_example_people
    from broadcast.lifecycle import Right
    from broadcast.store import newsroom as newsrooms

    newsroom_folder.create(folder, example=example, exercise=exercise, now=SystemClock().now())
    with opened(folder) as app:
        if example:
            add_example_people(app.desk)
        with app.db.read() as tx:
            chief = next(p.name for p in newsrooms.people(tx) if p.has(Right.MANAGE))
        if as_json:
            to_json({"folder": str(folder), "world": app.world, "channels": list(app.places), "administrator": chief})
            return 0
        world = " (EXERCICE)" if app.world == "exercise" else ""
        click.echo(f"{folder} : rédaction prête{world}. Canaux : {', '.join(app.places)}.")
    click.echo(f"Administrateur : {chief}, c'est-à-dire votre session, qui seule ajoute des personnes.")
    click.echo(f"Et maintenant :\n  cd {folder}")
    if example:
        click.echo("  broadcast check content/messages/crue-quais.md")
        click.echo("  broadcast submit content/messages/crue-quais.md --as alice")
        click.echo("  broadcast approve crue-quais --as bob --send")
    else:
        click.echo("  broadcast people add NOM --role editor       # qui écrit")
        click.echo("  broadcast people add AUTRE --role publisher  # qui relit, approuve et retire")
        click.echo("  broadcast new mon-message --model practical")
    return 0


@click.command(short_help="Créer un message à partir d'un modèle.")
@click.argument("slug", metavar="NOM")
@click.option(
    "--model",
    default="practical",
    show_default=True,
    help="Modèle ; --model list les montre.",
)
@json_option
@command
def new(slug: str, model: str, as_json: bool) -> int:
    """Créer content/messages/NOM.md à partir d'un message préparé."""
    from broadcast import newsroom_folder

    with newsroom() as app:
        if model == "list":
            names = newsroom_folder.models(app.dir)
            if as_json:
                to_json({"models": names})
            else:
                click.echo("\n".join(names))
            return 0
        path = newsroom_folder.new_message(app.dir, slug, model, now=app.clock.now())
        if as_json:
            to_json({"message": slug, "file": str(path), "model": model})
            return 0
        click.echo(f"{path} : à compléter, puis `broadcast check {path}`")
    return 0
