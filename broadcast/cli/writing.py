"""`check` and `preview`: what a message file will be, everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from broadcast.cli.context import command, json_option, newsroom
from broadcast.cli.out import counted, print_findings, to_json
from broadcast.cli.patience import patience

_WORK = "préparation des images et des déclinaisons"

_file = click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, readable=False))


@click.command(short_help="Vérifier un message pour tous ses canaux.")
@_file
@json_option
@command
def check(file: Path, as_json: bool) -> int:
    """Vérifier un message pour tous ses canaux. Code 1 si quelque chose bloque."""
    from broadcast import frontmatter, intake
    from broadcast.errors import ContentError
    from broadcast.intake_advice import CHANNEL_SETTINGS
    from broadcast.model import Finding

    with newsroom() as app:
        channels: list[str] = []
        findings: Sequence[Finding]
        try:
            with patience(_WORK):
                reading = intake.read(app, file)
        except frontmatter.MessageFileError as error:
            findings = error.findings
        except ContentError as error:
            if error.line is None:
                raise  # the file itself cannot be read
            findings = [Finding(code=error.code, blocking=True, file=str(file), line=error.line, message=error.reason)]
        else:
            findings = [*reading.proof.findings, *intake.foreseen(app, reading)]
            channels = sorted({r.channel for r in reading.proof.renditions})
    blocking = sum(f.blocking for f in findings)
    unusable = sorted({f.channel for f in findings if f.code == CHANNEL_SETTINGS})
    code = 1 if blocking or unusable else 0
    if as_json:
        to_json(
            {
                "file": str(file),
                "channels": channels,
                "blocking": blocking,
                "findings": list(findings),
            }
        )
        return code
    print_findings(findings)
    if blocking:
        click.secho(f"{file} : {counted(blocking, 'point', 'points')} à corriger", fg="red", err=True)
        return 1
    good = [name for name in channels if name not in unusable]
    click.secho(f"{file} : bon pour {counted(len(good), 'canal', 'canaux')} ({', '.join(good)})", fg="green")
    if unusable:
        click.secho(f"{file} : n'ira pas sur {', '.join(unusable)}, à réparer dans broadcast.toml", fg="red", err=True)
    return code


@click.command(short_help="Voir un message tel que chaque canal le montrera.")
@_file
@click.option("--channel", metavar="CANAL", help="Ce canal seulement.")
@click.option(
    "--html",
    "folder",
    type=click.Path(path_type=Path, readable=False),
    metavar="DOSSIER",
    help="Une page à ouvrir.",
)
@json_option
@command
def preview(file: Path, channel: str | None, folder: Path | None, as_json: bool) -> int:
    """Voir toutes les déclinaisons d'un message, panneaux dessinés."""
    from broadcast import intake
    from broadcast.cli.renditions import (
        print_renditions,
        print_side_texts,
        renditions_as_json,
        write_page,
    )
    from broadcast.errors import NotFound

    with newsroom() as app:
        with patience(_WORK):
            reading = intake.read(app, file)
        made = [r for r in reading.proof.renditions if channel in (None, r.channel)]
        texts = intake.side_texts(app, reading) if channel is None else ()
        if channel and not made:
            raise NotFound(
                f"{channel} : ce message n'y va pas ; canaux : "
                f"{', '.join(sorted({r.channel for r in reading.proof.renditions}))}",
                subject=channel,
            )
        if folder:
            page = write_page(
                app,
                folder,
                reading.draft,
                made,
                reading.proof.findings,
                title=reading.draft.title,
                texts=texts,
            )
            if not as_json:
                click.echo(f"{page} : à ouvrir dans un navigateur")
        if as_json:
            to_json(
                {
                    "message": reading.draft.slug,
                    "renditions": renditions_as_json(made),
                    "texts": [{"name": t.name, "text": t.text} | dict(t.facts) for t in texts],
                    "findings": list(reading.proof.findings),
                }
            )
        elif not folder:
            print_renditions(made)
            print_side_texts(texts)
            print_findings(reading.proof.findings)
        return 1 if any(f.blocking for f in reading.proof.findings) else 0
