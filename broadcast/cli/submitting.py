"""`submit`: from the file to a frozen revision; the file then says from which version it goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from broadcast.cli.context import as_option, ask, command, json_option, newsroom, yes_option
from broadcast.cli.out import print_findings, to_json
from broadcast.cli.patience import patience

if TYPE_CHECKING:
    from broadcast.app import App
    from broadcast.desk.bases import StaleBase
    from broadcast.desk.submit import Submitted
    from broadcast.intake import Reading

_WORK = "préparation des images et des déclinaisons"


@click.command(short_help="Figer une version et la soumettre à relecture.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path, readable=False))
@as_option
@click.option("--reopen", is_flag=True, help="Faire revivre un message terminé.")
@click.option("--base", type=int, metavar="N", help="Repartir de la version N, déjà relue.")
@click.option("--merge", "merges", is_flag=True, help="Réunir avec la dernière version, là où rien ne se contredit.")
@yes_option
@json_option
@command
def submit(file: Path, as_: str, reopen: bool, base: int | None, merges: bool, yes: bool, as_json: bool) -> int:
    """Figer une version (texte, images, toutes les déclinaisons) et la soumettre à relecture.

    Le fichier garde une ligne `base:` qui dit de quelle version il part ; une copie ancienne est refusée, les deux textes
    montrés.
    """
    from broadcast.cli.prospect import unusable_words
    from broadcast.lifecycle import Right

    with newsroom() as app:
        with app.db.read() as tx:
            as_ = app.desk.person(tx, as_, Right.SUBMIT).name
        demand_own_file(app, file, yes=yes, as_json=as_json)
        done, reading = _submitted(app, file, as_=as_, reopen=reopen, base=base, merges=merges, is_asked=not (yes or as_json))
        warnings = unusable_words(app, {r.channel for r in reading.proof.renditions})
        if not _note_base(reading, done):
            warnings.append(
                f"{file} : la ligne base: n'a pas pu y être écrite ; une copie de ce fichier ne saura pas d'où elle part"
            )
    warnings += _held_words(done)
    if as_json:
        to_json(_facts(done) | {"warnings": warnings})
        return 0
    click.echo(done.revision.name)
    for line in warnings:
        click.secho(line, fg="yellow", err=True)
    if sys.stdout.isatty() or not done.is_new:
        print_findings(done.findings, err=True)
        note = "soumis, en attente d'une autre personne" if done.is_new else "inchangé : la même version"
        click.echo(f"{note} : broadcast show {done.revision.name}", err=True)
    return 0


def _facts(done: Submitted) -> dict[str, Any]:
    return {
        "revision": done.revision.name,
        "message": done.revision.slug,
        "number": done.revision.number,
        "new": done.is_new,
        "state": done.revision.state,
        "hashes": done.hashes,
        "findings": list(done.findings),
        "held": list(done.held),
    }


def _held_words(done: Submitted) -> list[str]:
    if not done.held:
        return []
    return [
        f"attention : la version {done.held_number}, approuvée, n'est pas encore en ligne sur {', '.join(done.held)} : elle n'y "
        f"partira pas avant le vote sur {done.revision.name} ; ce qui est en ligne y reste"
    ]


def _note_base(reading: Reading, done: Submitted) -> bool:
    """Let the file say from which version it goes on; False if it cannot be written or is no longer what was read.

    Written in place: owner, rights and links of the file stay what they are.
    """
    from broadcast.frontmatter.base import with_base

    try:
        with reading.path.open("r+b") as file:
            before = file.read().decode("utf-8")
            if before.removeprefix("\ufeff") != reading.draft.source_text.removeprefix("\ufeff"):
                return False
            after = with_base(before, done.revision.slug, done.revision.number)
            if after != before:
                file.seek(0)
                file.write(after.encode())
                file.truncate()
    except (OSError, UnicodeDecodeError):
        return False
    return True


def demand_own_file(app: App, file: Path, *, yes: bool, as_json: bool) -> None:
    """Ask before a file is submitted that is not one of the newsroom's own: outside it, or a link to something else.

    Raises:
        UsageError: nobody can be asked, and `--yes` was not given.
    """
    real = file.resolve()
    if not real.is_relative_to(app.dir):
        through = f" (par le lien {file})" if file.is_symlink() else ""
        ask(app, f"{real}{through} n'est pas dans la rédaction ({app.dir}) : le soumettre quand même ?", yes=yes, as_json=as_json)
    elif file.is_symlink():
        ask(app, f"{file} est un lien vers {real} : soumettre ce fichier-là ?", yes=yes, as_json=as_json)
    elif real.is_file() and os.stat(real).st_nlink > 1:
        ask(app, f"{file} est aussi, sous un autre nom, un fichier ailleurs (lien) : le soumettre ?", yes=yes, as_json=as_json)


def _submitted(
    app: App, file: Path, *, as_: str, reopen: bool, base: int | None, merges: bool, is_asked: bool
) -> tuple[Submitted, Reading]:
    """Submit a file; ask, at a terminal, where its name may be another message's."""
    from broadcast.desk.bases import OtherFolder, StaleBase

    reading = _read(app, file)
    try:
        return _submit(app, reading, as_=as_, reopen=reopen, base=base), reading
    except OtherFolder as error:
        if not (is_asked and sys.stdin.isatty()):
            raise
        ask(app, f"{error} Est-ce bien une nouvelle version de ce message ?", yes=False)
        return _submit(app, reading, as_=as_, reopen=reopen, base=error.latest), reading
    except StaleBase as error:
        if not merges or error.merged is None:
            raise
        reading = _brought_together(app, reading, error)
        return _submit(app, reading, as_=as_, reopen=reopen, base=error.latest), reading


def _read(app: App, file: Path) -> Reading:
    from broadcast import intake

    with patience(_WORK):
        return intake.read(app, file)


def _submit(app: App, reading: Reading, *, as_: str, reopen: bool, base: int | None) -> Submitted:
    from broadcast.desk.submit import submit as submit_revision

    return submit_revision(
        app.desk,
        reading.draft,
        as_=as_,
        path=str(reading.path),
        media=reading.media,
        made=reading.proof.renditions,
        findings=reading.proof.findings,
        reopen=reopen,
        base=base,
    )


def _brought_together(app: App, reading: Reading, error: StaleBase) -> Reading:
    """Write the merged text into the file, keep the former one beside it, and read it."""
    from broadcast import files

    kept = reading.path.with_name(f"{reading.path.name}.avant")
    files.write(kept, reading.path.read_bytes())
    reading.path.write_text(error.merged or "", encoding="utf-8")
    click.secho(f"{reading.path} : réuni avec la version {error.latest} ; votre texte d'avant est gardé : {kept}", err=True)
    return _read(app, reading.path)
