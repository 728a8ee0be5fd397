"""`all-clear`: the end of an alert, to exactly the channels that carried it."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from broadcast.cli.context import as_option, command, json_option, newsroom

if TYPE_CHECKING:
    from pathlib import Path

    from broadcast.app import App


@click.command(name="all-clear", short_help="Préparer la fin d'alerte, pour tous les canaux qui ont porté l'alerte.")
@click.argument("slug", metavar="MESSAGE")
@as_option
@json_option
@command
def all_clear(slug: str, as_: str, as_json: bool) -> int:
    """Préparer le message de fin d'alerte pour exactement les canaux qui ont porté l'alerte, ceux des personnes compris."""
    from broadcast.all_clear import all_clear_text, carried
    from broadcast.cli.out import to_json
    from broadcast.errors import WorkflowError
    from broadcast.lifecycle import Right
    from broadcast.model import EndedBecause
    from broadcast.relay.publish import free_slug
    from broadcast.store import deliveries, messages, postings, revisions
    from broadcast.words import local

    with newsroom() as app:
        with app.db.read() as tx:
            person = app.desk.person(tx, as_, Right.SUBMIT)
            message = messages.get_message(tx, slug)
            if not message.approved:
                raise WorkflowError(f"{slug} : jamais publié : il n'y a rien à terminer", subject=slug)
            if message.ended_because is EndedBecause.ALL_CLEAR:
                ended = (
                    f"{slug} : déjà terminé par {message.ended_reason} ; `broadcast status {slug}` dit où ce n'est pas confirmé"
                )
                raise WorkflowError(ended, subject=slug)
            draft = revisions.get_revision(tx, message, message.approved).draft
            said = carried(deliveries.of_message(tx, message.uid), postings.of_message(tx, message.uid))
        channels = [c for c in said if c in app.places]
        gone = [c for c in said if c not in app.places]
        if not channels:
            raise WorkflowError(f"{slug} : n'est parti sur aucun canal : retirez-le avec `broadcast withdraw`", subject=slug)
        waiting = _prepared(app, slug)
        if waiting is not None:
            raise WorkflowError(
                f"{slug} : fin d'alerte déjà préparée : {waiting} ; soumettez-la et faites-la approuver, ou supprimez ce fichier",
                subject=slug,
            )
        name = free_slug(app, f"fin-{slug}"[:76].rstrip("-"))
        path = app.dir / "content" / "messages" / f"{name}.md"
        text = all_clear_text(
            slug=slug,
            title=draft.title,
            event=draft.event,
            channels=channels,
            areas=draft.areas,
            expires=local(app.clock.now() + timedelta(hours=24), app.newsroom.timezone),
            owner=person.name,
            incident=draft.incident,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w", encoding="utf-8") as file:
            file.write(text)
        with app.db.write() as tx:
            app.desk.log(tx, person.name, "prepare_all_clear", slug, {"message": name, "channels": channels})
    if as_json:
        to_json({"message": name, "ends": slug, "file": str(path), "channels": channels, "not_configured": gone})
        return 0
    click.echo(path)
    if gone:
        click.secho(f"plus dans les réglages, à prévenir à la main : {', '.join(gone)}", fg="red", err=True)
    click.echo(f"pour {', '.join(channels)} ; relisez, puis `broadcast submit {path} --as {person.name}`", err=True)
    return 0


def _prepared(app: App, slug: str) -> Path | None:
    """Return the file of an all-clear of this alert that was prepared and never approved."""
    from broadcast.store import messages

    for path in sorted((app.dir / "content" / "messages").glob("fin-*.md")):
        if f"\nends: {slug}\n" not in path.read_text(encoding="utf-8", errors="replace"):
            continue
        with app.db.read() as tx:
            message = messages.find_message(tx, path.stem)
        if message is None or not message.approved:
            return path
    return None
