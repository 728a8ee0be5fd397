"""`reviews`, `show`, `diff`: what the second person reads."""

from __future__ import annotations

from pathlib import Path

import click

from broadcast.cli.context import command, json_option, newsroom, split_name
from broadcast.cli.out import diff_lines, local, print_diff, print_findings, table, to_json

_name = click.argument("name", metavar="MESSAGE[@N]")


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
@click.option("--verbose", is_flag=True, help="Avec les empreintes.")
@json_option
@command
def show(name: str, folder: Path | None, verbose: bool, as_json: bool) -> int:
    """Relire ce qui est enregistré et partira : ce qui part maintenant d'abord, puis le reste ; et les votes."""
    from broadcast.cli.prospect import heading, leaving_words, vote_words, warn
    from broadcast.cli.renditions import print_renditions, renditions_as_json, write_page
    from broadcast.desk.prospect import prospect
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
            seen = prospect(app.desk, tx, message, revision)
        leaving, zone = leaving_words(app, seen), app.newsroom.timezone
        if folder:
            facts = [
                *[("Avant tout", line) for line in heading(app, seen)],
                ("Version", revision.name),
                ("État", REVISION_WORDS[revision.state]),
                ("Auteur", revision.author),
                ("Soumis", local(revision.submitted_at, zone)),
                ("Fin", local(revision.draft.expires_at, zone) or f"sans date ; à clore par {revision.draft.owner}"),
                ("Ce qui part", leaving),
                *[("Voix", vote_words(vote, zone)) for vote in votes],
            ]
            page = write_page(
                app,
                folder,
                revision.draft,
                made,
                findings,
                title=revision.draft.title,
                facts=facts,
                first=seen.leaving,
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
                    "replaces": list(seen.replaced),
                    "alerts_beside": list(seen.beside),
                    "objections": list(seen.objections),
                }
            )
        elif not folder:
            for line in heading(app, seen):
                click.secho(line, bold=True)
            click.echo(f"{revision.name} · {REVISION_WORDS[revision.state]} · par {revision.author} · {leaving}\n")
            warn(app, seen)
            now = [r for r in made if r.form in seen.leaving.get(r.channel, ())]
            if now:
                click.secho("Ce qui part à l'approbation", bold=True, underline=True)
                print_renditions(now, hashes=verbose)
                click.secho("Plus tard, ou au besoin", bold=True, underline=True)
            print_renditions([r for r in made if r not in now], hashes=verbose)
            print_findings(findings)
            for vote in votes:
                click.echo(vote_words(vote, zone))
    return 0


@click.command(short_help="Voir ce qui a changé d'une version à l'autre.")
@click.argument("slug", metavar="MESSAGE")
@click.argument("older", metavar="[N]", type=int, required=False)
@click.argument("newer", metavar="[M]", type=int, required=False)
@json_option
@command
def diff(slug: str, older: int | None, newer: int | None, as_json: bool) -> int:
    """Voir ce qui a changé ; par défaut : entre ce que le public lit et la dernière version."""
    from broadcast.desk.prospect import public_versions
    from broadcast.store import messages, revisions

    with newsroom() as app, app.db.read() as tx:
        message = messages.get_message(tx, slug)
        last = newer or message.latest
        online = [r.number for r in public_versions(tx, message) if r.number < last]
        first = older or (online[-1] if online else max(last - 1, 1))
        old, new = (revisions.get_revision(tx, message, n) for n in (first, last))
    is_online = first in online
    lines = diff_lines(old.draft.source_text, new.draft.source_text, old.name + (" (en ligne)" if is_online else ""), new.name)
    if as_json:
        to_json({"from": old.name, "to": new.name, "from_is_public": is_online, "diff": lines})
        return 0
    print_diff(lines)
    if not lines:
        click.echo(f"{old.name} et {new.name} : même texte")
    return 0
